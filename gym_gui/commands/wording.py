"""Times, sizes and numbers in the few words a line has room for."""

from __future__ import annotations

import math
import time

from gym_gui.core.runs.summary import Progress, RunSummary
from gym_gui.core.wording import clock as date_and_time
from gym_gui.core.wording import duration, size
from gym_gui.core.wording import number as words_of_number

__all__ = ["clock", "duration", "moment", "moment_short", "number", "progress", "progress_short", "size"]


def moment(when: float | None) -> str:
    """Local date and time, "" for None."""
    return date_and_time(when) if when is not None else ""


def moment_short(when: float | None, now: float) -> str:
    """Local time today, date and time on other days, "" for None."""
    if when is None:
        return ""
    then, today = time.localtime(when), time.localtime(now)
    return time.strftime("%H:%M:%S" if then[:3] == today[:3] else "%Y-%m-%d %H:%M", then)


def clock(when: float | None) -> str:
    """Local time of day, blanks of the same width for None."""
    return time.strftime("%H:%M:%S", time.localtime(when)) if when is not None else " " * 8


def number(value: float) -> str:
    """A measured value in at most some seven characters, of which a terminal may know ASCII only."""
    return words_of_number(value) if math.isfinite(value) else str(value)


def progress_short(run: RunSummary) -> str:
    """How far, in a table: "10%", "120 steps", "" when nothing says; see `RunSummary.share_done`."""
    done = run.progress
    if done is not None and done.fraction is not None and run.share_done is None:
        return f"last said {_reached(done)}"
    return progress(run) if run.share_done is None else f"{run.share_done:.0%}"


def progress(run: RunSummary) -> str:
    """How far: "4,000 of 40,000 episodes (10%)", "120 steps", "" when nothing says."""
    done = run.progress
    if done is None:
        return ""
    said = _reached(done) if done.unit == "percent" else f"{_reached(done)} {done.unit}s"
    if done.fraction is None or done.unit == "percent":
        return said
    return f"{said} ({run.share_done:.0%})" if run.share_done is not None else f"{said}, as it last said"


def _reached(done: Progress) -> str:
    if done.unit == "percent":
        return f"{number(done.done)}%"
    return number(done.done) if done.total is None else f"{number(done.done)} of {number(done.total)}"
