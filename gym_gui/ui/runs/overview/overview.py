"""The Overview: how a run stands and why, who and what it is, and its learning curve."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services.resource_watch import ResourceWatch
from gym_gui.services.run_labels import LabelsEditor
from gym_gui.services.run_story import RunStory
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.overview.curve_pane import CurvePane
from gym_gui.ui.runs.overview.facts import evidence_text, facts_of
from gym_gui.ui.runs.overview.facts_grid import FactsGrid
from gym_gui.ui.runs.overview.labels_pane import LabelsPane
from gym_gui.ui.runs.overview.standing_pane import StandingPane
from gym_gui.ui.runs.overview.waits import RunWaits
from gym_gui.ui.runs.overview.why_lines import LastLines
from gym_gui.ui.runs.overview.why_pane import WhyPane
from gym_gui.ui.runs.resources.series import figures_of
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import Banner

_SIDE_BY_SIDE_CHARACTERS = 120
_STALLED = "Stalled: it lives, but gives no sign of progress. Its stacks tell where it hangs."


class Overview(QScrollArea):
    """Shows one run's summary; the curve follows the tail on its own.

    `output_wanted` carries the output that was looked at, "stderr" or "stdout", and the line that
    explains the end, "" when there is none. `stacks_wanted` asks to be shown where a stalled run hangs;
    what a run that waits or stands still can be helped with, `standing` asks for.
    """

    output_wanted = Signal(str, str)
    stacks_wanted = Signal()

    def __init__(
        self,
        *,
        theme: Theme,
        tail: RunTail,
        desktop: Desktop,
        resources: ResourceWatch,
        story: RunStory,
        labels: LabelsEditor,
        waits: RunWaits,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.banner = Banner(theme, "warning")
        self.standing = StandingPane(theme)
        self.stalled = Banner(theme, "warning", _STALLED)
        self.look: QPushButton = self.stalled.add_button("Show stacks")
        self.why = WhyPane(theme, desktop)
        self.evidence = PlainLabel("", "muted", wrap=True, selectable=True)
        self.facts = FactsGrid(theme, desktop)
        self.labels = LabelsPane(labels)
        self.curve = CurvePane(theme, tail)
        self.last_lines = LastLines(theme, desktop, resources)
        self._tail = tail
        self._resources = resources
        self._story = story
        self._waits = waits
        self._summary: RunSummary | None = None
        self._build()
        self._connect()

    def _build(self) -> None:
        told = _column(self.facts, self.labels)
        told.addStretch(1)
        seen = _column(self.last_lines, self.curve)
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(24)
        self._halves.addLayout(told, 1)
        self._halves.addLayout(seen, 1)
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(10)
        for part in (self.banner, self.standing, self.stalled, self.why, self.evidence):
            layout.addWidget(part)
        layout.addLayout(self._halves, 1)
        self.setWidget(content)

    def _connect(self) -> None:
        self.why.output_wanted.connect(self._ask_for_output)
        self._waits.changed.connect(self._show_standing)
        self.look.clicked.connect(self.stacks_wanted)
        self.labels.opened.connect(self._show_form)
        self._tail.restarted.connect(self._give_room)
        self._tail.published.connect(self._give_room)
        self._resources.changed.connect(self._show_facts)
        self._story.explained.connect(self._explain)
        self._story.unexplained.connect(self.why.say_unreadable)
        self._story.seed_found.connect(self._show_facts)

    def show_run(self, summary: RunSummary) -> None:
        """Show this run as it stands."""
        before, self._summary = self._summary, summary
        self._resources.follow(RunDirectory(summary.path))
        self._story.follow(summary)
        self.banner.setVisible(bool(summary.problem))
        self.banner.say("danger" if summary.state is RunState.FAILED else "warning", summary.problem)
        self._waits.follow(summary)
        self._show_standing()
        self.stalled.setVisible(summary.state is RunState.STALLED)
        self.evidence.setVisible(bool(summary.evidence))
        self.evidence.setText(evidence_text(summary))
        if before is None or before.path != summary.path:
            self.last_lines.clear()
            self.verticalScrollBar().setValue(0)
        self.labels.show_run(summary)
        self._explain()
        self._show_facts()

    def _show_standing(self) -> None:
        """Tell what a run waits for that does not go, and when it may."""
        summary = self._summary
        standing = self._waits.standing(time.time()) if summary is not None else None
        self.standing.setVisible(standing is not None)
        if summary is not None and standing is not None:
            self.standing.show_standing(summary.state, standing, is_held=self._waits.queue_is_held)

    def _explain(self) -> None:
        summary = self._summary
        if summary is None:
            return
        applies = WhyPane.applies_to(summary)
        self.why.setVisible(applies)
        explanation = self._story.explanation
        if applies and explanation is None:
            self.why.show_summary(summary)
        elif applies and explanation is not None:
            self.why.show_explanation(summary, explanation)
            self.last_lines.show_explanation(explanation)
        self._give_room()

    def _show_facts(self) -> None:
        if self._summary is None:
            return
        curve = self._resources.curve
        self.facts.show_facts(
            facts_of(
                self._summary,
                time.time(),
                drawn_seed=self._story.drawn_seed,
                figures=figures_of(curve) if curve is not None else None,
            )
        )

    def _give_room(self) -> None:
        """Leave the curve's place to the rest for a run that reported no numbers, and will not just now."""
        summary = self._summary
        is_quiet = summary is not None and (summary.state.is_over or summary.state is RunState.QUEUED)
        self.curve.setVisible(not is_quiet or bool(self._tail.metrics.names()))
        explains = summary is not None and WhyPane.applies_to(summary)
        story = self._story.explanation
        has_lines = story is not None and bool(story.stderr or story.stdout)
        self.last_lines.setVisible(explains and has_lines)

    def _show_form(self) -> None:
        """Bring the form into sight as a whole, once it has its place."""
        QTimer.singleShot(0, self, lambda: self.ensureWidgetVisible(self.labels.save, 0, 24))

    def _ask_for_output(self) -> None:
        explanation = self._story.explanation
        if explanation is not None:
            self.output_wanted.emit(self.last_lines.shown_source, explanation.first_line)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= characters(self, _SIDE_BY_SIDE_CHARACTERS)
        # Stacked, the curve comes first: it is what people look at.
        direction = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.BottomToTop
        if self._halves.direction() is not direction:
            self._halves.setDirection(direction)


def _column(*widgets: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(10)
    for widget in widgets:
        column.addWidget(widget)
    return column
