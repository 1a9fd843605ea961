"""Why a run ended: the class, what is known, and the line of its output that explains it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gym_gui.core.runs.endings import EndClass, EndExplanation
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.overview.why_words import heading, known
from gym_gui.ui.theme import Theme
from gym_gui.ui.tokens import STATE_TONES
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.labels import PlainLabel, restyle
from gym_gui.ui.widgets.themed_icon import ThemedIcon

_BAD_ENDS = frozenset({RunState.FAILED, RunState.LOST})
_ICONS = {RunState.FAILED: "error", RunState.LOST: "warning"}


class WhyPane(QFrame):
    """A strip over the Overview of a run that is over. `output_wanted` asks for the place in the output."""

    output_wanted = Signal()

    def __init__(self, theme: Theme, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self._icon = ThemedIcon(theme, "info", "neutral")
        self.heading = PlainLabel("", "strong", wrap=True, selectable=True)
        self.known = PlainLabel("", wrap=True, selectable=True)
        self.first_line = CommandField(theme, desktop, "First line")
        self.link = QPushButton("Show in output")
        self.link.setProperty("role", "quiet")
        self.link.clicked.connect(self.output_wanted)
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self.heading, 1)
        head.addWidget(self.link)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 6, 8, 8)
        layout.setSpacing(5)
        layout.addLayout(head)
        layout.addWidget(self.known)
        layout.addWidget(self.first_line)

    def show_summary(self, summary: RunSummary) -> None:
        """Show what the list knows already, until the explanation was read."""
        self._colour(summary.state)
        self.heading.setText("Why it ended")
        self.known.hide()
        self.first_line.setVisible(bool(summary.headline))
        self.first_line.set_text(summary.headline)
        self.link.hide()

    def show_explanation(self, summary: RunSummary, explanation: EndExplanation) -> None:
        """Show why it ended; what the state rests on is shown elsewhere, and not said twice."""
        self._colour(summary.state)
        more = "" if explanation.sentence in summary.evidence else known(explanation)
        self.heading.setText(heading(explanation))
        self.known.setText(more)
        self.known.setVisible(bool(more))
        self.first_line.set_text(explanation.first_line)
        self.first_line.setVisible(bool(explanation.first_line))
        self.link.setVisible(bool(explanation.stderr or explanation.stdout))

    def say_unreadable(self, problem: str) -> None:
        """Say that the run's files could not be asked."""
        self.heading.setText(heading(EndExplanation(EndClass.UNKNOWN, "")))
        self.known.setText(f"Its files could not be read: {problem}")
        self.known.show()

    def _colour(self, state: RunState) -> None:
        tone = "danger" if state is RunState.FAILED else STATE_TONES[state]
        restyle(self, "tone", tone)
        self._icon.show_icon(_ICONS.get(state, "info"), tone)

    @staticmethod
    def applies_to(summary: RunSummary) -> bool:
        """Whether the end of this run calls for more than its state."""
        return summary.state in _BAD_ENDS or summary.state is RunState.CANCELLED
