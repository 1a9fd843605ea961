"""A run's config as the command line that would launch another like it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.schema import form_fields

_MANAGED = "run_id"


def cli_line(worker_id: str, config: Mapping[str, Any], schema: Mapping[str, Any] | None = None) -> str:
    """`gym-gui run WORKER key=value ...`, quoted for a shell.

    Args:
        worker_id: The worker.
        config: The values, flat.
        schema: The JSON Schema of its config class; without one the values are spelled so that
            `gym-gui run` guesses them right.
    """
    fields = {field.name: field for field in form_fields(schema)}
    words = [
        f"{name}={_spelled(value, fields.get(name), knows_fields=bool(fields))}"
        for name, value in config.items()
        if name != _MANAGED
    ]
    return shlex.join(["gym-gui", "run", worker_id, *words])


def _spelled(value: Any, field: FormField | None, *, knows_fields: bool) -> str:
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=str)
    if knows_fields:
        is_json = field is None or field.kind is FieldKind.JSON
        return json.dumps(value, ensure_ascii=False) if is_json else value
    return json.dumps(value, ensure_ascii=False) if _would_be_guessed_otherwise(value) else value


def _would_be_guessed_otherwise(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
