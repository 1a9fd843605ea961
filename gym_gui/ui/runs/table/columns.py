"""What each column of the runs table says about a run, and what it sorts by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from gym_gui.core.runs.summary import Progress, RunState, RunSummary
from gym_gui.ui import wording

SortKey = float | str | None
_RANK = {state: rank for rank, state in enumerate(RunState)}
_MOVING = frozenset({RunState.STARTING, RunState.RUNNING, RunState.STALLED, RunState.STOPPING})
_ID_TAIL = 8
_LONG_AGO_S = 60 * 86_400


class RunColumn(IntEnum):
    """The columns, in their order."""

    STATE = 0
    NAME = 1
    PROGRESS = 2
    RETURN = 3
    WORKER = 4
    ALGORITHM = 5
    ENVIRONMENT = 6
    SEED = 7
    STARTED = 8
    ELAPSED = 9
    HEARTBEAT = 10
    GROUP = 11
    TAGS = 12
    ENDED = 13
    SIZE = 14
    ID = 15


TIMED_COLUMNS = (
    RunColumn.PROGRESS,
    RunColumn.STARTED,
    RunColumn.ELAPSED,
    RunColumn.HEARTBEAT,
    RunColumn.ENDED,
)
"""What changes with the clock alone."""


@dataclass(frozen=True, slots=True)
class ColumnWords:
    """A column's heading and how it words and sorts a run; `now` is in Unix seconds.

    A run's size is in no summary: of that column `RowSizes` has the words.
    """

    heading: str
    text: Callable[[RunSummary, float], str]
    key: Callable[[RunSummary, float], SortKey]
    tip: Callable[[RunSummary, float], str] | None = None


def is_moving(summary: RunSummary) -> bool:
    """Whether the run's clock is running."""
    return summary.state in _MOVING


def display_name(summary: RunSummary) -> str:
    """The name people gave the run, else the end of its id."""
    return summary.labels.name or f"…{summary.run_id[-_ID_TAIL:]}"


def started(summary: RunSummary) -> float | None:
    """When it started, or was created if it has not."""
    if summary.started is not None:
        return summary.started
    return summary.record.created if summary.record else None


def elapsed(summary: RunSummary, now: float) -> float | None:
    """Seconds since the start, up to the end if it ended; None when it never started."""
    if summary.started is None:
        return None
    if summary.ended is not None:
        return max(summary.ended - summary.started, 0.0)
    return max(now - summary.started, 0.0) if is_moving(summary) else None


def eta(summary: RunSummary, now: float) -> float | None:
    """Seconds left at the pace so far; None when there is no telling."""
    fraction = summary.share_done
    so_far = elapsed(summary, now)
    if summary.state is not RunState.RUNNING or not fraction or so_far is None or fraction >= 1:
        return None
    return so_far * (1 - fraction) / fraction


def _reached(progress: Progress) -> str:
    if progress.unit == "percent":
        return f"{progress.done:,.0f} %"
    return f"{progress.done:,.0f}{f' of {progress.total:,.0f}' if progress.total else ''}"


def progress_text(summary: RunSummary, now: float) -> str:
    """Progress for a cell: "42 %", with the time left while it runs, or the bare count."""
    progress = summary.progress
    if progress is None:
        return ""
    if progress.fraction is None or progress.total is None:
        return wording.plural(int(progress.done), progress.unit)
    share = summary.share_done
    if share is None:
        return f"last said {_reached(progress)}"
    left = eta(summary, now)
    percent = f"{int(share * 100)} %"
    return f"{percent} · {wording.coarse(left)}" if left is not None else percent


def progress_words(summary: RunSummary, now: float) -> str:
    """Progress in full: "step 42 of 100, about 3 min left", or that a run that is over said so last."""
    progress = summary.progress
    if progress is None:
        return ""
    said = _reached(progress) if progress.unit == "percent" else f"{progress.unit} {_reached(progress)}"
    left = eta(summary, now)
    if left is not None:
        return f"{said}, about {wording.duration(left)} left"
    is_whole = progress.fraction is not None and progress.fraction >= 1
    return f"{said}, as it last said" if summary.state.is_over and not is_whole else said


def heartbeat_age(summary: RunSummary, now: float) -> float | None:
    """Seconds since the last heartbeat of a run that should be beating."""
    if summary.state.is_over or summary.heartbeat_time is None:
        return None
    return max(now - summary.heartbeat_time, 0.0)


def _heartbeat_tip(summary: RunSummary, now: float) -> str:
    return f"Last heartbeat {wording.clock(summary.heartbeat_time)}" if summary.heartbeat_time else ""


def _aged(summary: RunSummary, now: float) -> str:
    seconds = heartbeat_age(summary, now)
    return "" if seconds is None else wording.age(seconds)


def _spent(summary: RunSummary, now: float) -> str:
    seconds = elapsed(summary, now)
    return "" if seconds is None else wording.duration(seconds)


def ago(moment: float | None, now: float) -> str:
    """How long ago, for a cell; the date once that is long."""
    if moment is None:
        return ""
    return wording.age(now - moment) if now - moment < _LONG_AGO_S else wording.clock_short(moment, now)


def exactly(moment: float | None) -> str:
    """The moment to the second, for a tool tip."""
    return "" if moment is None else wording.clock(moment)


def _began(summary: RunSummary, now: float) -> str:
    return ago(started(summary), now)


def _began_tip(summary: RunSummary, now: float) -> str:
    return exactly(started(summary))


def _finished(summary: RunSummary, now: float) -> str:
    return ago(summary.ended, now)


def _finished_tip(summary: RunSummary, now: float) -> str:
    return exactly(summary.ended)


def group_of(summary: RunSummary) -> str:
    """The group it belongs to, "" for none."""
    return (summary.record and summary.record.group) or ""


def _tags(summary: RunSummary) -> str:
    return ", ".join(summary.labels.tags)


def _name_tip(summary: RunSummary, now: float) -> str:
    return "\n".join(filter(None, (summary.labels.name, summary.run_id)))


def _worker(summary: RunSummary) -> str:
    return summary.record.worker_id if summary.record else ""


def _algorithm(summary: RunSummary) -> str:
    return (summary.record and summary.record.algorithm) or ""


def _environment(summary: RunSummary) -> str:
    return (summary.record and summary.record.environment) or ""


def _seed(summary: RunSummary) -> int | None:
    return summary.record.seed if summary.record else None


def last_return(summary: RunSummary) -> float | None:
    """The latest return the run reported."""
    return summary.returns[-1] if summary.returns else None


def _return_text(summary: RunSummary, now: float) -> str:
    value = last_return(summary)
    return "" if value is None else wording.number(value)


def _state_tip(summary: RunSummary, now: float) -> str:
    return "\n".join(filter(None, (summary.problem, summary.headline, *summary.evidence)))


def _text_key(text: str) -> str | None:
    return text.casefold() or None


COLUMNS: dict[RunColumn, ColumnWords] = {
    RunColumn.STATE: ColumnWords(
        "State", lambda s, n: s.state.value, lambda s, n: _RANK[s.state], _state_tip
    ),
    RunColumn.NAME: ColumnWords(
        "Name", lambda s, n: display_name(s), lambda s, n: _text_key(s.labels.name), _name_tip
    ),
    RunColumn.PROGRESS: ColumnWords("Progress", progress_text, lambda s, n: s.share_done, progress_words),
    RunColumn.RETURN: ColumnWords("Return", _return_text, lambda s, n: last_return(s)),
    RunColumn.WORKER: ColumnWords("Worker", lambda s, n: _worker(s), lambda s, n: _text_key(_worker(s))),
    RunColumn.ALGORITHM: ColumnWords(
        "Algorithm", lambda s, n: _algorithm(s), lambda s, n: _text_key(_algorithm(s))
    ),
    RunColumn.ENVIRONMENT: ColumnWords(
        "Environment", lambda s, n: _environment(s), lambda s, n: _text_key(_environment(s))
    ),
    RunColumn.SEED: ColumnWords(
        "Seed", lambda s, n: "" if _seed(s) is None else str(_seed(s)), lambda s, n: _seed(s)
    ),
    RunColumn.STARTED: ColumnWords("Started", _began, lambda s, n: started(s), _began_tip),
    RunColumn.ELAPSED: ColumnWords("Elapsed", _spent, elapsed),
    RunColumn.HEARTBEAT: ColumnWords("Heartbeat", _aged, heartbeat_age, _heartbeat_tip),
    RunColumn.GROUP: ColumnWords("Group", lambda s, n: group_of(s), lambda s, n: _text_key(group_of(s))),
    RunColumn.TAGS: ColumnWords("Tags", lambda s, n: _tags(s), lambda s, n: _text_key(_tags(s))),
    RunColumn.ENDED: ColumnWords("Ended", _finished, lambda s, n: s.ended, _finished_tip),
    RunColumn.SIZE: ColumnWords("Size on disk", lambda s, n: "", lambda s, n: None),
    RunColumn.ID: ColumnWords("Run id", lambda s, n: s.run_id, lambda s, n: s.run_id),
}
