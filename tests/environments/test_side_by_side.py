"""One worker on two versions of a library, in two environments made for it, running at the same time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.environments.creating import (
    Creation,
    CreationCancelledError,
    CreationFailedError,
    delete_environment,
)
from gym_gui.core.environments.inspecting import inspect_environment
from gym_gui.core.environments.model import Environment, EnvironmentProblem
from gym_gui.core.environments.planning import plan_environment
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.probing.probe import probe_interpreter
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from tests.cli.conftest import Gym, gym
from tests.runs.conftest import wait_until

__all__ = ["gym"]


def make(registry: EnvironmentRegistry, name: str, *packages: str, wheels: Path) -> Environment:
    plan = plan_environment(
        name, ["mosaic-panel", *packages], find_links=[str(wheels)], use_index=False, uv=""
    )
    lines: list[str] = []
    environment = Creation(plan, registry).run(lines.append)
    assert any(line.startswith("Successfully installed") for line in lines)
    return environment


def launch(environment: Environment) -> RunDirectory:
    (worker,) = probe_interpreter(environment.python, timeout_s=30, only="learner").workers
    assert worker.failure is None
    assert worker.command[0].startswith(str(Path(environment.python).parent))
    spec = LaunchSpec(
        worker_id=worker.worker_id, command=worker.command, config={}, interpreter=worker.interpreter
    )
    run = create_run(RunStore(runs_root()), spec)
    start_supervisor(run)
    return run


def engines_of(run: RunDirectory) -> set[str]:
    events = [json.loads(line) for line in run.stdout_file.read_text().splitlines()]
    return {e["payload"]["engine"] for e in events if "engine" in e["payload"]}


def is_running(run: RunDirectory) -> bool:
    return run.stdout_file.exists() and "heartbeat" in run.stdout_file.read_text()


def test_two_versions_of_a_library_side_by_side(wheels: Path, gym: Gym) -> None:
    registry = EnvironmentRegistry()
    made = [
        make(registry, name, "learner", f"engine=={version}", wheels=wheels)
        for name, version in (("old", "1.0"), ("new", "2.0"))
    ]
    runs = [launch(environment) for environment in made]
    wait_until(lambda: all(map(is_running, runs)))
    wait_until(lambda: all(watch_state(run).state is RunState.COMPLETED for run in runs))
    assert [engines_of(run) for run in runs] == [{"1.0"}, {"2.0"}]
    starts = [json.loads(run.stdout_file.read_text().splitlines()[0])["timestamp"] for run in runs]
    ends = [json.loads(run.stdout_file.read_text().splitlines()[-1])["timestamp"] for run in runs]
    assert max(starts) < min(ends), "they ran at the same time"

    listed = gym("workers", "--json").document["workers"]
    learners = {
        w["environment"]: w["metadata"]["upstream_version"] for w in listed if w["worker_id"] == "learner"
    }
    assert learners == {"old": "1.0", "new": "2.0"}
    unclear = gym("run", "learner", "--dry-run")
    assert unclear.code == 2
    assert "in several environments: old, new" in unclear.err
    assert str(made[1].python) in gym("run", "learner", "--dry-run", "--python", "new").out
    shown = gym("env", "show", "new")
    assert "learner" in shown.out and "mosaic-panel" in shown.out

    facts = inspect_environment(made[0].python)
    assert facts.has_pip and facts.sdk_version
    delete_environment(made[0], registry)
    assert not Path(made[0].python).exists()
    assert gym("env", "remove", "new", "--delete").code == 0
    assert [each.name for each in registry.environments()] == ["this"]
    assert list((Path(made[1].python).parents[2]).iterdir()) == []


def test_what_cannot_be_installed_leaves_nothing(wheels: Path) -> None:
    plan = plan_environment(
        "bad", ["mosaic-panel", "nowhere-at-all"], find_links=[str(wheels)], use_index=False, uv=""
    )
    with pytest.raises(CreationFailedError) as failed:
        Creation(plan, EnvironmentRegistry()).run(lambda _line: None)
    assert "nowhere-at-all" in str(failed.value)
    assert failed.value.hint.startswith("Check the name")
    assert list(plan.folder.parent.iterdir()) == []
    assert len(EnvironmentRegistry().environments()) == 1


def test_a_cancel_ends_it_and_leaves_nothing(wheels: Path) -> None:
    plan = plan_environment(
        "slow", ["mosaic-panel", "learner"], find_links=[str(wheels)], use_index=False, uv=""
    )
    creation = Creation(plan, EnvironmentRegistry())

    def cancel_when_it_installs(line: str) -> None:
        if "pip install" in line:
            creation.cancel()

    with pytest.raises(CreationCancelledError):
        creation.run(cancel_when_it_installs)
    assert list(plan.folder.parent.iterdir()) == []


def test_what_an_interrupted_attempt_left_is_cleared_away(wheels: Path) -> None:
    plan = plan_environment("again", ["mosaic-panel"], find_links=[str(wheels)], use_index=False, uv="")
    (plan.folder / "half").mkdir(parents=True)
    with pytest.raises(EnvironmentProblem, match="is there already"):
        Creation(plan, EnvironmentRegistry()).run(lambda _line: None)
    assert (plan.folder / "half").is_dir(), "what someone else put there is left alone"
    (plan.folder.parent / ".again.creating").touch()
    made = Creation(plan, EnvironmentRegistry()).run(lambda _line: None)
    assert made.created
    assert not (plan.folder / "half").exists()
