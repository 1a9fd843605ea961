"""A directory, a manifest or a file from anywhere on the disk, opened by hand, by drop or from the shell."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.artifacts.view import ArtifactsView
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.widgets.placeholders import EmptyState

_ABOUT = (
    "Checkpoints, pictures, videos, logs and W&B runs of any directory, with a manifest or without. "
    "Drop a directory or a file on the window, or choose one. Nothing of it is run or changed."
)
_NOTHING = ("Nothing to show in here", "There is no file in this directory that could be shown.")


class OpenedPage(QWidget):
    """Shows one place at a time; `open_path` turns to another."""

    def __init__(
        self,
        theme: Theme,
        tasks: TaskRunner,
        desktop: Desktop,
        memory: LayoutMemory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._memory = memory
        self.view = ArtifactsView(theme, tasks, desktop, memory)
        self.path = ElidedLabel("", "muted", mode=Qt.TextElideMode.ElideMiddle, least=20)
        self.empty = EmptyState(theme, "folder", "Open a directory or a file", _ABOUT)
        self.directory = self.empty.add_button("Open directory…", primary=True)
        self.file = self.empty.add_button("Open file…")
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 14, 6)
        head.setSpacing(8)
        head.addWidget(PlainLabel("Opened", "title"))
        head.addWidget(self.path)
        head.addStretch(1)
        for label, choose in (("Open directory…", self.choose_directory), ("Open file…", self.choose_file)):
            button = QPushButton(label)
            button.clicked.connect(choose)
            head.addWidget(button)
        self._full = QWidget()
        column = QVBoxLayout(self._full)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        self._place = QStackedWidget()
        self._place.addWidget(self.empty)
        self._place.addWidget(self._full)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._place)
        self.directory.clicked.connect(self.choose_directory)
        self.file.clicked.connect(self.choose_file)
        self.setFocusProxy(self.directory)

    def open_path(self, path: Path) -> None:
        """Show what there is at this path."""
        self._memory.remember_text("artifacts/opened", str(path if path.is_dir() else path.parent))
        self.path.setText(str(path))
        self._place.setCurrentWidget(self._full)
        self.setFocusProxy(self.view.tree)
        self.view.show_path(path, nothing=_NOTHING)

    def choose_directory(self) -> None:
        """Ask which directory to open."""
        name = QFileDialog.getExistingDirectory(self, "Open directory", self._start())
        if name:
            self.open_path(Path(name))

    def choose_file(self) -> None:
        """Ask which file to open."""
        name, _ = QFileDialog.getOpenFileName(self, "Open file", self._start())
        if name:
            self.open_path(Path(name))

    def _start(self) -> str:
        return self._memory.text("artifacts/opened", str(Path.home()))
