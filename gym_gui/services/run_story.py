"""What a run's files tell beyond its summary, read in the background: why it ended, the seed it drew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from pathlib import Path

    from gym_gui.core.runs.endings import EndExplanation

_HEAD_BYTES = 256 * 1024


class RunStory(QObject):
    """Follows one run at a time; each answer comes once, when there is something to tell.

    Attributes:
        explanation: Why the run ended, None until that was read.
        drawn_seed: The seed that the worker drew itself, None when it was given one or said none.
    """

    explained = Signal()
    unexplained = Signal(str)
    seed_found = Signal()

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._path: Path | None = None
        self._asked_end: object = None
        self._seeks_seed = False
        self.explanation: EndExplanation | None = None
        self.drawn_seed: int | None = None

    def follow(self, summary: RunSummary) -> None:
        """Turn to this run as it stands; called again whenever its summary changes."""
        if summary.path != self._path:
            self._path = summary.path
            self._asked_end = None
            self._seeks_seed = False
            self.explanation = None
            self.drawn_seed = None
        self._ask_why(summary)
        self._ask_seed(summary)

    def _ask_why(self, summary: RunSummary) -> None:
        end = (summary.state, summary.exit, summary.ended) if summary.state.is_over else None
        if end == self._asked_end:
            return
        self._asked_end = end
        self.explanation = None
        if end is None:
            return
        run = RunDirectory(summary.path)
        self._tasks.start(
            "Reading why the run ended",
            lambda: _explain(run),
            owner=self,
            done=lambda explanation: self._take_explanation(run, explanation),
            failed=lambda error: self._miss_explanation(run, error),
        )

    def _take_explanation(self, run: RunDirectory, explanation: EndExplanation) -> None:
        if run.path == self._path and self._asked_end is not None:
            self.explanation = explanation
            self.explained.emit()

    def _miss_explanation(self, run: RunDirectory, error: Exception) -> None:
        if run.path == self._path:
            self.unexplained.emit(f"{type(error).__name__}: {error}")

    def _ask_seed(self, summary: RunSummary) -> None:
        has_none = summary.record is not None and summary.record.seed is None
        if not has_none or self._seeks_seed or self.drawn_seed is not None or summary.last_event is None:
            return
        self._seeks_seed = True
        run = RunDirectory(summary.path)
        self._tasks.start(
            "Reading the seed that was drawn",
            lambda: drawn_seed(run),
            owner=self,
            done=lambda seed: self._take_seed(run, seed),
        )

    def _take_seed(self, run: RunDirectory, seed: int | None) -> None:
        if run.path == self._path and seed is not None:
            self.drawn_seed = seed
            self.seed_found.emit()


def _explain(run: RunDirectory) -> EndExplanation:
    # Imported here, on a pool's thread: the window opens without it.
    from gym_gui.core.runs.why.causes import explain_end

    return explain_end(run)


def drawn_seed(run: RunDirectory) -> int | None:
    """The seed in the run's first `run_started`, which is looked for in the first 256 KiB of its output."""
    from gym_gui.core.events.lines import parse_line
    from gym_gui.core.events.regular import open_regular

    try:
        with open_regular(run.stdout_file) as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return None
    for raw in head.split(b"\n"):
        if b'"run_started"' not in raw:
            continue
        line = parse_line(raw, 0)
        if line.event == "run_started":
            seed = (line.payload or {}).get("seed")
            return seed if isinstance(seed, int) and not isinstance(seed, bool) else None
    return None
