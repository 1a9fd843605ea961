"""Sets the stage, takes every picture in both schemes and sizes, clears the stage.

Usage: python -m docs.shots [--only WORD]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QCoreApplication, QEvent, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from docs.shots import screens
from docs.shots.photographer import IMAGES, Photographer
from docs.shots.stage import Stage, add_broken_worker
from docs.shots.waiting import wait
from gym_gui.app import Panel
from gym_gui.ui.theme import ThemeChoice

SIZES = ((1280, 800), (1000, 640))
SCHEMES = (ThemeChoice.LIGHT, ThemeChoice.DARK)
TYPEFACES = ("Inter", "Cantarell", "Noto Sans", "Segoe UI", "DejaVu Sans")


def _interface_font() -> QFont:
    """A typeface of the desktops people use, where one is installed, at their usual size."""
    installed = set(QFontDatabase.families())
    family = next((name for name in TYPEFACES if name in installed), "")
    font = QFont(family, 10) if family else QFont()
    font.setFeature(QFont.Tag("calt"), 0)  # some turn the x of 8x8 into a multiplication sign
    return font


@contextlib.contextmanager
def standing_panel(
    interpreter: str, runs_folder: Path, scheme: ThemeChoice, size: tuple[int, int]
) -> Iterator[Panel]:
    """A furnished panel over these runs, in this colour scheme and size; closed with the block."""
    running = QApplication.instance()
    app = running if isinstance(running, QApplication) else QApplication([])
    app.setFont(_interface_font())
    panel = Panel(app, runs_folder=runs_folder, interpreter=interpreter)
    panel.theme.choose(scheme)
    panel.window.resize(*size)
    panel.open()
    wait(lambda: panel.furnished)
    try:
        yield panel
    finally:
        panel.window.close()
        panel.close()
        panel.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _take(takes: Sequence[screens.Take], stage: Stage, runs_folder: Path, only: str) -> None:
    for scheme in SCHEMES:
        for size in SIZES:
            suffix = f"{scheme.value}-{size[0]}x{size[1]}"
            with standing_panel(stage.interpreter, runs_folder, scheme, size) as panel:
                for take in takes:
                    take(Photographer(panel, stage, suffix, only))


def quiet(kind: QtMsgType, context: object, message: str) -> None:
    """Prints what Qt says, but for what only concerns screens that are none."""
    if "propagateSizeHints" not in message:
        print(message, file=sys.stderr)


def main() -> None:
    """Set the stage, take every shot, clear the stage."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="take only shots whose name contains this")
    only = parser.parse_args().only
    IMAGES.mkdir(parents=True, exist_ok=True)
    qInstallMessageHandler(quiet)
    with tempfile.TemporaryDirectory(prefix="mosaic-") as temporary:
        folder = Path(temporary)
        os.environ["MOSAIC_HOME"] = str(folder / "data")
        os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        stage = Stage(folder)
        try:
            stage.fill()
            add_broken_worker(folder)
            _take(screens.FULL, stage, stage.store.root, only)
            _take(screens.EMPTY, stage, folder / "empty", only)
        finally:
            stage.clear()


if __name__ == "__main__":
    main()
