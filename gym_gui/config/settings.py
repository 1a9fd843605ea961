"""What the user prefers: environment variables first, then one TOML file, then the caller's default."""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path
from typing import Any, TypeVar, overload

from gym_gui.config.conversion import SettingsError, from_text, from_toml, kind_of
from gym_gui.config.user_directories import config_root, expand_user
from gym_gui.constants.constants_core import ENV_CONFIG, ENV_SETTING_PREFIX, SETTINGS_FILE_NAME

__all__ = ["SettingsError", "get_setting", "setting_variable", "settings_file"]

_T = TypeVar("_T")


def settings_file() -> Path:
    """The settings file: what `MOSAIC_CONFIG` names, else `settings.toml` in the configuration directory.

    Raises:
        SettingsError: `MOSAIC_CONFIG` names the home directory of a user who does not exist.
    """
    named = os.environ.get(ENV_CONFIG, "").strip()
    if not named:
        return config_root() / SETTINGS_FILE_NAME
    try:
        return expand_user(named, ENV_CONFIG).absolute()
    except ValueError as error:
        raise SettingsError(str(error)) from error


def setting_variable(name: str) -> str:
    """The environment variable that overrides a setting: `MOSAIC_` and its name in capitals."""
    return ENV_SETTING_PREFIX + re.sub(r"[^A-Za-z0-9]", "_", name).upper()


@overload
def get_setting(name: str, default: None = None) -> Any: ...
@overload
def get_setting(name: str, default: _T) -> _T: ...
def get_setting(name: str, default: Any = None) -> Any:
    """The value of a setting, of the same type as `default`.

    `MOSAIC_<NAME>` in the environment wins over the settings file; an empty variable counts as
    not set. Without a default the value comes as it stands: text from the environment, whatever
    TOML says from the file.

    Args:
        name: Key in the file. A dot leads into a table: `panel.theme` is `theme` under `[panel]`, and
            `MOSAIC_PANEL_THEME` in the environment.
        default: Returned when the setting is nowhere. Lists and tuples are separated by
            commas in the environment.

    Raises:
        SettingsError: The file cannot be read or is not TOML, or the value does not have the default's type.
    """
    variable = setting_variable(name)
    text = os.environ.get(variable, "").strip()
    if text:
        return from_text(text, default, f"environment variable {variable}")
    file = settings_file()
    found, value = _look_up(_read(file), name, file)
    if not found:
        return default
    return from_toml(value, default, f"{file}: {name}")


def _look_up(table: dict[str, Any], name: str, file: Path) -> tuple[bool, Any]:
    *tables, key = name.split(".")
    for depth, part in enumerate(tables, start=1):
        inner = table.get(part, {})
        if not isinstance(inner, dict):
            raise SettingsError(f"{file}: {'.'.join(tables[:depth])}: must be a table, not {kind_of(inner)}")
        table = inner
    return key in table, table.get(key)


def _read(file: Path) -> dict[str, Any]:
    try:
        status = file.stat()
        return _parse(file, status.st_mtime_ns, status.st_size, status.st_ino)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror or error}") from error


@functools.lru_cache(maxsize=2)
def _parse(file: Path, mtime_ns: int, size: int, inode: int) -> dict[str, Any]:
    """The parsed file; the last three arguments make a changed file a different call."""
    del mtime_ns, size, inode
    import tomllib

    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}") from error
