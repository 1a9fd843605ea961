"""The Workers page: a card for every worker the scan found, working or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QStackedLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.probing.model import ProbeReport
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.card_grid import CardGrid
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import Banner, EmptyState
from gym_gui.ui.widgets.scrolled import ScrolledColumn
from gym_gui.ui.workers.card import WorkerCard
from gym_gui.ui.workers.filters import FilterBar
from gym_gui.ui.workers.model import WorkersModel

if TYPE_CHECKING:
    from gym_gui.ui.environments.view import EnvironmentsView
    from gym_gui.ui.workers.script_panel import ScriptPanel

_NONE_TEXT = (
    "A worker is a Python package that registers itself under the entry-point group mosaic.workers. "
    "Install one into the panel's environment, or add the environment it is in. "
    "The one that ships with the panel:"
)
_SCRIPT_CHARACTERS = 110
_INSTALL = "pip install 'mosaic-panel[tabular]'"


class WorkersPage(QWidget):
    """Shows what `probe` answered last; asks it when the page is first shown."""

    launch_wanted = Signal(str, str)

    def __init__(
        self,
        theme: Theme,
        probe: WorkersProbe,
        desktop: Desktop,
        parent: QWidget | None = None,
        *,
        environments: Callable[[], EnvironmentsView] | None = None,
        scripts: Callable[[], ScriptPanel] | None = None,
    ) -> None:
        """The page over a probe.

        Args:
            theme: Colours and icons.
            probe: Asked when the page is first shown.
            desktop: Takes links and what is copied.
            parent: Owner.
            environments: Makes the view of the environments when it is first wanted.
            scripts: Makes the panel that adds and removes plain scripts when it is first wanted.
        """
        super().__init__(parent)
        self.setObjectName("page")
        self._theme = theme
        self._probe = probe
        self._desktop = desktop
        self.model = WorkersModel(self)
        self.search = QLineEdit(
            placeholderText="Search name, environment, capability", clearButtonEnabled=True
        )
        self.search.setAccessibleName("Search workers")
        self.count = PlainLabel("", "muted")
        self.rescan = QPushButton("Rescan")
        self.environments = QPushButton("Environments")
        self.add_script = QPushButton("Add script…")
        self._make_scripts = scripts
        self._scripts: ScriptPanel | None = None
        self.filters = FilterBar()
        self._make_environments = environments
        self._environments: EnvironmentsView | None = None
        self.progress = QProgressBar()
        self.banner = Banner(theme, "danger")
        self.others = Banner(theme, "warning")
        self.others.add_button("Show environments").clicked.connect(self.show_environments)
        self.grid = CardGrid()
        self._build()
        self._connect()
        self.setFocusProxy(self.search)
        self._show_scanning(probe.scanning)
        if probe.report is not None:
            self._take(probe.report)

    def _build(self) -> None:
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Scanning for workers")
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.grid)
        self._place = QStackedWidget()
        self._place.addWidget(scroll)
        self.none = EmptyState(self._theme, "workers", "No workers installed", _NONE_TEXT)
        self.none.add(CommandField(self._theme, self._desktop, "Install command", _INSTALL))
        self.scanning = EmptyState(
            self._theme, "search", "Looking for workers", "Each is asked in a process of its own."
        )
        self.unmatched = EmptyState(self._theme, "search", "No worker matches")
        self.unmatched.add_button("Clear search and filters").clicked.connect(self._clear)
        for state in (self.none, self.scanning, self.unmatched):
            self._place.addWidget(state)
        margin = QVBoxLayout()
        margin.setContentsMargins(16, 0, 16, 8)
        margin.setSpacing(8)
        margin.addWidget(self.filters)
        margin.addWidget(self.banner)
        margin.addWidget(self.others)
        workers = QWidget()
        self._pages = QStackedLayout(self)
        self._pages.addWidget(workers)
        layout = QVBoxLayout(workers)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._head())
        layout.addWidget(self.progress)
        layout.addLayout(margin)
        layout.addWidget(self._place, 1)
        for hidden in (self.banner, self.others, self.filters):
            hidden.hide()
        self.environments.setHidden(self._make_environments is None)
        self.add_script.setHidden(self._make_scripts is None)

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 10)
        head.setSpacing(10)
        head.addWidget(PlainLabel("Workers", "title"))
        head.addWidget(self.count)
        head.addStretch(1)
        self.search.setMinimumWidth(characters(self, 42))
        head.addWidget(self.search)
        self._theme.bind_icon(self.rescan, "refresh")
        space_icon(self.rescan)
        head.addWidget(self.rescan)
        self.add_script.setToolTip("Offer a plain Python script as a worker (Ctrl+Shift+A)")
        self._theme.bind_icon(self.add_script, "plus")
        space_icon(self.add_script)
        head.addWidget(self.add_script)
        self.environments.setToolTip("The Python environments that workers live in")
        self._theme.bind_icon(self.environments, "package")
        space_icon(self.environments)
        head.addWidget(self.environments)
        return head

    def show_environments(self) -> EnvironmentsView | None:
        """Turn to the environments; None where there is no view of them."""
        if self._environments is None and self._make_environments is not None:
            self._environments = self._make_environments()
            self._environments.back_wanted.connect(self.show_workers)
            self._pages.addWidget(self._environments)
        if self._environments is not None:
            self._pages.setCurrentWidget(self._environments)
            self._environments.setFocus()
        return self._environments

    def show_workers(self) -> None:
        """Turn back to the workers."""
        self._pages.setCurrentIndex(0)
        self.search.setFocus()

    def open_script_panel(self) -> None:
        """Have a script added, where there is a list of them."""
        panel = self._script_panel()
        if panel is not None:
            self._pages.setCurrentWidget(self._script_place)
            panel.open()

    def _script_panel(self) -> ScriptPanel | None:
        if self._scripts is None and self._make_scripts is not None:
            self._scripts = self._make_scripts()
            self._scripts.closed.connect(self.show_workers)
            self._script_place = ScrolledColumn(most_width=characters(self, _SCRIPT_CHARACTERS))
            self._script_place.column.setContentsMargins(16, 12, 16, 16)
            self._script_place.column.addWidget(self._scripts)
            self._script_place.column.addStretch(1)
            self._pages.addWidget(self._script_place)
        return self._scripts

    def _remove_script(self, name: str) -> None:
        panel = self._script_panel()
        if panel is not None:
            panel.remove(name)

    def _clear(self) -> None:
        self.search.clear()
        self.filters.clear()

    def _connect(self) -> None:
        self.search.textChanged.connect(self.model.search)
        self.filters.changed.connect(self.model.narrow)
        self.environments.clicked.connect(self.show_environments)
        self.rescan.clicked.connect(self._probe.rescan)
        self.add_script.clicked.connect(self.open_script_panel)
        self._probe.scanning_changed.connect(self._show_scanning)
        self._probe.answered.connect(self._take)
        self.model.modelReset.connect(self._show_workers)
        find = QAction("Search", self)
        find.setShortcut(QKeySequence.StandardKey.Find)
        find.triggered.connect(self.search.setFocus)
        refresh = QAction("Rescan", self)
        refresh.setShortcut(QKeySequence.StandardKey.Refresh)
        refresh.triggered.connect(self._probe.rescan)
        adding = QAction("Add script…", self)
        adding.setShortcut(QKeySequence("Ctrl+Shift+A"))
        adding.setEnabled(self._make_scripts is not None)
        adding.triggered.connect(self.open_script_panel)
        self.addActions([find, refresh, adding])

    def _show_scanning(self, scanning: bool) -> None:
        self.rescan.setEnabled(not scanning)
        self.progress.setVisible(scanning)
        self._choose_place()

    def _take(self, report: ProbeReport) -> None:
        failed = self._probe.failed_environments()
        self.banner.setVisible(report.failure is not None)
        self.banner.say("danger", _failure_text(report))
        self.others.setVisible(bool(failed))
        self.others.say("warning", f"{', '.join(failed)} cannot be asked for workers.")
        self.filters.offer(report.workers)
        self.model.take(report)
        self._choose_place()

    def _show_workers(self) -> None:
        cards: list[QWidget] = []
        for worker in self.model.workers():
            card = WorkerCard(self._theme, self._desktop, worker)
            card.launch_wanted.connect(self.launch_wanted)
            card.remove_wanted.connect(self._remove_script)
            cards.append(card)
        self.grid.show_cards(cards)
        self._choose_place()

    def _choose_place(self) -> None:
        total, shown = self.model.total, self.model.rowCount()
        self.count.setText(f"{shown} of {total}" if shown != total else str(total) if total else "")
        if shown:
            self._place.setCurrentIndex(0)
        elif total:
            self._place.setCurrentWidget(self.unmatched)
        else:
            self._place.setCurrentWidget(self.scanning if self._probe.scanning else self.none)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._probe.ensure_scanned()


def _failure_text(report: ProbeReport) -> str:
    """Why an environment could not be asked, and what mends it."""
    failure = report.failure
    if failure is None:
        return ""
    mend = f"\n{failure.hint}" if failure.hint else ""
    return f"{report.interpreter}: {failure.error_type}: {failure.message}{mend}"
