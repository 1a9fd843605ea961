"""Times as people type them into a search: days, months, times of day, spans of time back from now."""

from __future__ import annotations

import re
import time
from functools import lru_cache

_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_AGO = re.compile(r"(\d{1,6}(?:\.\d{1,6})?)(s|sec|m|min|h|d|w)")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2}))?)?)?)?")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
EXAMPLES = "2026-11-01, 2026-11, 2026-11-01T14:30, 14:30, today, yesterday, 2d or 3h"

Span = tuple[float, float]


@lru_cache(maxsize=64)
def span_of(text: str, now: float) -> Span | None:
    """First moment, and the first after it, of what `text` names at the time `now`, Unix seconds.

    "2d" is the moment two days before `now`. None for what names no time.
    """
    text = text.strip().casefold()
    if found := _AGO.fullmatch(text):
        moment = now - float(found[1]) * _UNITS[found[2]]
        return moment, moment
    today = time.localtime(now)[:3]
    if text in ("today", "yesterday"):
        return _day(*today, back=text == "yesterday")
    if found := _CLOCK.fullmatch(text):
        return _clock(today, found.groups())
    if found := _DATE.fullmatch(text.upper()):
        return _date(found.groups())
    return None


def _day(year: int, month: int, day: int, *, back: bool = False) -> Span | None:
    # mktime knows that the day after the 31st is the 1st, and when clocks are changed.
    return _span((year, month, day - back, 0, 0, 0), (year, month, day - back + 1, 0, 0, 0))


def _date(parts: tuple[str | None, ...]) -> Span | None:
    year, month, day, hour, minute, second = (int(part) if part is not None else None for part in parts)
    if year is None or month == 0 or day == 0 or (month or 0) > 12 or (day or 0) > _days(year, month):
        return None
    if month is None:
        return _span((year, 1, 1, 0, 0, 0), (year + 1, 1, 1, 0, 0, 0))
    if day is None:
        return _span((year, month, 1, 0, 0, 0), (year, month + 1, 1, 0, 0, 0))
    if hour is None:
        return _day(year, month, day)
    return _minute((year, month, day), hour, minute or 0, second)


def _clock(today: tuple[int, ...], parts: tuple[str | None, ...]) -> Span | None:
    hour, minute, second = (int(part) if part is not None else None for part in parts)
    return _minute(today, hour or 0, minute or 0, second)


def _minute(day: tuple[int, ...], hour: int, minute: int, second: int | None) -> Span | None:
    if hour > 23 or minute > 59 or (second or 0) > 59:
        return None
    year, month, number = day
    if second is None:
        return _span((year, month, number, hour, minute, 0), (year, month, number, hour, minute + 1, 0))
    return _span((year, month, number, hour, minute, second), (year, month, number, hour, minute, second + 1))


def _days(year: int, month: int | None) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


_Six = tuple[int, int, int, int, int, int]


def _span(first: _Six, after: _Six) -> Span | None:
    try:
        return time.mktime((*first, 0, 0, -1)), time.mktime((*after, 0, 0, -1))
    except (OverflowError, ValueError):
        return None
