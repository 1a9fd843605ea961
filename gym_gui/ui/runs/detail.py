"""One run in full: its name and state, what can be done to it, and the tabs that tell the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QTabWidget, QToolButton, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.runs.overview.overview import Overview
from gym_gui.ui.runs.table.columns import display_name
from gym_gui.ui.runs.tabs import RunTab, TabSpec
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.chip import StateChip
from gym_gui.ui.widgets.labels import ElidedLabel
from gym_gui.ui.widgets.metrics import characters

_WORDED_BUTTONS_CHARACTERS = 125
_ROOM_FOR_MORE_CHARACTERS = 75
_Tab = TypeVar("_Tab", bound=QWidget)


class RunDetail(QFrame):
    """Shows the run it is given. A tab is built when it is first looked at."""

    def __init__(
        self,
        *,
        theme: Theme,
        tail: RunTail,
        overview: Overview,
        tabs: Sequence[TabSpec],
        actions: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        self._tail = tail
        self._summary: RunSummary | None = None
        self._buttons: list[QToolButton] = []
        self._chip = StateChip(theme)
        self._name = ElidedLabel("", "heading", least=26)
        self._what = ElidedLabel("", "muted")
        self.overview = overview
        self._specs = dict(enumerate(tabs, start=1))
        self._contents: dict[int, QWidget] = {0: overview}
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._build(actions)
        self.tabs.currentChanged.connect(self._open_tab)
        self.overview.output_wanted.connect(self.show_output)

    def _build(self, actions: Sequence[QAction]) -> None:
        head = self._head = QHBoxLayout()
        head.setContentsMargins(16, 10, 12, 2)
        head.addWidget(self._chip)
        head.addWidget(self._name)
        head.addWidget(self._what)
        head.addStretch(1)
        for action in actions:
            button = QToolButton()
            button.setProperty("role", "labelled")
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            space_icon(button)
            self._buttons.append(button)
            head.addWidget(button)
        self.tabs.addTab(self.overview, "Overview")
        self._places: dict[int, QVBoxLayout] = {}
        for index, spec in self._specs.items():
            place = QWidget()
            self.tabs.insertTab(index, place, spec.title)
            self._places[index] = QVBoxLayout(place)
            self._places[index].setContentsMargins(0, 0, 0, 0)
        self.tabs.tabBar().setExpanding(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self.tabs, 1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= characters(self, _WORDED_BUTTONS_CHARACTERS)
        words = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for button in self._buttons:
            button.setToolButtonStyle(words if wide else Qt.ToolButtonStyle.ToolButtonIconOnly)
        # The state and the name come first; worker and environment stand on the Overview, too.
        roomy = self.width() >= characters(self, _ROOM_FOR_MORE_CHARACTERS)
        self._what.setVisible(roomy)
        self._head.setSpacing(8 if roomy else 3)

    @property
    def run_id(self) -> str | None:
        """The run that is shown."""
        return self._summary.run_id if self._summary else None

    def show_run(self, summary: RunSummary) -> None:
        """Show this run as it stands."""
        self._summary = summary
        self._chip.set_state(summary.state)
        self._name.setText(display_name(summary))
        record = summary.record
        parts = (record.worker_id, record.algorithm, record.environment) if record else ()
        self._what.setText("  ·  ".join(part for part in parts if part))
        self._tail.follow(RunDirectory(summary.path))
        self._tail.settle(summary.state.is_over)
        for content in self._contents.values():
            if isinstance(content, RunTab):
                content.show_run(summary)

    def show_output(self, source: str, line: str) -> None:
        """Turn to the worker's output, "stderr" or "stdout", at the last place where `line` is."""
        from gym_gui.ui.runs.output.place import OutputPlace
        from gym_gui.ui.runs.output.source import OutputSource
        from gym_gui.ui.runs.output.view import OutputView

        output = self.tab("Output", OutputView)
        place = output.findChild(OutputPlace) or OutputPlace(output)
        place.seek(OutputSource.STDERR if source == "stderr" else OutputSource.EVERYTHING, line)

    def tab(self, title: str, kind: type[_Tab]) -> _Tab:
        """The content of a tab, opened if it was not."""
        index = next(i for i in range(self.tabs.count()) if self.tabs.tabText(i) == title)
        self.tabs.setCurrentIndex(index)
        content = self._contents.get(index)
        assert isinstance(content, kind)  # noqa: S101 - the tab's maker decides it
        return content

    def _open_tab(self, index: int) -> None:
        if index in self._contents or index not in self._specs:
            return
        content = self._specs[index].make()
        self._contents[index] = content
        self._places[index].addWidget(content)
        if isinstance(content, RunTab) and self._summary is not None:
            content.show_run(self._summary)
