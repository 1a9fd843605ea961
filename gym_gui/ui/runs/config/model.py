"""Entries of a config as a tree of four columns: field, value, the other's value, how they compare."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from gym_gui.compat import override
from gym_gui.ui import wording
from gym_gui.ui.runs.config.entries import Change, ConfigEntry, value_text
from gym_gui.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LONGEST_TIP = 2000
_INKS = {Change.CHANGED: "warning", Change.ONLY_HERE: "info", Change.ONLY_THERE: "info"}


class ConfigColumn(IntEnum):
    """The columns, in their order."""

    NAME = 0
    VALUE = 1
    OTHER = 2
    CHANGE = 3


@dataclass(slots=True)
class _Node:
    entry: ConfigEntry
    row: int
    parent: int
    children: list[int] = field(default_factory=list)


class ConfigModel(QAbstractItemModel):
    """Shows entries; replaced as a whole. An index carries the number of its node, plus one."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._nodes: list[_Node] = []
        self._top: list[int] = []
        self._other_name = ""
        theme.changed.connect(self._recolour)

    def show_entries(self, entries: tuple[ConfigEntry, ...], other_name: str = "") -> None:
        """Show these entries; `other_name` names what they are compared with, "" for nothing."""
        self.beginResetModel()
        self._nodes = []
        self._other_name = other_name
        self._top = self._add(entries, -1)
        self.endResetModel()

    def entry(self, index: Index) -> ConfigEntry | None:
        """The entry of a row."""
        return self._nodes[index.internalId() - 1].entry if index.isValid() else None

    def _add(self, entries: tuple[ConfigEntry, ...], parent: int) -> list[int]:
        added = []
        for row, entry in enumerate(entries):
            number = len(self._nodes)
            self._nodes.append(_Node(entry, row, parent))
            self._nodes[number].children = self._add(entry.children, number)
            added.append(number)
        return added

    def _children(self, parent: Index) -> list[int]:
        return self._nodes[parent.internalId() - 1].children if parent.isValid() else self._top

    @override
    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._children(parent)[row] + 1)

    @override
    def parent(self, child: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        if not child.isValid():
            return QModelIndex()
        number = self._nodes[child.internalId() - 1].parent
        return self.createIndex(self._nodes[number].row, 0, number + 1) if number >= 0 else QModelIndex()

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() and parent.column() else len(self._children(parent))

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(ConfigColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Field", "Value", self._other_name, "")[section]
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        entry = self.entry(index)
        if entry is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(entry, index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            text = _full_text(entry, index.column())
            return wording.plain_tip(text[:_LONGEST_TIP])
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour(_ink(entry, index.column()))
        if role == Qt.ItemDataRole.FontRole and index.column() in (ConfigColumn.VALUE, ConfigColumn.OTHER):
            return self._font(entry)
        return None

    def _font(self, entry: ConfigEntry) -> QFont:
        font = QFont(self._theme.fixed_font())
        font.setBold(entry.change is Change.CHANGED and not entry.children)
        return font

    def _recolour(self) -> None:
        if self._nodes:
            self.layoutChanged.emit()


def _text(entry: ConfigEntry, column: int) -> str:
    if column == ConfigColumn.NAME:
        return entry.name
    if column == ConfigColumn.CHANGE:
        return "" if entry.change is Change.SAME else entry.change.value
    if entry.children and (column == ConfigColumn.VALUE or isinstance(entry.other, (dict, list))):
        return ""
    return value_text(entry.value if column == ConfigColumn.VALUE else entry.other)


def _full_text(entry: ConfigEntry, column: int) -> str:
    return entry.path if column == ConfigColumn.NAME else _text(entry, column)


def _ink(entry: ConfigEntry, column: int) -> str:
    if column == ConfigColumn.CHANGE:
        return _INKS.get(entry.change, "text_muted")
    return "text_muted" if column == ConfigColumn.OTHER else "text"
