"""Runs of the worker in this process and in one of their own, and what they leave behind, read back."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tensorboardX.proto.event_pb2 import Event

from gym_gui.config.paths import get_run_dir
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.runtime import TabularRuntime

# Two by two tiles: right, then down, reaches the goal; down first drowns.
TINY_LAKE = {"desc": ["SF", "HG"], "is_slippery": False}


def config(run_id: str = "run", **fields: Any) -> TabularConfig:
    """A small configuration: fields not given are the defaults, less what takes time."""
    small = {"episodes": 200, "seed": 7, "eval_episodes": 5, "save_plot": False, "record_clip": False}
    return TabularConfig.from_dict({**small, **fields, "run_id": run_id})


@dataclass(frozen=True)
class Outcome:
    """A run that is over: its results, its events, its directory."""

    results: dict[str, Any]
    events: list[dict[str, Any]]
    run_dir: Path

    def named(self, event: str) -> list[dict[str, Any]]:
        """Payloads of the events of a name."""
        return [line["payload"] for line in self.events if line["event"] == event]

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as written."""
        return dict(json.loads((self.run_dir / "analytics.json").read_text()))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[[TabularConfig], Outcome]:
    """Runs a configuration to its end in this process; whatever it raises comes through."""

    def start(settings: TabularConfig) -> Outcome:
        capsys.readouterr()
        results = TabularRuntime(settings).run()
        return Outcome(results, events_in(capsys.readouterr().out), get_run_dir(settings.run_id))

    return start


def events_in(output: str) -> list[dict[str, Any]]:
    """The events printed; anything else printed fails the test."""
    return [json.loads(line) for line in output.splitlines()]


def scalars_of(run_dir: Path) -> dict[str, list[tuple[int, float]]]:
    """Every TensorBoard curve of a run: (step, value) by tag."""
    curves: dict[str, list[tuple[int, float]]] = {}
    for path in sorted((run_dir / "tensorboard").iterdir()):
        for record in _records(path.read_bytes()):
            event = Event.FromString(record)
            for value in event.summary.value:
                curves.setdefault(value.tag, []).append((event.step, value.simple_value))
    return curves


def _records(data: bytes) -> Iterator[bytes]:
    """The records of a TFRecord file: length, its checksum, the bytes, their checksum."""
    place = 0
    while place < len(data):
        (length,) = struct.unpack_from("<Q", data, place)
        yield data[place + 12 : place + 12 + length]
        place += 12 + length + 4


class WorkerProcess:
    """`tabular-worker` in a process of its own, its output going to files as under a supervisor."""

    def __init__(self, directory: Path, fields: dict[str, Any]) -> None:
        self._stdout = directory / "stdout.log"
        self._stderr = directory / "stderr.log"
        config_file = directory / "config.json"
        config_file.write_text(json.dumps(fields))
        command = [sys.executable, "-m", "gym_gui.workers.tabular", "--config", str(config_file)]
        with self._stdout.open("ab") as out, self._stderr.open("ab") as err:
            self.process = subprocess.Popen(
                command, stdout=out, stderr=err, cwd=directory, env=dict(os.environ)
            )

    def stdout(self) -> str:
        """What was printed so far."""
        return self._stdout.read_text()

    def stderr(self) -> str:
        """What was logged so far."""
        return self._stderr.read_text()

    def events(self) -> list[dict[str, Any]]:
        """The events so far, a line under way left out."""
        return events_in(self.stdout().rpartition("\n")[0])

    def wait_for_event(self, name: str, number: int = 1, deadline_s: float = 60.0) -> None:
        """Returns once so many events of the name are there."""
        end = time.monotonic() + deadline_s
        while sum(event["event"] == name for event in self.events()) < number:
            assert self.process.poll() is None, f"ended early: {self.stdout()}{self.stderr()}"
            assert time.monotonic() < end, f"no {name}: {self.stdout()}{self.stderr()}"
            time.sleep(0.02)

    def wait(self, deadline_s: float = 60.0) -> int:
        """The exit code."""
        return self.process.wait(deadline_s)

    def terminate(self) -> None:
        """SIGTERM."""
        self.process.send_signal(signal.SIGTERM)


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[..., WorkerProcess]]:
    """Starts worker processes; those still running at the end are killed and reaped."""
    started: list[WorkerProcess] = []

    def start(**fields: Any) -> WorkerProcess:
        directory = tmp_path / f"process-{len(started)}"
        directory.mkdir()
        started.append(WorkerProcess(directory, {"run_id": f"run-{len(started)}", **fields}))
        return started[-1]

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait()
