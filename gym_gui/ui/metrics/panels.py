"""The panels of a run's metrics: made one at a time, drawn when in view. Imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QToolButton, QWidget

from gym_gui.core.artifacts.scalars.model import Kind, SeriesKey
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.metrics.blob_panel import BLOB_PANELS, BlobPanel
from gym_gui.ui.metrics.chart import ChartCurve, CurveChart
from gym_gui.ui.metrics.controls import Drawing
from gym_gui.ui.metrics.histogram_panel import HistogramPanel
from gym_gui.ui.metrics.inks import Ink
from gym_gui.ui.metrics.keys import MetricKey
from gym_gui.ui.metrics.outline import Points, Prepared
from gym_gui.ui.metrics.picker import MetricPicker
from gym_gui.ui.metrics.run_metrics import RunMetrics
from gym_gui.ui.theme import Theme

Panel = CurveChart | BlobPanel | HistogramPanel
_State = tuple[Drawing, tuple[int, int]]


class Panels(QObject):
    """Keeps a panel per metric, and knows which of them are out of date.

    `made` tells that another one is there, `range_wanted` and `enlarge_wanted` what someone asked of one.
    """

    made = Signal()
    range_wanted = Signal(object)
    enlarge_wanted = Signal(object)

    def __init__(self, theme: Theme, tasks: TaskRunner, picker: MetricPicker, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tasks = tasks
        self._picker = picker
        self._panels: dict[MetricKey, Panel] = {}
        self._drawn: dict[MetricKey, _State] = {}
        self._asked: dict[MetricKey, _State] = {}
        self._wanted: list[MetricKey] = []
        self._drawing = Drawing()
        self._span: tuple[float, float] | None = None
        self._make_next = QTimer(self, singleShot=True, interval=0)
        self._make_next.timeout.connect(self._make_one)

    def clear(self) -> None:
        """Forget what is drawn: another run is shown. The panels stay for the metrics it shares."""
        self._drawn.clear()
        self._asked.clear()
        self._span = None
        for key, panel in list(self._panels.items()):
            if isinstance(panel, CurveChart):
                panel.show_range(None)
                panel.show_curves([])
            else:
                del self._panels[key]
                panel.hide()
                panel.deleteLater()

    def panels_of(self, keys: Sequence[MetricKey]) -> list[QWidget]:
        """The panels of these that are there; the others follow, a turn of the event loop each."""
        self._wanted = list(keys)
        if not self._panels and keys:
            self._make(keys[0])
        elif any(key not in self._panels for key in keys):
            self._make_next.start()
        return [self._panels[key] for key in keys if key in self._panels]

    def panel(self, key: MetricKey) -> Panel | None:
        """The panel of a metric, None when it was not made."""
        return self._panels.get(key)

    def _make_one(self) -> None:
        missing = next((key for key in self._wanted if key not in self._panels), None)
        if missing is not None:
            self._make(missing)
            self.made.emit()

    def _make(self, key: MetricKey) -> None:
        badge = key.source.label
        panel: Panel
        if key.kind is Kind.HISTOGRAM:
            panel = HistogramPanel(self._theme, self._tasks, key.name, badge)
        elif key.kind in BLOB_PANELS:
            panel = BLOB_PANELS[key.kind](self._theme, self._tasks, key.name, badge)
        else:
            panel = CurveChart(self._theme, key.name, badge)
            panel.add_button(self._pin_button(key))
            panel.range_wanted.connect(self.range_wanted)
            panel.pointed.connect(self._point_at)
            panel.show_range(self._span)
        panel.enlarge_wanted.connect(lambda: self.enlarge_wanted.emit(panel))
        self._panels[key] = panel

    def _pin_button(self, key: MetricKey) -> QToolButton:
        button = QToolButton()
        button.setProperty("role", "bare")
        button.setCheckable(True)
        button.setChecked(self._picker.is_pinned(key))
        button.setToolTip("Pin: drawn first, in every run of this worker")
        button.setAccessibleName(f"Pin {key.name}")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._theme.bind_icon(button, "pin", "accent" if button.isChecked() else "text_muted")
        button.clicked.connect(lambda checked: self._picker.set_pinned(key, checked))
        self._picker.changed.connect(lambda: self._show_pin(button, key))
        return button

    def _show_pin(self, button: QToolButton, key: MetricKey) -> None:
        pinned = self._picker.is_pinned(key)
        button.setChecked(pinned)
        self._theme.bind_icon(button, "pin", "accent" if pinned else "text_muted")

    # drawing

    def set_drawing(self, drawing: Drawing) -> bool:
        """Draw like this from now on; True when the axis is another."""
        other = drawing.across is not self._drawing.across
        self._drawing = drawing
        return other

    def due(self, metrics: RunMetrics, in_view: Collection[QWidget]) -> dict[MetricKey, Points]:
        """The points of every chart in view that is out of date; pictures and texts are seen to at once."""
        batch: dict[MetricKey, Points] = {}
        for key, panel in self._panels.items():
            state = (self._drawing, metrics.version(key))
            if panel not in in_view or self._drawn.get(key) == state:
                continue
            if not isinstance(panel, CurveChart):
                self._show_refs(metrics, key, panel, state)
                continue
            points = metrics.points(key, self._drawing.across, superseded=self._drawing.superseded)
            self._asked[key] = state
            if points is None:
                self._drawn[key] = state
                panel.show_curves([])
                panel.note.setText(
                    f"Not reported by {self._drawing.across.value}"
                    if metrics.info(key)
                    else "Not reported by this run"
                )
            else:
                batch[key] = points
        return batch

    def _show_refs(
        self, metrics: RunMetrics, key: MetricKey, panel: BlobPanel | HistogramPanel, state: _State
    ) -> None:
        info, run = metrics.info(key), metrics.run
        if info is None or info.series is None or run is None:
            return
        try:
            panel.show_refs(run.blobs(info.series, key.kind))
        except KeyError:
            return
        self._drawn[key] = state

    def take(self, prepared: Mapping[MetricKey, Prepared], drawing: Drawing) -> None:
        """Draw these."""
        for key, curve in prepared.items():
            panel, state = self._panels.get(key), self._asked.get(key)
            if isinstance(panel, CurveChart) and state is not None and state[0] == drawing:
                self._drawn[key] = state
                panel.show_curves([ChartCurve(key.name, Ink(0), curve)], log=drawing.log)

    def series_in_view(self, metrics: RunMetrics, in_view: Collection[QWidget]) -> list[SeriesKey]:
        """The event files' series of the panels in view."""
        infos = [metrics.info(key) for key, panel in self._panels.items() if panel in in_view]
        return [info.series for info in infos if info is not None and info.series is not None]

    def show_range(self, span: tuple[float, float] | None) -> None:
        """Show this stretch in every chart, everything for None."""
        self._span = span
        for panel in self._panels.values():
            if isinstance(panel, CurveChart):
                panel.show_range(span)

    def set_large(self, large: QWidget | None) -> None:
        """One panel has all the room, or none has: there is nothing to scroll past with the wheel then."""
        for panel in self._panels.values():
            if isinstance(panel, CurveChart):
                panel.wheel_zooms = panel is large

    def _point_at(self, x: float | None) -> None:
        for panel in self._panels.values():
            if isinstance(panel, CurveChart) and panel.isVisible():
                panel.point_at(x)
