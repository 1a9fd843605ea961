"""What each column says about a group of runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording
from gym_gui.ui.runs.table.columns import COLUMNS, RunColumn, ago, elapsed, exactly, heartbeat_age, started
from gym_gui.ui.runs.table.groups import RunGroup, seeds_text, spread_of, states_text

Cell = Callable[[RunGroup, float], str]


def group_progress(group: RunGroup) -> float | None:
    """The mean of the shares that its runs have done; None when none says."""
    known = [share for run in group.runs if (share := run.share_done) is not None]
    return sum(known) / len(known) if known else None


def group_text(group: RunGroup, column: RunColumn, now: float) -> str:
    """The words of a cell."""
    cell = _TEXTS.get(column)
    return _common(group, column, now) if cell is None else cell(group, now)


def group_tip(group: RunGroup, column: RunColumn, now: float) -> str:
    """The words of a cell's tool tip."""
    cell = _TIPS.get(column)
    return group_text(group, column, now) if cell is None else cell(group, now)


def _common(group: RunGroup, column: RunColumn, now: float) -> str:
    """What all runs have in common, or how many different things there are."""
    words = COLUMNS[column]
    found = dict.fromkeys(filter(None, (words.text(run, now) for run in group.runs)))
    return next(iter(found), "") if len(found) < 2 else f"{len(found):,} different"


def _name(group: RunGroup, now: float) -> str:
    return f"{group.name} ({len(group.runs):,})"


def _name_tip(group: RunGroup, now: float) -> str:
    return f"Group {group.name}: {wording.plural(len(group.runs), 'run')}\n{states_text(group.runs)}"


def _progress(group: RunGroup, now: float) -> str:
    share = group_progress(group)
    return "" if share is None else f"{int(share * 100)} %"


def _progress_tip(group: RunGroup, now: float) -> str:
    share = group_progress(group)
    return "" if share is None else f"On average {share:.0%} done"


def _return(group: RunGroup, now: float) -> str:
    spread = spread_of(group.runs)
    return "" if spread is None else spread.text


def _return_tip(group: RunGroup, now: float) -> str:
    spread = spread_of(group.runs)
    return "" if spread is None else spread.tip


def _seeds(group: RunGroup, now: float) -> str:
    return seeds_text([run.record.seed for run in group.runs if run.record and run.record.seed is not None])


def _least(moments: Iterable[float | None]) -> float | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _greatest(moments: Iterable[float | None]) -> float | None:
    return max((moment for moment in moments if moment is not None), default=None)


def _began(group: RunGroup) -> float | None:
    return _least(started(run) for run in group.runs)


def _ended(group: RunGroup) -> float | None:
    """When the last of them ended; None while one goes on."""
    if any(not run.state.is_over for run in group.runs):
        return None
    return _greatest(run.ended for run in group.runs)


def _spent(group: RunGroup, now: float) -> str:
    longest = _greatest(elapsed(run, now) for run in group.runs)
    return "" if longest is None else wording.duration(longest)


def _heartbeat(group: RunGroup, now: float) -> str:
    oldest = _greatest(heartbeat_age(run, now) for run in group.runs)
    return "" if oldest is None else wording.age(oldest)


def _heartbeat_tip(group: RunGroup, now: float) -> str:
    beats = [run.heartbeat_time for run in group.runs if not run.state.is_over]
    latest = exactly(_least(beats))
    return f"The oldest last heartbeat of those that go on: {latest}" if latest else ""


def _tags(group: RunGroup, now: float) -> str:
    return ", ".join(dict.fromkeys(tag for run in group.runs for tag in run.labels.tags))


def _nothing(group: RunGroup, now: float) -> str:
    return ""


_TEXTS: dict[RunColumn, Cell] = {
    RunColumn.STATE: lambda group, now: states_text(group.runs),
    RunColumn.NAME: _name,
    RunColumn.PROGRESS: _progress,
    RunColumn.RETURN: _return,
    RunColumn.SEED: _seeds,
    RunColumn.STARTED: lambda group, now: ago(_began(group), now),
    RunColumn.ELAPSED: _spent,
    RunColumn.HEARTBEAT: _heartbeat,
    RunColumn.GROUP: lambda group, now: group.name,
    RunColumn.TAGS: _tags,
    RunColumn.ENDED: lambda group, now: ago(_ended(group), now),
    RunColumn.ID: _nothing,
}
_TIPS: dict[RunColumn, Cell] = {
    RunColumn.NAME: _name_tip,
    RunColumn.PROGRESS: _progress_tip,
    RunColumn.RETURN: _return_tip,
    RunColumn.STARTED: lambda group, now: f"The first started {exactly(_began(group))}",
    RunColumn.ELAPSED: lambda group, now: "The longest of them",
    RunColumn.HEARTBEAT: _heartbeat_tip,
    RunColumn.ENDED: lambda group, now: exactly(_ended(group)),
}


def group_sort_value(runs: Iterable[RunSummary]) -> float | None:
    """What a group sorts by in the column of returns: their mean."""
    spread = spread_of(tuple(runs))
    return None if spread is None else spread.mean
