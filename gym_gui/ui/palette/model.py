"""The list of commands that match what was typed."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gym_gui.compat import override
from gym_gui.ui.palette.commands import Command, rank
from gym_gui.ui.theme import Theme

_MOST_SHOWN = 60
_Index = QModelIndex | QPersistentModelIndex


class CommandRole(IntEnum):
    """What the delegate asks of a row beside its title."""

    DETAIL = Qt.ItemDataRole.UserRole + 1
    KEYS = Qt.ItemDataRole.UserRole + 2


class CommandsModel(QAbstractListModel):
    """Ranks the commands it was given anew with every query."""

    def __init__(self, theme: Theme, commands: list[Command], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._commands = commands
        self._shown = rank("", commands, _MOST_SHOWN)

    def search(self, query: str) -> None:
        """Show what matches this."""
        self.beginResetModel()
        self._shown = rank(query, self._commands, _MOST_SHOWN)
        self.endResetModel()

    def command(self, index: QModelIndex) -> Command | None:
        """The command of a row; None for none."""
        return self._shown[index.row()] if index.isValid() else None

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self._shown)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        command = self._shown[index.row()]
        if role == Qt.ItemDataRole.DecorationRole:
            return self._theme.icon(command.icon)
        texts: dict[int, str] = {
            Qt.ItemDataRole.DisplayRole: command.title,
            Qt.ItemDataRole.AccessibleTextRole: f"{command.title}, {command.detail} {command.keys}".strip(),
            CommandRole.DETAIL: command.detail,
            CommandRole.KEYS: command.keys,
        }
        return texts.get(role)
