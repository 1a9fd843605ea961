"""Who, what and when of a run: the rows of the Overview, worded."""

from __future__ import annotations

import math
import shlex
import signal
from dataclasses import dataclass

from gym_gui.core.runs.record import ExitCause, ExitRecord
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording
from gym_gui.ui.runs.resources.series import ResourceFigures, percent
from gym_gui.ui.runs.table.columns import elapsed, progress_words, started

_LONGEST_NOTES = 2_000


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the Overview; `copyable` ones get a button that copies `value`, `mono` ones a fixed font.

    `whole` is what is copied where `value` shows only a part of it.
    """

    name: str
    value: str
    mono: bool = False
    copyable: bool = False
    whole: str = ""


def facts_of(
    summary: RunSummary,
    now: float,
    *,
    drawn_seed: int | None = None,
    figures: ResourceFigures | None = None,
) -> list[Fact]:
    """What there is to say about a run, in order; what is not known is left out.

    Args:
        summary: The run.
        now: Unix seconds.
        drawn_seed: The seed the worker drew because it was given none.
        figures: What the run used when it was last looked at.
    """
    record = summary.record
    facts: list[Fact] = []
    if record is not None:
        version = f" {record.worker_version}" if record.worker_version else ""
        facts += [
            Fact("Worker", f"{record.worker_name or record.worker_id}{version}"),
            Fact("Algorithm", record.algorithm or ""),
            Fact("Environment", record.environment or ""),
            Fact("Seed", _seed(record.seed, drawn_seed)),
            Fact("Group", record.group or ""),
        ]
    facts += [
        Fact("Progress", progress_words(summary, now)),
        Fact("Created" if summary.started is None else "Started", _moment(started(summary), now)),
        Fact("Elapsed", _span(elapsed(summary, now))),
        Fact("Uses now", _uses(figures, now) if figures and not summary.state.is_over else ""),
        Fact("Exit", exit_text(summary.exit) if summary.exit else ""),
        Fact("Used", _used(summary.exit) if summary.exit else ""),
        *_receipt(summary.exit),
        Fact("Tags", ", ".join(summary.labels.tags)),
        Fact("Notes", _shown(summary.labels.notes)),
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


def receipt_text(record: ExitRecord) -> str:
    """What the end of its processes came to: "5 found: 4 ended by SIGTERM, 1 by SIGKILL, 0 left"."""
    return (
        f"{wording.plural(record.found, 'process', 'processes')} found: {record.ended_by_term:,} ended by "
        f"SIGTERM, {record.ended_by_kill:,} by SIGKILL, {record.survivors:,} left"
    )


def _receipt(record: ExitRecord | None) -> list[Fact]:
    if record is None or not record.found:
        return []
    was_cancelled = record.cause is ExitCause.CANCELLED
    return [Fact("Cancel receipt" if was_cancelled else "Left running", receipt_text(record))]


def _seed(given: int | None, drawn: int | None) -> str:
    if given is not None:
        return str(given)
    return "" if drawn is None else f"{drawn}, drawn by the worker"


def _shown(notes: str) -> str:
    return notes if len(notes) <= _LONGEST_NOTES else f"{notes[:_LONGEST_NOTES]} …"


def _uses(figures: ResourceFigures, now: float) -> str:
    processes = wording.plural(int(figures.processes), "process", "processes")
    cpu = f"{percent(figures.cpu_percent)} of a core" if math.isfinite(figures.cpu_percent) else ""
    used = ", ".join(filter(None, (cpu, wording.size(figures.rss_bytes), processes)))
    return f"{used}  ({wording.age(now - figures.moment)})"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _used(record: ExitRecord) -> str:
    if not record.cpu_seconds and not record.peak_rss_bytes:
        return ""
    return f"{wording.duration(record.cpu_seconds)} of CPU, {wording.size(record.peak_rss_bytes)} at most"


def _moment(moment: float | None, now: float) -> str:
    return "" if moment is None else f"{wording.clock(moment)}  ({wording.age(now - moment)})"


def _span(seconds: float | None) -> str:
    return "" if seconds is None else wording.duration(seconds)
