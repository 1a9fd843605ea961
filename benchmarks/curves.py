"""Drawing curves: panning over ten million points, and the first curve of a run that is selected."""

from __future__ import annotations

import os
import time

from benchmarks.measure import Figure, Spread

POINTS = 10_000_000
PANS = 120
ROUNDS = 5
_FRAME_MS = 1000 / 60


def measure() -> list[Figure]:
    """Milliseconds from a pan to the painted frame, and the same of a plain plot of pyqtgraph."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import numpy as np
    from PySide6.QtWidgets import QApplication

    from gym_gui.config.paths import resources_root
    from gym_gui.ui.metrics.chart import ChartCurve, CurveChart
    from gym_gui.ui.metrics.inks import Ink
    from gym_gui.ui.metrics.outline import Points, prepare
    from gym_gui.ui.theme import Theme

    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication([])
    theme = Theme(app, resources_root())
    ys = np.cumsum(np.random.default_rng(1).normal(size=POINTS))
    points = Points(np.arange(POINTS), ys, "step", POINTS)
    chart = CurveChart(theme, "return")
    chart.resize(1000, 500)
    chart.show()
    chart.show_curves([ChartCurve("return", Ink(0), prepare(points))])
    app.processEvents()
    ours, peers = [], []
    for _ in range(ROUNDS + 1):
        ours.append(_pan(app, chart.show_range))
        peers.append(_pan_plain(app, ys))
    chart.close()
    worst = Spread.of([max(frames) for frames in ours[1:]])
    median = Spread.of([Spread.of(frames).median for frames in ours[1:]])
    ratio = Spread.of(
        [Spread.of(a).median / Spread.of(b).median for a, b in zip(ours[1:], peers[1:], strict=True)]
    )
    name = f"curves: panning over {POINTS:,} points"
    return [
        Figure(
            f"{name}, a frame",
            "none",
            median.median,
            "ms",
            "<= 16.7",
            median.median <= _FRAME_MS,
            f"{median:.1f}",
        ),
        Figure(
            f"{name}, the longest frame",
            "none",
            worst.median,
            "ms",
            "<= 33",
            worst.median <= 2 * _FRAME_MS,
            f"{worst:.1f}",
        ),
        Figure(
            f"{name}, a frame",
            "pyqtgraph's own downsampling",
            ratio.median,
            "of its time",
            "<= 1",
            ratio.median <= 1,
            f"{ratio:.2f}",
        ),
    ]


def _pan(app: object, show_range: object) -> list[float]:
    from PySide6.QtWidgets import QApplication

    assert isinstance(app, QApplication)
    assert callable(show_range)
    frames = []
    for number in range(PANS):
        first = POINTS * 0.4 * number / PANS
        start = time.perf_counter()
        show_range((first, first + POINTS * 0.6))
        app.processEvents()
        frames.append((time.perf_counter() - start) * 1000)
    return frames


def _pan_plain(app: object, ys: object) -> list[float]:
    import numpy as np
    import pyqtgraph as pg

    plot = pg.PlotWidget()
    plot.resize(1000, 500)
    plot.setClipToView(True)
    plot.setDownsampling(auto=True, mode="peak")
    plot.plot(np.arange(POINTS, dtype=float), ys)
    plot.show()
    frames = _pan(app, lambda span: plot.setXRange(*span, padding=0))
    plot.close()
    return frames
