"""The SHA-256 of a file, on request: with progress, to be cancelled, to be copied."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QWidget

from gym_gui.core.artifacts.checkpoints.hashing import sha256_of
from gym_gui.core.artifacts.stopping import StoppedError
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.widgets.labels import PlainLabel

_TICK_MS = 100


class _Work:
    """What the window and the pool's thread share: how far it is, and whether to stop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.stop = threading.Event()
        self.done = 0
        self.total = 1

    def run(self) -> str | None:
        """The checksum, None when it was stopped."""
        try:
            return sha256_of(self._path, self._tell, self.stop.is_set)
        except StoppedError:
            return None

    def _tell(self, done: int, total: int) -> None:
        self.done, self.total = done, total


class Checksum(QWidget):
    """A button that becomes a bar that becomes the checksum."""

    def __init__(self, tasks: TaskRunner, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._path: Path | None = None
        self._work: _Work | None = None
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self._show_progress)
        self.value = PlainLabel("", "mono", wrap=True, selectable=True)
        self.value.setMinimumWidth(1)
        self.begin = self._quiet("Compute SHA-256", self._begin)
        self.cancel = self._quiet("Cancel", self._cancel)
        self.copy = self._quiet("Copy", lambda: desktop.copy(self.value.text(), "SHA-256"))
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Bytes read for the checksum")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._name = PlainLabel("SHA-256", "muted")
        row.addWidget(self.begin)
        row.addWidget(self._name)
        row.addWidget(self.bar, 1)
        row.addWidget(self.value, 1)
        row.addWidget(self.cancel)
        row.addWidget(self.copy)
        row.addStretch(0)
        self._parts = (self.begin, self._name, self.bar, self.value, self.cancel, self.copy)
        self.show_path(None)

    def _quiet(self, text: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "quiet")
        button.clicked.connect(lambda _checked: do())
        return button

    def show_path(self, path: Path | None) -> None:
        """Offer the checksum of this file, or of none."""
        self._cancel()
        self._path = path
        self.setVisible(path is not None)

    def _begin(self) -> None:
        if self._path is None:
            return
        work = self._work = _Work(self._path)
        self.bar.setRange(0, 1000)
        self._show(self._name, self.bar, self.cancel)
        self._timer.start()
        self._tasks.start(
            "Computing a checksum",
            work.run,
            owner=self,
            done=lambda found: self._take(work, found or ""),
            failed=lambda error: self._take(work, f"cannot be computed: {error}"),
        )

    def _take(self, work: _Work, words: str) -> None:
        if work is self._work:
            self._timer.stop()
            self.value.setText(words)
            self._show(self._name, self.value, self.copy)

    def _show_progress(self) -> None:
        if self._work is not None:
            self.bar.setValue(round(1000 * self._work.done / max(1, self._work.total)))

    def _cancel(self) -> None:
        if self._work is not None:
            self._work.stop.set()
            self._work = None
        self._timer.stop()
        self._show(self.begin)

    def _show(self, *wanted: QWidget) -> None:
        for part in self._parts:
            part.setVisible(part in wanted)
