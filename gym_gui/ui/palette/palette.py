"""The command palette: a line to type into, and under it what it finds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.ui.palette.commands import Command
from gym_gui.ui.palette.delegate import CommandDelegate
from gym_gui.ui.palette.model import CommandsModel
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters

_WIDTH_IN_CHARACTERS = 84
_ROWS = 11
_FROM_TOP = 56
_MOVES = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class CommandPalette(QFrame):
    """A popup over a window; it closes when a command is run, on Escape, or on a click elsewhere."""

    def __init__(self, theme: Theme, commands: Sequence[Command], window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self.model = CommandsModel(theme, list(commands), self)
        self.line = QLineEdit(placeholderText="Go to a page, a run or a worker, or do something")
        self.line.setAccessibleName("Command")
        self.view = QListView()
        self.view.setAccessibleName("Commands")
        self.view.setModel(self.model)
        self._delegate = CommandDelegate(theme)
        self.view.setItemDelegate(self._delegate)
        self.view.setUniformItemSizes(True)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = PlainLabel("Nothing matches", "muted")
        self.nothing.setContentsMargins(12, 10, 12, 12)
        self._build()
        self.line.textChanged.connect(self._search)
        self.line.installEventFilter(self)
        self.view.clicked.connect(self._run)
        self._search("")

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        layout.addWidget(self.line)
        layout.addWidget(self.nothing)
        layout.addWidget(self.view)
        self.setFixedWidth(min(characters(self, _WIDTH_IN_CHARACTERS), self._window.width() - 40))

    def open(self) -> None:
        """Show it in the upper middle of its window, ready to be typed into."""
        left = (self._window.width() - self.width()) // 2
        self.move(self._window.mapToGlobal(QPoint(left, _FROM_TOP)))
        self.show()
        self.line.setFocus()

    def _search(self, text: str) -> None:
        self.model.search(text)
        found = self.model.rowCount() > 0
        self.nothing.setVisible(not found)
        self.view.setVisible(found)
        self.view.setCurrentIndex(self.model.index(0, 0))
        rows = min(self.model.rowCount(), _ROWS)
        room = self._window.height() - 2 * _FROM_TOP - 60
        self.view.setFixedHeight(min(rows * self.view.sizeHintForRow(0), room))
        self.adjustSize()

    def _run(self, index: QModelIndex) -> None:
        command = self.model.command(index)
        if command is None:
            return
        self.close()
        # After the popup is gone: what is run may want the keyboard, or open a dialog of its own.
        QTimer.singleShot(0, self._window, command.run)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self.view.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.view.currentIndex())
                return True
        return super().eventFilter(watched, event)
