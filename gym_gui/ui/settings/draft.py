"""The settings as a form holds them: what is in force, what was typed and not saved, and what is wrong."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.preferences.catalogue import Setting, known_settings
from gym_gui.core.preferences.values import SettingValue, value_of
from gym_gui.services.preferences import Preferences

# Long enough to type a number without each of its digits being in force for a moment.
_PAUSE_MS = 600


class SettingsDraft(QObject):
    """Saves a value a moment after it was typed, unless it is wrong.

    `saved` names a setting that is in the file now, `judged` one whose verdict changed.
    """

    saved = Signal(str)
    judged = Signal(str)

    def __init__(self, preferences: Preferences, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.settings: dict[str, Setting] = {setting.name: setting for setting in known_settings()}
        self._typed: dict[str, Any] = {}
        self._problems: dict[str, str] = {}
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self.save_now)

    def state(self, name: str) -> SettingValue:
        """What a setting is at the moment, and where that comes from."""
        return value_of(self.settings[name])

    def has_value(self, name: str) -> bool:
        """Settings always have one."""
        return name in self.settings

    def value(self, name: str) -> Any:
        """What was typed, else what is in force."""
        return self._typed[name] if name in self._typed else self.state(name).value

    def set_value(self, name: str, value: Any) -> None:
        """Take what was typed; it is saved when no more is typed for a moment."""
        problem = self.settings[name].problem_of(value)
        if problem:
            self.reject(name, problem)
            return
        self._problems.pop(name, None)
        self._typed[name] = value
        self._pause.start()
        self.judged.emit(name)

    def reject(self, name: str, problem: str) -> None:
        """Note that what was typed is no value of the setting; what is in force stays."""
        self._typed.pop(name, None)
        self._problems[name] = problem
        self.judged.emit(name)

    def problem(self, name: str) -> str:
        """What is wrong with what was typed or with what is set, "" when all is well."""
        return self._problems.get(name, "") or ("" if name in self._typed else self.state(name).problem)

    def reset(self, name: str) -> None:
        """Have the default in force again."""
        self._typed.pop(name, None)
        self._settle(name, self._preferences.reset(name))

    def save_now(self) -> None:
        """Save what was typed and not saved yet."""
        self._pause.stop()
        for name, value in list(self._typed.items()):
            del self._typed[name]
            self._settle(name, self._preferences.save(name, value))

    def _settle(self, name: str, problem: str) -> None:
        if problem:
            self._problems[name] = problem
        else:
            self._problems.pop(name, None)
            self.saved.emit(name)
        self.judged.emit(name)
