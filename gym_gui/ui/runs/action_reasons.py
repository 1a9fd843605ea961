"""Why something cannot be done to a run as it stands, in words for a tool tip; "" when it can."""

from __future__ import annotations

from gym_gui.core.runs.summary import RunState, RunSummary

_NONE_SELECTED = "no run is selected"


def why_not_cancel(summary: RunSummary | None, *, is_cancelling: bool) -> str:
    """Why this run cannot be cancelled now."""
    if summary is None:
        return _NONE_SELECTED
    if summary.state.is_over:
        return "the run is over"
    return "it is being ended" if is_cancelling else ""


def why_not_freeze(summary: RunSummary | None, *, is_busy: bool) -> str:
    """Why this run can be neither frozen nor continued now."""
    if summary is None:
        return _NONE_SELECTED
    if is_busy:
        return "that is under way"
    return _why_not_alive(summary.state)


def why_not_stacks(summary: RunSummary | None) -> str:
    """Why there are no stacks to be had of this run now."""
    return _NONE_SELECTED if summary is None else _why_not_alive(summary.state)


def why_not_rerun(summary: RunSummary | None) -> str:
    """Why this run cannot be launched once more."""
    if summary is None:
        return _NONE_SELECTED
    return "" if summary.record is not None else "it has no run.json that says how it was launched"


def why_not_at_all(summary: RunSummary | None) -> str:
    """Why what can be done to any run cannot be done."""
    return _NONE_SELECTED if summary is None else ""


def _why_not_alive(state: RunState) -> str:
    if state.is_over:
        return "the run is over"
    if state is RunState.QUEUED:
        return "it has not been started yet"
    return "it is being ended" if state is RunState.STOPPING else ""
