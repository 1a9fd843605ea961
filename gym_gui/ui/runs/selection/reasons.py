"""Why something cannot be done to the selected runs as they are, in words for a tool tip; "" if it can."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from gym_gui.core.runs.summary import RunState, RunSummary

NONE_SELECTED = "no run is selected"
ONE_ONLY = "select a single run"
MOST_FOLDERS = 5


def cancellable(runs: Sequence[RunSummary], is_busy: Callable[[str], bool]) -> list[RunSummary]:
    """Those that can be cancelled now."""
    return [run for run in runs if not run.state.is_over and not is_busy(run.run_id)]


def why_none_cancellable(runs: Sequence[RunSummary]) -> str:
    """Why none of several can."""
    return "they are over" if all(run.state.is_over for run in runs) else "they are being ended"


def freezable(runs: Sequence[RunSummary], is_busy: Callable[[str], bool]) -> list[RunSummary]:
    """Those whose processes could be stopped where they stand, or let go on."""
    fixed = (RunState.QUEUED, RunState.STOPPING)
    return [
        run for run in runs if not run.state.is_over and run.state not in fixed and not is_busy(run.run_id)
    ]


def repeatable(runs: Sequence[RunSummary]) -> list[RunSummary]:
    """Those that can be launched once more."""
    return [run for run in runs if run.record is not None]


def why_not_opened(runs: Sequence[RunSummary]) -> str:
    """Why the folders of several runs are not opened: each of them is a window."""
    return f"select {MOST_FOLDERS} runs at most, each opens a window" if len(runs) > MOST_FOLDERS else ""


def why_not_deleted(runs: Sequence[RunSummary]) -> str:
    """Why these runs cannot go to the trash."""
    if not runs:
        return NONE_SELECTED
    going = sum(1 for run in runs if not run.state.is_over)
    if not going:
        return ""
    if len(runs) == 1:
        return f"it is {runs[0].state}; cancel it first"
    return f"{going:,} of {len(runs):,} are not over; cancel them first"


def why_not_labelled(runs: Sequence[RunSummary]) -> str:
    """Why these runs can be given no labels."""
    return "" if runs else NONE_SELECTED


def why_not_renamed(runs: Sequence[RunSummary]) -> str:
    """Why no name can be given."""
    return "" if len(runs) == 1 else ONE_ONLY if runs else NONE_SELECTED


def why_not_moved(runs: Sequence[RunSummary], line: Sequence[str], *, up: bool) -> str:
    """Why these runs cannot be moved in the queue; `line` has the ids of those that wait, in order."""
    problem = why_not_started(runs, line)
    if problem:
        return problem
    moved = {run.run_id for run in runs}
    end = line[: len(moved)] if up else line[len(line) - len(moved) :]
    return f"already {'first' if up else 'last'} in line" if set(end) == moved else ""


def why_not_started(runs: Sequence[RunSummary], line: Collection[str]) -> str:
    """Why these runs cannot be started out of turn."""
    if not runs:
        return NONE_SELECTED
    if all(run.run_id in line for run in runs):
        return ""
    return "it does not wait in the queue" if len(runs) == 1 else "not all of them wait in the queue"


def why_not_compared(runs: Sequence[RunSummary]) -> str:
    """Why there is nothing to compare."""
    return "" if len(runs) > 1 else "select two runs or more"
