"""The settings as the panel uses them: read when asked for, changed one at a time, and told of."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from gym_gui.config.settings import SettingsError


class Preferences(QObject):
    """Reads and changes the settings file; `changed` says which setting has another value now.

    Built before the first paint, so the catalogue is imported only when it is asked for.
    """

    changed = Signal(str)

    def value(self, name: str) -> Any:
        """The value in force of a known setting; its default where what is set cannot be used."""
        from gym_gui.core.preferences.catalogue import known_settings
        from gym_gui.core.preferences.values import value_of

        return value_of(next(setting for setting in known_settings() if setting.name == name)).value

    def save(self, name: str, value: Any) -> str:
        """Write a setting to the file; why it could not be written, or ""."""
        from gym_gui.core.preferences.catalogue import known_settings
        from gym_gui.core.preferences.edit import save_setting

        setting = next(setting for setting in known_settings() if setting.name == name)
        try:
            save_setting(setting, value)
        except SettingsError as error:
            return str(error)
        self.changed.emit(name)
        return ""

    def reset(self, name: str) -> str:
        """Take a setting out of the file; why it could not be, or ""."""
        from gym_gui.core.preferences.catalogue import known_settings
        from gym_gui.core.preferences.edit import reset_setting

        setting = next(setting for setting in known_settings() if setting.name == name)
        try:
            reset_setting(setting)
        except SettingsError as error:
            return str(error)
        self.changed.emit(name)
        return ""
