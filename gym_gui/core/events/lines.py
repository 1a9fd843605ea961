"""One line of a run's output, read for what it is: a lifecycle event, step telemetry, or plain text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from gym_gui.core.events.decode import object_at_end


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


LATEST_MOMENT = 253_402_300_799.0  # the end of the year 9999
_TELEMETRY = {"step": LineKind.STEP, "episode": LineKind.EPISODE}
_ENVELOPE = frozenset({"event", "run_id", "timestamp", "payload"})


def parse_line(raw: bytes, number: int) -> LogLine:
    """The line at position `number`, read for what it is; any bytes give a line, never an error.

    `raw` may come with its newline or without.
    """
    raw = raw.removesuffix(b"\n").removesuffix(b"\r")
    text = raw.decode("utf-8", "replace")
    found = object_at_end(raw.rstrip())
    if found is None:
        return LogLine(number, LineKind.OUTPUT, text)
    start, content = found
    kind, name = kind_and_name(content)
    if kind is LineKind.OUTPUT:
        return LogLine(number, kind, text)
    return LogLine(
        number,
        kind,
        text,
        event=name,
        run_id=_text(content.get("run_id")),
        timestamp=unix_time(content.get("timestamp")),
        payload=_payload(content) if kind is LineKind.EVENT else content,
        prefix=raw[:start].decode("utf-8", "replace").strip(),
    )


def kind_and_name(content: Mapping[str, Any]) -> tuple[LineKind, str]:
    """What an object on a line is, and the event's name, "" for output."""
    event = content.get("event")
    if isinstance(event, str) and event:
        return LineKind.EVENT, event
    for key in ("type", "event_type"):
        name = content.get(key)
        if isinstance(name, str) and name in _TELEMETRY:
            return _TELEMETRY[name], name
    return LineKind.OUTPUT, ""


def _payload(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event's payload; an event that has none is flat, and its other fields are the payload."""
    payload = content.get("payload")
    if isinstance(payload, dict):
        return payload
    flat = {key: value for key, value in content.items() if key not in _ENVELOPE}
    return flat if payload is None else {**flat, "payload": payload}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def unix_time(value: object) -> float | None:
    """Unix seconds from a number or an ISO 8601 text (UTC when it names no zone), else None."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _moment(value)
    if isinstance(value, str) and len(value) <= 40:
        try:
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    return None


def _moment(value: float) -> float | None:
    """The number if it is a time some calendar could show; others would break whoever writes out a date."""
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if 0.0 <= number <= LATEST_MOMENT else None
