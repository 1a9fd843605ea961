"""What a supervisor is to start, read from `run.json` field by field. Standard library only."""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CannotStartError(Exception):
    """The worker cannot be started; the message says why and how to mend it."""


class WorkerOrder:
    """What `run.json` asks to be started."""

    __slots__ = ("argv", "cwd", "devices", "env", "worker_id")

    def __init__(self, record: Mapping[str, Any]) -> None:
        self.argv = _texts(record, "argv")
        self.cwd = _text(record, "cwd")
        self.worker_id = _text(record, "worker_id")
        self.env = _overrides(record)
        resources = record.get("resources")
        self.devices = resources.get("devices") if isinstance(resources, dict) else None


def _text(record: Mapping[str, Any], field: str) -> str:
    value = record.get(field)
    if not isinstance(value, str) or not value or "\0" in value:
        raise CannotStartError(f"run.json: {field}: expected text, got {value!r:.80}; launch the run anew")
    return value


def _texts(record: Mapping[str, Any], field: str) -> list[str]:
    values = record.get(field)
    if not isinstance(values, list) or not values or not all(_is_argument(value) for value in values):
        raise CannotStartError(f"run.json: {field}: expected a list of texts; launch the run anew")
    return values


def _overrides(record: Mapping[str, Any]) -> dict[str, str]:
    values = record.get("env", {})
    if not isinstance(values, dict) or not all(_is_argument(value) for value in values.values()):
        raise CannotStartError("run.json: env: expected an object of texts; launch the run anew")
    return values


def _is_argument(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value
