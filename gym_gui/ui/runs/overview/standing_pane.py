"""A strip over the Overview of a run that waits, stands still or is being ended: for what, and what to do."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gym_gui.core.runs.summary import RunState
from gym_gui.ui.runs.overview.standing_words import Standing
from gym_gui.ui.theme import Theme
from gym_gui.ui.tokens import STATE_TONES
from gym_gui.ui.widgets.labels import PlainLabel, restyle
from gym_gui.ui.widgets.themed_icon import ThemedIcon


class StandingPane(QFrame):
    """Shows what it is given, with the buttons that fit the state; each button has a signal of its own."""

    continue_wanted = Signal()
    start_wanted = Signal()
    release_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._icon = ThemedIcon(theme, "info", "neutral")
        self.heading = PlainLabel("", "strong", wrap=True, selectable=True)
        self.text = PlainLabel("", wrap=True, selectable=True)
        self.release = _button("Release queue", "Let the queue go on")
        self.start_now = _button("Start now", "Start out of turn, whatever else is going")
        self.go_on = _button("Continue", "Let its processes go on")
        self.release.clicked.connect(self.release_wanted)
        self.start_now.clicked.connect(self.start_wanted)
        self.go_on.clicked.connect(self.continue_wanted)
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.heading, 1)
        for button in (self.release, self.start_now, self.go_on):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 8, 8)
        layout.setSpacing(3)
        layout.addLayout(head)
        layout.addWidget(self.text)

    def show_standing(self, state: RunState, standing: Standing, *, is_held: bool = False) -> None:
        """Show this; `is_held` tells whether the queue is held."""
        tone = STATE_TONES[state]
        restyle(self, "tone", tone)
        self._icon.show_icon(f"state-{state.value}", tone)
        # Said anew each second: what did not change keeps its selection.
        for label, text in ((self.heading, standing.heading), (self.text, standing.text)):
            if label.text() != text:
                label.setText(text)
        self.text.setVisible(bool(standing.lines))
        is_queued = state is RunState.QUEUED
        self.release.setVisible(is_queued and is_held)
        self.start_now.setVisible(is_queued)
        self.go_on.setVisible(state is RunState.PAUSED)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setProperty("role", "quiet")
    button.setToolTip(tip)
    return button
