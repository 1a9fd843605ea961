"""Weather too heavy for every day: a gigabyte of output, and a disk that becomes read-only in mid-run."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable

from gym_gui.core.events.log import EventLog
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.observe import RunObserver, watch_state
from gym_gui.core.runs.summary import Progress, RunState
from gym_gui.core.runs.why.causes import explain_end
from tests.campaigns import truth
from tests.campaigns.field import PATIENCE_S, WORKERS, Field, wait_for_exit, wait_until
from tests.campaigns.limits import failing_disk
from tests.campaigns.outcome import Outcome, Tally, skipped
from tests.campaigns.workers.printing import LINE_BYTES, LINES

PRINTING, READ_ONLY = "much output", "disk read-only in mid-run"
PRINTING_BAR = "0 lines lost, its end is known, no look longer than 0.25 s"
READ_ONLY_BAR = "never completed, 0 processes left, what was written is shown"
_BLOCK_BYTES = LINES * LINE_BYTES
_LONGEST_LOOK_S = 0.25
_ROOM = 2
_DISK_FAILURES = 20


def play(field: Field, rounds: int) -> list[Outcome]:
    """A run that prints `rounds` megabytes; and disks that fail, no more than that."""
    return [_print(field, rounds), _fail_disks(field, min(rounds, _DISK_FAILURES))]


def _print(field: Field, blocks: int) -> Outcome:
    if shutil.disk_usage(field.home).free < _ROOM * blocks * _BLOCK_BYTES:
        return skipped(PRINTING, PRINTING_BAR, f"no room for {blocks} MB of output")
    tally = Tally()
    tally.count("MB printed", blocks)
    run = field.create(WORKERS / "printing.py", {"blocks": blocks, "born": 1_000.0})
    supervisor = field.supervise(run)
    _watch_printing(run, tally)
    wait_for_exit(supervisor, "a run that prints")
    for name, summary in (("watched", RunObserver(run).refresh()), ("looked at anew", watch_state(run))):
        right = summary.state is RunState.COMPLETED and not summary.problem
        tally.expect(right, name, f"{summary.state} {summary.evidence} {summary.problem}")
        tally.expect(summary.progress == Progress(blocks, blocks, "step"), name, f"{summary.progress}")
    tally.count("lines lost", _lines_expected(blocks) - _lines_indexed(run, tally))
    tally.expect(len(explain_end(run).stdout) <= 50, "the end", "more than its last lines is given")
    tally.rounds = 1
    shutil.rmtree(run.path)
    return tally.outcome(PRINTING, PRINTING_BAR)


def _watch_printing(run: RunDirectory, tally: Tally) -> None:
    """Looks all the while, as the panel does."""
    observer = RunObserver(run)
    deadline = time.monotonic() + 5 * PATIENCE_S
    while time.monotonic() < deadline:
        began = time.monotonic()
        state = observer.refresh().state
        tally.took("look", time.monotonic() - began, _LONGEST_LOOK_S, "while it prints")
        if state.is_over:
            return
        tally.expect(state in _LIVE, "while it prints", f"shown as {state}")
        time.sleep(0.02)
    tally.wrong("while it prints", "it never ends")


_LIVE = (RunState.STARTING, RunState.RUNNING, RunState.STOPPING)


def _lines_expected(blocks: int) -> int:
    return blocks * (LINES + 1) + 2


def _lines_indexed(run: RunDirectory, tally: Tally) -> int:
    log = EventLog(run.stdout_file)
    log.advance(final=True)
    last = log.line(len(log) - 1)
    tally.expect(last.event == "run_completed", "the index of its output", f"ends in {last.event!r}")
    return len(log)


def _fail_disks(field: Field, number: int) -> Outcome:
    tally = Tally()
    for what in ("shown as completed", "processes left", "lines lost"):
        tally.count(what, 0)
    for turn in range(number):
        with failing_disk(field.store.root) as have_it_fail:
            if have_it_fail is None:
                why = "making a disk that fails needs root, a loop device and ext4"
                return skipped(READ_ONLY, READ_ONLY_BAR, why)
            _fail_disk(field, tally, have_it_fail, f"disk {turn}")
        tally.rounds += 1
    return tally.outcome(READ_ONLY, READ_ONLY_BAR)


def _fail_disk(field: Field, tally: Tally, have_it_fail: Callable[[], None], where: str) -> None:
    run = field.create(WORKERS / "counting.py", {"lines": 100_000, "pause": 0.001, "born": 1_000.0})
    supervisor = field.supervise(run)
    wait_until(lambda: run.stdout_file.exists() and run.stdout_file.stat().st_size > 20_000, "some output")
    observer = RunObserver(run)
    observer.refresh()
    have_it_fail()
    code = wait_for_exit(supervisor, f"a supervisor whose {where} is read-only")
    tally.expect(code != 0, where, "the supervisor says that the end is recorded")
    left = field.survivors(run)
    tally.count("processes left", len(left))
    tally.expect(not left, where, f"left: {left}")
    for name, summary in (("watched", observer.refresh()), ("looked at anew", watch_state(run))):
        tally.count("shown as completed", int(summary.state is RunState.COMPLETED))
        right = summary.state in truth.allowed_states(field, run) and summary.state.is_over
        tally.expect(right, f"{where}, {name}", f"{summary.state}: {summary.evidence}")
    problem = truth.wrong_output(run, to_the_end=False)
    tally.count("lines lost", int(bool(problem)))
    tally.expect(not problem, where, problem)
