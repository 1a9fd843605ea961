"""Editing what people say about a run, in the background."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.record import Labels
from gym_gui.services.tasks import TaskRunner


class LabelsEditor(QObject):
    """Writes labels one edit at a time; `saved` carries the run's id, `refused` that and why."""

    saved = Signal(str)
    refused = Signal(str, str)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks

    def save(self, run: RunDirectory, before: Labels, *, name: str, tags: Sequence[str], notes: str) -> None:
        """Write what was changed since `before`; what was not changed stays as others may have it by now."""
        self._tasks.start(
            "Saving name, tags and notes",
            lambda: _edit(run, before, name, tags, notes),
            owner=self,
            done=lambda _: self.saved.emit(run.run_id),
            failed=lambda error: self.refused.emit(run.run_id, str(error)),
        )


def _edit(run: RunDirectory, before: Labels, name: str, tags: Sequence[str], notes: str) -> Labels:
    # Imported here, on a pool's thread: the window opens without it.
    from gym_gui.core.runs.labelling import edit_labels

    return edit_labels(
        run,
        name=None if name == before.name else name,
        add_tags=[tag for tag in tags if tag not in before.tags],
        remove_tags=[tag for tag in before.tags if tag not in tags],
        notes=None if notes == before.notes else notes,
    )
