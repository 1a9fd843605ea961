"""The foot of the New run page: what is wrong, what is going on, Back and Start."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.wording import plural

_PROGRESS_CHARACTERS = 16


class LaunchFooter(QFrame):
    """Shows what the page tells it; the page listens to the buttons."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "footer")
        self.problems = QPushButton()
        self.problems.setProperty("role", "quiet")
        self.problems.setToolTip("Go to the first of them")
        self.doing = PlainLabel("", "muted")
        self.progress = QProgressBar()
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setFixedWidth(characters(self, _PROGRESS_CHARACTERS))
        self.progress.setAccessibleName("Working")
        self.back = QPushButton("Back")
        self.back.setToolTip("Back (Esc)")
        self.start = QPushButton("Start")
        self.start.setProperty("role", "primary")
        self.start.setToolTip("Start the run (Ctrl+Enter)")
        theme.bind_icon(self.start, "play", "accent_text")
        space_icon(self.start)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        for widget in (self.problems, self.doing, self.progress):
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.back)
        row.addWidget(self.start)

    def show_standing(self, problems: int, doing: str, *, ready: bool) -> None:
        """Show how many problems there are, what is going on, and whether Start would start."""
        busy = bool(doing)
        self.problems.setVisible(problems > 0 and not busy)
        self.problems.setText(f"{plural(problems, 'problem')} to fix")
        self.doing.setText(doing)
        self.progress.setVisible(busy)
        self.start.setEnabled(ready and problems == 0 and not busy)
