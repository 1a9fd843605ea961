"""What a run says while it goes: the order of its events, how often it is heard of, and its log."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from gym_gui.core.events.lines import LogLine
from gym_gui.core.worker.lifecycle import LifecycleEventType
from gym_gui.testing.bench import Bench
from gym_gui.testing.lengths import how_to_shorten
from gym_gui.testing.results import Verdict, failed, passed, skipped
from gym_gui.testing.scratch_runs import RunEvidence

_TERMINAL = frozenset(member.value for member in LifecycleEventType if member.is_terminal)
_CLOCK_S = 2.0  # what the clocks of two processes and a slow start may differ by
_ORDER_S = 0.001
_EMITTER = "use `with TelemetryEmitter(run_id).run(...)` around the training"


def lifecycle(bench: Bench) -> Verdict:
    """run_started first, one last word, the run's own id, times in order; and the run completes."""
    ran = bench.plain_run
    if not ran.over:
        limit = f"{bench.limits.run_s:g} s"
        return failed(f"the run was not over after {limit}", *ran.described(), fix=_shorter(bench))
    if not ran.events:
        return failed("it emitted no lifecycle event", *ran.described(), fix=_EMITTER)
    problem = next(_disorder(ran), None)
    if problem is not None:
        reason, fix = problem
        return failed(reason, _told(ran.events), fix=fix)
    if not ran.completed:
        return failed(
            "the run did not complete", *ran.described(), fix="see the evidence: it ended by itself"
        )
    return passed(f"{len(ran.events)} events from run_started to {ran.events[-1].event}", _told(ran.events))


def _shorter(bench: Bench) -> str:
    return f"{how_to_shorten(bench.fields)}, or allow more time with --run-limit"


def _disorder(ran: RunEvidence) -> Iterator[tuple[str, str]]:
    events, names = ran.events, [line.event for line in ran.events]
    if names[0] != "run_started":
        yield f"the first event is {names[0]}, not run_started", "emit run_started before anything else"
    if names.count("run_started") > 1:
        yield f"run_started came {names.count('run_started')} times", "emit it once"
    last_words = [name for name in names if name in _TERMINAL]
    if not last_words:
        yield "no event says how the run ended", _EMITTER
    elif len(last_words) > 1:
        listed = ", ".join(last_words)
        yield f"more than one event says how the run ended: {listed}", "emit one of them, once"
    elif names[-1] not in _TERMINAL:
        yield f"{names[-1]} came after {last_words[0]}", "stop emitting once the run has ended"
    strange = {line.run_id for line in events} - {ran.run.run_id}
    if strange:
        said = ", ".join(repr(run_id) for run_id in sorted(strange))
        yield f"events carry the run id {said} instead of {ran.run.run_id!r}", "emit with config.run_id"
    yield from _untimely(ran)


def _untimely(ran: RunEvidence) -> Iterator[tuple[str, str]]:
    mend = "let the emitter set the timestamp: Unix seconds of the moment"
    without = [line for line in ran.events if line.timestamp is None]
    if without:
        yield f"{without[0].event} has no timestamp in Unix seconds", mend
        return
    times = [line.timestamp or 0.0 for line in ran.events]
    for earlier, later, line in zip(times, times[1:], ran.events[1:], strict=False):
        if later < earlier - _ORDER_S:
            yield f"{line.event} is dated {earlier - later:.3f} s before the event above it", mend
    record, end = ran.summary.record, ran.summary.exit
    began = (record.created if record else times[0]) - _CLOCK_S
    ended = (end.ended if end else times[-1]) + _CLOCK_S
    outside = [line for line, moment in zip(ran.events, times, strict=True) if not began <= moment <= ended]
    if outside:
        yield f"{outside[0].event} is dated outside of the run: {outside[0].timestamp}", mend


def heartbeat(bench: Bench) -> Verdict:
    """Never silent for longer than the contract's interval, and heard of while it trains."""
    ran = bench.plain_run
    times = [line.timestamp for line in ran.events if line.timestamp is not None]
    if not ran.over or not times:
        return skipped("there was no run from start to end to listen to", fix="see the check lifecycle")
    beats = sum(line.event == "heartbeat" for line in ran.events)
    seconds = max(times) - min(times)
    limit = bench.limits.heartbeat_s
    silence = max((later - earlier for earlier, later in pairwise(times)), default=0.0)
    if silence > limit * 1.1:
        reason = f"silent for {silence:.1f} s; a sign at least every {limit:g} s is due"
        fix = "call `beat = emitter.heartbeat_every()` once and beat({...}) in the training loop"
        return failed(reason, _told(ran.events), fix=fix)
    if not beats and seconds < limit:
        return skipped(
            f"the run took {seconds:.1f} s and no heartbeat was due before {limit:g} s",
            fix=f"give a run longer than {limit:g} s, or beat at the start: emitter.heartbeat_every()",
        )
    if not beats:
        return failed("there was no heartbeat", _told(ran.events), fix="beat in the training loop")
    return passed(
        f"{beats} heartbeats in {seconds:.1f} s, silent for {silence:.1f} s at most (limit {limit:g} s)"
    )


def logged(bench: Bench) -> Verdict:
    """The run's start and end are logged with the worker's own constants, to standard error."""
    ran = bench.plain_run
    constants = bench.inspection.log_constants.get("constants") or {}
    if not constants or not ran.over:
        return skipped("needs a run that ended and log constants", fix="see log-constants and lifecycle")
    text = ran.run.stderr_file.read_text(encoding="utf-8", errors="replace")
    words = set(text.replace("[", " ").replace("]", " ").split())
    codes = {facts["code"]: name for name, facts in constants.items()}
    seen = {codes[code] for code in codes if code in words}
    fix = "TelemetryEmitter(run_id, logger=...), emitter.run(..., constants={'run_started': LOG_WORKER_...})"
    if not seen:
        return failed("standard error has none of its log codes", "\n".join(ran.stderr[-8:]), fix=fix)
    missing = [
        phase for phase, words_of in _PHASES.items() if not any(w in n for n in seen for w in words_of)
    ]
    if missing:
        return failed(f"not logged: {', '.join(missing)}", *sorted(seen), fix=fix)
    return passed(f"{len(seen)} constants logged", ", ".join(sorted(seen)))


_PHASES = {"its start": ("START",), "its end": ("COMPLETED", "STOPPED", "FINISHED", "ENDED")}


def _told(events: tuple[LogLine, ...]) -> str:
    """The events' names in order, runs of one name counted."""
    told: list[tuple[str, int]] = []
    for line in events:
        if told and told[-1][0] == line.event:
            told[-1] = (line.event, told[-1][1] + 1)
        else:
            told.append((line.event, 1))
    return ", ".join(name if count == 1 else f"{name} x {count}" for name, count in told[:40])
