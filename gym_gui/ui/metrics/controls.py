"""How curves are drawn: smoothing, the axes, what was superseded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QSlider, QWidget

from gym_gui.ui.metrics.keys import Across
from gym_gui.ui.widgets.flow import FlowLayout
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters

_STEPS = 100
_STRONGEST = 0.999


@dataclass(frozen=True, slots=True)
class Drawing:
    """What was chosen: weight of the moving average, what curves are over, log values, replaced points."""

    smoothing: float = 0.0
    across: Across = Across.STEP
    log: bool = False
    superseded: bool = False


class DrawingControls(QWidget):
    """A line of choices. `changed` tells of another one, `reset_wanted` asks to show everything again."""

    changed = Signal()
    reset_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, axes: Sequence[Across] = tuple(Across)) -> None:
        """`axes` are what curves can be drawn over; of a single one nothing is asked."""
        super().__init__(parent)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, _STEPS)
        self.smoothing.setPageStep(10)
        self.smoothing.setFixedWidth(characters(self, 13))
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setToolTip("Weight of the moving average: 0 draws the values as they are")
        self._weight = PlainLabel("0", "muted")
        self._weight.setFixedWidth(characters(self, 5))
        self.across = QComboBox()
        self.across.setAccessibleName("Horizontal axis")
        for across in axes:
            self.across.addItem(across.label, across)
        self.log = QCheckBox("Log values")
        self.superseded = QCheckBox("Superseded points")
        self.superseded.setToolTip("Draw what was replaced when the run was resumed at an earlier step, too")
        self.superseded.setVisible(False)
        self.reset = QPushButton("Show everything")
        self.reset.setProperty("role", "quiet")
        self.reset.setToolTip("Undo zooming and panning (double-click a chart, or 0)")
        self.reset.setVisible(False)
        flow = FlowLayout(self, gap=10)
        rows = [_together(PlainLabel("Smoothing", "muted"), self.smoothing, self._weight)]
        if len(axes) > 1:
            rows.append(_together(PlainLabel("Over", "muted"), self.across))
        else:
            self.across.setParent(self)
            self.across.hide()
        for widget in (*rows, self.log, self.superseded, self.reset):
            # One height for all: a line of the flow sets its items at their tops.
            widget.setMinimumHeight(self.across.sizeHint().height())
            flow.addWidget(widget)
        self.smoothing.valueChanged.connect(self._tell)
        self.across.activated.connect(self._tell)
        self.log.toggled.connect(self._tell)
        self.superseded.toggled.connect(self._tell)
        self.reset.clicked.connect(self.reset_wanted)

    def drawing(self) -> Drawing:
        """What is chosen."""
        return Drawing(
            smoothing=min(self.smoothing.value() / _STEPS, _STRONGEST),
            across=Across(self.across.currentData()),
            log=self.log.isChecked(),
            superseded=self.superseded.isChecked(),
        )

    def offer_superseded(self, offered: bool) -> None:
        """Offer to draw superseded points, or do not where there are none."""
        self.superseded.setVisible(offered)

    def offer_reset(self, offered: bool) -> None:
        """Offer to show everything again."""
        self.reset.setVisible(offered)

    def _tell(self) -> None:
        self._weight.setText(f"{self.drawing().smoothing:g}")
        self.changed.emit()


def _together(*widgets: QWidget) -> QWidget:
    """These in a row that is never broken."""
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(6)
    for widget in widgets:
        layout.addWidget(widget)
    return row
