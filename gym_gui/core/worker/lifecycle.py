"""The lifecycle events of a run as values: their names, and one event with its fields."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class LifecycleEventType(StrEnum):
    """The standard names of lifecycle events; each equals the string in the JSON line."""

    RUN_STARTED = "run_started"
    RUN_COMPLETED = "run_completed"
    RUN_FAILED = "run_failed"
    RUN_CANCELLED = "run_cancelled"
    HEARTBEAT = "heartbeat"
    CHECKPOINT_SAVED = "checkpoint_saved"
    CHECKPOINT_LOADED = "checkpoint_loaded"

    @property
    def is_terminal(self) -> bool:
        """Whether the event says that the run is over."""
        return self in _TERMINAL


_TERMINAL = frozenset(
    {
        LifecycleEventType.RUN_COMPLETED,
        LifecycleEventType.RUN_FAILED,
        LifecycleEventType.RUN_CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class LifecycleEvent:
    """One event of a run, as the line on standard output says it.

    Attributes:
        event: Name of the event; a `LifecycleEventType` for the standard ones.
        run_id: The run it belongs to.
        timestamp: Unix seconds.
        payload: The event's own fields.
    """

    event: LifecycleEventType | str
    run_id: str
    timestamp: float = field(default_factory=time.time)
    payload: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """The four fields of the line as a dictionary, in the line's order."""
        return {
            "event": str(self.event),
            "run_id": self.run_id,
            "timestamp": self.timestamp,
            "payload": dict(self.payload),
        }

    def to_json(self) -> str:
        """The line the emitter writes for this event, without its newline; always valid JSON."""
        from gym_gui.core.worker._encoding import encode_line

        line, _ = encode_line(str(self.event), self.run_id, self.timestamp, dict(self.payload))
        return line.decode().rstrip("\n")

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> LifecycleEvent:
        """The event that a decoded line holds.

        Raises:
            ValueError: `event`, `run_id`, `timestamp` or `payload` is missing or of the wrong type.
        """
        name = _typed(data, "event", str)
        run_id = _typed(data, "run_id", str)
        timestamp = _typed(data, "timestamp", (int, float))
        payload = data.get("payload")
        if payload is not None and not isinstance(payload, Mapping):
            raise ValueError(f"payload: expected an object, got {payload!r}")
        standard = LifecycleEventType.__members__.values()
        event = next((member for member in standard if member.value == name), name)
        return cls(event, run_id, float(timestamp), dict(payload or {}))


def _typed(data: Mapping[str, Any], key: str, kind: type | tuple[type, ...]) -> Any:
    value = data.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise ValueError(f"{key}: {'missing' if key not in data else f'wrong type: {value!r}'}")
    return value
