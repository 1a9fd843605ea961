"""What would change in the form, as a table: the field, what it holds now, what it would hold, a remark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gym_gui.compat import override
from gym_gui.core.forms.taking import Offer
from gym_gui.core.forms.text import shown
from gym_gui.ui.new_run.draft import RunDraft, differs
from gym_gui.ui.wording import plain_tip

_Index = QModelIndex | QPersistentModelIndex
_HEADERS = ("Field", "Now", "Becomes", "Remark")
_NOT_THERE = "not set"


@dataclass(frozen=True, slots=True)
class OfferedChange:
    """One row."""

    name: str
    now: str
    becomes: str
    remark: str = ""


def changes_of(offer: Offer, draft: RunDraft, base: Mapping[str, Any]) -> list[OfferedChange]:
    """What taking an offer over `base` changes in the draft, and what is wrong with it.

    Fields that keep their value are left out.
    """
    becoming = {**base, **offer.values}
    names = [field.name for field in draft.fields] if not draft.is_whole else list(becoming)
    now = draft.config()
    rows = []
    for name in names:
        remark = offer.unread.get(name) or offer.problems.get(name, "")
        taken = name in becoming and name not in offer.unread
        changed = taken and (name not in now or differs(now[name], becoming[name]))
        if changed or remark:
            new = shown(becoming[name]) if taken else "not taken"
            rows.append(OfferedChange(name, shown(now[name]) if name in now else _NOT_THERE, new, remark))
    return rows


class OfferModel(QAbstractTableModel):
    """The rows of `changes_of`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[OfferedChange] = []

    def show_changes(self, rows: list[OfferedChange]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(self._rows)

    @override
    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own default)
        return 0 if parent.isValid() else len(_HEADERS)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        text = (row.name, row.now, row.becomes, row.remark)[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        return plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole and text else None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADERS[section]
        return None
