"""What the Overview says of runs that wait, start, stand still or are being ended."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.queue.queue import RunQueue, enqueue_run
from gym_gui.core.runs.queue.record import QueueEntry, QueueHold
from gym_gui.core.runs.queue.status import QueueStatus
from gym_gui.core.runs.record import ProcessRecord
from gym_gui.core.runs.stopping import Stopping, look_at_stopping
from gym_gui.core.runs.summary import Progress, RunState
from gym_gui.ui.runs.overview.facts import facts_of
from gym_gui.ui.runs.overview.overview import Overview
from gym_gui.ui.runs.overview.standing_words import paused_words, queued_words, starting_words, stopping_words
from gym_gui.ui.runs.table.columns import COLUMNS, RunColumn, progress_text, progress_words
from gym_gui.ui.runs.table.group_cells import group_progress
from gym_gui.ui.runs.table.groups import RunGroup
from tests.panel_helpers import ENDLESS, TABULAR_COMMAND, start_tabular, summary, wait_for
from tests.ui.conftest import OpenPanel
from tests.ui.run_detail_helpers import show, start_worker, state_of

NOW = 100_000.0
needs_processes = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")


def line(*run_ids: str, **status: Any) -> QueueStatus:
    """A queue that is tended, with these runs in line, queued a minute apart."""
    entries = tuple(QueueEntry(run_id=name, queued=NOW - 60 * (9 - n)) for n, name in enumerate(run_ids))
    return QueueStatus(**{"is_tended": True, "running": 2, "limit": 2, "waiting": entries, **status})


FULL = "2 runs are going, and no more than 2 may at once"


def test_the_first_in_line_waits_for_one_end_and_the_third_for_three() -> None:
    status = line("A", "B", "C", waiting_for=FULL)
    first = queued_words("A", status, [600.0, 60.0], NOW)
    assert first.heading == "Queued: next in line"
    assert first.lines == (
        "2 runs are going, and no more than 2 may (Settings: Runs at the same time).",
        "It may start when a run ends: at their pace so far within about 1 min.",
        "Queued 9 min ago. A higher priority goes first, and then who queued first, unless moved.",
    )
    second = queued_words("B", status, [600.0, 60.0], NOW)
    assert second.heading == "Queued: 2 of 3 in line"
    assert second.lines[1] == "It may start when 2 runs have ended: at their pace so far within about 10 min."
    third = queued_words("C", status, [600.0, 60.0], NOW)
    assert third.lines[1] == "It may start when 3 runs have ended, those before it among them."


def test_no_time_is_promised_where_the_runs_that_go_tell_none() -> None:
    status = line("A", "B", waiting_for=FULL)
    assert queued_words("A", status, [None, None], NOW).lines[1] == (
        "It may start when a run ends; those that go do not tell how long they take."
    )
    # One of two is known: both have to end, so the known one says nothing.
    assert queued_words("B", status, [60.0, None], NOW).lines[1] == "It may start when 2 runs have ended."


def test_a_held_queue_promises_no_start() -> None:
    hold = QueueHold(since=NOW - 180, by="anna (gym-gui, process 7)", reason="the GPU is needed")
    said = queued_words("B", line("A", "B", hold=hold, is_tended=False), [60.0], NOW)
    assert said.lines[:2] == (
        "The queue is held by anna (gym-gui, process 7): the GPU is needed, since 3 min. "
        "Nothing is started until it is released.",
        "Its turn comes after the 1 run before it.",
    )


def test_what_is_in_the_way_of_all_is_told_and_not_counted_as_a_wait_for_ends() -> None:
    said = queued_words("A", line("A", running=0, waiting_for="1.0 GB free on the disk"), [], NOW)
    assert said.lines[:2] == ("1.0 GB free on the disk.", "It may start once that is mended.")


def test_a_run_that_cannot_be_started_lets_others_pass() -> None:
    status = line("A", "B", problems={"A": "TOKEN was given for it"}, waiting_for=FULL)
    blocked = queued_words("A", status, [], NOW)
    assert blocked.lines[:2] == (
        "It cannot be started: TOKEN was given for it.",
        "Those behind it in line go first meanwhile.",
    )
    passing = queued_words("B", status, [30.0, 40.0], NOW)
    assert passing.lines[1] == "It may start when a run ends: at their pace so far within about 30 s."


def test_with_room_it_is_about_to_be_started() -> None:
    said = queued_words("B", line("A", "B", running=0), [], NOW)
    assert said.lines[0] == "It is about to be started, after the 1 run before it."
    nobody = queued_words("A", line("A", is_tended=False, running=None), [], NOW)
    assert nobody.lines[0].startswith("Nothing starts queued runs at this moment")
    assert queued_words("X", line("A"), [], NOW).lines == ("Its place in line is not known yet.",)


def test_priority_is_told_of_those_that_have_one() -> None:
    entry = QueueEntry(run_id="A", queued=NOW - 5, priority=3)
    assert queued_words("A", line(waiting=(entry,)), [], NOW).lines[-1] == "Queued 5 s ago with priority 3."


def test_starting_says_how_long_that_may_last() -> None:
    never = starting_words(summary("R", RunState.STARTING, created=NOW - 12), NOW)
    assert never.heading == "Starting for 12 s"
    assert never.lines == ("If no supervisor takes it up within 1 min, it counts as lost.",)
    begun = starting_words(summary("R", RunState.STARTING, created=NOW - 12, started=NOW - 8), NOW)
    assert begun.heading == "Starting for 8 s"
    assert "from its first output on, or after 1 min" in begun.lines[0]


def test_the_overview_does_not_call_started_what_was_only_made() -> None:
    waiting = {fact.name: fact.value for fact in facts_of(summary("R", RunState.QUEUED), NOW)}
    assert "Created" in waiting and "Started" not in waiting
    begun = {fact.name for fact in facts_of(summary("R", RunState.RUNNING, started=NOW - 1), NOW)}
    assert "Started" in begun and "Created" not in begun


def test_frozen_says_since_when_or_that_nobody_recorded_it() -> None:
    assert paused_words(True, NOW - 240, NOW).heading.endswith("(4 min ago)")
    assert paused_words(True, None, NOW).heading == "Frozen, since when is not recorded"
    assert paused_words(False, None, NOW).heading == "Frozen", "not before that was looked at"


@pytest.mark.parametrize(
    ("stopping", "heading", "lines"),
    [
        (None, "Being ended", ()),
        (
            Stopping(asked=NOW - 12, by="anna (python, process 7)", grace_s=30, left=2, is_supervised=True),
            "Being ended: 2 processes left",
            (
                "Asked to stop 12 s ago by anna (python, process 7).",
                "18 s from now. What is left then is killed.",
            ),
        ),
        (
            Stopping(asked=NOW - 31, grace_s=30, left=1, is_supervised=True),
            "Being ended: 1 process left",
            ("Asked to stop 31 s ago.", "Its 30 s are over: what is left is being killed."),
        ),
        (
            Stopping(grace_s=30, left=1, is_supervised=True),
            "Being ended: 1 process left",
            (
                "The worker has ended; what it left running is ended after it.",
                "What has not ended after 30 s at most is killed.",
            ),
        ),
        (
            Stopping(asked=NOW - 3, left=1),
            "Being ended: 1 process left",
            ("Asked to stop 3 s ago.", "so nobody ends what is left: Cancel does."),
        ),
        (
            Stopping(asked=NOW - 3, left=1, is_held=True),
            "Being ended: 1 process left",
            ("Asked to stop 3 s ago.", "another process is ending what is left."),
        ),
        (
            Stopping(asked=NOW - 3, left=1, is_recorded=True),
            "Being ended: 1 process left",
            ("Asked to stop 3 s ago.", "What is left could not be ended"),
        ),
        (
            Stopping(asked=NOW - 3, grace_s=30, is_supervised=True),
            "Being ended: its end is being recorded",
            ("Asked to stop 3 s ago.",),
        ),
    ],
)
def test_being_ended_says_what_is_left_and_who_forces_it(
    stopping: Stopping | None, heading: str, lines: tuple[str, ...]
) -> None:
    said = stopping_words(stopping, NOW)
    assert said.heading == heading
    assert len(said.lines) == len(lines)
    assert all(part in whole for part, whole in zip(lines, said.lines, strict=True)), said


# what a run that is over last said of its progress


def test_a_completed_run_that_reported_early_is_not_shown_as_hardly_done() -> None:
    run = summary("R", progress=Progress(1, 200, "episode"))
    assert progress_text(run, NOW) == "last said 1 of 200"
    assert progress_words(run, NOW) == "episode 1 of 200, as it last said"
    assert run.share_done is None, "no bar is drawn of it"
    assert COLUMNS[RunColumn.PROGRESS].key(run, NOW) is None
    rounded = summary("T", progress=Progress(39_936, 40_000, "step"))
    assert progress_text(rounded, NOW) == "99 %", "all of it, in whole batches"
    whole = summary("S", progress=Progress(200, 200, "episode"))
    assert (progress_text(whole, NOW), whole.share_done) == ("100 %", 1.0)
    assert progress_words(whole, NOW) == "episode 200 of 200"
    assert group_progress(RunGroup("g", (run, whole))) == 1.0, "what is not known does not count"


def test_of_others_the_share_stands_and_is_said_to_be_the_last() -> None:
    failed = summary("R", RunState.FAILED, progress=Progress(50, 200, "step"))
    assert (progress_text(failed, NOW), failed.share_done) == ("25 %", 0.25)
    assert progress_words(failed, NOW) == "step 50 of 200, as it last said"
    going = summary("R", RunState.RUNNING, progress=Progress(50, 200, "step"), started=NOW - 10)
    assert progress_words(going, NOW) == "step 50 of 200, about 30 s left"
    early = summary("R", progress=Progress(40, 100, "percent"))
    assert (progress_text(early, NOW), progress_words(early, NOW)) == (
        "last said 40 %",
        "40 %, as it last said",
    )


# real runs


def queue_tabular(store: RunStore, name: str) -> RunDirectory:
    spec = LaunchSpec(worker_id="tabular", command=TABULAR_COMMAND, config=ENDLESS, name=name)
    return enqueue_run(RunQueue(store), spec)


def says(overview: Overview, text: str) -> bool:
    return text in f"{overview.standing.heading.text()}\n{overview.standing.text.text()}"


@needs_processes
def test_a_queued_run_tells_its_place_until_it_is_released_and_started(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_MAX_CONCURRENT_RUNS", "1")
    queue = RunQueue(store)
    queue.hold("the GPU is needed")
    first, second = queue_tabular(store, "first"), queue_tabular(store, "second")
    panel = open_panel()
    overview = show(panel, second).overview
    wait_for(lambda: says(overview, "Queued: 2 of 2 in line"), "its place")
    assert overview.standing.isVisible()
    assert says(overview, "the GPU is needed") and says(overview, "Nothing is started until it is released.")
    assert not overview.standing.go_on.isVisible()

    qtbot.mouseClick(overview.standing.release, Qt.MouseButton.LeftButton)
    wait_for(lambda: says(overview, "Queued: next in line"), "the first one started")
    wait_for(lambda: says(overview, "It may start when a run ends"), "what it waits for now")
    assert says(overview, "1 run is going, and no more than 1 may")
    assert not overview.standing.release.isVisible()

    qtbot.mouseClick(overview.standing.start_now, Qt.MouseButton.LeftButton)
    wait_for(lambda: state_of(panel, second) is RunState.RUNNING, "started out of turn")
    assert not overview.standing.isVisible()
    for run in (first, second):
        cancel_run(run, grace_s=2.0)


@needs_processes
def test_a_frozen_run_tells_since_when(open_panel: OpenPanel, store: RunStore) -> None:
    run = start_tabular(store, ENDLESS, "endless")
    panel = open_panel()
    wait_for(lambda: state_of(panel, run) is RunState.RUNNING)
    overview = show(panel, run).overview
    worker = read_record(run.process_file, ProcessRecord).worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGSTOP)
    wait_for(lambda: says(overview, "Frozen, since when is not recorded"), "frozen from outside")
    os.kill(worker.pid, signal.SIGCONT)
    wait_for(lambda: not overview.standing.isVisible())
    panel.navigation.runs.actions_for_run.freeze.trigger()
    wait_for(lambda: says(overview, "Frozen since "), "since when")
    assert overview.standing.go_on.isVisible()
    cancel_run(run, grace_s=2.0)


@needs_processes
def test_a_run_that_is_asked_to_stop_tells_who_asked_and_until_when_it_may(
    open_panel: OpenPanel, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An hour, so that how slow the machine is does not matter; the test itself ends it.
    monkeypatch.setenv("MOSAIC_SHUTDOWN_TIMEOUT_S", "3600")
    run = start_worker(store, "family", name="stubborn", shape="ignores SIGTERM")
    wait_for((run.path / "pid.child").exists, "the worker's child")
    wait_for((run.path / "pid.worker").exists, "the worker")
    supervisor = read_record(run.process_file, ProcessRecord).supervisor
    panel = open_panel()
    overview = show(panel, run).overview
    os.kill(supervisor.pid, signal.SIGTERM)
    wait_for(lambda: says(overview, "Being ended: 2 processes left"), "what is left")
    assert says(overview, f"process {os.getpid()})."), "who asked"
    assert says(overview, "It may save what it has until ")
    seen = look_at_stopping(run)
    assert (seen.grace_s, seen.left, seen.is_supervised) == (3600.0, 2, True)
    assert seen.killed_from is not None and 3500 < seen.killed_from - time.time() <= 3600

    os.kill(supervisor.pid, signal.SIGKILL)
    wait_for(lambda: says(overview, "so nobody ends what is left: Cancel does."), "nobody is at it")
    assert look_at_stopping(run).grace_s is None
    cancel_run(run, grace_s=0.0)
    wait_for(lambda: state_of(panel, run) is RunState.CANCELLED)
    assert not overview.standing.isVisible()
