"""The config a run was launched with, read back to launch another like it."""

from __future__ import annotations

import json
from typing import Any

from gym_gui.core.events.regular import open_regular
from gym_gui.core.runs.directory import RunDirectory

_LARGEST_BYTES = 10_000_000


def read_config(run: RunDirectory) -> dict[str, Any]:
    """The run's `config.json`.

    Raises:
        ValueError: It is missing or is no config; the message names the file.
    """
    file = run.config_file
    try:
        with open_regular(file) as opened:
            content = opened.read(_LARGEST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"{file} cannot be read: {error.strerror or 'it is no plain file'}") from error
    if len(content) > _LARGEST_BYTES:
        raise ValueError(f"{file} is larger than any config: {_LARGEST_BYTES:,} bytes are read at most")
    try:
        config = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{file} is not JSON: {error}") from error
    if not isinstance(config, dict):
        raise ValueError(f"{file} must hold an object, it holds {type(config).__name__}")
    nested = config.get("metadata")
    worker = nested.get("worker") if isinstance(nested, dict) else None
    inner = worker.get("config") if isinstance(worker, dict) else None
    return inner if isinstance(inner, dict) else config
