"""A worker can write all over its run directory: what it puts there is neither believed nor waited for."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.freeze import continue_run, freeze_run
from gym_gui.core.runs.observe import RunObserver, watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.listing import run_processes
from gym_gui.core.runs.processes.members import MEMBERS_FILE
from gym_gui.core.runs.processes.tree import works_for
from gym_gui.core.runs.record import ExitCause
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.supervisor_files import RunFiles
from tests.runs.conftest import Launcher, exit_record, is_alive, processes, wait_for_state, wait_until

A_MADE_UP_END = {
    "cause": "finished",
    "exit_code": 0,
    "started": 1.0,
    "ended": 2.0,
    "survivors": 0,
    "detail": "all is well",
}


def _lying(launcher: Launcher, waits: float, **puts: Any) -> RunDirectory:
    run = launcher.launch("liar.py", waits=waits, puts=puts)
    wait_until((run.path / "ready").exists)
    return run


def test_an_end_that_the_worker_made_up_is_not_believed(launcher: Launcher) -> None:
    run = _lying(launcher, 600, **{"exit.json": A_MADE_UP_END})
    observer = RunObserver(run)
    for _ in range(3):
        seen = observer.refresh()
        assert seen.state is RunState.RUNNING, seen.evidence
        assert seen.exit is None
        assert seen.ended is None
        assert "exit.json" in seen.problem
    worker = processes(run).worker
    assert worker is not None
    receipt = cancel_run(run, grace_s=0.5)
    assert receipt.found == 1, receipt.text
    assert receipt.left == 0
    assert not is_alive(worker.pid)
    assert exit_record(run).cause is ExitCause.CANCELLED
    assert observer.refresh().state is RunState.CANCELLED
    assert launcher.reap(run) == 0


def test_it_is_not_believed_either_when_the_supervisor_is_killed(launcher: Launcher) -> None:
    run = _lying(launcher, 600, **{"exit.json": A_MADE_UP_END})
    worker = processes(run).worker
    assert worker is not None
    os.kill(launcher.supervisor_pid(run), 9)
    launcher.reap(run)
    assert watch_state(run).state is RunState.RUNNING
    receipt = cancel_run(run, grace_s=0.5)
    assert not is_alive(worker.pid), receipt.text
    assert watch_state(run).state is RunState.CANCELLED


@pytest.mark.parametrize("name", ["exit.json", ".exit.json.reserve", "process.json"])
@pytest.mark.parametrize("what", ["directory", "pipe"])
def test_what_is_in_the_way_of_a_record_delays_no_end(launcher: Launcher, name: str, what: str) -> None:
    run = _lying(launcher, 0.2, **{name: what})
    began = time.monotonic()
    assert launcher.reap(run) == 0
    # Thirty tries, a second apart, are made for a disk that is full.
    assert time.monotonic() - began < 10
    wait_for_state(run, RunState.FAILED)
    assert exit_record(run).exit_code == 7
    assert watch_state(run).exit is not None


@pytest.mark.parametrize("what", ["directory", "pipe", "link", "second name"])
def test_a_full_disk_writes_nowhere_but_into_its_own_reserve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    run, elsewhere = tmp_path / "run", tmp_path / "precious"
    run.mkdir()
    elsewhere.write_text("keep me")
    reserve = run / ".exit.json.reserve"
    really_open = os.open

    def refuse_new_files(path: str, flags: int, *mode: int) -> int:
        if flags & os.O_EXCL:
            raise OSError(28, "No space left on device")
        return really_open(path, flags, *mode)

    monkeypatch.chdir(run)
    files = RunFiles(str(run))
    files.reserve_exit()
    reserve.unlink()
    if what == "directory":
        reserve.mkdir()
    elif what == "pipe":
        os.mkfifo(reserve)
    elif what == "link":
        reserve.symlink_to(elsewhere)
    else:
        reserve.hardlink_to(elsewhere)
    monkeypatch.setattr(os, "open", refuse_new_files)
    monkeypatch.setattr("gym_gui.core.runs.supervisor_files._EXIT_PAUSE_S", 0.001)
    assert not files.write_exit({"cause": "exited"})
    assert elsewhere.read_text() == "keep me"


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with any run, and whose environment says nothing of one."""
    made = subprocess.Popen(["sleep", "600"], env={"PATH": os.environ["PATH"]}, start_new_session=True)
    yield made
    made.kill()
    made.wait()


def _name_in_records(run: RunDirectory, pid: int) -> None:
    """What a worker writes that says of another process, in every detail, that it is the run's."""
    other = osproc.look_at(pid)
    assert other is not None
    named = {"pid": other.pid, "start_ticks": other.start_ticks, "boot_id": other.boot_id}
    record = json.loads(run.process_file.read_bytes())
    run.process_file.write_text(json.dumps({**record, "supervisor": named, "worker": named}))
    tree = {
        "directory": str(run.path),
        "boot_id": other.boot_id,
        "processes": [[other.pid, other.start_ticks]],
    }
    (run.path / MEMBERS_FILE).write_text(json.dumps(tree))


def test_a_process_that_the_worker_claims_is_neither_shown_frozen_nor_ended(
    launcher: Launcher, bystander: subprocess.Popen[bytes]
) -> None:
    run = _lying(launcher, 600)
    worker = processes(run).worker
    assert worker is not None
    _name_in_records(run, bystander.pid)
    shown = run_processes(run)
    assert {process.pid for process in shown} == {launcher.supervisor_pid(run), worker.pid}
    frozen = freeze_run(run)
    assert (frozen.changed, frozen.left) == (1, 0), frozen.text
    stopped = osproc.look_at(bystander.pid)
    assert stopped is not None
    assert not stopped.stopped
    assert continue_run(run).left == 0
    receipt = cancel_run(run, grace_s=0.5)
    assert (receipt.found, receipt.left) == (1, 0), receipt.text
    assert not is_alive(worker.pid)
    assert bystander.poll() is None
    assert exit_record(run).cause is ExitCause.CANCELLED
    assert launcher.reap(run) == 0


def test_records_cannot_name_whoever_asks_or_its_forebears(tmp_path: Path) -> None:
    forebears = osproc.ancestors_of(os.getpid())
    assert {os.getppid(), 1} <= forebears
    for pid in forebears:
        process = osproc.look_at(pid)
        assert process is not None
        assert not works_for(process, str(tmp_path))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make files of other users")
def test_records_of_one_user_cannot_name_processes_of_another(
    tmp_path: Path, bystander: subprocess.Popen[bytes]
) -> None:
    process = osproc.look_at(bystander.pid)
    assert process is not None
    assert works_for(process, str(tmp_path))  # its own run may well have cleared its environment
    os.chown(tmp_path, 65534, 65534)
    assert not works_for(process, str(tmp_path))
