"""One event's payload as a tree; a branch is built when it is opened, and long ones by the hundred."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from itertools import islice
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gym_gui.compat import override
from gym_gui.ui.runs.events.payload_words import brief

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_AT_ONCE = 200
_LONGEST_TEXT = 160
_LONGEST_KEY = 80


class PayloadColumn(IntEnum):
    """The columns, in their order."""

    FIELD = 0
    VALUE = 1


class _Node:
    """A value at its place, and the first of the values inside it."""

    __slots__ = ("children", "key", "parent", "rest", "row", "value")

    def __init__(self, key: str | int, value: Any, parent: _Node | None, row: int) -> None:
        self.key = key
        self.value = value
        self.parent = parent
        self.row = row
        self.children: list[_Node] = []
        self.rest: Iterator[tuple[str | int, Any]] | None = _entries(value)

    def inside(self) -> int:
        """How many values there are in this one."""
        return len(self.value) if isinstance(self.value, (Mapping, list)) else 0

    def fetch(self, count: int) -> list[_Node]:
        """The next of its values as nodes, not yet added."""
        start = len(self.children)
        entries = islice(self.rest, count) if self.rest is not None else ()
        return [_Node(key, value, self, start + i) for i, (key, value) in enumerate(entries)]


def _entries(value: Any) -> Iterator[tuple[str | int, Any]] | None:
    if isinstance(value, Mapping):
        return iter(value.items())
    return enumerate(value) if isinstance(value, list) else None


class PayloadModel(QAbstractItemModel):
    """Fields and values of one payload."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = _Node("payload", {}, None, 0)

    def show_payload(self, payload: Mapping[str, Any] | None) -> None:
        """Show this payload in place of the one before."""
        self.beginResetModel()
        self._former = self._root  # an index that somebody still holds must not point at nothing
        self._root = _Node("payload", payload or {}, None, 0)
        self._root.children = self._root.fetch(_AT_ONCE)
        self.endResetModel()

    def value(self, index: Index) -> Any:
        """The value of a row as it was decoded."""
        return self._node(index).value

    def path(self, index: Index) -> str:
        """How to reach the value in Python, from `payload` on: `payload["losses"][0]`."""
        parts: list[str] = []
        node: _Node | None = self._node(index)
        while node is not None and node.parent is not None:
            key = node.key
            parts.append(f"[{key}]" if isinstance(key, int) else f"[{_quoted(key)}]")
            node = node.parent
        return "payload" + "".join(reversed(parts))

    def _node(self, index: Index) -> _Node:
        node = index.internalPointer() if index.isValid() else None
        return node if isinstance(node, _Node) else self._root

    def _index_of(self, node: _Node) -> QModelIndex:
        return QModelIndex() if node is self._root else self.createIndex(node.row, 0, node)

    @override
    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._node(parent).children[row])

    @override
    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        above = self._node(index).parent
        return QModelIndex() if above is None else self._index_of(above)

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.column() > 0 else len(self._node(parent).children)

    @override
    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return len(PayloadColumn)

    @override
    def hasChildren(self, parent: Index = _NOWHERE) -> bool:
        return parent.column() <= 0 and self._node(parent).inside() > 0

    @override
    def canFetchMore(self, parent: Index) -> bool:
        node = self._node(parent)
        return parent.column() <= 0 and len(node.children) < node.inside()

    @override
    def fetchMore(self, parent: Index) -> None:
        node = self._node(parent)
        more = node.fetch(_AT_ONCE)
        if more:
            start = len(node.children)
            self.beginInsertRows(self._index_of(node), start, start + len(more) - 1)
            node.children += more
            self.endInsertRows()

    @override
    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return ("Field", "Value")[section]
        return None

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid() or role != Qt.ItemDataRole.DisplayRole:
            return None
        node = self._node(index)
        if index.column() == PayloadColumn.FIELD:
            return str(node.key) if isinstance(node.key, int) else brief(node.key, _LONGEST_KEY)
        return brief(node.value, _LONGEST_TEXT)


def _quoted(key: str) -> str:
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
