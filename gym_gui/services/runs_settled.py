"""Runs that have ended: known from the index at once, checked for changes and kept for next time."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.index import IndexedRun, RunIndex, stamps_of
from gym_gui.services.tasks import TaskRunner

_CHECK_EVERY_S = 10.0
_SAVE_EVERY_S = 5.0
_SAVE_AGAIN_S = 60.0


class SettledRuns(QObject):
    """Holds what is known of ended runs; nothing here takes time on the thread of the window.

    Such a run changes only when somebody edits its files, so its stamps are compared now and then, in the
    background, and no observer is kept for it.
    """

    changed = Signal(object)

    def __init__(self, root: Path, index: RunIndex | None, tasks: TaskRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._root = root
        self._index = index
        self._tasks = tasks
        self._runs: dict[str, IndexedRun] = {}
        self._unsaved: dict[str, IndexedRun] = {}
        self._has_lost_some = True  # what vanished while no panel was open is not known
        self._checking = False
        self._saving = False
        self._next_check = time.monotonic() + _CHECK_EVERY_S
        self._next_save = 0.0

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._runs

    def __iter__(self) -> Iterator[str]:
        return iter(self._runs)

    def load(self, run_ids: list[str]) -> dict[str, IndexedRun]:
        """What the index knows of these runs; for a background task."""
        return self._index.load(self._root, run_ids) if self._index is not None else {}

    def take_known(self, known: dict[str, IndexedRun]) -> None:
        """Holds what `load` gave."""
        self._runs.update(known)

    def put(self, run: IndexedRun) -> None:
        """Holds a run that was looked at here, and has it saved."""
        run_id = run.summary.run_id
        self._runs[run_id] = run
        if self._index is not None:
            self._unsaved[run_id] = run

    def drop(self, run_id: str) -> None:
        """Lets go of a run that has to be looked at again, or is gone."""
        self._runs.pop(run_id, None)
        self._unsaved.pop(run_id, None)

    def note_loss(self) -> None:
        """Has what the index knows of runs that are gone dropped with the next save."""
        self._has_lost_some = True

    def is_as_it_was(self, run_id: str) -> bool:
        """Whether the files of a run held here are, at this moment, what they were."""
        return _is_same(self._root, run_id, self._runs[run_id])

    def check_when_due(self) -> None:
        """Compares all stamps once in a while; `changed` names the runs whose files are others now."""
        if self._checking or not self._runs or time.monotonic() < self._next_check:
            return
        self._checking = True
        self._tasks.start(
            "Looking for changes of runs",
            partial(_changed_among, self._root, dict(self._runs)),
            owner=self,
            done=self._take_changed,
        )

    def save_when_due(self, present: Collection[str]) -> None:
        """Hands the index what is new once in a while; `present` are all runs there are."""
        nothing_new = not self._unsaved and not self._has_lost_some
        if self._index is None or self._saving or nothing_new or time.monotonic() < self._next_save:
            return
        self._saving = True
        runs, self._unsaved = self._unsaved, {}
        kept = frozenset(present) if self._has_lost_some else None
        self._has_lost_some = False
        self._tasks.start(
            "Keeping what is known of runs",
            partial(self._index.save, list(runs.values()), kept),
            owner=self,
            done=partial(self._take_saved, runs, kept is not None),
        )

    def _take_changed(self, run_ids: list[str]) -> None:
        self._checking = False
        self._next_check = time.monotonic() + _CHECK_EVERY_S
        if run_ids:
            self.changed.emit(run_ids)

    def _take_saved(self, runs: dict[str, IndexedRun], tidied: bool, was_kept: bool) -> None:
        self._saving = False
        self._next_save = time.monotonic() + (_SAVE_EVERY_S if was_kept else _SAVE_AGAIN_S)
        if not was_kept:
            self._has_lost_some = self._has_lost_some or tidied
            still_held = {run_id: run for run_id, run in runs.items() if self._runs.get(run_id) is run}
            self._unsaved = {**still_held, **self._unsaved}


def _is_same(root: Path, run_id: str, run: IndexedRun) -> bool:
    return stamps_of(f"{root}/{run_id}").packed == run.stamps.packed


def _changed_among(root: Path, runs: dict[str, IndexedRun]) -> list[str]:
    return [run_id for run_id, run in runs.items() if not _is_same(root, run_id, run)]
