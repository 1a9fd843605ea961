"""The contract's smallest worker, installed with pip into an environment that has the base install alone."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.events.lines import LineKind, LogLine
from gym_gui.core.events.log import EventLog
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.probing.probe import check_config, probe_interpreter
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.summary import RunState, RunSummary
from tests.e2e.minimal_worker import write_minimal_worker
from tests.e2e.scratch import ScratchEnvironment, build_wheel, make_environment

pytestmark = pytest.mark.e2e
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> ScratchEnvironment:
    """A venv with this project's base install and the worker."""
    folder = tmp_path_factory.mktemp("e2e")
    made = make_environment(folder / "env")
    made.install_wheel(build_wheel(PROJECT, folder / "panel-wheel"))
    made.copy_requirements("mosaic-panel")
    made.install_wheel(build_wheel(write_minimal_worker(folder / "worker"), folder / "worker-wheel"))
    return made


def probed(environment: ScratchEnvironment) -> dict[str, ProbedWorker]:
    report = probe_interpreter(environment.python, timeout_s=30)
    assert report.failure is None, report.failure
    return {worker.worker_id: worker for worker in report.workers}


def wait_until_over(run: RunDirectory) -> RunSummary:
    observer = RunObserver(run)
    deadline = time.monotonic() + 60
    while not (summary := observer.refresh()).state.is_over:
        assert time.monotonic() < deadline, f"still {summary.state}: {summary.evidence}"
        time.sleep(0.05)
    return summary


def events_of(run: RunDirectory) -> list[LogLine]:
    log = EventLog(run.stdout_file)
    return [line for line in log.lines(log.advance(final=True)) if line.kind is LineKind.EVENT]


def assert_it_went_as_written(run: RunDirectory, algo: str) -> None:
    started, completed = events_of(run)
    assert (started.event, started.run_id) == ("run_started", run.run_id)
    assert started.payload == {"worker_type": "myworker", "algo": algo}
    assert (completed.event, completed.payload) == ("run_completed", {"episodes": 100, "reward": 195.0})
    assert "LOG9001 My worker started" in run.stderr_file.read_text(), "the constant is logged with its code"


def test_the_environment_holds_the_base_install_alone(environment: ScratchEnvironment) -> None:
    code = "import importlib.util as u; print([n for n in %r if u.find_spec(n)])"
    heavy = ("PySide6", "numpy", "pydantic", "gymnasium", "pytest")
    said = subprocess.run(
        [environment.python, "-c", code % (heavy,)], capture_output=True, text=True, check=True
    )
    assert said.stdout == "[]\n"


def test_it_is_probed_from_outside(environment: ScratchEnvironment) -> None:
    workers = probed(environment)
    mine = workers["myworker"]
    assert mine.failure is None
    assert mine.metadata is not None and mine.metadata.upstream_library == "mylib"
    assert mine.capabilities is not None and mine.capabilities.supports_paradigm("sequential")
    assert mine.command == (environment.python, "-m", "gym_gui.core.worker.run", "myworker")
    assert [field.name for field in form_fields(mine.schema)] == ["run_id", "seed", "algo", "env_id"]
    assert check_config(mine, {"algo": "ppo"}, timeout_s=30) == ()
    assert [problem.field for problem in check_config(mine, {"alg": "ppo"}, timeout_s=30)] == ["alg"]
    assert "worker_package" not in sys.modules


def test_what_the_shipped_worker_lacks_there_is_said(environment: ScratchEnvironment) -> None:
    tabular = probed(environment)["tabular"]
    assert any(requirement.startswith("gymnasium") for requirement in tabular.missing)
    assert tabular.mend == f"{environment.python} -m pip install 'mosaic-panel[tabular]'"


def test_it_is_launched_by_the_core(environment: ScratchEnvironment) -> None:
    worker = probed(environment)["myworker"]
    spec = LaunchSpec(
        worker_id=worker.worker_id,
        command=worker.command,
        interpreter=worker.interpreter,
        config={"seed": 1, "algo": "ppo", "env_id": "CartPole-v1"},
    )
    run = create_run(RunStore(runs_root()), spec)
    start_supervisor(run)
    summary = wait_until_over(run)
    assert summary.state is RunState.COMPLETED, summary.evidence
    assert_it_went_as_written(run, "ppo")


def test_it_is_run_by_the_command_line_of_its_environment(environment: ScratchEnvironment) -> None:
    command = [environment.program("gym-gui"), "run", "myworker", "algo=dqn", "--wait", "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    run = RunDirectory(Path(json.loads(said.stdout)["path"]))
    assert run.path.parent == runs_root()
    assert_it_went_as_written(run, "dqn")


def test_it_is_run_by_our_command_line_in_its_environment(environment: ScratchEnvironment) -> None:
    mine = [sys.executable, "-m", "gym_gui.cli", "run", "myworker"]
    command = [*mine, "--python", environment.python, "--wait", "--json"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert_it_went_as_written(RunDirectory(Path(json.loads(said.stdout)["path"])), "default")


def test_a_wrong_field_is_refused_before_anything_starts(environment: ScratchEnvironment) -> None:
    command = [environment.program("gym-gui"), "run", "myworker", "alg=dqn"]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert said.returncode == 2
    assert "alg: unknown key: did you mean 'algo'?" in said.stderr
    assert not runs_root().exists()


def test_the_panel_says_what_it_needs(environment: ScratchEnvironment) -> None:
    said = subprocess.run(
        [environment.program("gym-gui"), "panel"], capture_output=True, text=True, check=False
    )
    assert said.returncode == 6
    assert "mosaic-panel[panel]" in said.stderr
