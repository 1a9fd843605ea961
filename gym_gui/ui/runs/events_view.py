"""The Events tab: the table of events, a filter by type, and the payload of the one selected."""

from __future__ import annotations

import json
from typing import Any

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QPlainTextEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gym_gui.services.run_tail import RunTail
from gym_gui.ui import wording
from gym_gui.ui.runs.events_model import EventColumn, EventsModel
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.following_table import FollowingTable
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import EmptyState

_ALL = "All events"
_LONGEST_DETAIL = 200_000


class EventsView(QWidget):
    """Shows the events of the run that the tail follows."""

    def __init__(self, theme: Theme, tail: RunTail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = EventsModel(tail, self)
        self.table = FollowingTable()
        self.table.setModel(self.model)
        self.table.setAccessibleName("Events")
        self.filter = QComboBox()
        self.filter.setAccessibleName("Event type")
        self.filter.addItem(_ALL, "")
        self.follow = QCheckBox("Follow")
        self.follow.setChecked(True)
        self.count = PlainLabel("", "muted")
        self.detail = QPlainTextEdit(readOnly=True)
        self.detail.setProperty("role", "preview")
        self.detail.setPlaceholderText("Select an event to see its payload.")
        self.detail.setAccessibleName("Payload")
        self._empty = EmptyState(
            theme, "list", "No events yet", "The worker's events appear here as soon as it prints them."
        )
        self._build()
        self._connect()
        self._restart()

    def _build(self) -> None:
        metrics = self.fontMetrics()
        self.table.setColumnWidth(EventColumn.TIME, metrics.horizontalAdvance("00:00:00.000") + 24)
        self.table.setColumnWidth(EventColumn.EVENT, metrics.horizontalAdvance("checkpoint_loaded") + 24)
        bar = QHBoxLayout()
        bar.setContentsMargins(16, 8, 16, 8)
        bar.setSpacing(10)
        bar.addWidget(self.filter)
        bar.addWidget(self.count)
        bar.addStretch(1)
        bar.addWidget(self.follow)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self._detail_in_margin())
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        self.split = split
        self._place = QStackedWidget()
        self._place.addWidget(split)
        self._place.addWidget(self._empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._place, 1)

    def _detail_in_margin(self) -> QWidget:
        holder = QWidget()
        layout = QVBoxLayout(holder)
        layout.setContentsMargins(8, 0, 12, 10)
        layout.addWidget(self.detail)
        return holder

    def _connect(self) -> None:
        self.model.modelReset.connect(self._restart)
        self.model.rowsInserted.connect(self._grow)
        self.filter.activated.connect(self._filter)
        self.follow.toggled.connect(self.table.follow)
        self.table.following_changed.connect(self.follow.setChecked)
        self.table.selectionModel().currentRowChanged.connect(self._show_detail)

    def _restart(self) -> None:
        self.detail.clear()
        self.table.follow(True)
        self._grow()

    def _grow(self) -> None:
        rows = self.model.rowCount()
        names = self.model.names()
        self._offer(names)
        self.count.setText(wording.plural(rows, "event"))
        self._place.setCurrentIndex(0 if rows or self.filter.currentIndex() > 0 else 1)

    def _offer(self, names: tuple[str, ...]) -> None:
        known = tuple(self.filter.itemData(i) for i in range(1, self.filter.count()))
        if known == names:
            return
        chosen = self.filter.currentData()
        with QSignalBlocker(self.filter):
            self.filter.clear()
            self.filter.addItem(_ALL, "")
            for name in names:
                self.filter.addItem(name, name)
            self.filter.setCurrentIndex(max(self.filter.findData(chosen), 0))
        if self.filter.currentData() != chosen:
            self._filter()

    def _filter(self) -> None:
        self.model.show_only(str(self.filter.currentData() or ""))

    def _show_detail(self, current: QModelIndex) -> None:
        line = self.model.line_at(current.row())
        if line is None:
            self.detail.clear()
            return
        when = wording.clock(line.timestamp) if line.timestamp is not None else "no timestamp"
        head = f"{line.event}  ·  {when}  ·  line {line.number + 1:,}"
        self.detail.setPlainText(f"{head}\n{pretty(line.payload)}")


def pretty(payload: Any) -> str:
    """A payload as indented JSON, cut where it would be too long to show."""
    try:
        text = json.dumps(payload, indent=2, ensure_ascii=False, default=str)
    except (ValueError, RecursionError):
        text = repr(payload)
    if len(text) <= _LONGEST_DETAIL:
        return text
    return f"{text[:_LONGEST_DETAIL]}\n… {len(text) - _LONGEST_DETAIL:,} more characters"
