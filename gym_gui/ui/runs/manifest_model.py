"""A manifest as a tree of two levels: the kinds of artifact, and the artifacts of each."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from gym_gui.compat import override
from gym_gui.core.artifacts.manifest import Artifact, ArtifactGroup, Mark
from gym_gui.ui import wording
from gym_gui.ui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_HEADINGS = ("Artifact", "Size", "")
# The internal id of an index is 0 for a group, else one more than the row of its group.
_GROUP = 0


class ManifestColumn(IntEnum):
    """The columns, in their order."""

    NAME = 0
    SIZE = 1
    NOTE = 2


class ManifestModel(QAbstractItemModel):
    """Shows groups of artifacts; replaced as a whole, for a manifest is written once."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._groups: tuple[ArtifactGroup, ...] = ()
        theme.changed.connect(self._recolour)

    def show_groups(self, groups: tuple[ArtifactGroup, ...]) -> None:
        """Show these groups."""
        self.beginResetModel()
        self._groups = groups
        self.endResetModel()

    def artifact(self, index: Index) -> Artifact | None:
        """The artifact of a row, None for a group's own row."""
        if not index.isValid() or index.internalId() == _GROUP:
            return None
        return self._groups[index.internalId() - 1].artifacts[index.row()]

    @override
    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _GROUP)

    @override
    def parent(self, child: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        if not child.isValid() or child.internalId() == _GROUP:
            return QModelIndex()
        return self.createIndex(child.internalId() - 1, 0, _GROUP)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if not parent.isValid():
            return len(self._groups)
        if parent.internalId() == _GROUP and parent.column() == 0:
            return len(self._groups[parent.row()].artifacts)
        return 0

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(ManifestColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADINGS[section]
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        artifact = self.artifact(index)
        if artifact is None:
            return self._group_data(self._groups[index.row()], index.column(), role)
        return self._artifact_data(artifact, index.column(), role)

    def _group_data(self, group: ArtifactGroup, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            count = len(group.artifacts)
            return {ManifestColumn.NAME: f"{group.title}  {count}", ManifestColumn.NOTE: group.note}.get(
                ManifestColumn(column), ""
            )
        if role == Qt.ItemDataRole.DecorationRole and column == ManifestColumn.NAME:
            return self._theme.icon(group.icon)
        if role == Qt.ItemDataRole.FontRole and column == ManifestColumn.NAME:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ForegroundRole and column != ManifestColumn.NAME:
            return self._theme.colour("text_muted")
        return None

    def _artifact_data(self, artifact: Artifact, column: int, role: int) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            return (artifact.label, artifact_size(artifact), artifact_note(artifact))[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return wording.plain_tip(
                artifact.refusal or artifact.link or str(artifact.path or artifact.label)
            )
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour(_ink(artifact, column))
        return None

    def _recolour(self) -> None:
        self.show_groups(self._groups)


def artifact_size(artifact: Artifact) -> str:
    """The size in words, "" where there is none."""
    return wording.size(artifact.size) if artifact.size is not None else ""


def artifact_note(artifact: Artifact) -> str:
    """What else there is to know: marks, a missing file, a refused path."""
    if artifact.refusal:
        return f"refused: {artifact.refusal}"
    if not artifact.exists:
        return "not there"
    stars = {Mark.BEST: "★ best", Mark.FINAL: "final"}
    return ", ".join(stars[mark] for mark in artifact.marks) or artifact.link


def _ink(artifact: Artifact, column: int) -> str:
    if artifact.refusal:
        return "danger"
    if not artifact.exists:
        return "warning"
    if column == ManifestColumn.NOTE and artifact.marks:
        return "success"
    return "text" if column == ManifestColumn.NAME else "text_muted"
