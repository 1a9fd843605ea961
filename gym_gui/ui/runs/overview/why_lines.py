"""The last words of a run: the end of its outputs as plain text, and what it used in its last minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from gym_gui.core.runs.endings import EndExplanation
from gym_gui.core.runs.processes.resources import LAST_MINUTES, ResourceCurve
from gym_gui.services.resource_watch import ResourceWatch
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.resources.series import CPU, GPU_MEMORY, MEMORY, last_part, since
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import lines

if TYPE_CHECKING:
    from gym_gui.ui.runs.resources.chart import ResourceChart

_TEXT_LINES = 9
_CHART_LINES = 7
_DRAWN = (CPU, MEMORY, GPU_MEMORY)
_NO_LINES = "The worker printed nothing here."


class LastLines(QWidget):
    """Shows the last lines of standard error or output, and the curves of the last minutes below."""

    def __init__(
        self, theme: Theme, desktop: Desktop, resources: ResourceWatch, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._resources = resources
        self._shown: EndExplanation | None = None
        self._lines: dict[str, tuple[str, ...]] = {}
        self.source = QComboBox()
        self.source.setAccessibleName("Which output")
        self.source.addItems(["stderr", "stdout"])
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setProperty("role", "preview")
        self.text.setAccessibleName("Last lines")
        self.text.setPlaceholderText(_NO_LINES)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self.copy = QToolButton()
        self.copy.setToolTip("Copy these lines")
        self.copy.setAccessibleName("Copy these lines")
        theme.bind_icon(self.copy, "copy")
        self.charts: list[ResourceChart] = []
        self._build()
        self.source.activated.connect(self._show_lines)
        self.copy.clicked.connect(lambda: desktop.copy(self.text.toPlainText(), "Last lines"))
        resources.changed.connect(self._draw)

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(PlainLabel("Last lines", "strong"))
        head.addStretch(1)
        head.addWidget(self.source)
        head.addWidget(self.copy)
        self.text.setMinimumHeight(lines(self, _TEXT_LINES))
        self._curves = QWidget()
        self._row = QHBoxLayout(self._curves)
        self._row.setContentsMargins(0, 4, 0, 0)
        self._row.setSpacing(12)
        self._curves.setFixedHeight(lines(self, _CHART_LINES))
        self._curves.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.text, 1)
        layout.addWidget(self._curves)

    def show_explanation(self, explanation: EndExplanation) -> None:
        """Show the last lines that came with it; of the output that says more, first."""
        if explanation is self._shown:
            return
        self._shown = explanation
        self._lines = {"stderr": explanation.stderr, "stdout": explanation.stdout}
        self.source.setCurrentText("stderr" if explanation.stderr else "stdout")
        self._show_lines()
        self._draw()

    def clear(self) -> None:
        """Show nothing."""
        self._shown = None
        self._lines = {}
        self.text.clear()
        self._curves.hide()

    @property
    def shown_source(self) -> str:
        """Which output is shown: "stderr" or "stdout"."""
        return self.source.currentText()

    def _show_lines(self) -> None:
        text = "\n".join(self._lines.get(self.shown_source, ()))
        self.text.setPlainText(text)
        self.copy.setEnabled(bool(text))
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _draw(self) -> None:
        curve = self._resources.curve
        part = last_part(curve, LAST_MINUTES) if curve is not None else ResourceCurve()
        # A single sample draws no line.
        self._curves.setVisible(bool(self._lines) and len(part) > 1)
        if not self._lines or len(part) <= 1 or curve is None:
            return
        seconds = since(part, curve.times[0])
        for chart, kind in zip(self._charts(), _DRAWN, strict=True):
            chart.setVisible(bool(kind.values(part)))
            if kind.values(part):
                chart.show_samples(seconds, kind.values(part))
                chart.show_range(seconds[0], seconds[-1])

    def _charts(self) -> list[ResourceChart]:
        if not self.charts:
            # Here and not above: pyqtgraph would triple the time to the first paint of the window.
            from gym_gui.ui.runs.resources.chart import ResourceChart

            self.charts = [ResourceChart(self._theme, kind) for kind in _DRAWN]
            for chart in self.charts:
                chart.pointed.connect(self._point_at)
                self._row.addWidget(chart, 1)
        return self.charts

    def _point_at(self, seconds: float | None) -> None:
        for chart in self.charts:
            chart.point_at(seconds)
