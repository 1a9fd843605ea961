"""Ends before the end, under the real supervisor: nothing of Ray is left."""

from __future__ import annotations

import importlib.util
import os
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest

from gym_gui.core.runs.summary import RunState
from gym_gui.core.worker.analytics import WorkerAnalyticsManifest
from gym_gui.workers.ray.guardian import MARK
from tests.workers.ray.helpers import ENDLESS, needs_ray

pytestmark = needs_ray
# W&B's service is one more process of the run; nothing of Ray's, and ended by the same signal.
TRAINING = {**ENDLESS, "num_env_runners": 1, "wandb": importlib.util.find_spec("wandb") is not None}
SEARCH = {**ENDLESS, "mode": "tune", "search": "grid", "search_space": {"lr": [0.003]}}


@pytest.fixture
def runs(mosaic_home: Path) -> Any:
    from gym_gui.testing.scratch_runs import ScratchRuns
    from gym_gui.testing.subject import found_subject

    with found_subject("ray") as subject:
        started = ScratchRuns(subject.worker, mosaic_home)
        yield started
        started.end_all()


@pytest.mark.parametrize("config", [TRAINING, SEARCH], ids=["training", "search"])
def test_a_cancelled_run_says_so_and_leaves_nothing(runs: Any, config: dict[str, Any]) -> None:
    temporary = _temporary_of_wandb()
    run = runs.start(config)
    before = runs.watch(run, 90, lambda events: sum(line.event == "heartbeat" for line in events) >= 3)
    assert not before.over, before.described()
    session = _session_of(run.run_id)
    receipt = runs.cancel(run, 30)
    after = runs.watch(run, 15)
    story = (receipt.text, after.summary.exit, run.stderr_file.read_text()[-6000:])
    assert receipt.ended_by_kill == 0, story
    assert receipt.left == 0
    assert after.summary.state is RunState.CANCELLED, after.described()
    assert after.events[-1].event == "run_cancelled", story
    manifest = WorkerAnalyticsManifest.load(run.manifest_file)
    assert manifest.metadata["status"] == "cancelled"
    assert _processes_of(run.run_id) == []
    assert not session.exists()
    assert _temporary_of_wandb() <= temporary


def _temporary_of_wandb() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("*wandb*"))


def test_nothing_is_left_of_a_killed_run_but_a_directory_that_the_next_one_sweeps(runs: Any) -> None:
    from gym_gui.workers.ray import scratch

    run = runs.start({**ENDLESS, "num_env_runners": 1})
    before = runs.watch(run, 90, lambda events: any(line.event == "checkpoint_saved" for line in events))
    assert not before.over, before.described()
    assert len(_processes_of(run.run_id)) > 5
    session = _session_of(run.run_id)
    assert runs.kill_worker(run)
    after = runs.watch(run, 45)
    assert after.summary.state is RunState.FAILED, after.described()
    assert after.summary.exit is not None
    assert after.summary.exit.survivors == 0
    assert _processes_of(run.run_id) == []
    scratch.sweep()
    assert not session.exists()


def _processes_of(run_id: str) -> list[str]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("MOSAIC_RUN_ID") == run_id and process.pid != os.getpid():
                found.append(f"{process.pid} {process.name()}")
        except psutil.Error:
            continue
    return found


def _session_of(run_id: str) -> Path:
    marks = set()
    for process in psutil.process_iter():
        try:
            environment = process.environ()
        except psutil.Error:
            continue
        if environment.get("MOSAIC_RUN_ID") == run_id and MARK in environment:
            marks.add(environment[MARK])
    assert len(marks) == 1, marks
    session = Path(marks.pop())
    assert session.is_dir()
    return session
