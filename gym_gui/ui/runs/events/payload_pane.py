"""The payload of one event: a tree of its values, and in full the one that is selected."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.events.lines import LogLine
from gym_gui.ui import wording
from gym_gui.ui.runs.events.payload_model import PayloadColumn, PayloadModel
from gym_gui.ui.runs.events.payload_words import pretty, whole
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.widgets.metrics import characters

_LONG_TEXT = 60
_OPEN_AT_ONCE = 12
_FIELD_CHARACTERS = 20


class PayloadPane(QWidget):
    """Shows a line of the log as what it holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line: LogLine | None = None
        self.model = PayloadModel(self)
        self.head = ElidedLabel("", "strong", least=12)
        self.place = PlainLabel("", "muted", selectable=True)
        self.copy_all = QPushButton("Copy JSON")
        self.copy_all.setProperty("role", "quiet")
        self.copy_all.clicked.connect(self._copy_all)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setAccessibleName("Payload")
        self.tree.setUniformRowHeights(True)
        self.tree.setColumnWidth(PayloadColumn.FIELD, characters(self, _FIELD_CHARACTERS))
        self.tree.header().setSectionResizeMode(PayloadColumn.FIELD, QHeaderView.ResizeMode.Interactive)
        self.tree.header().setStretchLastSection(True)
        self.full = QPlainTextEdit(readOnly=True)
        self.full.setProperty("role", "preview")
        self.full.setAccessibleName("Selected value in full")
        self._build()
        self._add_actions()
        self.tree.selectionModel().currentChanged.connect(self._show_value)
        self.show_line(None)

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.head)
        top.addStretch(1)
        top.addWidget(self.copy_all)
        self.split = QSplitter(Qt.Orientation.Vertical)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.tree)
        self.split.addWidget(self.full)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 10)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.place)
        layout.addWidget(self.split, 1)

    def _add_actions(self) -> None:
        for words, keys, act in (
            ("Copy value", QKeySequence(QKeySequence.StandardKey.Copy), self._copy_value),
            ("Copy path", QKeySequence("Ctrl+Shift+C"), self._copy_path),
        ):
            action = QAction(words, self.tree)
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(act)
            self.tree.addAction(action)
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_line(self, line: LogLine | None) -> None:
        """Show this line's payload; of one that cannot be read as an event, its text."""
        self._line = line
        payload = line.payload if line is not None else None
        self.model.show_payload(payload)
        self.copy_all.setEnabled(payload is not None)
        self.head.setText("No event selected" if line is None else line.event or "Unreadable line")
        self.place.setText("Select one to see what it carries." if line is None else _where(line))
        self.tree.setVisible(line is not None and payload is not None)
        self.full.hide()
        if line is not None and payload is None:
            self._show_text(line.text)
        elif line is not None:
            self._open_what_is_small()

    def _open_what_is_small(self) -> None:
        for row in range(self.model.rowCount()):
            index = self.model.index(row, 0)
            if self.model.rowCount(index) == 0 and self.model.canFetchMore(index):
                inside = len(self.model.value(index))
                if inside <= _OPEN_AT_ONCE:
                    self.tree.expand(index)
        longest = next(
            (
                row
                for row in range(self.model.rowCount())
                if _is_long(self.model.value(self.model.index(row, 0)))
            ),
            -1,
        )
        if longest >= 0:  # a traceback, most likely: what somebody opens such an event for
            self.tree.setCurrentIndex(self.model.index(longest, 0))

    def _show_value(self, current: QModelIndex) -> None:
        value = self.model.value(current) if current.isValid() else None
        if _is_long(value):
            self._show_text(whole(value))
        else:
            self.full.hide()

    def _show_text(self, text: str) -> None:
        self.full.setPlainText(pretty_text(text))
        self.full.show()

    def _copy_value(self) -> None:
        index = self.tree.currentIndex()
        if index.isValid():
            QGuiApplication.clipboard().setText(whole(self.model.value(index)))

    def _copy_path(self) -> None:
        index = self.tree.currentIndex()
        if index.isValid():
            QGuiApplication.clipboard().setText(self.model.path(index))

    def _copy_all(self) -> None:
        if self._line is not None and self._line.payload is not None:
            QGuiApplication.clipboard().setText(pretty(self._line.payload))


def pretty_text(text: str) -> str:
    """Text for reading, cut where nobody would read on."""
    limit = 200_000
    return text if len(text) <= limit else f"{text[:limit]}\n… {len(text) - limit:,} more characters"


def _is_long(value: object) -> bool:
    return isinstance(value, str) and (len(value) > _LONG_TEXT or "\n" in value)


def _where(line: LogLine) -> str:
    when = wording.clock(line.timestamp) if line.timestamp is not None else "no timestamp"
    before = f"  ·  after “{line.prefix[:40]}”" if line.prefix else ""
    return f"{when}  ·  line {line.number + 1:,}{before}"
