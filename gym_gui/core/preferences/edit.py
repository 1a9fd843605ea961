"""Changing one setting in the settings file and nothing else in it: comments and order stay as they were."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from gym_gui.config.settings import SettingsError, settings_file
from gym_gui.core.preferences.catalogue import Setting
from gym_gui.core.runs.atomic import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from tomlkit import TOMLDocument


def save_setting(setting: Setting, value: Any) -> Path:
    """Write a value to the settings file, which is made if there is none, and return the file.

    None takes a setting that may be unset out of the file.

    Raises:
        SettingsError: The value is not one the setting may have, or the file is not TOML or cannot be
            written; the file is then as it was.
    """
    problem = setting.problem_of(value)
    if problem:
        raise SettingsError(f"{setting.name}: {problem}")
    if value is None:
        return reset_setting(setting)
    file = settings_file()
    document = _read(file)
    document[setting.name] = value
    _write(file, document)
    return file


def reset_setting(setting: Setting) -> Path:
    """Take a setting out of the file, so that its default is in force again, and return the file.

    Raises:
        SettingsError: As `save_setting`.
    """
    file = settings_file()
    document = _read(file)
    if setting.name in document:
        del document[setting.name]
        _write(file, document)
    return file


def _read(file: Path) -> TOMLDocument:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        return tomlkit.parse(file.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return tomlkit.document()
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8 text: {error.reason} at byte {error.start}") from error
    except TOMLKitError as error:
        raise SettingsError(f"{file}: is not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror or error}") from error


def _write(file: Path, document: TOMLDocument) -> None:
    import tomlkit

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # A link, as people who keep their settings under version control have it, stays a link.
        write_atomically(os.path.realpath(file), tomlkit.dumps(document).encode())
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written: {error.strerror or error}") from error
