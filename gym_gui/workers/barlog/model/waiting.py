"""How long to wait before a request is repeated."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

LONGEST_DELAY_S = 60.0
LONGEST_WAIT_ASKED_FOR_S = 600.0


def delay_before(attempt: int, first_s: float, asked_for_s: float | None) -> float:
    """Seconds to wait after the failed attempt of that number: what was asked for, else doubling."""
    if asked_for_s is not None:
        return asked_for_s
    return float(min(first_s * 2.0 ** min(attempt - 1, 30), LONGEST_DELAY_S))


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for, as a number or as a date; None without a usable one."""
    stated = headers.get("retry-after", "").strip()
    if not stated:
        return None
    try:
        seconds = float(stated)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(stated).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return None
    return max(seconds, 0.0) if seconds < float("inf") else None
