"""The status bar: how many runs are going, where the data is, and the notifications."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStatusBar, QToolButton, QWidget

from gym_gui.services.notifier import Notifier
from gym_gui.ui import wording
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from gym_gui.core.runs.summary import RunSummary


class StatusBar(QStatusBar):
    """Tells the window what was clicked."""

    folder_wanted = Signal()
    notices_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        notifier: Notifier,
        data_directory: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._notifier = notifier
        self.setSizeGripEnabled(False)
        self.running = PlainLabel("")
        self.running.setContentsMargins(12, 0, 8, 0)
        self.addWidget(self.running)
        self.folder = QToolButton()
        self.folder.setText(_home_relative(data_directory))
        self.folder.setToolTip("Open the data directory")
        self.folder.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        theme.bind_icon(self.folder, "folder")
        space_icon(self.folder)
        self.folder.clicked.connect(self.folder_wanted)
        self.bell = QToolButton()
        self.bell.setToolTip("Notifications")
        self.bell.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.bell.setAccessibleName("Notifications")
        theme.bind_icon(self.bell, "bell")
        space_icon(self.bell)
        self.bell.clicked.connect(self.notices_wanted)
        self.addPermanentWidget(self.folder)
        self.addPermanentWidget(self.bell)
        notifier.published.connect(self._count_notices)

    def show_going(self, summaries: Iterable[RunSummary]) -> None:
        """Show how many of these runs are going."""
        going = sum(1 for summary in summaries if not summary.state.is_over)
        self.running.setText(f"{wording.plural(going, 'run')} going" if going else "Nothing running")

    def _count_notices(self) -> None:
        self.bell.setText(str(len(self._notifier.history)))


def _home_relative(path: Path) -> str:
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)
