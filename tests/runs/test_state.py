"""The state function over the product of its inputs: what must always hold, and what is decided."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from gym_gui.core.runs.record import ExitCause, ExitRecord
from gym_gui.core.runs.rhythm import Rhythm
from gym_gui.core.runs.state import Evidence, duration, judge, signal_name
from gym_gui.core.runs.summary import RunState

WORDS = ("", "run_started", "run_completed", "run_failed", "run_cancelled")
BOTH = (False, True)

# (exit code, signal) as a supervisor may record them, a start that failed among them.
ENDS = (
    (0, None),
    (1, None),
    (130, None),
    (None, None),
    *((None, int(number)) for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV)),
)


def exits() -> Iterator[ExitRecord | None]:
    yield None
    for cause, (code, number), survivors in itertools.product(ExitCause, ENDS, (0, 2)):
        yield ExitRecord(cause=cause, ended=1.0, exit_code=code, signal=number, survivors=survivors)


def combinations() -> Iterator[Evidence]:
    axes: dict[str, Any] = {
        "exit": list(exits()),
        "last_word": WORDS,
        "has_record": BOTH,
        "queued": BOTH,
        "lock_held": BOTH,
        "was_started": BOTH,
        "supervisor_alive": BOTH,
        "worker_alive": BOTH,
        "worker_frozen": BOTH,
        "others_alive": (0, 1),
        "stop_requested": BOTH,
        "age_s": (1.0, 1000.0),
        "silent_s": (1.0, 1000.0),
    }
    for values in itertools.product(*axes.values()):
        fields = dict(zip(axes, values, strict=True))
        said_something = bool(fields["last_word"])
        yield Evidence(
            **fields,
            was_spawned=fields["was_started"],
            has_events=said_something,
            has_output=said_something,
            patience_s=60.0,
        )


def test_a_directory_that_is_gone_is_lost_whatever_was_known() -> None:
    for end, word in itertools.product(exits(), WORDS):
        evidence = Evidence(is_gone=True, exit=end, last_word=word, worker_alive=True, lock_held=True)
        assert judge(evidence).state is RunState.LOST


def nothing_alive(evidence: Evidence) -> bool:
    return not (
        evidence.lock_held or evidence.supervisor_alive or evidence.worker_alive or evidence.others_alive
    )


def test_what_must_hold_in_every_combination() -> None:
    count = 0
    for evidence in combinations():
        count += 1
        verdict = judge(evidence)
        state, end = verdict.state, evidence.exit
        assert verdict.evidence and all(verdict.evidence), evidence
        if state is RunState.COMPLETED:
            assert end is not None and end.exit_code == 0 and end.signal is None, evidence
            assert evidence.last_word in ("", "run_completed"), evidence
            assert end.cause is not ExitCause.CANCELLED, evidence
        if state is RunState.QUEUED:
            assert evidence.queued and end is None and nothing_alive(evidence), evidence
            assert not evidence.was_started, evidence
        elif evidence.queued and end is None and nothing_alive(evidence):
            assert evidence.was_started, evidence
        if state is RunState.LOST:
            assert (end is None and nothing_alive(evidence)) or (
                end is not None and end.cause is ExitCause.LOST
            ), evidence
        if state is RunState.CANCELLED:
            asked = evidence.stop_requested or (end is not None and end.cause is ExitCause.CANCELLED)
            assert asked or evidence.last_word == "run_cancelled", evidence
            assert end is not None or nothing_alive(evidence), evidence
        if state is RunState.PAUSED:
            assert evidence.worker_frozen and end is None, evidence
        if state in (RunState.STARTING, RunState.RUNNING, RunState.STALLED):
            assert end is None, evidence
        if state is RunState.STALLED:
            assert evidence.silent_s > evidence.patience_s and not evidence.worker_frozen, evidence
        if end is not None and not end.survivors:
            assert state.is_over, evidence
        if end is None and not nothing_alive(evidence):
            assert not state.is_over, evidence
    assert count > 100_000


def ended(code: int | None, number: int | None = None, cause: ExitCause | None = None) -> ExitRecord:
    if cause is None:
        cause = ExitCause.KILLED if code is None else ExitCause.FAILED if code else ExitCause.FINISHED
    return ExitRecord(cause=cause, ended=2.0, started=1.0, exit_code=code, signal=number)


SEGV, TERM, KILL = int(signal.SIGSEGV), int(signal.SIGTERM), int(signal.SIGKILL)


@pytest.mark.parametrize(
    ("end", "last_word", "state", "evidence"),
    [
        (ended(0), "run_completed", RunState.COMPLETED, ("exit code 0", "the worker said run_completed")),
        (ended(0), "", RunState.COMPLETED, ("exit code 0", "the worker gives no lifecycle events")),
        (
            ended(0),
            "run_started",
            RunState.FAILED,
            ("exit code 0, but no run_completed: ended without saying so",),
        ),
        (ended(0), "run_failed", RunState.FAILED, ("exit code 0", "the worker said run_failed")),
        (ended(0), "run_cancelled", RunState.CANCELLED, ("the worker said run_cancelled", "exit code 0")),
        (ended(1), "run_completed", RunState.FAILED, ("exit code 1", "the worker said run_completed")),
        (ended(1), "", RunState.FAILED, ("exit code 1",)),
        (ended(130), "run_cancelled", RunState.CANCELLED, ("the worker said run_cancelled", "exit code 130")),
        (
            ended(None, SEGV),
            "run_completed",
            RunState.FAILED,
            ("ended by SIGSEGV", "the worker said run_completed"),
        ),
        (
            ended(None, SEGV),
            "run_cancelled",
            RunState.FAILED,
            ("ended by SIGSEGV", "the worker said run_cancelled"),
        ),
        (
            ended(None, TERM),
            "run_cancelled",
            RunState.CANCELLED,
            ("the worker said run_cancelled", "ended by SIGTERM"),
        ),
        (ended(None, KILL), "run_started", RunState.FAILED, ("ended by SIGKILL",)),
        (
            ended(0, cause=ExitCause.CANCELLED),
            "run_completed",
            RunState.CANCELLED,
            ("it was asked to stop", "exit code 0", "the worker said run_completed"),
        ),
        (None, "run_failed", RunState.FAILED, ("the worker said run_failed",)),
        (None, "run_completed", RunState.LOST, ("the worker said run_completed",)),
    ],
)
def test_exit_and_last_word_together(
    end: ExitRecord | None, last_word: str, state: RunState, evidence: tuple[str, ...]
) -> None:
    verdict = judge(Evidence(exit=end, was_started=True, last_word=last_word, has_events=bool(last_word)))
    assert verdict.state is state
    assert set(evidence) <= set(verdict.evidence)
    if end is not None:
        assert verdict.evidence == evidence


@pytest.mark.parametrize(
    ("facts", "state", "said"),
    [
        ({"queued": True}, RunState.QUEUED, "waiting in the queue"),
        ({"queued": True, "age_s": 1e9}, RunState.QUEUED, "waiting in the queue"),
        ({"queued": True, "lock_held": True}, RunState.STARTING, "its supervisor is starting"),
        ({"queued": True, "was_started": True}, RunState.LOST, "nobody recorded how it ended"),
        ({"age_s": 5.0}, RunState.STARTING, "no supervisor has taken it up yet"),
        ({"age_s": 61.0}, RunState.LOST, "was never started: no supervisor in 1 min"),
        ({"lock_held": True}, RunState.STARTING, "its supervisor is starting"),
        (
            {"lock_held": True, "was_started": True, "supervisor_alive": True},
            RunState.STARTING,
            "its supervisor is starting the worker",
        ),
        (
            {"lock_held": True, "was_started": True, "supervisor_alive": True, "was_spawned": True},
            RunState.STOPPING,
            "the worker has ended, its supervisor is clearing up",
        ),
        ({"was_started": True, "other_boot": True}, RunState.LOST, "the machine was restarted"),
        ({"was_started": True, "stop_requested": True}, RunState.CANCELLED, "it was asked to stop"),
        (
            {"was_started": True, "was_spawned": True, "others_alive": 3},
            RunState.STOPPING,
            "3 of its processes are left, without a supervisor: cancel ends them",
        ),
        (
            {"was_started": True, "was_spawned": True, "worker_alive": True, "stop_requested": True},
            RunState.STOPPING,
            "1 of its processes are left, without a supervisor: cancel ends them",
        ),
        # The supervisor was killed after starting the worker and before it could say so.
        (
            {"was_started": True, "others_alive": 2, "has_output": True},
            RunState.RUNNING,
            "2 of its processes are alive",
        ),
        (
            {"lock_held": True, "was_started": True},
            RunState.STARTING,
            "its lock is held, though by a process that cannot be seen from here",
        ),
        (
            {"has_record": False, "silent_s": 9999.0, "last_word": "run_completed"},
            RunState.LOST,
            "no run.json: started by something else",
        ),
        (
            {"has_record": False, "silent_s": 3.0, "patience_s": 60.0},
            RunState.RUNNING,
            "its files last changed 3 s ago",
        ),
        (
            {"exit": ExitRecord(cause=ExitCause.CANCELLED, ended=1.0, survivors=2), "others_alive": 1},
            RunState.STOPPING,
            "1 of its processes cannot be ended",
        ),
    ],
)
def test_without_an_end(facts: dict[str, Any], state: RunState, said: str) -> None:
    verdict = judge(Evidence(**facts))
    assert verdict.state is state
    assert said in verdict.evidence


GOING: dict[str, Any] = {
    "lock_held": True,
    "was_started": True,
    "was_spawned": True,
    "supervisor_alive": True,
    "worker_alive": True,
}


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, RunState.STARTING),
        ({"has_output": True}, RunState.RUNNING),
        ({"has_events": True}, RunState.RUNNING),
        ({"age_s": 61.0}, RunState.RUNNING),
        ({"has_output": True, "silent_s": 61.0, "patience_s": 60.0}, RunState.STALLED),
        ({"worker_frozen": True, "silent_s": 61.0, "patience_s": 60.0}, RunState.PAUSED),
        ({"stop_requested": True, "has_output": True}, RunState.STOPPING),
    ],
)
def test_while_it_is_going(facts: dict[str, Any], state: RunState) -> None:
    assert judge(Evidence(**GOING, **facts)).state is state


def test_a_rhythm_is_patient_with_its_own_pace() -> None:
    rhythm = Rhythm()
    assert rhythm.patience_s() == 120.0, "two heartbeats and the time to start"
    for moment in (0, 10, 20, 30):
        rhythm.note(moment)
    assert rhythm.patience_s() == 60.0, "two heartbeats at least"
    for hour in range(1, 20):
        rhythm.note(hour * 3600)
    assert rhythm.patience_s() == 3 * 3600.0
    assert rhythm.last_sign == 19 * 3600
    rhythm.note(5)
    assert rhythm.last_sign == 19 * 3600, "an older sign is the same sign seen again"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (0, "0 s"), (59, "59 s"), (61, "1 min"), (7300, "2 h"), (90_000 * 3, "3 d")],
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_signal_without_a_name_is_still_named() -> None:
    assert signal_name(200) == "signal 200"
