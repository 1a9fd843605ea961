"""The foot of the New run page: what is wrong, what is going on, and the buttons that begin something."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QWidget

from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.wording import plural

_PROGRESS_CHARACTERS = 12


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
        self.cancel = QPushButton("Stop checking")
        self.cancel.setToolTip("Stop checking (Esc)")
        self.back = QPushButton("Back")
        self.back.setToolTip("Back (Esc)")
        self.check = QPushButton("Check")
        self.check.setToolTip("Look whether it would start, without starting it")
        self.queue = QPushButton("Add to queue")
        self.queue.setToolTip("Start it when there is room (Ctrl+Shift+Enter)")
        self.start = QPushButton("Start")
        self.start.setProperty("role", "primary")
        self.start.setToolTip("Start now (Ctrl+Enter)")
        theme.bind_icon(self.start, "play", "accent_text")
        space_icon(self.start)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        for widget in (self.problems, self.progress, self.doing):
            row.addWidget(widget)
        row.addStretch(1)
        for button in (self.cancel, self.back, self.check, self.queue, self.start):
            button.setAutoDefault(True)  # Enter presses it, too
            row.addWidget(button)

    def show_standing(
        self,
        problems: int,
        doing: str,
        *,
        ready: bool,
        runs: int = 1,
        stoppable: bool = False,
        anyway: bool = False,
    ) -> None:
        """Show how things stand.

        Args:
            problems: How many there are to fix.
            doing: What is going on, "" when nothing is.
            ready: Whether there is something to start.
            runs: How many runs it would be.
            stoppable: Whether what is going on can be called off.
            anyway: Whether the checks failed and Start is to start all the same.
        """
        busy = bool(doing)
        self.problems.setVisible(problems > 0 and not busy)
        self.problems.setText(f"{plural(problems, 'problem')} to fix")
        self.doing.setText(doing)
        self.progress.setVisible(busy)
        self.cancel.setVisible(busy and stoppable)
        self.back.setVisible(not (busy and stoppable))
        what = f" {runs:,} runs" if runs > 1 else ""
        self.start.setText(f"Start{what} anyway" if anyway else f"Start{what}")
        self.queue.setText(f"Queue{what}" if what else "Add to queue")
        for button in (self.check, self.queue, self.start):
            button.setEnabled(ready and problems == 0 and not busy)
