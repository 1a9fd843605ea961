"""The value each setting has now, and whether the environment, the file or the default gave it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gym_gui.config.settings import SettingsError, get_setting, setting_variable
from gym_gui.core.preferences.catalogue import Setting


class Source(StrEnum):
    """Where a value comes from; each wins over those after it."""

    ENVIRONMENT = "environment"
    FILE = "file"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class SettingValue:
    """What a setting is at the moment.

    Attributes:
        value: The value in force; the default where what was given cannot be used.
        source: Where it comes from.
        variable: The environment variable that can override it.
        problem: Why what was given cannot be used, "" when all is well.
    """

    value: Any
    source: Source
    variable: str
    problem: str = ""


def value_of(setting: Setting) -> SettingValue:
    """What the setting is now; never raises, a value that cannot be used is told as its problem."""
    field = setting.field
    variable = setting_variable(field.name)
    try:
        value = get_setting(field.name, field.default)
    except SettingsError as error:
        return SettingValue(field.default, _source(field.name, variable), variable, str(error))
    problem = setting.problem_of(value)
    if problem:
        return SettingValue(
            field.default, _source(field.name, variable), variable, f"{field.name}: {problem}"
        )
    return SettingValue(value, _source(field.name, variable), variable)


def _source(name: str, variable: str) -> Source:
    if os.environ.get(variable, "").strip():
        return Source.ENVIRONMENT
    try:
        return Source.DEFAULT if get_setting(name) is None else Source.FILE
    except SettingsError:
        return Source.FILE
