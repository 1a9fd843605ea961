"""Sections of artifacts as a tree of two levels."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from gym_gui.compat import override
from gym_gui.ui import wording
from gym_gui.ui.artifacts.entries import Entry, Section
from gym_gui.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADINGS = ("Artifact", "Size", "")
_LONGEST_LABEL = 500
# The internal id of an index is 0 for a section, else one more than the row of its section.
_SECTION = 0


class ArtifactColumn(IntEnum):
    """The columns, in their order."""

    NAME = 0
    SIZE = 1
    NOTE = 2


class ArtifactsModel(QAbstractItemModel):
    """Shows sections; replaced as a whole when what there is has changed."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.sections: tuple[Section, ...] = ()
        self._folders: list[str] = []
        theme.changed.connect(self._recolour)

    def show_sections(self, sections: tuple[Section, ...]) -> bool:
        """Show these sections; False when they were shown already."""
        if sections == self.sections:
            return False
        self.beginResetModel()
        self.sections = sections
        self._folders = [section.folder for section in sections]
        self.endResetModel()
        return True

    def section(self, index: Index) -> Section | None:
        """The section that a row is, or belongs to."""
        if not index.isValid():
            return None
        return self.sections[index.row() if index.internalId() == _SECTION else index.internalId() - 1]

    def entry(self, index: Index) -> Entry | None:
        """The entry of a row, None for a section's own row."""
        if not index.isValid() or index.internalId() == _SECTION:
            return None
        return self.sections[index.internalId() - 1].entries[index.row()]

    def find(self, label: str) -> QModelIndex:
        """The row of the entry with this label; an invalid one when there is none."""
        for number, section in enumerate(self.sections):
            for row, entry in enumerate(section.entries):
                if entry.label == label:
                    return self.createIndex(row, 0, number + 1)
        return QModelIndex()

    @override
    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _SECTION)

    @override
    def parent(self, child: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        if not child.isValid() or child.internalId() == _SECTION:
            return QModelIndex()
        return self.createIndex(child.internalId() - 1, 0, _SECTION)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self.sections)
        if parent.internalId() == _SECTION and parent.column() == 0:
            return len(self.sections[parent.row()].entries)
        return 0

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(ArtifactColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == ArtifactColumn.SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return _HEADINGS[section] if role == Qt.ItemDataRole.DisplayRole else None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == ArtifactColumn.SIZE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        entry = self.entry(index)
        if entry is None:
            return self._section_data(self.sections[index.row()], index.column(), role)
        folder = self._folders[index.internalId() - 1]
        return self._entry_data(entry, entry.label.removeprefix(folder), index.column(), role)

    def _section_data(self, section: Section, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            size = wording.size(section.size) if section.size else ""
            return (f"{section.title}  {len(section.entries):,}", size, "")[column]
        if role == Qt.ItemDataRole.DecorationRole and column == ArtifactColumn.NAME:
            return self._theme.icon(section.icon)
        if role == Qt.ItemDataRole.FontRole and column == ArtifactColumn.NAME:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and column != ArtifactColumn.NAME:
            return self._theme.colour("text_muted")
        return None

    def _entry_data(self, entry: Entry, name: str, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            size = wording.size(entry.size) if entry.size is not None else ""
            return (shown_name(name), size, entry.note)[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.plain_tip("\n".join(filter(None, (entry.label[:_LONGEST_LABEL], entry.problem))))
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == ArtifactColumn.NOTE and entry.tone:
                return self._theme.colour(entry.tone)
            return self._theme.colour("text" if column == ArtifactColumn.NAME else "text_muted")
        return None

    def _recolour(self) -> None:
        if self.sections:
            self.layoutChanged.emit()


def shown_name(label: str) -> str:
    """A name in one line: whatever would break or reorder it is shown as a replacement character."""
    return "".join(c if c.isprintable() else "\ufffd" for c in label[:_LONGEST_LABEL])
