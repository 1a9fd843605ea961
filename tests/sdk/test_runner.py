"""The runner, on packages as an author would publish them, in processes of their own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sdk.conftest import Site

CONFIG = """
    from dataclasses import dataclass
    from gym_gui.core.worker import WorkerConfig as WorkerConfigProtocol

    @dataclass(frozen=True)
    class MyWorkerConfig:
        run_id: str
        seed: int | None = None
        algo: str = "default"
        env_id: str = "CartPole-v1"

        def to_dict(self) -> dict:
            return {"run_id": self.run_id, "seed": self.seed, "algo": self.algo, "env_id": self.env_id}

        @classmethod
        def from_dict(cls, data: dict) -> "MyWorkerConfig":
            return cls(**data)
"""

RUNTIME = """
    from gym_gui.core.worker import TelemetryEmitter, WorkerRuntime
    from gym_gui.logging_config.log_constants import LOG_WORKER_MYWORKER_RUNTIME_STARTED

    class MyWorkerRuntime:
        def __init__(self, config, logger=None):
            self.config = config
            self.emitter = TelemetryEmitter(run_id=config.run_id, logger=logger)

        def run(self) -> dict:
            self.emitter.run_started(
                {"worker_type": "myworker", "algo": self.config.algo},
                constant=LOG_WORKER_MYWORKER_RUNTIME_STARTED,
            )
            self.train()
            results = {"episodes": 100, "reward": 195.0}
            self.emitter.run_completed(results)
            return results

        def train(self):
            TRAINING
"""

PACKAGE = """
    from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata

    def get_worker_metadata():
        return WorkerMetadata(name="My Worker", version="1.0.0"), WorkerCapabilities(worker_type="myworker")
"""

CONSTANTS = """
    from gym_gui.logging_config.log_constants import LogConstant

    LOG_WORKER_MYWORKER_RUNTIME_STARTED = LogConstant(
        code="LOG9001",
        level="INFO",
        message="My worker started",
        component="Worker",
        subcomponent="MyWorkerRuntime",
        tags=("myworker", "worker", "runtime", "lifecycle"),
    )
"""


THREE_RUNTIMES = """
    class A:
        def __init__(self, config): ...
        def run(self):
            print(f"{type(self).__name__} ran")

    class B(A): ...
    class C(A): ...
"""


def add_my_worker(
    site: Site, training: str = "pass", files: dict[str, str] | None = None, **groups: dict[str, str]
) -> None:
    site.add(
        "my-worker",
        {
            "mosaic.workers": {"myworker": "worker_package:get_worker_metadata"},
            "mosaic.log_constants": {"myworker": "worker_package.constants"},
            **{f"mosaic.{group}": named for group, named in groups.items()},
        },
        {
            "worker_package/__init__.py": PACKAGE,
            "worker_package/config.py": CONFIG,
            "worker_package/runtime.py": RUNTIME.replace("TRAINING", training),
            "worker_package/constants.py": CONSTANTS,
            **(files or {}),
        },
    )


class Done:
    """What a finished runner left: its exit code, its events, the other lines, and standard error."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code = code
        self.err = err
        lines = out.splitlines()
        self.events: list[dict[str, Any]] = [json.loads(line) for line in lines if line.startswith("{")]
        self.text = [line for line in lines if not line.startswith("{")]

    @property
    def names(self) -> list[str]:
        return [event["event"] for event in self.events]


class Runner:
    """Starts the runner on a site directory, with a config file of its own."""

    def __init__(self, site: Site, directory: Path) -> None:
        self.environment = {**os.environ, "PYTHONPATH": str(site.path), "PYTHONUNBUFFERED": "1"}
        self.directory = directory
        self.config_file = directory / "config.json"
        self.configure({"run_id": "r1", "seed": 42, "algo": "ppo"})
        self.started: list[subprocess.Popen[str]] = []

    def configure(self, config: object) -> None:
        self.config_file.write_text(json.dumps(config))

    def start(self, *arguments: str, worker: str = "myworker") -> subprocess.Popen[str]:
        module = [sys.executable, "-m", "gym_gui.core.worker.run"]
        process = subprocess.Popen(
            [*module, worker, "--config", str(self.config_file), *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.directory,
            env=self.environment,
        )
        self.started.append(process)
        return process

    def finish(self, process: subprocess.Popen[str]) -> Done:
        out, err = process.communicate(timeout=60)
        return Done(process.returncode, out, err)

    def run(self, *arguments: str, worker: str = "myworker") -> Done:
        return self.finish(self.start(*arguments, worker=worker))


@pytest.fixture
def runner(site: Site, tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(site, tmp_path)
    yield runner
    for process in runner.started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 30
    while not file.exists():
        assert time.monotonic() < deadline, f"{file} never appeared"
        time.sleep(0.02)


def test_the_minimal_worker_of_the_contract_runs(site: Site, runner: Runner) -> None:
    add_my_worker(site)
    done = runner.run()
    assert done.code == 0, done.err
    assert done.names == ["run_started", "run_completed"]
    assert done.text == []
    started, completed = done.events
    assert started["payload"] == {"worker_type": "myworker", "algo": "ppo"}
    assert completed["payload"] == {"episodes": 100, "reward": 195.0}
    assert {event["run_id"] for event in done.events} == {"r1"}
    assert "LOG9001 My worker started" in done.err


def test_the_nested_config_and_the_flags(site: Site, runner: Runner) -> None:
    add_my_worker(site, "import logging; logging.getLogger(__name__).debug('deep detail')")
    runner.configure({"metadata": {"worker": {"config": {"run_id": "r2"}}}})
    quiet, verbose = runner.run(), runner.run("--verbose")
    assert quiet.code == verbose.code == 0, verbose.err
    assert quiet.events[0]["run_id"] == "r2"
    assert "deep detail" not in quiet.err
    assert "deep detail" in verbose.err


def test_a_dry_run_starts_nothing(site: Site, runner: Runner) -> None:
    add_my_worker(site, "raise AssertionError('ran')")
    done = runner.run("--dry-run")
    assert done.code == 0, done.err
    (plan,) = done.events
    assert plan["dry_run"] is True
    assert plan["config"] == {"run_id": "r1", "seed": 42, "algo": "ppo", "env_id": "CartPole-v1"}
    assert plan["runtime_class"] == "worker_package.runtime:MyWorkerRuntime"


def test_a_crash_is_told_in_an_event_and_a_traceback(site: Site, runner: Runner) -> None:
    add_my_worker(site, "raise RuntimeError('diverged')")
    done = runner.run()
    assert done.code == 1
    assert done.names == ["run_started", "run_failed"]
    payload = done.events[1]["payload"]
    assert (payload["error"], payload["error_type"]) == ("diverged", "RuntimeError")
    assert "in train" in payload["traceback"]
    assert "RuntimeError: diverged" in done.err


@pytest.mark.parametrize(
    ("argument", "code", "event"),
    [("3", 1, "run_failed"), ("'no GPU'", 1, "run_failed"), ("0", 0, "run_completed")],
)
def test_a_worker_that_calls_exit(site: Site, runner: Runner, argument: str, code: int, event: str) -> None:
    add_my_worker(site, f"import sys; sys.exit({argument})")
    done = runner.run()
    assert done.code == code
    assert done.names == ["run_started", event]


WAITING = "import pathlib, time; pathlib.Path('waiting').touch(); time.sleep(120)"


@pytest.mark.parametrize(
    ("number", "reason"), [(signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "KeyboardInterrupt")]
)
def test_a_signal_cancels_the_run(
    site: Site, runner: Runner, tmp_path: Path, number: signal.Signals, reason: str
) -> None:
    add_my_worker(site, WAITING)
    process = runner.start()
    wait_for(tmp_path / "waiting")
    process.send_signal(number)
    done = runner.finish(process)
    assert done.code == 130
    assert done.names == ["run_started", "run_cancelled"]
    assert done.events[1]["payload"] == {"reason": reason}
    assert "Traceback" not in done.err


def test_a_cancel_while_the_worker_is_being_imported(site: Site, runner: Runner, tmp_path: Path) -> None:
    add_my_worker(site, files={"worker_package/config.py": WAITING})
    process = runner.start()
    wait_for(tmp_path / "waiting")
    process.terminate()
    done = runner.finish(process)
    assert (done.code, done.events) == (130, [])
    assert "cancelled" in done.err


def test_a_bad_config_is_named_by_file_and_field(site: Site, runner: Runner) -> None:
    add_my_worker(site)
    runner.configure({"run_id": "r1", "algoo": "ppo"})
    done = runner.run()
    assert (done.code, done.events) == (2, [])
    assert f"myworker: error: {runner.config_file}: algoo: unknown key; did you mean 'algo'?" in done.err
    assert "Traceback" not in done.err


def test_bad_usage(site: Site, runner: Runner) -> None:
    add_my_worker(site)
    assert runner.run("--no-such-flag").code == 2


def test_an_unknown_worker_is_told_from_the_installed_ones(site: Site, runner: Runner) -> None:
    add_my_worker(site)
    done = runner.run(worker="my_worker")
    assert (done.code, done.events) == (3, [])
    assert "there is no worker 'my_worker'" in done.err
    assert "did you mean 'myworker'?" in done.err


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"worker_package/config.py": "import torch_that_is_not_there"}, "torch_that_is_not_there"),
        ({"worker_package/runtime.py": "import sys; sys.exit('unsupported')"}, "SystemExit: unsupported"),
        ({"worker_package/__init__.py": "raise ValueError('half installed')"}, "ValueError: half installed"),
        (
            {"worker_package/runtime.py": "x = 1"},
            "no class in worker_package.runtime satisfies a WorkerRuntime",
        ),
        (
            {"worker_package/runtime.py": THREE_RUNTIMES},
            "several classes in worker_package.runtime satisfy a WorkerRuntime: B, C",
        ),
    ],
)
def test_a_broken_worker(site: Site, runner: Runner, files: dict[str, str], message: str) -> None:
    add_my_worker(site, files=files)
    done = runner.run()
    assert (done.code, done.events) == (3, [])
    assert message in done.err


def test_several_candidates_are_settled_by_an_entry_point(site: Site, runner: Runner) -> None:
    add_my_worker(
        site,
        files={"worker_package/runtime.py": THREE_RUNTIMES},
        worker_runtimes={"myworker": "worker_package.runtime:B"},
    )
    done = runner.run()
    assert done.code == 0, done.err
    assert done.text == ["B ran"]
    assert done.names == ["run_started", "run_completed"]


def test_a_malformed_entry_point_of_another_distribution_is_no_hindrance(site: Site, runner: Runner) -> None:
    add_my_worker(site)
    site.add("ruined", "[mosaic.workers]\nthis is no entry point\n")
    done = runner.run()
    assert done.code == 0, done.err


def test_a_reader_that_went_away_does_not_change_the_exit_code(
    site: Site, runner: Runner, tmp_path: Path
) -> None:
    add_my_worker(
        site,
        "import pathlib, time\n"
        "            while not pathlib.Path('go').exists(): time.sleep(0.02)\n"
        "            import sys; sys.stdout.write('unread')",
    )
    runner.environment.pop("PYTHONUNBUFFERED")
    process = runner.start()
    assert process.stdout is not None
    process.stdout.close()
    (tmp_path / "go").touch()
    assert process.stderr is not None
    error = process.stderr.read()
    assert process.wait(timeout=60) == 0, error
