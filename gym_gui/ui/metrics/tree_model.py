"""The metrics of a run as a tree that is checked for what is drawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import IntEnum
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from gym_gui.compat import override
from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.core.artifacts.scalars.tag_tree import TagNode, search_tags, tag_tree
from gym_gui.ui.metrics.keys import MetricInfo, MetricKey, Source
from gym_gui.ui.theme import Theme
from gym_gui.ui.wording import plain_tip

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_LONGEST_LABEL = 120
_COUNTED = {Kind.IMAGE: "images", Kind.TEXT: "texts", Kind.HISTOGRAM: "histograms"}


class TreeColumn(IntEnum):
    """The columns, in their order."""

    NAME = 0
    SOURCE = 1


class _Node:
    """A metric, or a part of names with metrics below it."""

    __slots__ = ("children", "info", "label", "parent", "path", "row")

    def __init__(self, label: str, path: str, parent: _Node | None, info: MetricInfo | None = None) -> None:
        self.label = label
        self.path = path
        self.parent = parent
        self.info = info
        self.children: list[_Node] = []
        self.row = len(parent.children) if parent is not None else 0
        if parent is not None:
            parent.children.append(self)

    def metrics(self) -> list[MetricKey]:
        """The metrics here and below."""
        own = [self.info.key] if self.info is not None else []
        return own + [key for child in self.children for key in child.metrics()]


class MetricTreeModel(QAbstractItemModel):
    """Names taken apart at their slashes. `checked_changed` tells that other metrics are checked."""

    checked_changed = Signal()

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._infos: tuple[MetricInfo, ...] = ()
        self._text = ""
        self._checked: set[MetricKey] = set()
        self._pinned: set[MetricKey] = set()
        self._root = _Node("", "", None)

    # what is in it

    def show_metrics(self, infos: Iterable[MetricInfo]) -> None:
        """Show these metrics in place of those before; checks stay with the names."""
        self._infos = tuple(infos)
        self._rebuild()

    def search(self, text: str) -> None:
        """Show only metrics whose names hold every word of this text."""
        self._text = text
        self._rebuild()

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._former = self._root  # an index that somebody still holds must not point at nothing
        self._root = _Node("", "", None)
        _add(self._root, tag_tree(search_tags(self._infos, self._text)))
        self.endResetModel()

    @property
    def shown(self) -> list[MetricKey]:
        """The metrics that the search leaves."""
        return self._root.metrics()

    def checked(self) -> list[MetricKey]:
        """The metrics to draw, in the order of the list."""
        return [info.key for info in self._infos if info.key in self._checked]

    def check(self, keys: Collection[MetricKey]) -> None:
        """Have these checked and no others."""
        if set(keys) != self._checked:
            self._checked = set(keys)
            self._tell_all()
            self.checked_changed.emit()

    def pin(self, keys: Collection[MetricKey]) -> None:
        """Have these marked as pinned and no others."""
        self._pinned = set(keys)
        self._tell_all()

    def key(self, index: Index) -> MetricKey | None:
        """The metric of a row, None of a part of names."""
        info = self._node(index).info
        return info.key if info is not None else None

    def path(self, index: Index) -> str:
        """The name from the root down to a row."""
        return self._node(index).path

    def _tell_all(self) -> None:
        self.layoutAboutToBeChanged.emit()
        self.layoutChanged.emit()

    # what Qt asks

    def _node(self, index: Index) -> _Node:
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, _Node) else self._root

    @override
    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._node(parent).children[row])

    @override
    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        above = self._node(index).parent
        return (
            QModelIndex() if above is None or above is self._root else self.createIndex(above.row, 0, above)
        )

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.column() > 0 else len(self._node(parent).children)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(TreeColumn)

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Metric", "Source")[section]
        return None

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        base = super().flags(index)
        return base | Qt.ItemFlag.ItemIsUserCheckable if index.column() == TreeColumn.NAME else base

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        node = self._node(index)
        if index.column() == TreeColumn.SOURCE:
            return self._source_data(node, role)
        if role == Qt.ItemDataRole.DisplayRole:
            return " ".join(node.label.split())[:_LONGEST_LABEL] or "(no name)"
        if role == Qt.ItemDataRole.CheckStateRole:
            return self._check_state(node)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(node)
        if role == Qt.ItemDataRole.DecorationRole and node.info is not None:
            return self._theme.icon("pin", "accent") if node.info.key in self._pinned else None
        return None

    def _source_data(self, node: _Node, role: int) -> Any:
        info = node.info
        if info is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ForegroundRole):
            return _tip(node) if role == Qt.ItemDataRole.ToolTipRole else None
        if role == Qt.ItemDataRole.ForegroundRole:
            return self._theme.colour("text_muted")
        return info.key.source.label if info.key.kind is Kind.SCALAR else info.key.kind.value.capitalize()

    def _check_state(self, node: _Node) -> Qt.CheckState:
        inside = node.metrics()
        checked = sum(key in self._checked for key in inside)
        if not checked:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if checked == len(inside) else Qt.CheckState.PartiallyChecked

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        inside = self._node(index).metrics()
        if Qt.CheckState(value) is Qt.CheckState.Unchecked:
            self._checked.difference_update(inside)
        else:
            self._checked.update(inside)
        self._tell_all()
        self.checked_changed.emit()
        return True


def _add(parent: _Node, tree: TagNode[MetricInfo]) -> None:
    for child in tree.children:
        lone = child.tags[0] if len(child.tags) == 1 else None
        node = _Node(child.label, child.path, parent, lone)
        if lone is None:
            for info in child.tags:
                _Node(child.label, child.path, node, info)
        _add(node, child)


def _tip(node: _Node) -> str:
    info = node.info
    if info is None:
        return plain_tip(node.path)
    counted = f"{info.count:,} {_COUNTED.get(info.key.kind, 'values')}"
    replaced = f", {info.superseded:,} more superseded" if info.superseded else ""
    where = info.key.source.explanation if info.key.source in Source else ""
    return plain_tip(f"{node.path[:500]}\n{counted}{replaced}\n{where}")
