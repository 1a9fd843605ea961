"""Times, sizes and numbers in the few words a line has room for."""

from __future__ import annotations

import math
import time

from gym_gui.core.runs.summary import Progress, RunSummary

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def duration(seconds: float) -> str:
    """A span of time, its two largest units: "3.2 s", "4 min 5 s", "2 h 11 min", "3 d 4 h"."""
    if seconds < _MINUTE:
        return f"{max(seconds, 0.0):.1f} s"
    for unit, name, part, part_name in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", 1, "s"),
    ):
        if seconds >= unit:
            whole, rest = divmod(int(seconds), unit)
            return f"{whole} {name} {rest // part} {part_name}"
    raise AssertionError("unreachable: a minute or more is at least a minute")


def moment(when: float | None) -> str:
    """Local date and time, "" for None."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(when)) if when is not None else ""


def moment_short(when: float | None, now: float) -> str:
    """Local time today, date and time on other days, "" for None."""
    if when is None:
        return ""
    then, today = time.localtime(when), time.localtime(now)
    return time.strftime("%H:%M:%S" if then[:3] == today[:3] else "%Y-%m-%d %H:%M", then)


def clock(when: float | None) -> str:
    """Local time of day, blanks of the same width for None."""
    return time.strftime("%H:%M:%S", time.localtime(when)) if when is not None else " " * 8


def size(count: float) -> str:
    """An amount of memory: "812 B", "85 MB"."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1_000:
            return f"{count:.0f} {unit}"
        count /= 1_000
    return f"{count:.1f} TB"


def number(value: float) -> str:
    """A measured value in at most some seven characters."""
    if not math.isfinite(value):
        return str(value)
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e9 else f"{value:.4g}"


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
