"""A time as someone types it: of the day, of a date, or counted from the beginning."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

_SPAN = re.compile(r"\+\s*(\d+(?:\.\d+)?)\s*(s|sec|m|min|h|d)?", re.IGNORECASE)
_SECONDS = {"s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_OF_DAY = ("%H:%M:%S", "%H:%M")
_OF_DATE = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")

FORMS = "14:05, 14:05:30, 2026-11-23 14:05, or +90s, +5m, +2h from the first event"


def moment_in(text: str, first: float, last: float) -> float | None:
    """The Unix time that a text means to someone who looks at `first` to `last`, None when it is no time.

    A time of day is the latest such moment that is not after `last`.
    """
    text = text.strip()
    span = _SPAN.fullmatch(text)
    if span is not None:
        return first + float(span[1]) * _SECONDS[(span[2] or "s").lower()]
    for form in _OF_DATE:
        if (date := _parsed(text, form)) is not None:
            return date.timestamp()
    for form in _OF_DAY:
        if (clock := _parsed(text, form)) is not None:
            day = datetime.fromtimestamp(last)
            moment = day.replace(hour=clock.hour, minute=clock.minute, second=clock.second, microsecond=0)
            return (moment if moment.timestamp() <= last else moment - timedelta(days=1)).timestamp()
    return None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None
