"""The Overview: how a run stands and why, who and what it is, and its learning curve."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QScrollArea, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.curve_pane import CurvePane
from gym_gui.ui.runs.facts import evidence_text, facts_of
from gym_gui.ui.runs.facts_grid import FactsGrid
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import Banner

_SIDE_BY_SIDE_CHARACTERS = 120
_BAD_ENDS = frozenset({RunState.FAILED, RunState.LOST})


class Overview(QScrollArea):
    """Shows one run's summary; the curve follows the tail on its own."""

    stderr_wanted = Signal()

    def __init__(self, theme: Theme, tail: RunTail, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.banner = Banner(theme, "danger")
        self.banner.add_button("Show stderr").clicked.connect(self.stderr_wanted)
        self.evidence = PlainLabel("", "muted", wrap=True, selectable=True)
        self.facts = FactsGrid(theme, desktop)
        self.curve = CurvePane(theme, tail)
        self._tail = tail
        self._over = False
        self._build()
        tail.restarted.connect(self._give_room)
        tail.published.connect(self._give_room)

    def _build(self) -> None:
        told = QWidget()
        told_layout = QVBoxLayout(told)
        told_layout.setContentsMargins(0, 0, 0, 0)
        told_layout.setSpacing(10)
        told_layout.addWidget(self.facts)
        told_layout.addStretch(1)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(24)
        self._halves.addWidget(told, 1)
        self._halves.addWidget(self.curve, 1)
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(self.banner)
        layout.addWidget(self.evidence)
        layout.addLayout(self._halves, 1)
        self.setWidget(content)

    def show_run(self, summary: RunSummary) -> None:
        """Show this run as it stands."""
        trouble = summary.problem or (summary.headline if summary.state in _BAD_ENDS else "")
        self.banner.setVisible(bool(trouble))
        if trouble:
            self.banner.say("danger" if summary.state is RunState.FAILED else "warning", trouble)
        self.evidence.setVisible(bool(summary.evidence))
        self.evidence.setText(evidence_text(summary))
        self._over = summary.state.is_over
        self._give_room()
        self.facts.show_facts(facts_of(summary, time.time()))

    def _give_room(self) -> None:
        """Leave the curve's place to the rest for a run that is over and reported no numbers."""
        self.curve.setVisible(not self._over or bool(self._tail.metrics.names()))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= characters(self, _SIDE_BY_SIDE_CHARACTERS)
        # Stacked, the curve comes first: it is what people look at.
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.BottomToTop
        if self._halves.direction() is not direction:
            self._halves.setDirection(direction)
