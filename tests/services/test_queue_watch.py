"""The queue as the panel sees it, and that opening the panel is enough to have it worked through."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.queue.order import Move
from gym_gui.core.runs.queue.queue import RunQueue, enqueue_run
from gym_gui.core.runs.queue.status import QueueStatus, look_at_queue
from gym_gui.core.runs.summary import RunState
from gym_gui.services.notifier import NoticeLevel, Notifier
from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import spin, wait_for

QUICK = LaunchSpec(worker_id="w", command=(sys.executable, "-c", "print(1)"), config={})


@pytest.fixture
def queue(store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunQueue]:
    memory = tmp_path / "memory"
    memory.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(memory))
    monkeypatch.setenv("MOSAIC_MAX_CONCURRENT_RUNS", "2")
    made = RunQueue(store)
    yield made
    made.hold()
    wait_for(lambda: not look_at_queue(made).is_tended)


@pytest.fixture
def watch(queue: RunQueue, tasks: TaskRunner, notifier: Notifier) -> Iterator[QueueWatch]:
    made = QueueWatch(queue, tasks, notifier, interval_ms=20)
    yield made
    made.stop()
    wait_for(lambda: tasks.pending == 0)


def states(queue: RunQueue) -> set[RunState]:
    return {watch_state(queue.store.open(run_id)).state for run_id in queue.store.run_ids()}


def test_opening_the_panel_has_the_queue_worked_through(queue: RunQueue, watch: QueueWatch) -> None:
    for _ in range(3):
        enqueue_run(queue, QUICK)
    seen: list[QueueStatus] = []
    watch.changed.connect(seen.append)
    watch.start()
    wait_for(lambda: states(queue) == {RunState.COMPLETED})
    wait_for(lambda: not watch.status.waiting)
    assert len(seen[0].waiting) == 3
    assert any(status.is_tended for status in seen)
    assert not _runners_below_us(), "a child of the panel would die with it"


def _runners_below_us() -> list[int]:
    found = []
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):  # it may end while it is looked at
            if "queue_runner" in " ".join(child.cmdline()):
                found.append(child.pid)
    return found


def test_queueing_holding_moving_and_releasing(queue: RunQueue, watch: QueueWatch) -> None:
    ids: list[list[str]] = []
    watch.queued.connect(ids.append)
    watch.start()
    watch.hold("not now")
    wait_for(lambda: watch.status.hold is not None)
    watch.enqueue([QUICK, QUICK, QUICK], priority=2)
    wait_for(lambda: ids and len(watch.status.waiting) == 3)
    first, second, third = ids[0]
    assert [entry.run_id for entry in watch.status.waiting] == [first, second, third]
    assert "not now" in watch.status.waiting_for and not watch.status.is_tended
    watch.move(third, Move.TOP)
    wait_for(lambda: [entry.run_id for entry in watch.status.waiting] == [third, first, second])
    watch.release()
    wait_for(lambda: states(queue) == {RunState.COMPLETED})


def test_what_others_do_is_seen(queue: RunQueue, watch: QueueWatch) -> None:
    watch.start()
    queue.hold()
    run = enqueue_run(queue, QUICK)
    wait_for(lambda: [entry.run_id for entry in watch.status.waiting] == [run.run_id])
    queue.leave(run.run_id)
    wait_for(lambda: not watch.status.waiting)


def test_nothing_is_read_while_nothing_changes(
    queue: RunQueue, watch: QueueWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[int] = []
    real = look_at_queue
    monkeypatch.setattr("gym_gui.services.queue_watch.look_at_queue", lambda q: looks.append(1) or real(q))
    watch.start()
    wait_for(lambda: looks)
    spin(0.3)
    assert len(looks) == 1
    assert not queue.files.folder.exists(), "looking makes no files"


def test_what_cannot_be_queued_is_told(watch: QueueWatch, notifier: Notifier, queue: RunQueue) -> None:
    problems: list[str] = []
    watch.failed.connect(problems.append)
    queue.hold()
    watch.enqueue([QUICK, LaunchSpec(worker_id="", command=("x",), config={})])
    wait_for(lambda: problems)
    assert "worker_id: empty" in problems[0] and "1 were queued before" in problems[0]
    assert notifier.history[0].level is NoticeLevel.ERROR
    watch.move("nothing", Move.UP)
    wait_for(lambda: len(notifier.history) == 2)


def test_settings_that_cannot_be_read_are_told_once(
    queue: RunQueue, watch: QueueWatch, notifier: Notifier
) -> None:
    enqueue_run(queue, QUICK)
    Path(os.environ["MOSAIC_CONFIG"]).write_text("max_concurrent_runs = ")
    watch.start()
    wait_for(lambda: notifier.history)
    for _ in range(3):
        watch.look_now()
        spin(0.1)
    assert len(notifier.history) == 1 and "max_concurrent_runs" not in notifier.history[0].title
    assert "settings.toml" in watch.status.waiting_for
    assert states(queue) == {RunState.QUEUED}
