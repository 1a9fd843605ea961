"""The Artifacts tab of a run: read when it is looked at, and again as the run goes on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.artifacts.view import ArtifactsView
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.theme import Theme

_LOOK_AGAIN_MS = 3_000
_PENDING = ("Nothing here yet", "Checkpoints, pictures and results show here as the worker writes them.")
_NONE = (
    "This run made nothing but its logs",
    "It ended without a manifest, a checkpoint or a picture. The Overview tab says why it ended.",
)
Resume = Callable[[str, Path], None]


class ArtifactsTab(QWidget):
    """Shows one run's artifacts. `resume` is called with its id and the checkpoint to go on from."""

    def __init__(
        self,
        theme: Theme,
        tasks: TaskRunner,
        desktop: Desktop,
        memory: LayoutMemory,
        *,
        resume: Resume | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._summary: RunSummary | None = None
        self.view = ArtifactsView(theme, tasks, desktop, memory)
        self.view.doings.is_own_run = True
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.view)
        self._timer = QTimer(self, interval=_LOOK_AGAIN_MS)
        self._timer.timeout.connect(self.view.reader.refresh)
        if resume is not None:
            self._resume = resume
            self.view.can_resume = True
            self.view.resume_wanted.connect(self._go_on_from)

    def _go_on_from(self, path: Path) -> None:
        if self._summary is not None:
            self._resume(self._summary.run_id, path)

    def show_run(self, summary: RunSummary) -> None:
        """Show the artifacts of this run; called again as the run goes on."""
        before, self._summary = self._summary, summary
        over = summary.state.is_over
        nothing = _NONE if over else _PENDING
        if before is None or before.path != summary.path:
            self.view.show_path(summary.path, over=over, nothing=nothing)
        else:
            self.view.say_over(over, nothing)
            if over and not before.state.is_over:
                self.view.reader.refresh()
        self._pace()

    def _pace(self) -> None:
        going = self._summary is not None and not self._summary.state.is_over
        if going and self.isVisible():
            if not self._timer.isActive():
                self._timer.start()
        else:
            self._timer.stop()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._pace()
        if self._summary is not None:
            self.view.reader.refresh()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()
