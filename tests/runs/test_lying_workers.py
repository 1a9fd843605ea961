"""A worker can write all over its run directory: what it puts there is neither believed nor waited for."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.observe import RunObserver, watch_state
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
