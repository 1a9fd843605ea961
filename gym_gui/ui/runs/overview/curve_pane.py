"""The live learning curve: which metric, over what, and the plot once there is something to draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.core.runs.digest import RETURN_FIELDS
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.wording import number, plural

if TYPE_CHECKING:
    from gym_gui.ui.runs.overview.curve_plot import CurvePlot

_PREFERRED = (*RETURN_FIELDS, "episode_reward", "loss")
_LEAST_HEIGHT_LINES = 12
_CHOOSER_CHARACTERS = 15


class CurvePane(QFrame):
    """Shows one metric of the followed run and grows with it; the values under the pointer are told."""

    def __init__(self, theme: Theme, tail: RunTail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tail = tail
        self._plot: CurvePlot | None = None
        self._wanted = ""
        self._of_latest = ""
        self._x_name = ""
        self._drawn: tuple[str, int] = ("", 0)
        self.chooser = QComboBox()
        self.chooser.setAccessibleName("Metric")
        self.chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.chooser.setMinimumContentsLength(_CHOOSER_CHARACTERS)
        self.chooser.activated.connect(self._choose)
        self._latest = ElidedLabel("", "muted")
        self._build()
        tail.restarted.connect(self._restart)
        tail.published.connect(self._refresh)
        self._refresh()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(10)
        head.addWidget(PlainLabel("Learning curve", "strong"))
        head.addStretch(1)
        head.addWidget(self._latest)
        head.addWidget(self.chooser)
        self._hint = PlainLabel("", "muted", wrap=True)
        self._hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place = QStackedWidget()
        self._place.addWidget(self._hint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self._place, 1)
        self.setMinimumHeight(self.fontMetrics().height() * _LEAST_HEIGHT_LINES)

    def _restart(self) -> None:
        self._drawn = ("", 0)
        if self._plot is not None:
            self._plot.point_at(None)
            self._plot.show_everything()
        self._refresh()

    def _choose(self) -> None:
        self._wanted = self.chooser.currentText()
        self._drawn = ("", 0)
        if self._plot is not None:
            self._plot.show_everything()
        self._refresh()

    def _refresh(self) -> None:
        names = self._tail.metrics.names()
        self._offer(names)
        shown = self._name_to_show(names)
        self.chooser.setVisible(bool(names))
        if not shown:
            self._latest.setText("")
            self._hint.setText("No numbers yet. They arrive with the run's heartbeats and episodes.")
            self._place.setCurrentWidget(self._hint)
            return
        seen = self._tail.metrics.seen(shown)
        if self._drawn == (shown, seen):
            return
        self._drawn = (shown, seen)
        series = self._tail.metrics.series(shown)
        self._of_latest = f"latest {number(self._tail.metrics.latest(shown))}  ·  {plural(seen, 'point')}"
        self._x_name = series.x_name
        plot = self._plot_for_drawing()
        plot.show_points(series.xs, series.ys, series.x_name)
        self._place.setCurrentWidget(plot)

    @property
    def told(self) -> str:
        """What is said of the point under the pointer, or of the latest."""
        return self._latest.text()

    def _tell(self, point: tuple[float, float] | None) -> None:
        """Say the values of the point under the pointer, of the latest when there is none."""
        if point is None:
            self._latest.setText(self._of_latest)
        else:
            self._latest.setText(f"{number(point[1])}  at {self._x_name} {number(point[0])}")

    def _offer(self, names: list[str]) -> None:
        if [self.chooser.itemText(i) for i in range(self.chooser.count())] == names:
            return
        with QSignalBlocker(self.chooser):
            self.chooser.clear()
            self.chooser.addItems(names)

    def _name_to_show(self, names: list[str]) -> str:
        chosen = self._wanted if self._wanted in names else next((n for n in _PREFERRED if n in names), "")
        chosen = chosen or (names[0] if names else "")
        self.chooser.setCurrentIndex(names.index(chosen) if chosen else -1)
        return chosen

    def _plot_for_drawing(self) -> CurvePlot:
        if self._plot is None:
            # Here and not above: pyqtgraph would triple the time to the first paint of the window.
            from gym_gui.ui.runs.overview.curve_plot import CurvePlot

            self._plot = CurvePlot(self._theme)
            self._plot.pointed.connect(self._tell)
            self._place.addWidget(self._plot)
        return self._plot
