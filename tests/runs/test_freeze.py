"""Freezing: the whole tree stands still, whatever becomes of the supervisor, and goes on when told to."""

from __future__ import annotations

import os
import signal
import time

import pytest

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.freeze import continue_run, freeze_run
from gym_gui.core.runs.launch import create_run
from gym_gui.core.runs.observe import RunObserver, watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.listing import run_processes
from gym_gui.core.runs.summary import RunState
from tests.runs.conftest import (
    Launcher,
    exit_record,
    is_alive,
    noted_pid,
    processes,
    wait_for_state,
    wait_until,
)

FAMILIES = ["alone", "plain child", "setsid grandchild", "double fork", "clean environment", "escapes"]


def roles(shape: str) -> list[str]:
    return ["worker"] if shape == "alone" else ["worker", "child"]


def is_frozen(pid: int) -> bool:
    process = osproc.look_at(pid)
    return process is not None and process.stopped


def orphaned(launcher: Launcher, run: RunDirectory) -> None:
    processes(run)
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)


@pytest.mark.parametrize("shape", FAMILIES)
def test_the_whole_tree_is_frozen_and_goes_on(launcher: Launcher, shape: str) -> None:
    run = launcher.launch("family.py", shape=shape)
    pids = [noted_pid(run, role) for role in roles(shape)]
    processes(run)
    receipt = freeze_run(run)
    assert (receipt.found, receipt.changed, receipt.left) == (len(pids), len(pids), 0)
    assert all(map(is_frozen, pids))
    assert not is_frozen(launcher.supervisor_pid(run))
    assert watch_state(run).state is RunState.PAUSED
    again = freeze_run(run)
    assert (again.found, again.changed, again.left) == (len(pids), 0, 0)
    receipt = continue_run(run)
    assert (receipt.found, receipt.changed, receipt.left) == (len(pids), len(pids), 0)
    assert not any(map(is_frozen, pids))
    assert watch_state(run).state in (RunState.STARTING, RunState.RUNNING)


@pytest.mark.parametrize("shape", FAMILIES[:4])
def test_it_works_without_a_supervisor(launcher: Launcher, shape: str) -> None:
    run = launcher.launch("family.py", shape=shape)
    pids = [noted_pid(run, role) for role in roles(shape)]
    orphaned(launcher, run)
    assert freeze_run(run).changed == len(pids)
    assert all(map(is_frozen, pids))
    assert watch_state(run).state is RunState.PAUSED
    assert continue_run(run).changed == len(pids)
    assert not any(map(is_frozen, pids))
    assert cancel_run(run, grace_s=0.2).left == 0


@pytest.mark.parametrize("supervised", [True, False])
@pytest.mark.parametrize("shape", ["plain child", "ignores SIGTERM", "double fork"])
def test_a_frozen_run_can_be_cancelled(launcher: Launcher, shape: str, supervised: bool) -> None:
    run = launcher.launch("family.py", shape=shape)
    pids = [noted_pid(run, role) for role in roles(shape)]
    processes(run)
    if not supervised:
        orphaned(launcher, run)
    assert freeze_run(run).left == 0
    receipt = cancel_run(run, grace_s=0.5)
    assert (receipt.found, receipt.left) == (2, 0)
    assert not any(map(is_alive, pids))
    assert watch_state(run).state is RunState.CANCELLED


def test_a_frozen_supervisor_is_let_go_on_too(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    noted_pid(run, "worker")
    processes(run)
    supervisor = launcher.supervisor_pid(run)
    os.kill(supervisor, signal.SIGSTOP)
    wait_until(lambda: is_frozen(supervisor))
    freeze_run(run)
    continue_run(run)
    assert not is_frozen(supervisor)


def test_a_worker_that_forks_while_it_is_frozen_is_frozen_whole(launcher: Launcher) -> None:
    run = launcher.launch("storm.py")
    noted_pid(run, "worker")
    processes(run)
    receipt = freeze_run(run)
    assert receipt.left == 0
    members = [process for process in run_processes(run) if process.role != "supervisor"]
    assert members and all(process.frozen for process in members)
    assert cancel_run(run, grace_s=0.1).left == 0


def test_time_spent_frozen_is_no_stall_even_when_nobody_was_looking(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    noted_pid(run, "worker")
    processes(run)
    hours_ago = time.time() - 7200
    freeze_run(run)
    assert RunObserver(run).refresh(time.time() + 7200).state is RunState.PAUSED
    continue_run(run)
    for path in run.path.rglob("*"):
        if path.name != "freeze.json":
            os.utime(path, (hours_ago, hours_ago))
    record = processes(run)
    assert record.worker is not None
    assert RunObserver(run).refresh(time.time() + 100).state is not RunState.STALLED
    assert RunObserver(run).refresh(time.time() + 1000).state is RunState.STALLED


def test_what_is_over_or_was_never_started_has_nothing_to_freeze(launcher: Launcher, store: RunStore) -> None:
    run = launcher.launch()
    launcher.reap(run)
    before = sorted(path.name for path in run.path.iterdir())
    assert freeze_run(run).text == "nothing of it is alive"
    assert continue_run(run).text == "nothing of it is alive"
    assert sorted(path.name for path in run.path.iterdir()) == before
    assert freeze_run(create_run(store, launcher.spec("talker.py", {}))).found == 0
    assert freeze_run(RunDirectory(store.root / "gone")).found == 0


def test_a_run_that_is_being_ended_is_not_frozen(launcher: Launcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOSAIC_SHUTDOWN_TIMEOUT_S", "60")
    run = launcher.launch("family.py", shape="ignores SIGTERM")
    worker = noted_pid(run, "worker")
    noted_pid(run, "child")
    processes(run)
    os.kill(launcher.supervisor_pid(run), signal.SIGTERM)
    wait_for_state(run, RunState.STOPPING)
    assert freeze_run(run).text == "it is being ended, so nothing was frozen"
    assert not is_frozen(worker)
    cancel_run(run, grace_s=0.0)


def test_only_the_very_processes_are_frozen(launcher: Launcher, store: RunStore) -> None:
    run = launcher.launch("family.py", shape="alone")
    worker = noted_pid(run, "worker")
    record = processes(run)
    assert record.worker is not None
    forged = store.new()
    forged.record_file.write_text("{}")
    forged.process_file.write_bytes(
        run.process_file.read_bytes().replace(record.worker.boot_id.encode(), b"another-boot")
    )
    assert freeze_run(forged).found == 0
    assert not is_frozen(worker)


def test_the_tree_is_described(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="plain child")
    worker, child = noted_pid(run, "worker"), noted_pid(run, "child")
    processes(run)
    found = run_processes(run)
    assert [(process.pid, process.depth, process.role) for process in found] == [
        (launcher.supervisor_pid(run), 0, "supervisor"),
        (worker, 1, "worker"),
        (child, 2, ""),
    ]
    assert "family.py" in found[1].command
    assert all(process.rss_bytes > 0 for process in found)
    cancel_run(run)
    exit_record(run)
    launcher.reap(run)
    assert run_processes(run) == ()
