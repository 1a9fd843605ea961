"""Processes that left their run in every way are found by the names the supervisor kept."""

from __future__ import annotations

import json
import os
import shutil
import signal

import pytest

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.members import MembersFile, read_members
from gym_gui.core.runs.summary import RunState
from tests.runs.conftest import Launcher, is_alive, noted_pid, processes, wait_for_state, wait_until


def escaped(launcher: Launcher) -> tuple[RunDirectory, int, int]:
    """A run whose supervisor was killed, and its worker and a process that only its name ties to it."""
    run = launcher.launch("family.py", shape="escapes")
    worker, child = noted_pid(run, "worker"), noted_pid(run, "child")
    processes(run)
    wait_until(lambda: child in [member.pid for member in read_members(str(run.path))])
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)
    return run, worker, child


def test_a_process_that_wiped_its_traces_is_ended_though_the_supervisor_is_dead(launcher: Launcher) -> None:
    run, worker, child = escaped(launcher)
    receipt = cancel_run(run, grace_s=0.5)
    assert (receipt.found, receipt.left) == (2, 0)
    assert not is_alive(worker) and not is_alive(child)


def test_while_it_is_alive_the_run_is_not_over(launcher: Launcher) -> None:
    run, worker, child = escaped(launcher)
    os.kill(worker, signal.SIGKILL)
    wait_for_state(run, RunState.STOPPING)
    assert is_alive(child)
    assert "1 of its processes are left, without a supervisor: cancel ends them" in watch_state(run).evidence
    assert cancel_run(run, grace_s=0.5).found == 1
    assert not is_alive(child)


def test_the_names_in_a_copy_are_not_the_copys(launcher: Launcher, store: RunStore) -> None:
    run, worker, child = escaped(launcher)
    copy = RunDirectory(store.root.parent / "copies" / run.run_id)
    shutil.copytree(run.path, copy.path)
    assert read_members(str(copy.path)) == []
    assert cancel_run(copy, grace_s=0.1).found == 0
    assert is_alive(worker) and is_alive(child)
    assert cancel_run(run, grace_s=0.5).found == 2


@pytest.mark.parametrize("field", ["start_ticks", "boot_id"])
def test_another_process_with_the_pid_is_never_signalled(store: RunStore, field: str) -> None:
    run = store.new()
    run.record_file.write_text("{}")
    run.process_file.write_text("{}")
    mine = osproc.look_at(os.getpid())
    assert mine is not None
    ticks = mine.start_ticks + (field == "start_ticks")
    boot = "another" if field == "boot_id" else mine.boot_id
    record = {"directory": str(run.path), "boot_id": boot, "processes": [[os.getppid(), ticks], [1, ticks]]}
    (run.path / "tree.json").write_text(json.dumps(record))
    assert cancel_run(run, grace_s=0.05).found == 0


@pytest.mark.parametrize(
    "content",
    [b"", b"[", b"[]", b"null", b'{"directory": 3}', b'{"processes": [[1]]}', b"\xff\x00", b"{" * 9000],
)
def test_a_broken_file_names_nobody(store: RunStore, content: bytes) -> None:
    run = store.new()
    (run.path / "tree.json").write_bytes(content)
    assert read_members(str(run.path)) == []


def test_the_file_is_written_only_when_the_processes_are_others(store: RunStore) -> None:
    run = store.new()
    path = run.path / "tree.json"
    me = osproc.look_at(os.getpid())
    assert me is not None
    members = MembersFile(str(run.path), str(path))
    members.update([me])
    first = path.stat().st_mtime_ns, path.stat().st_ino
    members.update([me])
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == first
    assert [member.pid for member in read_members(str(run.path))] == [os.getpid()]
