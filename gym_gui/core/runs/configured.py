"""What a run's configuration says about how far it is to go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gym_gui.core.runs.files import RecordError, read_record


def configured(config_file: Path) -> Mapping[str, Any]:
    """The worker's configuration; empty when it cannot be read."""
    try:
        content = read_record(config_file, dict[str, Any])
    except (OSError, RecordError):
        return {}
    nested: Any = content  # older launchers wrap it
    for name in ("metadata", "worker", "config"):
        nested = nested.get(name) if isinstance(nested, dict) else None
    return nested if isinstance(nested, dict) else content
