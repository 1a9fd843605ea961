from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from gym_gui.services.notifier import NoticeLevel, Notifier
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import spin, wait_for


def test_work_runs_elsewhere_and_its_result_arrives_here(tasks: TaskRunner) -> None:
    seen: list[tuple[int, int]] = []

    def done(worker_thread: int) -> None:
        seen.append((worker_thread, threading.get_ident()))

    tasks.start("Counting", threading.get_ident, owner=tasks, done=done)
    wait_for(lambda: seen)
    worker_thread, here = seen[0]
    assert here == threading.get_ident()
    assert worker_thread != here


def test_an_exception_reaches_the_notifier(tasks: TaskRunner, notifier: Notifier) -> None:
    def fail() -> None:
        raise OSError("disk full")

    tasks.start("Writing the letter", fail, owner=tasks, done=lambda _: pytest.fail("it cannot be done"))
    wait_for(lambda: notifier.history)
    notice = notifier.history[0]
    assert notice.level is NoticeLevel.ERROR
    assert notice.title == "Writing the letter failed"
    assert "disk full" in notice.text


def test_an_exception_goes_to_whoever_asked_for_it(tasks: TaskRunner, notifier: Notifier) -> None:
    failures: list[Exception] = []

    def fail() -> None:
        raise ValueError("no")

    tasks.start("Trying", fail, owner=tasks, done=lambda _: None, failed=failures.append)
    wait_for(lambda: failures)
    assert str(failures[0]) == "no"
    assert notifier.history == ()


def test_nobody_is_called_once_the_owner_is_gone(tasks: TaskRunner) -> None:
    release = threading.Event()
    called: list[object] = []
    owner = QObject()
    tasks.start("Waiting", release.wait, owner=owner, done=called.append, failed=called.append)
    delete(owner)
    release.set()
    wait_for(lambda: tasks.pending == 0)
    assert called == []


def test_pending_counts_what_has_not_been_delivered(tasks: TaskRunner) -> None:
    counts: list[int] = []
    tasks.pending_changed.connect(counts.append)
    release = threading.Event()
    for _ in range(3):
        tasks.start("Waiting", release.wait, owner=tasks, done=lambda _: None)
    assert tasks.pending == 3
    release.set()
    wait_for(lambda: tasks.pending == 0)
    assert counts == [1, 2, 3, 2, 1, 0]


def test_close_drops_what_has_not_begun(notifier: Notifier, qapp: object) -> None:
    runner = TaskRunner(notifier)
    release = threading.Event()
    begun: list[int] = []

    def work(number: int) -> None:
        begun.append(number)
        release.wait()

    for number in range(12):
        runner.start("Working", lambda number=number: work(number), owner=runner, done=lambda _: None)
    wait_for(lambda: len(begun) == 4)
    assert runner.close(10) is False
    release.set()
    assert runner.close(5_000) is True
    spin()
    assert len(begun) == 4


def test_what_waits_holds_up_nothing_else(tasks: TaskRunner) -> None:
    release = threading.Event()
    ended: list[str] = []
    for number in range(8):
        tasks.start(f"Waiting {number}", release.wait, owner=tasks, done=lambda _: None, waits=True)
    tasks.start("Counting", lambda: "counted", owner=tasks, done=ended.append)
    wait_for(lambda: ended == ["counted"], "what waits only for a thread")
    assert tasks.pending == 8
    release.set()
    wait_for(lambda: tasks.pending == 0)


def test_closing_waits_for_both_kinds(notifier: Notifier) -> None:
    runner = TaskRunner(notifier)
    release = threading.Event()
    runner.start("Waiting", release.wait, owner=runner, done=lambda _: None, waits=True)
    assert not runner.close(50), "it is still under way"
    release.set()
    assert runner.close(10_000)
