"""Who, what and when of a run: the rows of the Overview, worded."""

from __future__ import annotations

import shlex
import signal
from dataclasses import dataclass

from gym_gui.core.runs.record import ExitRecord
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording
from gym_gui.ui.runs.columns import elapsed, eta, progress_text, started


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the Overview; `copyable` ones get a button that copies `value`, `mono` ones a fixed font."""

    name: str
    value: str
    mono: bool = False
    copyable: bool = False


def facts_of(summary: RunSummary, now: float) -> list[Fact]:
    """What there is to say about a run, in order; what is not known is left out."""
    record = summary.record
    facts: list[Fact] = []
    if record is not None:
        version = f" {record.worker_version}" if record.worker_version else ""
        facts += [
            Fact("Worker", f"{record.worker_name or record.worker_id}{version}"),
            Fact("Algorithm", record.algorithm or ""),
            Fact("Environment", record.environment or ""),
            Fact("Seed", "" if record.seed is None else str(record.seed)),
        ]
    facts += [
        Fact("Progress", _progress(summary, now)),
        Fact("Started", _moment(started(summary), now)),
        Fact("Elapsed", _span(elapsed(summary, now))),
        Fact("Exit", exit_text(summary.exit) if summary.exit else ""),
        Fact("Used", _used(summary.exit) if summary.exit else ""),
        Fact("Tags", ", ".join(summary.labels.tags)),
        Fact("Run id", summary.run_id, mono=True, copyable=True),
        Fact("Directory", str(summary.path), mono=True, copyable=True),
    ]
    if record is not None:
        facts.append(Fact("Command", shlex.join(record.argv), mono=True, copyable=True))
    return [fact for fact in facts if fact.value]


def evidence_text(summary: RunSummary) -> str:
    """What the state rests on, as one sentence: "Completed: exit code 0, the worker said run_completed"."""
    return f"{summary.state.value.capitalize()}: {', '.join(summary.evidence)}."


def exit_text(record: ExitRecord) -> str:
    """How it ended: "finished, exit code 0", "killed by SIGKILL"."""
    if record.signal is not None:
        how = f"ended by {_signal_name(record.signal)}"
    elif record.exit_code is not None:
        how = f"exit code {record.exit_code}"
    else:
        how = "never started"
    detail = f": {record.detail}" if record.detail else ""
    return f"{record.cause.value}, {how}{detail}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _used(record: ExitRecord) -> str:
    if not record.cpu_seconds and not record.peak_rss_bytes:
        return ""
    return f"{wording.duration(record.cpu_seconds)} of CPU, {wording.size(record.peak_rss_bytes)} at most"


def _progress(summary: RunSummary, now: float) -> str:
    progress = summary.progress
    if progress is None:
        return ""
    if progress.total is None:
        return progress_text(summary, now)
    left = eta(summary, now)
    remaining = f", about {wording.duration(left)} left" if left is not None else ""
    return f"{progress.unit} {progress.done:,.0f} of {progress.total:,.0f}{remaining}"


def _moment(moment: float | None, now: float) -> str:
    return "" if moment is None else f"{wording.clock(moment)}  ({wording.age(now - moment)})"


def _span(seconds: float | None) -> str:
    return "" if seconds is None else wording.duration(seconds)
