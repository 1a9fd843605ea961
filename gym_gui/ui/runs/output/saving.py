"""Writing what the Output tab shows into a file, a slice of time at a time."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.ui.runs.output.model import OutputModel

_SLICE_S = 0.004
_LONGEST_LINE = 64 * 1024 * 1024


class OutputSaver(QObject):
    """Writes the rows there are when it starts, each line in full as the worker printed it.

    `finished` tells why it could not be done, "" when it was; `progress` how much was, from 0 to 1.
    """

    progress = Signal(float)
    finished = Signal(str)

    def __init__(self, model: OutputModel, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._path = path
        self._rows = model.rowCount()
        self._written = 0
        self._file: BinaryIO | None = None
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._write_on)
        model.modelReset.connect(self._give_up)

    def start(self) -> None:
        """Begin."""
        try:
            self._file = self._path.open("wb")
        except OSError as error:
            self._end(f"{self._path}: {error.strerror or error}")
            return
        self._timer.start(0)

    def _write_on(self) -> None:
        end = time.monotonic() + _SLICE_S
        logs = self._model.lines.logs
        try:
            while self._file is not None and logs is not None and self._written < self._rows:
                which, number = self._model.place(self._written)
                self._file.write(logs[which].raw(number, _LONGEST_LINE) + b"\n")
                self._written += 1
                if time.monotonic() >= end:
                    self.progress.emit(self._written / self._rows)
                    return
            self._end("")
        except OSError as error:
            self._end(f"{self._path}: {error.strerror or error}")

    def _give_up(self) -> None:
        self._end(f"{self._path.name} is incomplete: what is shown changed while it was written")

    def _end(self, problem: str) -> None:
        self._timer.stop()
        if self._file is not None:
            with suppress(OSError):  # told already, or told by the write that failed
                self._file.close()
            self._file = None
        self._model.modelReset.disconnect(self._give_up)
        self.finished.emit(problem)
