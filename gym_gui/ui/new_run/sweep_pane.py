"""Several runs from one form: seeds, values that vary, and how many runs that comes to."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gym_gui.core.runs.sweep.sweep import count_runs, describe
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.sweep_reading import SweepReading, TypedSweep, read_sweep
from gym_gui.ui.new_run.varied_row import VariedRow
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.labels import PlainLabel, restyle
from gym_gui.ui.widgets.metrics import characters

_ONE_RUN = "One run. Give seeds or let fields vary to start several at once."
_HOW = (
    "Values are separated by commas, every combination is run. To draw them at random write "
    "uniform:LOW:HIGH, loguniform:LOW:HIGH or choice:A,B,C."
)
_NARROW = 10


class SweepPane(QScrollArea):
    """Emits `changed` when what is to be run has changed; `reading` tells it."""

    changed = Signal()

    def __init__(self, theme: Theme, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._draft = draft
        self.reading = SweepReading()
        self.rows: list[VariedRow] = []
        self.seeds = QLineEdit(placeholderText="One run with the seed of the form, or 1-5, or 1,2,7")
        self.group = QLineEdit(placeholderText="The run's name")
        self.draws = QLineEdit("10")
        self.draw_seed = QLineEdit("0")
        self.seeds_error = PlainLabel("", "error", wrap=True)
        self.draws_error = PlainLabel("", "error", wrap=True)
        self.told = PlainLabel(_ONE_RUN, "strong", wrap=True)
        self.add = QPushButton("Let a field vary")
        self._build()
        for line in (self.seeds, self.group, self.draws, self.draw_seed):
            line.textChanged.connect(lambda _text: self._read())
        self.add.clicked.connect(self._add_empty_row)
        draft.replaced.connect(self._renew)

    @property
    def count(self) -> int:
        """How many runs it is, one when nothing varies."""
        return count_runs(self.reading.sweep) if self.reading.sweep is not None else 1

    def add_row(self, name: str = "", values: str = "") -> VariedRow:
        """A further field that varies."""
        row = VariedRow(self._theme, self._draft.fields)
        row.name.setCurrentText(name)
        row.values.setText(values)
        row.changed.connect(self._read)
        row.removed.connect(self._remove)
        self.rows.append(row)
        self._rows.addWidget(row)
        row.name.setFocus(Qt.FocusReason.OtherFocusReason)
        self._read()
        return row

    def clear(self) -> None:
        """Back to a single run."""
        for row in list(self.rows):
            self._remove(row)
        self.seeds.clear()

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.add.setSizePolicy(self.add.sizePolicy().Policy.Maximum, self.add.sizePolicy().Policy.Fixed)
        self._theme.bind_icon(self.add, "plus")
        space_icon(self.add)
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 12, 20, 16)
        layout.setSpacing(6)
        layout.addWidget(self.told)
        layout.addSpacing(6)
        for caption, line, error in (("Seeds", self.seeds, self.seeds_error), ("Group", self.group, None)):
            label = PlainLabel(caption, "caption")
            label.setBuddy(line)
            line.setAccessibleName(caption)
            layout.addWidget(label)
            layout.addWidget(line)
            if error is not None:
                error.hide()
                layout.addWidget(error)
        layout.addSpacing(8)
        layout.addWidget(PlainLabel("Fields that vary", "caption"))
        layout.addWidget(PlainLabel(_HOW, "small", wrap=True))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(2)
        layout.addLayout(self._rows)
        layout.addWidget(self.add)
        layout.addWidget(self._draws())
        layout.addStretch(1)
        self.setWidget(content)

    def _draws(self) -> QWidget:
        self._drawn = QWidget()
        grid = QGridLayout(self._drawn)
        grid.setContentsMargins(0, 8, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        for column, (caption, line) in enumerate(
            (("Draws", self.draws), ("Seed of the draws", self.draw_seed))
        ):
            label = PlainLabel(caption, "caption")
            label.setBuddy(line)
            line.setAccessibleName(caption)
            line.setMinimumWidth(characters(self, _NARROW))
            grid.addWidget(label, 0, column)
            grid.addWidget(line, 1, column)
        grid.addWidget(self.draws_error, 2, 0, 1, 2)
        self.draws_error.hide()
        self._drawn.hide()
        return self._drawn

    def _renew(self) -> None:
        """Another form may have other fields; what was typed stays, and is judged by them."""
        for row in self.rows:
            name = row.name.currentText()
            row.name.blockSignals(True)
            row.name.clear()
            row.name.addItems([field.name for field in self._draft.fields if field.name])
            row.name.setCurrentText(name)
            row.name.blockSignals(False)
        self._read()

    def _add_empty_row(self) -> None:
        self.add_row()

    def _remove(self, row: VariedRow) -> None:
        self.rows.remove(row)
        self._rows.removeWidget(row)
        row.deleteLater()
        self.add.setFocus(Qt.FocusReason.OtherFocusReason)
        self._read()

    def _read(self) -> None:
        typed = TypedSweep(
            seeds=self.seeds.text(),
            varied=tuple((row.name.currentText(), row.values.text()) for row in self.rows),
            draws=self.draws.text(),
            draw_seed=self.draw_seed.text(),
        )
        fields = () if self._draft.is_whole else self._draft.fields
        self.reading = read_sweep(typed, fields, self.group.text().strip())
        self._show()
        self._draft.vary(self.reading.first)
        self.changed.emit()

    def _show(self) -> None:
        reading = self.reading
        for place, row in enumerate(self.rows):
            row.show_problem(reading.problems.get(place, ""))
        for key, label, line in (
            ("seeds", self.seeds_error, self.seeds),
            ("draws", self.draws_error, self.draws),
        ):
            problem = reading.problems.get(key, "")
            label.setText(problem[:1].upper() + problem[1:])
            label.setVisible(bool(problem))
            restyle(line, "invalid", bool(problem))
        self._drawn.setVisible(reading.draws_any)
        if reading.sweep is not None:
            self.told.setText(describe(reading.sweep))
        else:
            general = reading.problems.get("", "")
            self.told.setText(
                general
                or ("Mend what is marked to see how many runs this makes" if reading.problems else _ONE_RUN)
            )
