"""The Events tab: the table of events, what of it is shown, and the payload of the one selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gym_gui.services.run_tail import RunTail
from gym_gui.ui import wording
from gym_gui.ui.runs.events.model import EventColumn, EventsModel, Kinds
from gym_gui.ui.runs.events.payload_pane import PayloadPane
from gym_gui.ui.runs.moments import FORMS, moment_in
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import FollowingTable
from gym_gui.ui.widgets.labels import PlainLabel, restyle
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import EmptyState

if TYPE_CHECKING:
    from gym_gui.ui.layout_memory import LayoutMemory

_TYPING_PAUSE_MS = 120
_MOST_COPIED = 50_000
_SPLIT_KEY = "events/split"


class EventsView(QWidget):
    """Shows the events of the run that the tail follows.

    With a `memory` the place of the splitter outlives the window.
    """

    def __init__(
        self,
        theme: Theme,
        tail: RunTail,
        parent: QWidget | None = None,
        *,
        memory: LayoutMemory | None = None,
    ) -> None:
        super().__init__(parent)
        self._tail = tail
        self._memory = memory
        self._choices: list[Kinds | str] = []
        self.model = EventsModel(tail, self)
        self.table = FollowingTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Events")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.filter = QComboBox()
        self.filter.setAccessibleName("Event type")
        self.filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.search = QLineEdit(placeholderText="Search events", clearButtonEnabled=True)
        self.search.setAccessibleName("Search events")
        self.search.setToolTip("Small letters find any case (Ctrl+F)")
        self.jump = QLineEdit(placeholderText="Go to time")
        self.jump.setAccessibleName("Go to time")
        self.jump.setToolTip(FORMS)
        self.follow = QCheckBox("Follow")
        self.follow.setChecked(True)
        self.count = PlainLabel("", "muted")
        self.payload = PayloadPane()
        self._empty = EmptyState(theme, "list", "")
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_PAUSE_MS)
        self._build()
        self._add_actions()
        self._connect()
        self._restart()

    def _build(self) -> None:
        metrics = self.fontMetrics()
        self.table.setColumnWidth(EventColumn.TIME, metrics.horizontalAdvance("00:00:00.000") + 24)
        self.table.setColumnWidth(EventColumn.EVENT, metrics.horizontalAdvance("checkpoint_loaded") + 24)
        self.search.setMinimumWidth(characters(self, 12))
        self.jump.setFixedWidth(characters(self, 17))
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 16, 8)
        bar.setSpacing(10)
        bar.addWidget(self.filter)
        bar.addWidget(self.search, 1)
        bar.addWidget(self.count)
        bar.addWidget(self.jump)
        bar.addWidget(self.follow)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.table)
        self.split.addWidget(self.payload)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        if self._memory is not None:
            self._memory.restore_state(self.split, _SPLIT_KEY)
        self._place = QStackedWidget()
        self._place.addWidget(self.split)
        self._place.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._place, 1)

    def _add_actions(self) -> None:
        copy = QAction("Copy lines", self.table)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy_selected)
        self.table.addAction(copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        find = QAction("Search events", self)
        find.setShortcut(QKeySequence.StandardKey.Find)
        find.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.triggered.connect(self._begin_search)
        self.addAction(find)

    def _connect(self) -> None:
        self.model.modelReset.connect(self._restart)
        self.model.rowsInserted.connect(self._grow)
        self.model.searching.connect(self._grow)
        self._tail.published.connect(self._offer)
        self.filter.activated.connect(self._filter)
        self.search.textChanged.connect(self._typing.start)
        self.search.returnPressed.connect(self.table.setFocus)
        self._typing.timeout.connect(lambda: self.model.search(self.search.text().strip()))
        self.jump.returnPressed.connect(self._jump)
        self.jump.textEdited.connect(lambda: restyle(self.jump, "invalid", False))
        self.follow.toggled.connect(self.table.follow)
        self.table.following_changed.connect(self.follow.setChecked)
        self.table.selectionModel().currentRowChanged.connect(self._show_payload)
        self.split.splitterMoved.connect(self._remember_split)

    def _restart(self) -> None:
        self.payload.show_line(None)
        self.table.follow(True)
        self._offer()
        self._grow()

    def _grow(self, searched: object = None) -> None:
        rows, total = self.model.rowCount(), self.model.total()
        words = f"{rows:,} of {wording.plural(total, 'event')}" if self.model.is_filtered else ""
        if not words and self.model.torn():
            words = f"{wording.plural(self.model.torn(), 'line')} unreadable"
        if isinstance(searched, float) and searched < 1.0:
            words += f", {searched:.0%} searched"
        self.count.setText(words)
        if total and not rows:
            self._empty.say(
                "No such events", "None of this run's events match the type and text chosen above."
            )
        elif not total:
            self._empty.say("No events yet", "The worker's events appear here as soon as it prints them.")
        self._place.setCurrentIndex(0 if rows else 1)

    def _offer(self) -> None:
        """Bring the list of types up to date with what came: names, and how many there are of each."""
        counts = self.model.counts()
        wanted: list[tuple[str, Kinds | str]] = [(f"All events  ({self.model.total():,})", Kinds.ALL)]
        if "heartbeat" in counts and len(counts) > 1:
            wanted.append(
                (f"All but heartbeats  ({self.model.total() - counts['heartbeat']:,})", Kinds.NO_HEARTBEATS)
            )
        if self.model.torn():
            wanted.append((f"Unreadable lines  ({self.model.torn():,})", Kinds.TORN))
        wanted += [(f"{name[:40]}  ({count:,})", name) for name, count in counts.items()]
        choices = [choice for _, choice in wanted]
        if choices != self._choices:
            chosen = self.chosen()
            with QSignalBlocker(self.filter):
                self.filter.clear()
                self.filter.addItems([words for words, _ in wanted])
                self.filter.setCurrentIndex(choices.index(chosen) if chosen in choices else 0)
            self._choices = choices
            self._filter()
            return
        for i, (words, _) in enumerate(wanted):
            if self.filter.itemText(i) != words:
                self.filter.setItemText(i, words)

    def chosen(self) -> Kinds | str:
        """Which events the list of types is set to."""
        index = self.filter.currentIndex()
        return self._choices[index] if 0 <= index < len(self._choices) else Kinds.ALL

    def choose(self, kinds: Kinds | str) -> None:
        """Set the list of types, as if by hand.

        Raises:
            ValueError: When there are no such events.
        """
        self.filter.setCurrentIndex(self._choices.index(kinds))
        self._filter()

    def _filter(self) -> None:
        self.model.show_only(self.chosen())

    def _jump(self) -> None:
        times = self.model.times()
        moment = moment_in(self.jump.text(), *times) if times else None
        restyle(self.jump, "invalid", moment is None)
        if moment is not None:
            self.table.follow(False)
            row = self.model.row_at_time(moment)
            self.table.selectRow(row)
            self.table.scrollTo(self.model.index(row, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def _show_payload(self, current: QModelIndex) -> None:
        self.payload.show_line(self.model.line_at(current.row()))

    def _begin_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _copy_selected(self) -> None:
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())[:_MOST_COPIED]
        lines = [line.text for row in rows if (line := self.model.line_at(row)) is not None]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def _remember_split(self) -> None:
        if self._memory is not None:
            self._memory.remember_state(self.split, _SPLIT_KEY)
