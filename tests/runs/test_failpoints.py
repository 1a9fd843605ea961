"""A supervisor that dies between any two of its steps loses no worker and starts none twice."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.launch import supervisor_argv
from gym_gui.core.runs.observe import RunObserver, watch_state
from gym_gui.core.runs.processes.carriers import Carriers
from gym_gui.core.runs.record import ProcessRecord
from gym_gui.core.runs.summary import RunState
from tests.runs.conftest import Launcher, is_alive, noted_pid, wait_until

RIGHT_WITHIN_S = 5.0


def launch_and_die(
    launcher: Launcher,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    script: str = "family.py",
    **config: object,
) -> RunDirectory:
    monkeypatch.setenv("MOSAIC_FAILPOINT", point)
    run = launcher.launch(script, **config)
    assert launcher.reap(run) == -signal.SIGKILL
    monkeypatch.delenv("MOSAIC_FAILPOINT")
    return run


def second_start_is_refused(run: RunDirectory) -> bool:
    done = subprocess.run(supervisor_argv(run), capture_output=True, text=True, check=False)
    return done.returncode == 3


def state_within(run: RunDirectory, observer: RunObserver, *states: RunState) -> None:
    wait_until(lambda: observer.refresh().state in states, RIGHT_WITHIN_S)


def test_before_the_worker_is_started_there_is_nothing_to_lose(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launch_and_die(launcher, monkeypatch, "before_spawn", shape="alone")
    assert watch_state(run).state is RunState.LOST
    assert second_start_is_refused(run)
    assert not (run.path / "pid.worker").exists()
    assert cancel_run(run, grace_s=0.1).left == 0


def test_a_worker_that_was_started_and_not_recorded_is_found_and_ended(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launch_and_die(launcher, monkeypatch, "after_spawn_before_record", shape="plain child")
    assert read_record(run.process_file, ProcessRecord).worker is None
    observer = RunObserver(run)
    summary = observer.refresh()
    assert summary.state in (RunState.STARTING, RunState.RUNNING)
    assert "running without supervisor: its exit code will not be known" in summary.evidence
    pids = [noted_pid(run, "worker"), noted_pid(run, "child")]
    assert second_start_is_refused(run)
    assert [is_alive(pid) for pid in pids] == [True, True]
    receipt = cancel_run(run, grace_s=0.5)
    assert (receipt.found, receipt.left) == (2, 0)
    assert [is_alive(pid) for pid in pids] == [False, False]
    state_within(run, observer, RunState.CANCELLED)


def test_an_unrecorded_worker_that_ends_is_lost_and_nothing_else(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launch_and_die(launcher, monkeypatch, "after_spawn_before_record", shape="alone")
    observer = RunObserver(run)
    assert observer.refresh().state in (RunState.STARTING, RunState.RUNNING)
    os.kill(noted_pid(run, "worker"), signal.SIGKILL)
    state_within(run, observer, RunState.LOST)


def test_a_look_from_before_the_start_does_not_hide_the_worker(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    carriers = Carriers()
    carriers.of("/no/such/run")
    before = carriers.taken
    run = launch_and_die(launcher, monkeypatch, "after_spawn_before_record", shape="alone")
    observer = RunObserver(run, carriers)
    deadline = time.monotonic() + 5.0
    while carriers.taken == before:  # as long as the dying supervisor still answers, nobody has to look
        assert time.monotonic() < deadline
        assert observer.refresh().state in (RunState.STARTING, RunState.RUNNING)
    assert observer.refresh().state in (RunState.STARTING, RunState.RUNNING)
    assert cancel_run(run, grace_s=0.5).found == 1


def test_an_unrecorded_worker_that_is_frozen_is_paused(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launch_and_die(launcher, monkeypatch, "after_spawn_before_record", shape="frozen")
    state_within(run, RunObserver(run), RunState.PAUSED)
    assert cancel_run(run, grace_s=0.5).left == 0


def test_after_the_record_the_worker_goes_on_alone(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = launch_and_die(launcher, monkeypatch, "after_record", shape="alone")
    worker = noted_pid(run, "worker")
    assert watch_state(run).state in (RunState.STARTING, RunState.RUNNING)
    assert second_start_is_refused(run)
    assert is_alive(worker)
    assert cancel_run(run, grace_s=0.5).found == 1
    assert watch_state(run).state is RunState.CANCELLED


@pytest.mark.parametrize(
    ("end", "state"), [("completed", RunState.LOST), ("failed", RunState.FAILED), ("exit 3", RunState.LOST)]
)
def test_before_the_exit_record_nothing_is_claimed_that_is_not_known(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch, end: str, state: RunState
) -> None:
    run = launch_and_die(launcher, monkeypatch, "before_exit_record", "talker.py", end=end)
    assert not run.exit_file.exists()
    assert watch_state(run).state is state
    assert second_start_is_refused(run)


def test_a_failpoint_of_another_name_does_nothing(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_FAILPOINT", "elsewhere")
    run = launcher.launch()
    assert launcher.reap(run) == 0
    assert watch_state(run).state is RunState.COMPLETED
