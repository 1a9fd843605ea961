"""Adding an environment that is there: by its path, or one of those found on this machine."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.environments.model import FoundEnvironment
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.widgets.placeholders import Banner

_PATH_HINT = "Folder of a venv or conda environment, or an interpreter"
_MOST_SHOWN = 12


class AddPanel(QFrame):
    """Emits `add_wanted` with a path and a name, "" for one after the folder, and `closed`."""

    add_wanted = Signal(str, str)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.path = QLineEdit(placeholderText=_PATH_HINT, clearButtonEnabled=True)
        self.path.setAccessibleName("Path of the environment")
        self.name = QLineEdit(placeholderText="Name (optional)")
        self.name.setAccessibleName("Name of the environment")
        self.add = QPushButton("Add")
        self.add.setProperty("role", "primary")
        self.problem = Banner(theme, "danger")
        self.found = QGridLayout()
        self.found_title = PlainLabel("Found on this machine", "caption")
        self._build()

    def open(self) -> None:
        """Show it, ready to be typed into."""
        self.problem.hide()
        self.path.clear()
        self.name.clear()
        self.show()
        self.path.setFocus()

    def refuse(self, reason: str) -> None:
        """Say why it could not be added."""
        self.problem.say("danger", reason)
        self.problem.show()
        self.path.setFocus()

    def offer(self, found: tuple[FoundEnvironment, ...]) -> None:
        """Show these as well, each with a button."""
        while self.found.count():
            item = self.found.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.deleteLater()
        self.found_title.setVisible(bool(found))
        for row, each in enumerate(found[:_MOST_SHOWN]):
            path = ElidedLabel(each.python, "mono", mode=Qt.TextElideMode.ElideMiddle, least=24)
            button = QPushButton("Add")
            button.setProperty("role", "quiet")
            button.setAccessibleName(f"Add {each.name}, found as {each.kind}")
            button.clicked.connect(lambda _checked, each=each: self.add_wanted.emit(each.python, ""))
            self.found.addWidget(PlainLabel(each.name, "strong"), row, 0)
            self.found.addWidget(ElidedLabel(each.kind, "muted", least=10), row, 1)
            self.found.addWidget(path, row, 2)
            self.found.addWidget(button, row, 3)
        self.found.setColumnStretch(2, 1)

    def _build(self) -> None:
        browse = QPushButton("Browse ...")
        browse.clicked.connect(self._browse)
        close = QPushButton("Close")
        close.setProperty("role", "quiet")
        close.clicked.connect(self.closed)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.path, 3)
        line.addWidget(browse)
        line.addWidget(self.name, 1)
        line.addWidget(self.add)
        line.addWidget(close)
        self.found.setHorizontalSpacing(14)
        self.found.setVerticalSpacing(4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 14, 16, 14)
        layout.setSpacing(8)
        layout.addWidget(PlainLabel("Add an environment", "heading"))
        layout.addLayout(line)
        layout.addWidget(self.problem)
        layout.addWidget(self.found_title)
        layout.addLayout(self.found)
        self.problem.hide()
        self.found_title.hide()
        self.add.clicked.connect(self._emit)
        self.path.returnPressed.connect(self._emit)
        self.name.returnPressed.connect(self._emit)

    def _emit(self) -> None:
        if self.path.text().strip():
            self.add_wanted.emit(self.path.text().strip(), self.name.text().strip())
        else:
            self.refuse("Give a path, or add one of those that were found.")

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, "Folder of the environment")
        if folder:
            self.path.setText(folder)
