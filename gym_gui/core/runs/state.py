"""Where a run stands, decided from evidence by one pure function.

What cannot be known is never shown as success: a run is completed only when its exit code is known to be 0
and the worker itself did not say otherwise. docs/run-directory.md has the whole table.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass

from gym_gui.constants import WORKER_STARTUP_TIMEOUT_S
from gym_gui.core.runs.record import ExitCause, ExitRecord
from gym_gui.core.runs.summary import RunState

# Signals by which a process dies of its own fault; after them even a farewell does not make a clean end.
_CRASHES = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything a run's state may rest on.

    Attributes:
        is_gone: There is no run directory any more.
        has_record: `run.json` is there and readable.
        queued: It has a place in the queue; that counts until it is started.
        lock_held: Some process holds `supervisor.lock`.
        was_started: A supervisor has been at work (`process.json` is there).
        was_spawned: It has started the worker and said so.
        other_boot: The machine was restarted since then.
        supervisor_alive: The recorded supervisor is alive.
        worker_alive: The recorded worker is alive.
        worker_frozen: It is stopped by a signal.
        others_alive: Other live processes of the run; looked for only when no supervisor is alive.
        stop_requested: The supervisor was asked to end the run.
        exit: The exit record, if there is a readable one.
        last_word: The last of the worker's `run_...` events, "" when it gave none.
        has_events: It gave lifecycle events of any kind.
        has_output: It wrote anything.
        age_s: Seconds since the run was created, or started if it was.
        silent_s: Seconds since the last sign of progress.
        patience_s: How long a silence its own rhythm allows.
    """

    is_gone: bool = False
    has_record: bool = True
    queued: bool = False
    lock_held: bool = False
    was_started: bool = False
    was_spawned: bool = False
    other_boot: bool = False
    supervisor_alive: bool = False
    worker_alive: bool = False
    worker_frozen: bool = False
    others_alive: int = 0
    stop_requested: bool = False
    exit: ExitRecord | None = None
    last_word: str = ""
    has_events: bool = False
    has_output: bool = False
    age_s: float = 0.0
    silent_s: float = 0.0
    patience_s: float = float("inf")


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state and what it rests on, one plain sentence each."""

    state: RunState
    evidence: tuple[str, ...]


def judge(evidence: Evidence) -> Verdict:
    """The one state that `evidence` allows."""
    if evidence.is_gone:
        return Verdict(
            RunState.LOST, ("the run directory is gone", "its supervisor ends what is alive of it")
        )
    if evidence.exit is not None:
        return _ended(evidence, evidence.exit)
    if evidence.lock_held or evidence.supervisor_alive:
        return _supervised(evidence)
    if evidence.worker_alive or evidence.others_alive:
        return _unsupervised(evidence)
    return _nothing_alive(evidence)


def _nothing_alive(evidence: Evidence) -> Verdict:
    if evidence.queued and not evidence.was_started:
        return Verdict(RunState.QUEUED, ("waiting in the queue",))
    if not evidence.was_started and evidence.has_record:
        return _never_started(evidence)
    return _vanished(evidence)


def _ended(evidence: Evidence, end: ExitRecord) -> Verdict:
    left = int(evidence.worker_alive) + evidence.others_alive
    if end.survivors and left:
        return Verdict(RunState.STOPPING, (f"{left} of its processes cannot be ended", *_how_it_ended(end)))
    said = _what_it_said(evidence)
    how = _how_it_ended(end)
    if end.cause is ExitCause.CANCELLED:
        return Verdict(RunState.CANCELLED, ("it was asked to stop", *how, *said))
    if end.cause is ExitCause.LOST:
        return Verdict(RunState.LOST, (*how, *said))
    if evidence.last_word == "run_cancelled" and end.signal not in _CRASHES:
        return Verdict(RunState.CANCELLED, (*said, *how))
    if end.exit_code != 0 or evidence.last_word == "run_failed":
        return Verdict(RunState.FAILED, (*how, *said))
    return _exited_with_0(evidence, said)


def _exited_with_0(evidence: Evidence, said: tuple[str, ...]) -> Verdict:
    if evidence.last_word == "run_completed":
        return Verdict(RunState.COMPLETED, ("exit code 0", *said))
    if not evidence.has_events:
        return Verdict(RunState.COMPLETED, ("exit code 0", "the worker gives no lifecycle events"))
    return Verdict(RunState.FAILED, ("exit code 0, but no run_completed: ended without saying so",))


def _supervised(evidence: Evidence) -> Verdict:
    if evidence.stop_requested:
        return Verdict(RunState.STOPPING, ("it was asked to stop", "its processes are being ended"))
    if not evidence.was_started:
        return Verdict(RunState.STARTING, ("its supervisor is starting",))
    if not evidence.supervisor_alive:
        unseen = "its lock is held, though by a process that cannot be seen from here"
        return _going(evidence, (unseen,))
    holder = () if evidence.lock_held else ("its supervisor is alive but does not hold the lock",)
    if not evidence.worker_alive:
        if not evidence.was_spawned:
            return Verdict(RunState.STARTING, ("its supervisor is starting the worker", *holder))
        return Verdict(RunState.STOPPING, ("the worker has ended, its supervisor is clearing up", *holder))
    return _going(evidence, ("its supervisor and worker are alive", *holder))


def _unsupervised(evidence: Evidence) -> Verdict:
    alive = int(evidence.worker_alive) + evidence.others_alive
    left = f"{alive} of its processes are left, without a supervisor: cancel ends them"
    if evidence.stop_requested:
        return Verdict(RunState.STOPPING, ("it was asked to stop", left))
    if evidence.was_spawned and not evidence.worker_alive:
        return Verdict(RunState.STOPPING, ("the worker is not alive", left))
    known = "the worker is alive" if evidence.worker_alive else f"{alive} of its processes are alive"
    return _going(evidence, (known, "running without supervisor: its exit code will not be known"))


def _going(evidence: Evidence, alive: tuple[str, ...]) -> Verdict:
    if evidence.worker_frozen:
        return Verdict(RunState.PAUSED, ("the worker is frozen; its memory stays held", *alive))
    if evidence.silent_s > evidence.patience_s:
        usual = f"its own rhythm allows {duration(evidence.patience_s)}"
        return Verdict(
            RunState.STALLED, (f"no sign of progress for {duration(evidence.silent_s)}; {usual}", *alive)
        )
    if not evidence.has_output and not evidence.has_events and evidence.age_s < WORKER_STARTUP_TIMEOUT_S:
        return Verdict(RunState.STARTING, ("nothing has come from the worker yet", *alive))
    return Verdict(RunState.RUNNING, alive)


def _never_started(evidence: Evidence) -> Verdict:
    if evidence.age_s < WORKER_STARTUP_TIMEOUT_S:
        return Verdict(RunState.STARTING, ("no supervisor has taken it up yet",))
    return Verdict(RunState.LOST, (f"was never started: no supervisor in {duration(evidence.age_s)}",))


def _vanished(evidence: Evidence) -> Verdict:
    """Nothing is alive and nobody recorded the end: what the worker said counts, except for success."""
    said = _what_it_said(evidence)
    if not evidence.has_record and not evidence.was_started:
        return _of_another_program(evidence, said)
    gone = "the machine was restarted" if evidence.other_boot else "neither supervisor nor worker is alive"
    if evidence.stop_requested:
        return Verdict(RunState.CANCELLED, ("it was asked to stop", gone, *said))
    why = (gone, "nobody recorded how it ended")
    if evidence.last_word == "run_failed":
        return Verdict(RunState.FAILED, (*said, *why))
    if evidence.last_word == "run_cancelled":
        return Verdict(RunState.CANCELLED, (*said, *why))
    return Verdict(RunState.LOST, (*why, *said, f"last sign of progress {duration(evidence.silent_s)} ago"))


def _of_another_program(evidence: Evidence, said: tuple[str, ...]) -> Verdict:
    origin = "no run.json: started by something else"
    since = f"its files last changed {duration(evidence.silent_s)} ago"
    if evidence.last_word == "run_failed":
        return Verdict(RunState.FAILED, (*said, origin))
    if evidence.last_word == "run_cancelled":
        return Verdict(RunState.CANCELLED, (*said, origin))
    if evidence.last_word != "run_completed" and evidence.silent_s <= evidence.patience_s:
        return Verdict(RunState.RUNNING, (since, origin))
    return Verdict(RunState.LOST, (origin, "how it ended is not recorded", *said, since))


def _what_it_said(evidence: Evidence) -> tuple[str, ...]:
    if evidence.last_word in ("", "run_started"):
        return ()
    return (f"the worker said {evidence.last_word}",)


def _how_it_ended(end: ExitRecord) -> tuple[str, ...]:
    lines = [end.detail] if end.detail else []
    if end.signal is not None:
        lines.append(f"ended by {signal_name(end.signal)}")
    elif end.exit_code is not None:
        lines.append(f"exit code {end.exit_code}")
    else:
        lines.append("its exit code is not known" if end.started else "the worker was not started")
    return tuple(lines)


def signal_name(number: int) -> str:
    """The name of a signal, "SIGSEGV"."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def duration(seconds: float) -> str:
    """A length of time in the largest unit that fits, "3 min"."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
