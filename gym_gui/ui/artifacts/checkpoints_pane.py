"""The checkpoints of a run as a table, and what can be done to several of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gym_gui.core.artifacts.checkpoints.listing import CheckpointRow
from gym_gui.ui import wording
from gym_gui.ui.artifacts.entries import Entry, Section, SectionKind
from gym_gui.ui.artifacts.plain_table import Cell, Column, PlainTable
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel

_MOST_METRICS = 6
_GUESSED = "read off the file's name, which is a guess"
_COLUMNS = (
    Column("Checkpoint", 30),
    Column("", 12),
    Column("Step", 10, True),
    Column("Episode", 10, True),
    Column("Size", 10, True),
    Column("Saved", 20),
)


class CheckpointsPane(QWidget):
    """Tells which checkpoints were chosen for what; `opened` carries an entry, `compared` two."""

    opened = Signal(object)
    compared = Signal(object, object)
    retention_wanted = Signal()
    trash_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self.said = PlainLabel("", "muted")
        self.compare = QPushButton("Compare")
        self.compare.setToolTip("Select two checkpoints to see what differs between them")
        self.retention = QPushButton("Clean up…")
        self.retention.setToolTip("Keep the best and the last, move the others to the run's trash")
        self.trash = QPushButton("Trash…")
        self.table = PlainTable(theme, "Checkpoints", _COLUMNS)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._build()

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.said)
        row.addStretch(1)
        for button in (self.compare, self.retention, self.trash):
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(row)
        layout.addWidget(self.table, 1)
        self.table.activated.connect(
            lambda index: self.opened.emit(self.entries[self.table.rows.original(index.row())])
        )
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        self.compare.clicked.connect(self._compare)
        self.retention.clicked.connect(self.retention_wanted)
        self.trash.clicked.connect(self.trash_wanted)

    def show_entries(self, entries: tuple[Entry, ...], *, can_clean_up: bool, trashed: int) -> None:
        """Show these checkpoints.

        Args:
            entries: In the order of their steps.
            can_clean_up: Whether they are those of a run that is over.
            trashed: How many are in the run's trash.
        """
        kept = {self.entries[n].label for n in self.table.chosen()} if self.entries else set()
        self.entries = entries
        names = _metric_names(entries)
        columns = (*_COLUMNS[:5], *(Column(name, 12, True) for name in names), _COLUMNS[5])
        folder = Section(SectionKind.CHECKPOINTS, entries).folder
        rows = [_cells(entry, entry.label.removeprefix(folder), names) for entry in entries]
        self.table.show_rows(rows, columns)
        self._select(kept)
        missing = sum(1 for entry in entries if entry.row is not None and not entry.row.exists)
        said = wording.plural(len(entries), "checkpoint")
        self.said.setText(f"{said}, {missing:,} missing" if missing else said)
        self.retention.setVisible(can_clean_up)
        self.trash.setVisible(trashed > 0)
        self.trash.setText(f"Trash ({trashed:,})…")
        self._allow()

    def _select(self, labels: set[str]) -> None:
        flags = QItemSelectionModel.SelectionFlag
        for number, entry in enumerate(self.entries):
            if entry.label in labels:
                index = self.table.rows.index(self.table.rows.place_of(number), 0)
                self.table.selectionModel().select(index, flags.Select | flags.Rows)

    def _chosen(self) -> list[Entry]:
        return [self.entries[n] for n in self.table.chosen() if n < len(self.entries)]

    def _allow(self) -> None:
        chosen = self._chosen()
        self.compare.setEnabled(len(chosen) == 2 and all(_is_there(entry) for entry in chosen))

    def _compare(self) -> None:
        chosen = self._chosen()
        if len(chosen) == 2:
            self.compared.emit(*chosen)


def _is_there(entry: Entry) -> bool:
    return entry.path is not None and not entry.problem


def _metric_names(entries: Sequence[Entry]) -> tuple[str, ...]:
    """The metrics that came with the most checkpoints, first those."""
    counts: dict[str, int] = {}
    for entry in entries:
        for name in entry.row.metrics if entry.row else ():
            counts[name] = counts.get(name, 0) + 1
    return tuple(sorted(counts, key=lambda name: -counts[name])[:_MOST_METRICS])


def _cells(entry: Entry, name: str, names: Sequence[str]) -> tuple[Cell, ...]:
    row = entry.row or CheckpointRow(entry.label, entry.path, exists=True)
    ink = "text" if _is_there(entry) else "text_muted"
    mark = entry.note if row.is_best or row.is_final or entry.problem else ""
    step = f"{row.step:,}" if row.step is not None else ""
    step_tip = _GUESSED if row.step_is_from_name else ""
    size = wording.size(entry.size) if entry.size is not None else ""
    return (
        Cell(name, ink=ink, tip="\n".join(filter(None, (entry.label, entry.problem)))),
        Cell(mark, ink=entry.tone or "text", tip=entry.problem),
        Cell(f"{step} ?" if row.step_is_from_name and step else step, row.step, ink, step_tip),
        Cell(f"{row.episode:,}" if row.episode is not None else "", row.episode, ink),
        Cell(size, entry.size, ink),
        *(_metric(row.metrics.get(metric), ink) for metric in names),
        Cell(wording.clock(row.time) if row.time is not None else "", row.time, ink),
    )


def _metric(value: float | None, ink: str) -> Cell:
    if value is None:
        return Cell("")
    key = float("-inf") if math.isnan(value) else value
    return Cell(wording.number(value), key, ink, repr(value))
