"""Bad weather: each has a clear state and message, and the run next door notices nothing."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gym_gui.core.events.log import EventLog
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.freeze import freeze_run
from gym_gui.core.runs.launch import create_run, start_supervisor
from gym_gui.core.runs.observe import RunObserver, watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.summary import Progress, RunState
from gym_gui.core.runs.why.causes import EndClass, explain_end
from tests.runs.conftest import Launcher, exit_record, is_alive, noted_pid, processes, wait_until

NOBODY = 65534


@pytest.fixture(autouse=True)
def next_door(launcher: Launcher) -> Iterator[None]:
    """A run that has nothing to do with the test's, and must not be disturbed by it."""
    run = launcher.launch("family.py", shape="alone")
    worker = noted_pid(run, "worker")
    yield
    assert is_alive(worker)
    assert watch_state(run).state in (RunState.STARTING, RunState.RUNNING)
    assert cancel_run(run).found == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MB, skipped where none can be made."""
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if made.returncode != 0:
        pytest.skip("mounting needs root")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def started_on(launcher: Launcher, disk: Path, **config: object) -> RunDirectory:
    home = RunStore(disk / "trainer" / "runs")
    original, launcher.store = launcher.store, home
    try:
        return launcher.launch("weather.py", **config)
    finally:
        launcher.store = original


def fill(disk: Path) -> Path:
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):
        while True:
            file.write(b"x" * 4096)
    return filler


def test_a_disk_that_fills_ends_in_a_record_that_says_so(launcher: Launcher, small_disk: Path) -> None:
    run = started_on(launcher, small_disk, weather="disk full")
    assert launcher.reap(run) == 0
    assert os.statvfs(small_disk).f_bavail == 0
    assert watch_state(run).state is RunState.FAILED
    explanation = explain_end(run)
    assert explanation.cause is EndClass.DISK_FULL
    assert not list(run.path.glob(".exit.json*"))


def is_asleep(pid: int) -> bool:
    """Whether the process sleeps, as a supervisor does between two tries to write."""
    time.sleep(0.01)
    process = osproc.look_at(pid)
    return process is not None and process.state == "S"


def test_a_run_on_a_full_disk_is_not_started_and_says_so_once_there_is_room(
    launcher: Launcher, small_disk: Path
) -> None:
    run = create_run(RunStore(small_disk / "runs"), launcher.spec("weather.py", {"weather": "wait"}))
    filler = fill(small_disk)
    pid = start_supervisor(run)
    wait_until(lambda: all(is_asleep(pid) for _ in range(20)))
    summary = watch_state(run)
    assert (summary.state, summary.evidence) == (RunState.STARTING, ("its supervisor is starting",))
    filler.unlink()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    summary = watch_state(run)
    assert summary.state is RunState.FAILED
    assert exit_record(run).detail.startswith("process.json: cannot be written; check the disk's space")
    assert explain_end(run).cause is EndClass.NOT_STARTED


def test_a_read_only_directory_is_named(launcher: Launcher, small_disk: Path) -> None:
    run = create_run(RunStore(small_disk / "runs"), launcher.spec("weather.py", {"weather": "wait"}))
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    pid = start_supervisor(run)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 1
    summary = watch_state(run)
    assert summary.state is RunState.STARTING
    assert summary.problem.endswith("so the run cannot start; check disk and permissions")
    assert watch_state(run).evidence == ("no supervisor has taken it up yet",)
    assert RunObserver(run).refresh(time.time() + 100).state is RunState.LOST


def test_a_directory_that_is_deleted_takes_its_run_with_it(launcher: Launcher, store: RunStore) -> None:
    run = launcher.launch("weather.py", weather="wait")
    worker = noted_pid(run, "worker")
    observer = RunObserver(run)
    observer.refresh()
    processes(run)
    while run.path.exists():
        shutil.rmtree(run.path, ignore_errors=True)
    assert launcher.reap(run) == 1
    assert not is_alive(worker)
    summary = observer.refresh()
    assert summary.state is RunState.LOST
    assert summary.problem.endswith("the run directory is gone")
    assert run.run_id not in store.run_ids()


def test_a_directory_that_is_renamed_keeps_its_run_and_gets_its_end(launcher: Launcher) -> None:
    run = launcher.launch("weather.py", weather="wait")
    noted_pid(run, "worker")
    processes(run)
    renamed = RunDirectory(run.path.with_name("renamed"))
    run.path.rename(renamed.path)
    assert watch_state(renamed).state is RunState.RUNNING
    assert freeze_run(renamed).changed == 1
    assert watch_state(renamed).state is RunState.PAUSED
    receipt = cancel_run(renamed)
    assert (receipt.found, receipt.left) == (1, 0)
    assert launcher.reap(run) == 0
    assert watch_state(renamed).state is RunState.CANCELLED
    assert not run.path.exists()


def test_a_renamed_run_that_completes_is_completed(launcher: Launcher) -> None:
    run = launcher.launch("weather.py", weather="wait", cwd=None)
    noted_pid(run, "worker")
    renamed = RunDirectory(run.path.with_name("renamed"))
    run.path.rename(renamed.path)
    run.path.symlink_to(renamed.path)  # the worker looks for its signal where it was told to
    (renamed.path / "go on").touch()
    assert launcher.reap(run) == 0
    assert watch_state(renamed).state is RunState.COMPLETED


@pytest.mark.parametrize("weather", ["long line", "NUL bytes", "broken UTF-8", "much output"])
def test_whatever_a_worker_prints_its_end_is_read(launcher: Launcher, weather: str) -> None:
    run = launcher.launch("weather.py", weather=weather)
    observer = RunObserver(run)
    wait_until(lambda: observer.refresh().state.is_over, 60)
    launcher.reap(run)
    for summary in (observer.refresh(), watch_state(run)):
        assert (summary.state, summary.problem) == (RunState.COMPLETED, "")
        assert summary.progress == Progress(9, 9, "step")
    assert len(explain_end(run).stdout) <= 50
    log = EventLog(run.stdout_file)
    log.advance()
    assert [log.line(number).event for number in (0, len(log) - 2, len(log) - 1)] == [
        "run_started",
        "heartbeat",
        "run_completed",
    ]
    assert all(len(log.line(number).text) < 10_000_000 for number in range(min(len(log), 10)))


def test_a_worker_that_closes_its_output_is_never_completed(launcher: Launcher) -> None:
    run = launcher.launch("weather.py", weather="closed stdout")
    launcher.reap(run)
    summary = watch_state(run)
    assert summary.state is RunState.FAILED
    assert summary.evidence == ("exit code 0, but no run_completed: ended without saying so",)


def test_a_missing_interpreter_is_named(launcher: Launcher) -> None:
    run = launcher.start(launcher.spec("", {}, command=("/gone/venv/bin/python", "train.py")))
    launcher.reap(run)
    summary = watch_state(run)
    assert summary.state is RunState.FAILED
    assert summary.headline.startswith("/gone/venv/bin/python: No such file or directory; check that")
    assert explain_end(run).cause is EndClass.NOT_STARTED


def test_a_missing_config_is_named(launcher: Launcher) -> None:
    run = create_run(launcher.store, launcher.spec("weather.py", {"weather": "wait"}))
    run.config_file.unlink()
    os.waitpid(start_supervisor(run), 0)
    summary = watch_state(run)
    assert summary.state is RunState.FAILED
    assert "config.json" in summary.headline and summary.headline.startswith("FileNotFoundError")


def test_a_program_that_may_not_be_run_is_named(launcher: Launcher, tmp_path: Path) -> None:
    program = tmp_path / "worker"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o600)
    run = launcher.start(launcher.spec("", {}, command=(str(program),)))
    launcher.reap(run)
    assert watch_state(run).headline.startswith(f"{program}: Permission denied; make it executable")


@contextmanager
def another_user() -> Iterator[None]:
    """This process without the rights of the one that launched; skipped where it has none to drop."""
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def test_another_users_run_is_neither_ended_nor_frozen_and_the_reason_is_said(
    launcher: Launcher, tmp_path: Path
) -> None:
    run = launcher.launch("weather.py", weather="wait")
    worker = noted_pid(run, "worker")
    processes(run)
    opened = [path for path in (run.path, *run.path.parents) if tmp_path.parent.parent in path.parents]
    modes = [(path, path.stat().st_mode) for path in [*opened, tmp_path.parent.parent]]
    try:
        for path, _ in modes:
            path.chmod(0o755)
        with another_user():
            receipt = cancel_run(run, grace_s=0.1)
            frozen = freeze_run(run)
    finally:
        for path, mode in modes:
            path.chmod(mode)
    assert receipt.left >= 1 and "only root can end them" in receipt.text
    assert "only root can freeze them" in frozen.text
    assert is_alive(worker)
    assert watch_state(run).state is RunState.RUNNING


def test_a_directory_that_may_not_be_read_is_not_called_gone(launcher: Launcher) -> None:
    run = launcher.launch()
    launcher.reap(run)
    run.path.chmod(0o700)
    with another_user():
        summary = watch_state(run)
    assert summary.problem.endswith("may not be read; check its permissions")
    assert summary.state is not RunState.COMPLETED


def test_three_hundred_children_are_counted_and_ended(launcher: Launcher) -> None:
    run = launcher.launch("weather.py", weather="children", children=300)
    noted_pid(run, "worker")
    assert watch_state(run).state is RunState.RUNNING
    receipt = cancel_run(run)
    assert (receipt.found, receipt.left) == (301, 0)
    assert watch_state(run).state is RunState.CANCELLED


class Clocks:
    """A wall clock that can be set and one that only ticks."""

    def __init__(self) -> None:
        self.wall = time.time()
        self.steady = 1000.0

    def tick(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


@pytest.fixture
def watched(launcher: Launcher) -> tuple[RunObserver, Clocks, RunDirectory]:
    run = launcher.launch("weather.py", weather="wait")
    noted_pid(run, "worker")
    processes(run)
    clocks = Clocks()
    observer = RunObserver(run, steady_clock=lambda: clocks.steady)
    assert observer.refresh(clocks.wall).state is RunState.RUNNING
    return observer, clocks, run


def test_a_clock_that_is_set_forward_makes_no_stall(
    watched: tuple[RunObserver, Clocks, RunDirectory],
) -> None:
    observer, clocks, _ = watched
    clocks.tick(30)
    clocks.wall += 7200
    assert observer.refresh(clocks.wall).state is RunState.RUNNING
    clocks.tick(25)
    assert observer.refresh(clocks.wall).state is RunState.RUNNING
    clocks.tick(10)
    assert observer.refresh(clocks.wall).state is RunState.STALLED


def test_a_clock_that_is_set_back_hides_no_stall(watched: tuple[RunObserver, Clocks, RunDirectory]) -> None:
    observer, clocks, run = watched
    clocks.tick(30)
    clocks.wall -= 7200
    for path in run.path.rglob("*"):
        os.utime(path, (clocks.wall - 30, clocks.wall - 30))
    assert observer.refresh(clocks.wall).state is RunState.RUNNING
    clocks.tick(40)
    assert observer.refresh(clocks.wall).state is RunState.STALLED


EARLIER_BOOT = {"pid": 1, "start_ticks": 1, "boot_id": "00000000-0000-0000-0000-000000000000"}


def test_after_a_reboot_a_run_that_was_going_is_lost_with_the_time_of_its_last_sign(
    launcher: Launcher,
) -> None:
    run = launcher.launch("weather.py", weather="wait")
    worker = noted_pid(run, "worker")
    processes(run)
    wait_until(lambda: run.resources_file.exists() and run.resources_file.stat().st_size)
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)
    os.kill(worker, signal.SIGKILL)
    last_sign = time.time() - 3000
    line = '{{"time":{},"cpu_percent":1.0,"cpu_seconds":1.0,"rss_bytes":1,"processes":1}}\n'
    run.resources_file.write_text(line.format(last_sign))
    for path in run.path.iterdir():
        os.utime(path, (last_sign - 100, last_sign - 100))
    write_json_atomically(
        run.process_file, {"supervisor": EARLIER_BOOT, "worker": EARLIER_BOOT, "started": last_sign - 500}
    )
    event = run.stdout_file.read_text().replace(str(int(time.time()))[:6], "100000")
    run.stdout_file.write_text(event)
    os.utime(run.stdout_file, (last_sign - 100, last_sign - 100))
    summary = watch_state(run)
    assert summary.state is RunState.LOST
    assert summary.evidence[0] == "the machine was restarted"
    assert summary.ended == pytest.approx(last_sign)
    explanation = explain_end(run)
    assert explanation.cause is EndClass.SHUTDOWN
    when = time.strftime("%Y-%m-%d at %H:%M:%S", time.localtime(last_sign))
    assert explanation.sentence == f"the machine was restarted or lost power; its last sign was on {when}"
    assert cancel_run(run, grace_s=0.1).found == 0


def test_after_a_reboot_the_same_pid_is_another_process(launcher: Launcher) -> None:
    """The pids of the record are alive, even with the same start time: another boot, another process."""
    run = launcher.launch("weather.py", weather="wait")
    noted_pid(run, "worker")
    record = processes(run)
    assert record.worker is not None
    forged = RunDirectory(run.path.with_name("forged"))
    shutil.copytree(run.path, forged.path)
    forged.process_file.write_bytes(
        run.process_file.read_bytes().replace(record.worker.boot_id.encode(), b"another-boot")
    )
    assert watch_state(forged).state is RunState.LOST
    assert cancel_run(forged, grace_s=0.1).found == 0
    assert is_alive(record.worker.pid)
