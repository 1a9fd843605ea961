"""Waiting for a run to be over, with a line whenever there is something to tell."""

from __future__ import annotations

import time

from gym_gui.commands.console import Console
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.wording import clock, number, progress
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.summary import RunState, RunSummary

_LOOK_EVERY_S = 0.2
_TELL_EVERY_S = {True: 2.0, False: 10.0}
_CODES = {RunState.COMPLETED: ExitCode.OK, RunState.FAILED: ExitCode.FAILED}


def wait_until_over(run: RunDirectory, console: Console) -> RunSummary:
    """The run's summary once it is over."""
    observer = RunObserver(run)
    teller = _Teller(console)
    while True:
        summary = observer.refresh()
        teller.tell(summary)
        if summary.state.is_over:
            return summary
        time.sleep(_LOOK_EVERY_S)


def exit_code_of(state: RunState) -> ExitCode:
    """What a state a run ended in means for a script."""
    return _CODES.get(state, ExitCode.NOT_COMPLETED)


class _Teller:
    """Writes a line when the state changes, and now and then how far the run is."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._every_s = _TELL_EVERY_S[console.is_terminal]
        self._state: RunState | None = None
        self._told = ""
        self._told_at = 0.0

    def tell(self, summary: RunSummary) -> None:
        how_far = _how_far(summary)
        is_due = how_far != self._told and time.monotonic() - self._told_at >= self._every_s
        if summary.state is self._state and not is_due:
            return
        self._state, self._told, self._told_at = summary.state, how_far, time.monotonic()
        self._console.line(f"{clock(time.time())}  {summary.state:<9}  {how_far}".rstrip())


def _how_far(summary: RunSummary) -> str:
    last = f"return {number(summary.returns[-1])}" if summary.returns else ""
    return "  ".join(filter(None, (progress(summary), last)))
