"""What opens below the search box: ways to go on, and what is not understood."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel, restyle
from gym_gui.ui.widgets.metrics import characters

_HINT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
_PAD = 10
_ROW_PADDING = 9
_Index = QModelIndex | QPersistentModelIndex


class Suggestion(NamedTuple):
    """One way to go on: what is shown, what it is, the whole search it makes, where the cursor then is."""

    text: str
    hint: str
    search: str
    cursor: int


class _Suggestions(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Suggestion] = ()

    def show(self, rows: Sequence[Suggestion]) -> None:
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    @override
    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        return 0 if parent.isValid() else len(self.rows)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        texts: dict[int, str] = {
            Qt.ItemDataRole.DisplayRole: row.text,
            Qt.ItemDataRole.AccessibleTextRole: f"{row.text}, {row.hint}" if row.hint else row.text,
            _HINT_ROLE: row.hint,
        }
        return texts.get(role)


class _SuggestionDelegate(QStyledItemDelegate):
    """The text at the left, what it is at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._theme = theme

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(0, option.fontMetrics.height() + _ROW_PADDING)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        text, cell.text = cell.text, ""
        cell.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
        place: QRect = cell.rect.adjusted(_PAD, 0, -_PAD, 0)
        hint, metrics = str(index.data(_HINT_ROLE) or ""), cell.fontMetrics
        room = place.width() - metrics.horizontalAdvance(hint) - _PAD
        painter.save()
        painter.setFont(cell.font)
        painter.setPen(self._theme.colour("text"))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        painter.setPen(self._theme.colour("text_muted"))
        painter.drawText(place, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), hint)
        painter.restore()


class SearchPopup(QFrame):
    """A list over the page that never takes the keyboard from the box it belongs to."""

    picked = Signal(object)

    def __init__(self, theme: Theme, field: QWidget) -> None:
        super().__init__(field.window())
        self._field = field
        self.setObjectName("palette")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._model = _Suggestions()
        self._model.setParent(self)
        self.list = QListView()
        self.list.setAccessibleName("Ways to go on")
        self.list.setModel(self._model)
        self._delegate = _SuggestionDelegate(theme)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(lambda index: self.picked.emit(self._model.rows[index.row()]))
        self.problem = PlainLabel("", "error", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(5, 5, 5, 5)
        layout.setSpacing(4)
        layout.addWidget(self.list)
        layout.addWidget(self.problem)
        self.problem.setContentsMargins(6, 3, 6, 3)
        self.hide()

    @property
    def suggestions(self) -> Sequence[Suggestion]:
        """What is listed."""
        return self._model.rows

    @property
    def highlighted(self) -> Suggestion | None:
        """The one that Enter would take."""
        row = self.list.currentIndex().row()
        return self._model.rows[row] if 0 <= row < len(self._model.rows) else None

    def show_all(self, rows: Sequence[Suggestion], problem: str, *, is_wrong: bool) -> None:
        """List these; `is_wrong` says whether the problem is one, or only not typed to its end."""
        self._model.show(rows)
        restyle(self.problem, "role", "error" if is_wrong else "small")
        self.problem.setText(problem)
        self.problem.setVisible(bool(problem))
        self.list.setVisible(bool(rows))
        if not rows and not problem:
            self.hide()
            return
        self._place(len(rows))
        self.show()
        self.raise_()

    def move_by(self, step: int) -> None:
        """Highlight the next one, or the one before; beyond either end none is."""
        count = len(self._model.rows)
        if count:
            place = self.list.currentIndex().row() + step
            place = place if 0 <= place < count else -1 if place in (-1, count) else count - 1
            self.list.setCurrentIndex(self._model.index(place, 0))

    def _place(self, count: int) -> None:
        window = self._field.window()
        width = max(self._field.width(), characters(self, 44))
        self.setFixedWidth(width)
        row = self.list.fontMetrics().height() + _ROW_PADDING
        rows_height = min(count * row + 2, window.height() // 2)
        self.list.setFixedHeight(rows_height)
        inner = width - 10
        problem_height = self.problem.heightForWidth(inner) if self.problem.text() else 0
        self.setFixedHeight(
            10 + (rows_height if count else 0) + problem_height + (4 if count and problem_height else 0)
        )
        corner = self._field.mapTo(window, QPoint(self._field.width() - width, self._field.height() + 3))
        self.move(max(corner.x(), 4), corner.y())
