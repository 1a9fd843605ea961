"""Runs of the worker in a process of their own, and what they leave behind, read back."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gym_gui.config.paths import get_run_dir
from gym_gui.workers.cleanrl.config import CleanRLConfig

HERE = Path(__file__).parent
WALK = HERE / "scripts" / "walk.py"
CHECKOUT = HERE / "checkout"


def needs_cleanrl() -> pytest.MarkDecorator:
    """Skips where CleanRL is not installed, unless `make test-workers` says that it has to be."""
    there = all(importlib.util.find_spec(name) for name in ("cleanrl", "torch"))
    wanted = os.environ.get("MOSAIC_TEST_WORKER") == "cleanrl"
    return pytest.mark.skipif(
        not there and not wanted, reason="CleanRL is not installed; see make test-workers"
    )


def config(run_id: str = "run", **fields: Any) -> CleanRLConfig:
    """A configuration of the walk, or of whatever the fields say."""
    return CleanRLConfig.from_dict({"script": str(WALK), "seed": 7, **fields, "run_id": run_id})


class WorkerProcess:
    """`cleanrl-worker` in a process of its own, its output going to files as under a supervisor."""

    def __init__(self, directory: Path, fields: dict[str, Any], arguments: tuple[str, ...]) -> None:
        self._stdout = directory / "stdout.log"
        self._stderr = directory / "stderr.log"
        self.run_id = fields["run_id"]
        config_file = directory / "config.json"
        config_file.write_text(json.dumps(fields))
        command = [sys.executable, "-m", "gym_gui.workers.cleanrl", "-v", "--config", str(config_file)]
        with self._stdout.open("ab") as out, self._stderr.open("ab") as err:
            self.process = subprocess.Popen(
                [*command, *arguments], stdout=out, stderr=err, cwd=directory, env=dict(os.environ)
            )

    @property
    def run_dir(self) -> Path:
        """The run's directory."""
        return get_run_dir(self.run_id)

    def stdout(self) -> str:
        """What was printed so far."""
        return self._stdout.read_text()

    def stderr(self) -> str:
        """What was logged so far."""
        return self._stderr.read_text()

    def events(self) -> list[dict[str, Any]]:
        """The events so far, a line under way left out."""
        lines = self.stdout().rpartition("\n")[0].splitlines()
        return [json.loads(line) for line in lines if line.startswith('{"event"')]

    def named(self, event: str) -> list[dict[str, Any]]:
        """Payloads of the events of a name."""
        return [line["payload"] for line in self.events() if line["event"] == event]

    def logged(self, code: str) -> int:
        """How often a log constant was logged."""
        return sum(f" {code} " in line for line in self.stderr().splitlines())

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as written."""
        return dict(json.loads((self.run_dir / "analytics.json").read_text()))

    def wait_until(self, seen: Callable[[], bool], deadline_s: float = 60.0) -> None:
        """Returns once it is so."""
        end = time.monotonic() + deadline_s
        while not seen():
            assert self.process.poll() is None, f"ended early: {self.stdout()}{self.stderr()}"
            assert time.monotonic() < end, f"not seen: {self.stdout()}{self.stderr()}"
            time.sleep(0.02)

    def wait(self, deadline_s: float = 120.0) -> int:
        """The exit code."""
        return self.process.wait(deadline_s)


@pytest.fixture
def start_worker(tmp_path: Path) -> Iterator[Callable[..., WorkerProcess]]:
    """Starts worker processes; those still running at the end are asked to end, then killed."""
    started: list[WorkerProcess] = []

    def start(*arguments: str, **fields: Any) -> WorkerProcess:
        directory = tmp_path / f"process-{len(started)}"
        directory.mkdir()
        filled = {"run_id": f"run-{len(started)}", "seed": 7, "heartbeat_interval_s": 0.05, **fields}
        started.append(WorkerProcess(directory, filled, arguments))
        return started[-1]

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.process.send_signal(signal.SIGTERM)
            try:
                worker.process.wait(20)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
