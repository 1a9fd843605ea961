"""From process start to the window's first paint: the panel with runs on disk, next to an empty window."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.finished_runs import make_runs
from benchmarks.measure import Figure, Spread, paired_ratio
from gym_gui.core.runs.directory import RunStore

RUNS = 1_000
ROUNDS, LISTING_ROUNDS = 31, 9
WAIT_MS = 20_000

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
from benchmarks.startup import say_when_painted
app = QApplication([])
window = QMainWindow()
window.resize(1280, 800)
say_when_painted(app, window)
window.show()
app.exec()
"""

PANEL = """
from benchmarks.startup import say_when_painted
from gym_gui.app import make_application, open_panel
app = make_application("panel")
opened = []
shell = open_panel(app, opened.append)
say_when_painted(app, shell.window, until=UNTIL)
app.exec()
for panel in opened:
    panel.close()
"""


def measure() -> list[Figure]:
    """First paint against a bare window; in the note, when the last of the runs is in the list."""
    with tempfile.TemporaryDirectory() as home:
        os.environ.update(
            MOSAIC_HOME=home, MOSAIC_CONFIG=f"{home}/settings.toml", QT_QPA_PLATFORM="offscreen"
        )
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # people start with their bytecode cached
        make_runs(RunStore(Path(home) / "trainer" / "runs"), RUNS)
        painted = _ratio("None", ROUNDS)
        listed = _ratio(f"lambda: opened and len(opened[0].watch.summaries()) == {RUNS}", LISTING_ROUNDS)
        for name in ("MOSAIC_HOME", "MOSAIC_CONFIG", "QT_QPA_PLATFORM"):
            del os.environ[name]
    return [
        Figure(
            f"panel start to first paint, {RUNS:,} runs on disk",
            "an empty QMainWindow",
            painted.median,
            "x",
            "<= 1.5",
            painted.median <= 1.5,
            f"{painted:.2f}; until all {RUNS:,} are listed {listed:.2f}",
        )
    ]


def _ratio(until: str, rounds: int) -> Spread:
    panel = PANEL.replace("UNTIL", until)
    return paired_ratio(lambda: _start(panel), lambda: _start(BARE), rounds)


def _start(script: str) -> float:
    start = time.monotonic()
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout
    return float(told) - start


def say_when_painted(app: object, window: object, until: object = None) -> None:
    """Prints the monotonic clock once the window has painted (and `until()` holds), then ends the program.

    Called in the measured child processes only, so Qt is imported here.
    """
    from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
    from PySide6.QtWidgets import QWidget

    assert isinstance(app, QCoreApplication)
    assert isinstance(window, QWidget)

    def finish() -> None:
        if callable(until) and not until():
            QTimer.singleShot(1, finish)
            return
        print(time.monotonic(), flush=True)
        app.quit()

    class FirstPaint(QObject):
        seen = False

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if not self.seen and event.type() == QEvent.Type.Paint:
                self.seen = True
                QTimer.singleShot(0, finish)
            return False

    watcher = FirstPaint(app)
    window.installEventFilter(watcher)
    QTimer.singleShot(WAIT_MS, app.quit)
