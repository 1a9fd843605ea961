"""Values from a file, a former run or a preset for a form: what fits, what is wrong, what is unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gym_gui.core.forms.checks import check_value
from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.names import nearest
from gym_gui.core.forms.schema import MANAGED_FIELDS
from gym_gui.core.worker.config_loader import extract_worker_config

_LARGEST_BYTES = 10_000_000


@dataclass(frozen=True, slots=True)
class Offer:
    """Values that are offered to a form.

    Attributes:
        values: By field name; those that are wrong are among them, to be mended in the form.
        problems: What is wrong with a value, by field name.
        unread: What was given for a field and means no value at all, by field name.
        unknown: Names that are no field, each with the nearest field if one is near.
        failure: Why nothing at all can be taken, or "".
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    unread: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    failure: str = ""


def offer_of(config: Mapping[str, Any], fields: Sequence[FormField]) -> Offer:
    """What a config offers a form with these fields; with none, for want of a schema, everything."""
    if not fields:
        return Offer({name: value for name, value in config.items() if name not in MANAGED_FIELDS})
    known = {item.name: item for item in fields if not item.managed}
    passed_over = {item.name for item in fields if item.managed} | MANAGED_FIELDS
    values = {name: value for name, value in config.items() if name in known}
    problems = {
        name: problem
        for name, value in values.items()
        if not (value is None and known[name].omittable) and (problem := check_value(known[name], value))
    }
    strangers = [name for name in config if name not in known and name not in passed_over]
    return Offer(values, problems, unknown=tuple(_with_guess(name, known) for name in strangers))


def offer_of_file(file: Path, fields: Sequence[FormField]) -> Offer:
    """What a JSON file offers, flat or nested as the SDK reads it; never raises."""
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_BYTES + 1)
    except OSError as error:
        return Offer(failure=f"{file} cannot be read: {error.strerror or error}")
    if len(content) > _LARGEST_BYTES:
        return Offer(failure=f"{file} is larger than any config: {_LARGEST_BYTES:,} bytes are read at most")
    return offer_of_text(content.decode("utf-8-sig", errors="replace"), fields, str(file))


def offer_of_text(text: str, fields: Sequence[FormField], source: str) -> Offer:
    """What a JSON text offers; `source` names it in messages."""
    try:
        payload = json.loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        return Offer(failure=f"{source} is not JSON: {place}: {error.msg[:1].lower()}{error.msg[1:]}")
    except (ValueError, RecursionError) as error:
        return Offer(failure=f"{source} cannot be read as JSON: {error}")
    if not isinstance(payload, dict):
        return Offer(failure=f"{source} must hold an object with the fields of a config")
    try:
        return offer_of(extract_worker_config(payload), fields)
    except ValueError as error:
        return Offer(failure=f"{source}: {error}")


def _with_guess(name: str, known: Mapping[str, FormField]) -> str:
    guess = nearest(name, known)
    return f"{name} (did you mean {guess}?)" if guess else name
