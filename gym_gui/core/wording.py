"""Numbers, times and sizes in words: short enough for a table cell, the same in window and terminal."""

from __future__ import annotations

import math
import time

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_JUST_NOW_S = 1.5


def duration(seconds: float) -> str:
    """A span such as "4.2 s", "3 min 20 s", "5 h 02 min", "2 d 4 h"."""
    seconds = max(seconds, 0.0)
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE:02d} s"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d} min"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def coarse(seconds: float) -> str:
    """A span for a narrow cell: "45 s", "13 min", "3 h 05", "2 d 4 h"."""
    whole = max(round(seconds), 0)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE} min"
    if whole < _DAY:
        return f"{whole // _HOUR} h {whole % _HOUR // _MINUTE:02d}"
    return f"{whole // _DAY} d {whole % _DAY // _HOUR} h"


def age(seconds: float) -> str:
    """How long ago, coarsely: "now", "12 s ago", "3 min ago", "5 h ago", "2 d ago"."""
    if seconds < _JUST_NOW_S:
        return "now"
    for unit, name in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "min")):
        if seconds >= unit:
            return f"{int(seconds // unit)} {name} ago"
    return f"{int(seconds)} s ago"


def clock(moment: float) -> str:
    """The local date and time, to the second."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(moment))


def clock_short(moment: float, now: float) -> str:
    """The local time, with the date when it was not today."""
    then, today = time.localtime(moment), time.localtime(now)
    if then[:3] == today[:3]:
        return time.strftime("%H:%M:%S", then)
    return time.strftime("%d %b %H:%M" if then[0] == today[0] else "%d %b %Y", then)


def clock_exact(moment: float) -> str:
    """The local time of day to the millisecond."""
    return time.strftime("%H:%M:%S", time.localtime(moment)) + f".{int(moment % 1 * 1000):03d}"


def number(value: float) -> str:
    """A measured value in at most seven characters or so: "0.842", "-13.5", "1,204,000", "3.1e-05"."""
    if not math.isfinite(value):
        return {math.inf: "∞", -math.inf: "-∞"}.get(value, "NaN")
    if value == int(value) and abs(value) < 1e9:
        return f"{int(value):,}"
    size = abs(value)
    if size >= 1e9 or size < 1e-3:
        return f"{value:.3g}"
    return f"{value:,.1f}" if size >= 100 else f"{value:.3g}" if size >= 1 else f"{value:.3f}"


def size(count: float) -> str:
    """A number of bytes: "812 B", "1.4 kB", "3.2 GB"."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if count < 1000 or unit == "TB":
            return f"{count:.0f} {unit}" if unit == "B" or count >= 100 else f"{count:.1f} {unit}"
        count /= 1000
    raise AssertionError("unreachable: the last unit always returns")


def plural(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun: "1 run", "3 runs"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
