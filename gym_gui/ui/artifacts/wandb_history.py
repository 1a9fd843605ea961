"""The history of a W&B run: a table of its series, and a chart of each that is selected in it."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.artifacts.wandb.model import WandbSeries
from gym_gui.core.artifacts.wandb.run import WandbRun
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.plain_table import Cell, Column, PlainTable
from gym_gui.ui.metrics.controls import Drawing, DrawingControls
from gym_gui.ui.metrics.grid import PanelGrid
from gym_gui.ui.metrics.keys import Across
from gym_gui.ui.metrics.preparing import CurvePreparer
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from gym_gui.ui.metrics.chart import CurveChart
    from gym_gui.ui.metrics.outline import Points, Prepared

_COLUMNS = (
    Column("Series", 30),
    Column("Points", 10, True),
    Column("First step", 11, True),
    Column("Last step", 11, True),
    Column("Last", 12, True),
    Column("Least", 12, True),
    Column("Most", 12, True),
)
_DRAWN_AT_FIRST = 4
_MOST_DRAWN = 24
_ROWS_SEEN = 5


class WandbHistory(QWidget):
    """Shows the series of one run at a time, and grows with it.

    Attributes:
        charts: Those on screen, by name of the series.
    """

    def __init__(self, theme: Theme, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._run: WandbRun | None = None
        self._names: list[str] = []
        self._chosen: list[str] | None = None
        self._large = ""
        self._across = Across.STEP
        self._span: tuple[float, float] | None = None
        self._is_filling = False
        self._is_split_kept = False
        self._preparer = CurvePreparer(tasks, self)
        self.table = PlainTable(theme, "History", _COLUMNS)
        self.table.setToolTip("Select rows to see their curves")
        self.note = PlainLabel("", "small")
        self.controls = DrawingControls(axes=(Across.STEP, Across.TIME))
        self.grid = PanelGrid()
        self.charts: dict[str, CurveChart] = {}
        self._build()
        self.table.selectionModel().selectionChanged.connect(self._choose)
        self.controls.changed.connect(self._draw_otherwise)
        self.controls.reset_wanted.connect(lambda: self._show_range(None))

    def _build(self) -> None:
        curves = QWidget()
        column = QVBoxLayout(curves)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.controls)
        column.addWidget(self.note)
        column.addWidget(self.grid, 1)
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self.table)
        self._splitter.addWidget(curves)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.splitterMoved.connect(self._keep_split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._splitter)

    def show_run(self, run: WandbRun) -> None:
        """Show the series of the run as they are now; which are drawn stays."""
        self._run = run
        self._names = run.names()
        self._is_filling = True
        self.table.show_rows([_row(name, run.series(name)) for name in self._names])
        self._select(self._wanted())
        self._is_filling = False
        self._split()
        self._draw()

    def _split(self) -> None:
        """Give the table the room of a few rows and the charts the rest, unless someone moved the divide."""
        if self._is_split_kept:
            return
        rows = min(max(len(self._names), 1), _ROWS_SEEN)
        bar = self.table.horizontalScrollBar().sizeHint().height()
        room = self.table.horizontalHeader().sizeHint().height() + rows * self.table.rowHeight(0) + bar
        self._splitter.setSizes([room, max(self._splitter.height() - room, 1)])

    def _keep_split(self) -> None:
        self._is_split_kept = True

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._split()

    def clear(self) -> None:
        """Show nothing."""
        self._run, self._names, self._chosen = None, [], None
        self._large = ""
        self._show_range(None)
        self._is_filling = True
        self.table.show_rows(())
        self._is_filling = False
        self._draw()

    def _wanted(self) -> list[str]:
        """What the person selected; the first ones until then."""
        return self._names[:_DRAWN_AT_FIRST] if self._chosen is None else self._chosen

    def _select(self, names: list[str]) -> None:
        places = {name: place for place, name in enumerate(self._names)}
        wanted = QItemSelection()
        for name in names:
            if name in places:
                row = self.table.rows.index(self.table.rows.place_of(places[name]), 0)
                wanted.select(row, row)
        flags = QItemSelectionModel.SelectionFlag
        self.table.selectionModel().select(wanted, flags.ClearAndSelect | flags.Rows)

    def _choose(self) -> None:
        if self._is_filling:
            return
        rows = self.table.selectionModel().selectedRows()
        chosen = {self._names[self.table.rows.original(row.row())] for row in rows}
        self._chosen = [name for name in self._names if name in chosen]
        self._draw()

    def _draw_otherwise(self) -> None:
        if self.controls.drawing().across is not self._across:
            self._across = self.controls.drawing().across
            self._show_range(None)  # a span of steps means nothing on an axis of time
        self._draw()

    def _draw(self) -> None:
        chosen = self._wanted()
        drawn = chosen[:_MOST_DRAWN]
        self.note.setText(_note(len(chosen), len(self._names)))
        for name in [name for name in self.charts if name not in drawn]:
            self.charts.pop(name).deleteLater()
        self.controls.setVisible(bool(drawn))
        run = self._run
        if run is None or not drawn:
            self._arrange()
            return
        drawing = self.controls.drawing()
        series = {name: run.series(name) for name in drawn}
        batch = {name: _points(one, drawing.across) for name, one in series.items()}
        first = min(one.times[0] for one in series.values()) if drawing.across is Across.TIME else 0.0
        self._preparer.start(
            batch,
            partial(self._show_curves, run, drawing),
            smoothing=drawing.smoothing,
            log=drawing.log,
            origin=lambda _name: first,
        )

    def _show_curves(self, run: WandbRun, drawing: Drawing, prepared: dict[str, Prepared]) -> None:
        if run is not self._run:
            return  # another one is shown by now
        # Here and not above: pyqtgraph would triple the time to the first paint of the window.
        from gym_gui.ui.metrics.chart import ChartCurve
        from gym_gui.ui.metrics.inks import Ink

        wanted = self._wanted()[:_MOST_DRAWN]
        for name, curve in prepared.items():
            if name in wanted:
                chart = self.charts.get(name) or self._new_chart(name)
                chart.show_curves([ChartCurve(name, Ink(0), curve)], log=drawing.log)
        self._arrange()

    def _new_chart(self, name: str) -> CurveChart:
        from gym_gui.ui.metrics.chart import CurveChart

        chart = self.charts[name] = CurveChart(self._theme, name)
        chart.show_range(self._span)
        chart.range_wanted.connect(self._show_range)
        chart.pointed.connect(self._point_at)
        chart.enlarge_wanted.connect(lambda: self._enlarge(name))
        return chart

    def _arrange(self) -> None:
        shown = [self.charts[name] for name in self._names if name in self.charts]
        self.grid.arrange(shown, self.charts.get(self._large))

    def _enlarge(self, name: str) -> None:
        self._large = "" if self._large == name else name
        for chart in self.charts.values():
            chart.wheel_zooms = bool(self._large)  # nothing is there to scroll past
        self._arrange()
        if name in self.charts:
            self.charts[name].setFocus()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._large:
            self._enlarge(self._large)
        else:
            super().keyPressEvent(event)

    def _show_range(self, span: tuple[float, float] | None) -> None:
        self._span = span
        for chart in self.charts.values():
            chart.show_range(span)
        self.controls.offer_reset(span is not None)

    def _point_at(self, step: float | None) -> None:
        for chart in self.charts.values():
            chart.point_at(step)


def _note(chosen: int, of: int) -> str:
    if not of:
        return "Nothing was logged over steps."
    if not chosen:
        return "Select series above to see their curves."
    if chosen > _MOST_DRAWN:
        return f"The first {_MOST_DRAWN} of {chosen:,} selected series are drawn."
    return f"{wording.plural(chosen, 'curve')} of {of:,} series; select others above."


def _points(series: WandbSeries, across: Across) -> Points:
    import numpy as np

    from gym_gui.ui.metrics.outline import Points

    xs = series.times if across is Across.TIME else series.steps
    return Points(np.asarray(xs), np.asarray(series.values), across.value, len(series))


def _row(name: str, series: WandbSeries) -> tuple[Cell, ...]:
    finite = [value for value in series.values if math.isfinite(value)]
    # Without a finite value there is no least: an empty cell says so better than another NaN.
    numbers = (series.values[-1], *((min(finite), max(finite)) if finite else ()))
    cells = [Cell(wording.number(n), None if math.isnan(n) else n, tip=repr(n)) for n in numbers]
    return (
        Cell(name),
        Cell(f"{len(series):,}", len(series)),
        Cell(wording.number(series.steps[0]), series.steps[0]),
        Cell(wording.number(series.steps[-1]), series.steps[-1]),
        *(cells if finite else (*cells, Cell(""), Cell(""))),
    )
