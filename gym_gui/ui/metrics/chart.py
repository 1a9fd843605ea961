"""A chart of one or several curves: zoom, pan, the values under the pointer. Imports pyqtgraph."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.ui.metrics import notes
from gym_gui.ui.metrics.drawing import DrawnCurve
from gym_gui.ui.metrics.inks import Ink
from gym_gui.ui.metrics.outline import Prepared
from gym_gui.ui.metrics.plots import PlainAxis, colour, strip
from gym_gui.ui.runs.resources.axes import SpanAxis
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.wording import number

_ZOOM = 0.8
_PAN = 0.15
_SIDE_PADDING = 0.02
_VERTICAL_PADDING = 0.06
_LEAST_SPAN = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class ChartCurve:
    """A curve with what it is called and how it is drawn; `band` holds lower and upper bounds around it."""

    label: str
    ink: Ink
    prepared: Prepared
    band: tuple[Prepared, Prepared] | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The value of a curve at the point nearest to a position."""

    label: str
    x: float
    value: float


class CurveChart(QWidget):
    """Draws what it is given; the height follows the values in view.

    `pointed` carries the position under the pointer, None when it has left. `range_wanted` carries the
    stretch someone zoomed or panned to, None for all of it. `enlarge_wanted` asks for more room.
    """

    pointed = Signal(object)
    range_wanted = Signal(object)
    enlarge_wanted = Signal()

    def __init__(self, theme: Theme, title: str, badge: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._curves: list[ChartCurve] = []
        self._drawn: list[DrawnCurve] = []
        self._range: tuple[float, float] | None = None
        self._is_log = False
        self._axis = ""
        self.wheel_zooms = False
        self.title = ElidedLabel(title, "strong", least=10)
        self.badge = PlainLabel(badge, "badge")
        self.badge.setVisible(bool(badge))
        self.value = PlainLabel("", "muted")
        self.note = ElidedLabel("", "small")
        self.axis_name = PlainLabel("", "small")
        self.enlarge = QToolButton()
        self.enlarge.setProperty("role", "bare")
        self._value_axis = PlainAxis(orientation="left")
        self.plot = pg.PlotWidget(parent=self, axisItems={"left": self._value_axis})
        self._marker = pg.InfiniteLine(angle=90, movable=False)
        self._build()
        self._show_across("step")
        theme.changed.connect(self._take_colours)
        self._take_colours()

    def _build(self) -> None:
        strip(self.plot, self)
        item = self.plot.getPlotItem()
        item.setMouseEnabled(x=True, y=False)
        box = item.getViewBox()
        box.disableAutoRange()
        box.sigXRangeChanged.connect(self._redraw)
        box.sigRangeChangedManually.connect(self._tell_range)
        item.addItem(self._marker, ignoreBounds=True)
        self._marker.hide()
        self.plot.scene().sigMouseMoved.connect(self._follow_pointer)
        self.plot.installEventFilter(self)
        self.plot.viewport().installEventFilter(self)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setAccessibleName(f"Curve of {self.title.text()}")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"Chart of {self.title.text()}")
        self._theme.bind_icon(self.enlarge, "expand")
        self.enlarge.setToolTip("Enlarge (Enter), or back")
        self.enlarge.setAccessibleName(f"Enlarge {self.title.text()}")
        self.enlarge.clicked.connect(self.enlarge_wanted)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(8)
        for widget in (self.title, self.badge):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.value)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(2)
        self._buttons.addWidget(self.enlarge)
        head.addLayout(self._buttons)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 4, 0)
        foot.addWidget(self.note)
        foot.addStretch(1)
        foot.addWidget(self.axis_name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        layout.addLayout(foot)

    def add_button(self, button: QWidget) -> None:
        """Add a button before the one that enlarges."""
        self._buttons.insertWidget(0, button)

    # what is shown

    def show_curves(self, curves: Sequence[ChartCurve], *, log: bool = False) -> None:
        """Draw these curves in place of those before; the stretch in view stays."""
        item = self.plot.getPlotItem()
        self._curves = list(curves)
        if log != self._is_log:
            self._is_log = log
            self._value_axis.setLogMode(log)
        axes = {curve.prepared.axis for curve in curves}
        if axes:
            self._show_across(min(axes))
        while len(self._drawn) > len(curves):
            self._drawn.pop().remove()
        while len(self._drawn) < len(curves):
            self._drawn.append(DrawnCurve(item))
        for drawn, curve in zip(self._drawn, self._curves, strict=True):
            bounds = None if curve.band is None else (curve.band[0].line, curve.band[1].line)
            drawn.take(curve.prepared, curve.ink, self._theme, bounds)
        self.show_range(self._range)
        self.point_at(None)

    @property
    def axis(self) -> str:
        """What the curves are drawn over."""
        return self._axis

    @property
    def is_log(self) -> bool:
        """Whether the values are drawn as their logarithm."""
        return self._is_log

    def curves(self) -> list[ChartCurve]:
        """What is drawn."""
        return list(self._curves)

    def show_range(self, span: tuple[float, float] | None) -> None:
        """Show this stretch of the axis, or all of it for None, until told otherwise."""
        self._range = span
        first, last = span or self._extent()
        padding = 0.0 if span else max((last - first) * _SIDE_PADDING, _LEAST_SPAN)
        if last - first < _LEAST_SPAN:
            first, last = first - 0.5, last + 0.5
        box = self.plot.getPlotItem().getViewBox()
        wanted = (first - padding, last + padding)
        if tuple(box.viewRange()[0]) == wanted:
            self._redraw()
        else:
            box.setXRange(*wanted, padding=0)

    def shown_range(self) -> tuple[float, float]:
        """The stretch of the axis in view."""
        first, last = self.plot.getPlotItem().getViewBox().viewRange()[0]
        return float(first), float(last)

    def _extent(self) -> tuple[float, float]:
        ends = [
            (float(xs.min()), float(xs.max()))
            for xs in (curve.prepared.line.xs for curve in self._curves)
            if len(xs)
        ]
        return (min(first for first, _ in ends), max(last for _, last in ends)) if ends else (0.0, 1.0)

    def _redraw(self) -> None:
        first, last = self.shown_range()
        most = max(400, 2 * self.plot.width())
        bounds = [drawn.draw(first, last, most) for drawn in self._drawn]
        known = [bound for bound in bounds if bound is not None]
        low, high = (min(b[0] for b in known), max(b[1] for b in known)) if known else (0.0, 1.0)
        room = (high - low) * _VERTICAL_PADDING or abs(high) * 0.05 or 0.5
        self.plot.getPlotItem().getViewBox().setYRange(low - room, high + room, padding=0)
        for drawn in self._drawn:
            drawn.mark_odd(low - room * 0.7)
        shown = [(d.shown, d.in_view) for d in self._drawn]
        self.note.setText(notes.chart_note([curve.prepared for curve in self._curves], shown))

    # the pointer and the keyboard

    def readings(self, x: float | None) -> list[Reading | None]:
        """Each curve's value nearest to a position, its last one for None; None of a curve without any."""
        found: list[Reading | None] = []
        for curve in self._curves:
            raw = curve.prepared.raw
            point = raw.nearest(float(raw.xs.max()) if x is None and raw.total else x or 0.0)
            value = None if point is None else 10.0 ** point[1] if self._is_log else point[1]
            found.append(None if point is None or value is None else Reading(curve.label, point[0], value))
        return found

    def point_at(self, x: float | None) -> None:
        """Mark this position and name the value there; the last value for None."""
        self._marker.setVisible(x is not None)
        if x is not None:
            self._marker.setPos(x)
        for drawn in self._drawn:
            drawn.mark(x)
        readings = self.readings(x)
        if len(readings) != 1:
            self.value.setText("" if x is None else f"at {notes.position(x, self._axis)}")
        elif readings[0] is None:
            self.value.setText("")
        elif x is None:
            self.value.setText(number(readings[0].value))
        else:
            reading = readings[0]
            self.value.setText(f"{number(reading.value)}  at {notes.position(reading.x, self._axis)}")

    def _follow_pointer(self, position: QPointF) -> None:
        box = self.plot.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(position)
        self.pointed.emit(float(box.mapSceneToView(position).x()) if inside else None)

    def _tell_range(self) -> None:
        self._range = self.shown_range()
        self.range_wanted.emit(self._range)

    def zoom(self, factor: float, around: float | None = None) -> None:
        """Show `factor` times as long a stretch, `around` staying where it is."""
        first, last = self.shown_range()
        middle = (first + last) / 2 if around is None else around
        span = (middle - (middle - first) * factor, middle + (last - middle) * factor)
        if span[1] - span[0] > _LEAST_SPAN:
            self.range_wanted.emit(span)

    def pan(self, share: float) -> None:
        """Move the view by this share of its length."""
        first, last = self.shown_range()
        self.range_wanted.emit((first + (last - first) * share, last + (last - first) * share))

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom(1 / _ZOOM)
        elif key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self.pan(-_PAN if key == Qt.Key.Key_Left else _PAN)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.range_wanted.emit(None)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.enlarge_wanted.emit()
        else:
            super().keyPressEvent(event)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self.pointed.emit(None)
        elif event.type() is QEvent.Type.MouseButtonDblClick and watched is self.plot.viewport():
            self.range_wanted.emit(None)
        elif event.type() is QEvent.Type.MouseButtonPress and watched is self.plot.viewport():
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        elif isinstance(event, QWheelEvent) and watched is self.plot.viewport():
            self._turn_wheel(event)
            return True
        return False

    def _turn_wheel(self, event: QWheelEvent) -> None:
        """Zoom, where the wheel is not needed to scroll past the charts."""
        wanted = self.wheel_zooms or bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        turns = event.angleDelta().y() / 120
        if not wanted or not turns:
            event.ignore()
            return
        scene = self.plot.mapToScene(event.position().toPoint())
        around = self.plot.getPlotItem().getViewBox().mapSceneToView(scene).x()
        self.zoom(_ZOOM**turns, float(around))
        event.accept()

    # looks

    def _show_across(self, axis: str) -> None:
        if axis != self._axis:
            self._axis = axis
            kind = SpanAxis if axis == "time" else PlainAxis
            self.plot.setAxisItems({"bottom": kind(orientation="bottom")})
            self.axis_name.setText(notes.axis_name(axis))
            colour(self.plot, self._theme, self)

    def _take_colours(self) -> None:
        colour(self.plot, self._theme, self)
        self._marker.setPen(pg.mkPen(self._theme.colour("text_muted"), width=1))
        for drawn, curve in zip(self._drawn, self._curves, strict=True):
            drawn.take_colours(curve.ink, self._theme)
