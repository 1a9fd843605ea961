"""Cancelling: nothing of a run survives, nothing else is touched, and the receipt is true."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest

from gym_gui.core.runs.cancel import CancelReceipt, cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.launch import create_run
from gym_gui.core.runs.observe import RunObserver, watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.tree import RunTree
from gym_gui.core.runs.record import ExitCause, ProcessIdentity, ProcessRecord
from gym_gui.core.runs.summary import RunState
from tests.runs.conftest import GRACE_S, Launcher, exit_record, is_alive, noted_pid, processes, wait_for_state

SHAPES = {
    # shape: (processes found, of which killed)
    "alone": (1, 0),
    "plain child": (2, 0),
    "ignores SIGTERM": (2, 2),
    "setsid grandchild": (2, 0),
    "double fork": (2, 1),
    "frozen": (1, 0),
}


def roles(shape: str) -> list[str]:
    return ["worker"] if shape in ("alone", "frozen") else ["worker", "child"]


@pytest.mark.parametrize("shape", [*SHAPES, "clean environment"])
def test_the_whole_tree_is_ended_and_counted(launcher: Launcher, shape: str) -> None:
    found, killed = SHAPES.get(shape, (2, 0))
    run = launcher.launch("family.py", shape=shape)
    pids = [noted_pid(run, role) for role in roles(shape)]
    receipt = cancel_run(run)
    assert (receipt.found, receipt.ended_by_term, receipt.ended_by_kill, receipt.left) == (
        found,
        found - killed,
        killed,
        0,
    )
    assert receipt.text.endswith("0 left")
    assert not [pid for pid in pids if is_alive(pid)]
    summary = watch_state(run)
    assert summary.state is RunState.CANCELLED
    assert summary.exit is not None and summary.exit.cause is ExitCause.CANCELLED
    assert launcher.reap(run) == 0


@pytest.mark.parametrize("shape", SHAPES)
def test_without_a_supervisor_the_tree_is_ended_all_the_same(launcher: Launcher, shape: str) -> None:
    found, killed = SHAPES[shape]
    run = launcher.launch("family.py", shape=shape)
    pids = [noted_pid(run, role) for role in roles(shape)]
    processes(run)
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)
    receipt = cancel_run(run, grace_s=GRACE_S)
    assert (receipt.found, receipt.ended_by_kill, receipt.left) == (found, killed, 0)
    assert not [pid for pid in pids if is_alive(pid)]
    summary = watch_state(run)
    assert summary.state is RunState.CANCELLED
    assert "its exit code is not known" in summary.evidence


def test_relatives_of_a_dead_worker_are_found_by_the_run_id(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="double fork")
    worker, child = noted_pid(run, "worker"), noted_pid(run, "child")
    processes(run)
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)
    os.kill(worker, signal.SIGKILL)
    wait_for_state(run, RunState.STOPPING)
    assert "1 of its processes are left, without a supervisor: cancel ends them" in watch_state(run).evidence
    receipt = cancel_run(run, grace_s=0.1)
    assert (receipt.found, receipt.ended_by_kill, receipt.left) == (1, 1, 0)
    assert not is_alive(child)


def test_while_anything_is_left_the_state_is_stopping(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="ignores SIGTERM")
    noted_pid(run, "worker"), noted_pid(run, "child")
    receipts: list[CancelReceipt] = []
    canceller = threading.Thread(target=lambda: receipts.append(cancel_run(run)))
    canceller.start()
    observer = RunObserver(run)
    seen = set()
    while canceller.is_alive():
        seen.add(observer.refresh().state)
    canceller.join()
    assert RunState.STOPPING in seen
    assert seen <= {RunState.STARTING, RunState.RUNNING, RunState.STOPPING, RunState.CANCELLED}
    assert receipts[0].left == 0
    assert observer.refresh().state is RunState.CANCELLED


def test_a_shorter_grace_than_the_supervisors_is_kept(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_SHUTDOWN_TIMEOUT_S", "120")
    run = launcher.launch("family.py", shape="ignores SIGTERM")
    noted_pid(run, "worker"), noted_pid(run, "child")
    began = time.monotonic()
    receipt = cancel_run(run, grace_s=0.0)
    assert (receipt.ended_by_kill, receipt.left) == (2, 0)
    assert time.monotonic() - began < 60, "the supervisor would have waited two minutes"


def test_two_cancels_at_once_are_one(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="plain child")
    noted_pid(run, "worker"), noted_pid(run, "child")
    receipts: list[CancelReceipt] = []
    threads = [threading.Thread(target=lambda: receipts.append(cancel_run(run))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [receipt.left for receipt in receipts] == [0, 0]
    assert max(receipt.found for receipt in receipts) == 2
    assert watch_state(run).state is RunState.CANCELLED


def test_a_frozen_supervisor_is_woken(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    noted_pid(run, "worker")
    os.kill(launcher.supervisor_pid(run), signal.SIGSTOP)
    assert cancel_run(run).left == 0
    assert launcher.reap(run) == 0


def test_a_run_that_was_never_started_is_marked_and_stays_unstarted(launcher: Launcher) -> None:
    run = create_run(launcher.store, launcher.spec("talker.py", {}))
    receipt = cancel_run(run)
    assert receipt.text == "0 processes found: 0 ended when asked, 0 killed, 0 left; it had not been started"
    assert watch_state(run).state is RunState.CANCELLED
    done = subprocess.run(
        [sys.executable, "-m", "gym_gui.core.runs.supervisor", str(run.path)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3
    assert not run.stdout_file.exists()


def test_a_finished_run_stays_as_it_is(launcher: Launcher) -> None:
    run = launcher.launch(end="exit 3")
    launcher.reap(run)
    before = run.exit_file.read_bytes()
    receipt = cancel_run(run)
    assert (receipt.found, receipt.left) == (0, 0)
    assert receipt.text == "it was over already: failed, exit code 3"
    assert run.exit_file.read_bytes() == before


def test_a_lost_run_is_not_rewritten_as_cancelled(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    worker = noted_pid(run, "worker")
    processes(run)
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)
    os.kill(worker, signal.SIGKILL)
    wait_for_state(run, RunState.LOST)
    assert cancel_run(run).text == "it was over already: nothing of it is alive"
    assert watch_state(run).state is RunState.LOST
    assert not run.exit_file.exists()


@contextmanager
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with any run."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOSAIC_RUN")}
    process = subprocess.Popen(["sleep", "600"], env=environment, start_new_session=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def forged_record(run: RunDirectory, victim: osproc.Process, field: str) -> ProcessRecord:
    forged = {
        "start_ticks": ProcessIdentity(victim.pid, victim.start_ticks - 1, victim.boot_id),
        "boot_id": ProcessIdentity(victim.pid, victim.start_ticks, "00000000-0000-0000-0000-000000000000"),
    }[field]
    return ProcessRecord(supervisor=forged, worker=forged, started=time.time())


@pytest.mark.parametrize("field", ["start_ticks", "boot_id"])
def test_a_process_that_only_has_the_pid_is_never_signalled(store: RunStore, field: str) -> None:
    run = store.new()
    with bystander() as process:
        victim = osproc.look_at(process.pid)
        assert victim is not None
        write_json_atomically(
            run.record_file, {"run_id": run.run_id, "worker_id": "w", "argv": ["a"], "cwd": "/"}
        )
        write_json_atomically(run.process_file, forged_record(run, victim, field))
        assert cancel_run(run, grace_s=0.05).text == "it was over already: nothing of it is alive"
        assert process.poll() is None
        true = osproc.look_at(process.pid)
        assert true is not None and not true.stopped


def test_a_copy_of_a_running_runs_directory_is_not_running_and_does_not_end_the_original(
    launcher: Launcher, store: RunStore
) -> None:
    run = launcher.launch("family.py", shape="plain child")
    worker, child = noted_pid(run, "worker"), noted_pid(run, "child")
    processes(run)
    copy = RunDirectory(store.root.parent / "copies" / run.run_id)
    shutil.copytree(run.path, copy.path)
    assert watch_state(copy).state is RunState.LOST
    assert cancel_run(copy, grace_s=0.05).found == 0
    assert is_alive(worker) and is_alive(child)
    assert watch_state(run).state in (RunState.STARTING, RunState.RUNNING)


def test_a_renamed_running_directory_keeps_its_processes(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="plain child")
    pids = [noted_pid(run, "worker"), noted_pid(run, "child")]
    processes(run)
    renamed = RunDirectory(run.path.with_name("renamed"))
    run.path.rename(renamed.path)
    assert watch_state(renamed).state in (RunState.STARTING, RunState.RUNNING)
    renamed.path.rename(run.path)
    assert cancel_run(run).found == 2
    assert not [pid for pid in pids if is_alive(pid)]


def test_a_broken_process_json_does_not_hide_the_processes(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="plain child")
    pids = [noted_pid(run, "worker"), noted_pid(run, "child")]
    processes(run)
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)
    run.process_file.write_text('{"supervisor": {"pid": 1')
    receipt = cancel_run(run, grace_s=GRACE_S)
    assert (receipt.found, receipt.left) == (2, 0)
    assert not [pid for pid in pids if is_alive(pid)]


def test_the_exit_record_holds_the_same_counts(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="double fork")
    noted_pid(run, "worker"), noted_pid(run, "child")
    receipt = cancel_run(run)
    record = msgspec.structs.asdict(exit_record(run))
    assert {name: record[name] for name in ("found", "ended_by_term", "ended_by_kill", "survivors")} == {
        "found": receipt.found,
        "ended_by_term": receipt.ended_by_term,
        "ended_by_kill": receipt.ended_by_kill,
        "survivors": 0,
    }


@pytest.mark.parametrize("supervised", [True, False])
def test_a_fork_storm_cannot_outrun_the_search(launcher: Launcher, supervised: bool) -> None:
    run = launcher.launch("storm.py")
    noted_pid(run, "worker")
    processes(run)
    if not supervised:
        os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
        launcher.reap(run)
    receipt = cancel_run(run, grace_s=0.1)
    assert receipt.left == 0
    assert receipt.ended_by_kill >= 1
    assert RunTree(str(run.path), []).is_gone()
