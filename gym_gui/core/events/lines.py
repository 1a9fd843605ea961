"""One line of a run's output, read for what it is: a lifecycle event, step telemetry, or plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class LineKind(StrEnum):
    """What a line of standard output holds."""

    EVENT = "event"
    STEP = "step"
    EPISODE = "episode"
    OUTPUT = "output"


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line, decoded.

    Attributes:
        number: Position in the file, from 0.
        text: The whole line as text, undecodable bytes replaced, without its newline.
        event: Name of the event ("heartbeat", "step", ...), "" for output.
        timestamp: Unix seconds, None when the line carries none.
        payload: The event's payload; for step and episode telemetry, the object itself.
        prefix: Free text that stood before the JSON object on the same line.
    """

    number: int
    kind: LineKind
    text: str
    event: str = ""
    run_id: str = ""
    timestamp: float | None = None
    payload: Mapping[str, Any] | None = None
    prefix: str = ""
