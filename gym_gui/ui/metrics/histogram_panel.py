"""How the values of a tag were distributed over time. Imports pyqtgraph and numpy."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gym_gui.core.artifacts.scalars.blobs import read_histograms
from gym_gui.core.artifacts.scalars.histogram import distribution
from gym_gui.core.artifacts.scalars.model import BlobRef
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.metrics.plots import PlainAxis, colour, strip
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.wording import number, plural

if TYPE_CHECKING:
    from gym_gui.core.artifacts.scalars.histogram import Distribution

_MOST_READ = 400
_ALPHAS = (30, 55, 80, 105, 105, 80, 55, 30)


class HistogramPanel(QWidget):
    """Bands between quantiles over the steps, the median as a line. `enlarge_wanted` asks for more room."""

    enlarge_wanted = Signal()

    def __init__(
        self, theme: Theme, tasks: TaskRunner, title: str, badge: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tasks = tasks
        self._refs: tuple[BlobRef, ...] = ()
        self._is_reading = False
        self.distribution: Distribution | None = None
        self.title = ElidedLabel(title, "strong", least=10)
        self.value = PlainLabel("", "muted")
        self.note = ElidedLabel("", "small")
        self.enlarge = QToolButton()
        self.enlarge.setProperty("role", "bare")
        self.enlarge.setToolTip("Enlarge, or back")
        self.enlarge.setAccessibleName(f"Enlarge {title}")
        theme.bind_icon(self.enlarge, "expand")
        axes = {side: PlainAxis(orientation=side) for side in ("bottom", "left")}
        self.plot = pg.PlotWidget(parent=self, axisItems=axes)
        self.plot.setAccessibleName(f"Distribution of {title} over steps")
        strip(self.plot, self)
        self._edges = [pg.PlotDataItem(antialias=False) for _ in range(len(_ALPHAS) + 1)]
        self._fills = [pg.FillBetweenItem(low.curve, high.curve) for low, high in pairwise(self._edges)]
        for item in (*self._fills, *self._edges):
            self.plot.addItem(item)
        self._build(badge)
        theme.changed.connect(self._take_colours)
        self._take_colours()

    def _build(self, badge: str) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.title)
        head.addWidget(PlainLabel(badge, "badge"))
        head.addStretch(1)
        head.addWidget(self.value)
        head.addWidget(self.enlarge)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 4, 0)
        foot.addWidget(self.note)
        foot.addStretch(1)
        foot.addWidget(PlainLabel("step", "small"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        layout.addLayout(foot)
        self.enlarge.clicked.connect(self.enlarge_wanted)

    def show_refs(self, refs: tuple[BlobRef, ...]) -> None:
        """Draw these histograms, at most 400 of them, evenly chosen."""
        if refs == self._refs or self._is_reading:
            return
        self._refs, self._is_reading = refs, True
        chosen = [refs[int(place)] for place in np.unique(np.linspace(0, len(refs) - 1, _MOST_READ).round())]

        def read() -> tuple[Distribution, list[str]]:
            found, problems = read_histograms(chosen)
            return distribution(found), problems

        self._tasks.start("Reading histograms", read, owner=self, done=lambda got: self._take(got, len(refs)))

    def _take(self, got: tuple[Distribution, list[str]], total: int) -> None:
        self._is_reading = False
        self.distribution, problems = got
        steps, values = self.distribution.steps.astype(float), self.distribution.values
        for number_, edge in enumerate(self._edges):
            edge.setData(steps, values[:, number_], connect="finite")
        shown = len(steps)
        parts = [f"showing {shown:,} of {total:,}"] if shown < total else []
        parts += (
            [f"{plural(len(problems), 'histogram')} could not be read: {problems[0]}"] if problems else []
        )
        parts.append("bands between quantiles 0, 7, 16, 31, 50, 69, 84, 93, 100 %")
        self.note.setText("  ·  ".join(parts))
        if shown:
            low, middle, high = (float(values[-1, column]) for column in (0, 4, 8))
            self.value.setText(f"median {number(middle)}, {number(low)} to {number(high)}")

    def _take_colours(self) -> None:
        colour(self.plot, self._theme, self)
        ink = self._theme.colour("curve")
        for fill, alpha in zip(self._fills, _ALPHAS, strict=True):
            shade = pg.mkColor(ink)
            shade.setAlpha(alpha)
            fill.setBrush(pg.mkBrush(shade))
        for place, edge in enumerate(self._edges):
            edge.setPen(pg.mkPen(ink, width=1) if place == len(_ALPHAS) // 2 else None)
