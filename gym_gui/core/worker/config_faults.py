"""Why a config class refused its data, field by field, from the exception that it raised."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any

from gym_gui.core.worker._json_files import dotted


@dataclass(frozen=True, slots=True)
class ConfigFault:
    """One thing that is wrong with a config.

    Attributes:
        field: Where, from the config down (`total_steps`, `layers[2].width`); "" for the config as a whole.
        message: What is wrong, and how to mend it where that is known.
    """

    field: str
    message: str


def explain_config_error(
    config_class: type, data: Mapping[str, Any], error: Exception
) -> tuple[ConfigFault, ...]:
    """What was wrong with the data, given what `config_class.from_dict(data)` raised; at least one fault.

    A key is called unknown, or missing, only when the exception speaks of it: what the class
    puts up with is no fault.
    """
    known = _known_fields(config_class)
    if faults := _faults_of_pydantic(error, known):
        return faults
    text = _text_of(error)
    unknown = [key for key in data if key not in known] if known else []
    if not any(_speaks_of(text, key) for key in unknown):
        unknown = []
    missing = [name for name, required in known.items() if required and name not in data]
    missing = [name for name in missing if _speaks_of(text, name)] or _missing_key(error, data)
    faults = (
        *(ConfigFault(key, _unknown_key(key, known)) for key in unknown),
        *(ConfigFault(name, "is required, but missing") for name in missing),
    )
    if faults:
        return faults
    field = _only_field_spoken_of(text, {*known, *data})
    return (ConfigFault(field, text.removeprefix(f"{field}: ") if field else text),)


def _known_fields(config_class: type) -> dict[str, bool]:
    """The names a config may hold, each with whether it must; empty when the class does not tell."""
    if is_dataclass(config_class):
        return {
            field.name: field.default is MISSING and field.default_factory is MISSING
            for field in fields(config_class)
            if field.init
        }
    of_pydantic = getattr(config_class, "model_fields", None)
    if not isinstance(of_pydantic, dict):
        return {}
    return {
        getattr(info, "alias", None) or name: bool(info.is_required()) for name, info in of_pydantic.items()
    }


def _faults_of_pydantic(error: Exception, known: Mapping[str, bool]) -> tuple[ConfigFault, ...]:
    """The faults a pydantic `ValidationError` lists, recognised by its shape; none for other exceptions."""
    listing = getattr(error, "errors", None)
    details = listing() if callable(listing) else None
    if not isinstance(details, list):
        return ()
    return tuple(_fault_of_pydantic(detail, known) for detail in details if isinstance(detail, dict))


def _fault_of_pydantic(detail: dict[str, Any], known: Mapping[str, bool]) -> ConfigFault:
    place = ""
    for step in detail.get("loc", ()):
        place = f"{place}[{step}]" if isinstance(step, int) else dotted(place, str(step))
    kind = detail.get("type")
    if kind == "extra_forbidden":
        return ConfigFault(place, _unknown_key(place, known))
    if kind == "missing":
        return ConfigFault(place, "is required, but missing")
    return ConfigFault(place, str(detail.get("msg", kind)))


def _unknown_key(key: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(key, list(known), n=1)
    return f"unknown key; did you mean {close[0]!r}?" if close else "unknown key; remove it"


def _missing_key(error: Exception, data: Mapping[str, Any]) -> list[str]:
    """The key a `KeyError` asks for, unless it is a value of the data that was looked up elsewhere."""
    key = error.args[0] if isinstance(error, KeyError) and error.args else None
    return [key] if isinstance(key, str) and key not in data and key not in data.values() else []


def _text_of(error: Exception) -> str:
    try:
        message = str(error).strip()
    except Exception:  # noqa: BLE001 (a boundary: the exception is the worker's own)
        message = ""
    kind = type(error).__name__
    if not message:
        return kind
    return message if isinstance(error, ValueError | TypeError) else f"{kind}: {message}"


def _speaks_of(text: str, name: str) -> bool:
    """Whether the text names it in quotes, as Python's own errors and most others do."""
    return any(f"{quote}{name}{quote}" in text for quote in "'\"`")


def _only_field_spoken_of(text: str, names: Iterable[str]) -> str:
    """The one name in the text, quoted names first; "" when there is none or more than one."""
    names = list(names)
    words = set(re.findall(r"\w+", text))
    quoted = [name for name in names if _speaks_of(text, name)]
    spoken_of = quoted or [name for name in names if name in words]
    return spoken_of[0] if len(spoken_of) == 1 else ""
