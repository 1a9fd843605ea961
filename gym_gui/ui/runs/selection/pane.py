"""Several runs at once: how many, what they have in common, how far their returns lie apart, what to do."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.overview.facts import Fact
from gym_gui.ui.runs.overview.facts_grid import FactsGrid
from gym_gui.ui.runs.table.columns import COLUMNS, RunColumn
from gym_gui.ui.runs.table.group_cells import group_text
from gym_gui.ui.runs.table.groups import RunGroup, spread_of, states_text
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.flow import FlowLayout
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel

_TOLD = (
    RunColumn.PROGRESS,
    RunColumn.WORKER,
    RunColumn.ALGORITHM,
    RunColumn.ENVIRONMENT,
    RunColumn.SEED,
    RunColumn.TAGS,
    RunColumn.STARTED,
    RunColumn.ELAPSED,
)


class SelectionPane(QFrame):
    """Stands where one run's details stand while several are selected."""

    def __init__(
        self, theme: Theme, desktop: Desktop, actions: Sequence[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        self.heading = ElidedLabel("", "heading", least=30)
        self.states = PlainLabel("", "muted", wrap=True)
        self.facts = FactsGrid(theme, desktop)
        self._buttons = QWidget()
        self._flow = FlowLayout(self._buttons)
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(8)
        layout.addWidget(self.heading)
        layout.addWidget(self.states)
        layout.addWidget(self._buttons)
        layout.addSpacing(4)
        layout.addWidget(self.facts)
        layout.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)
        self.show_actions(actions)

    def show_actions(self, actions: Sequence[QAction]) -> None:
        """Offer these."""
        while (item := self._flow.takeAt(0)) is not None:
            button = item.widget()
            if button is not None:
                button.deleteLater()
        for action in actions:
            self._flow.addWidget(_button(action))

    def show_runs(self, runs: Sequence[RunSummary], group: str) -> None:
        """Show these runs; `group` is the name of the group they are, "" when they were picked."""
        count = wording.plural(len(runs), "run")
        self.heading.setText(f"Group {group}: {count}" if group else f"{count} selected")
        self.states.setText(states_text(runs))
        self.facts.show_facts(_facts(RunGroup(group, tuple(runs)), time.time()))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", "labelled")
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    space_icon(button)
    return button


def _facts(group: RunGroup, now: float) -> list[Fact]:
    spread = spread_of(group.runs)
    facts = [Fact("Last return", spread.tip.partition("\n")[2].replace("\n", ", "))] if spread else []
    for column in _TOLD:
        text = group_text(group, column, now)
        if text:
            facts.append(Fact(COLUMNS[column].heading, text))
    return facts
