"""Values of settings, brought to the type of their default or refused with a reason."""

from __future__ import annotations

import copy
from enum import Enum
from pathlib import Path
from typing import Any

from gym_gui.config.user_directories import expand_user

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


class SettingsError(ValueError):
    """A setting that is there but cannot be used; the message names the file or variable, and the key."""


def from_text(text: str, default: Any, source: str) -> Any:
    """`text` of the environment as the type of `default`; `source` says where it was, for the error."""
    if default is None or type(default) is str:
        return text
    if isinstance(default, bool):
        return _boolean(text, source)
    if isinstance(default, (list, tuple)):
        parts = [part.strip() for part in text.split(",") if part.strip()]
        like = default[0] if default else ""
        return type(default)(from_text(part, like, source) for part in parts)
    if isinstance(default, dict):
        raise SettingsError(f"{source}: a table can only be set in the settings file")
    return _converted(text, default, source)


def _boolean(text: str, source: str) -> bool:
    lowered = text.lower()
    if lowered not in _TRUE | _FALSE:
        raise SettingsError(f"{source}: must be one of 1, true, yes, on, 0, false, no, off, not {text!r}")
    return lowered in _TRUE


def from_toml(value: Any, default: Any, source: str) -> Any:
    """`value` of a TOML file as the type of `default`; `source` says where it was, for the error."""
    if default is None:
        # Copied, because the parsed file is shared by later calls.
        return copy.deepcopy(value)
    if isinstance(default, (list, tuple)) and isinstance(value, list):
        if not default:
            return type(default)(copy.deepcopy(value))
        return type(default)(from_toml(item, default[0], f"{source}[{i}]") for i, item in enumerate(value))
    if type(value) is type(default):
        return copy.deepcopy(value)
    # TOML has no paths and no enumerations, and people write whole numbers without a point.
    if (type(value) is str and isinstance(default, (Path, Enum))) or (
        type(value) is int and type(default) is float
    ):
        return _converted(value, default, source)
    raise SettingsError(f"{source}: must be {kind_of(default)}, not {kind_of(value)}")


def _converted(value: object, default: object, source: str) -> Any:
    convert: Any = type(default)
    try:
        return expand_user(str(value), source) if isinstance(default, Path) else convert(value)
    except (ValueError, TypeError, OverflowError) as error:
        raise SettingsError(f"{source}: must be {kind_of(default)}, not {value!r}: {error}") from error


def kind_of(value: object) -> str:
    """What kind of value `value` is, in words."""
    if isinstance(value, Enum):
        return "one of " + ", ".join(str(member.value) for member in type(value))
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", list: "a list"}
    names |= {tuple: "a list", dict: "a table"}
    return "a path" if isinstance(value, Path) else names.get(type(value), f"a {type(value).__name__}")
