"""Tags, names and the archive of several runs at once, in the background, with a way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.files import RecordError
from gym_gui.core.runs.record import Labels
from gym_gui.services.notifier import NoticeAction, Notifier
from gym_gui.services.run_batch import Outcome, Target, counted, do_to_each, named
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.undo import Undo

_Write = Callable[[RunDirectory], "_Change"]


class _Change(NamedTuple):
    before: Labels
    after: Labels


class RunsLabelling(QObject):
    """Edits the labels of many runs.

    Signals:
        edited: Ids of runs whose labels were written.
        finished: A batch is through; why it was refused for some of its runs, or "".
    """

    edited = Signal(object)
    finished = Signal(str)

    def __init__(
        self, tasks: TaskRunner, notifier: Notifier, undo: Undo, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._notifier = notifier
        self._undo = undo

    def archive(self, targets: list[Target], archived: bool) -> None:
        """Put runs away, or fetch them back."""
        done = "archived" if archived else "taken out of the archive"
        hint = "Search is:archived to see them again." if archived else ""
        self._write(targets, f"{named(targets)} {done}", lambda run: _edit(run, archived=archived), hint)

    def tag(self, targets: list[Target], add: Iterable[str], remove: Iterable[str]) -> None:
        """Add and remove tags; each run keeps its others."""
        added, removed = tuple(add), tuple(remove)
        words = [f"+{tag}" for tag in added] + [f"-{tag}" for tag in removed]
        self._write(
            targets,
            f"{named(targets)} tagged",
            lambda run: _edit(run, add_tags=added, remove_tags=removed),
            " ".join(words),
        )

    def rename(self, target: Target, name: str) -> None:
        """Give a run another name; none at all when it is empty."""
        told = f"Renamed to {name.strip()}" if name.strip() else f"{target.label} has no name any more"
        self._write([target], told, lambda run: _edit(run, name=name))

    def _write(self, targets: list[Target], told: str, write: _Write, hint: str = "") -> None:
        self._tasks.start(
            f"Writing the labels of {counted(targets)}",
            lambda: do_to_each(targets, write, _errors()),
            owner=self,
            done=lambda outcome: self._tell(outcome, told, hint),
        )

    def _tell(self, outcome: Outcome[_Change], told: str, hint: str) -> None:
        changed = {target: change for target, change in outcome.done if change.before != change.after}
        self.edited.emit(outcome.run_ids)
        if changed:
            take_back = self._undo.offer(told, lambda: self._take_back(changed))
            self._notifier.success(told, hint, NoticeAction("Undo", take_back))
        elif outcome.done and not outcome.refused:
            self._notifier.info("Nothing to change", "The runs have these labels already.")
        if outcome.refused:
            title = f"The labels of {counted(len(outcome.refused))} were not written"
            self._notifier.error(title, outcome.reasons)
        self.finished.emit(outcome.reasons)

    def _take_back(self, changed: Mapping[Target, _Change]) -> None:
        by_run = {target.run: change for target, change in changed.items()}
        self._tasks.start(
            f"Restoring the labels of {counted(len(changed))}",
            lambda: do_to_each(changed, lambda run: _revert(run, by_run[run]), _errors()),
            owner=self,
            done=self._tell_taken_back,
        )

    def _tell_taken_back(self, outcome: Outcome[Labels]) -> None:
        self.edited.emit(outcome.run_ids)
        if outcome.refused:
            title = f"The labels of {counted(len(outcome.refused))} were not restored"
            self._notifier.error(title, outcome.reasons)
        else:
            self._notifier.info(f"The labels of {counted(len(outcome.done))} are as they were")


def _edit(
    run: RunDirectory,
    *,
    name: str | None = None,
    add_tags: Iterable[str] = (),
    remove_tags: Iterable[str] = (),
    archived: bool | None = None,
) -> _Change:
    # Imported here, on a pool's thread: the window opens without it.
    from gym_gui.core.runs.labelling import edit_labels

    before = edit_labels(run)
    after = edit_labels(run, name=name, add_tags=add_tags, remove_tags=remove_tags, archived=archived)
    return _Change(before, after)


def _revert(run: RunDirectory, change: _Change) -> Labels:
    """Takes back what the change did and nothing that others wrote since."""
    from gym_gui.core.runs.labelling import edit_labels

    before, after = change
    return edit_labels(
        run,
        name=before.name if before.name != after.name else None,
        add_tags=[tag for tag in before.tags if tag not in after.tags],
        remove_tags=[tag for tag in after.tags if tag not in before.tags],
        archived=before.archived if before.archived != after.archived else None,
    )


def _errors() -> tuple[type[Exception], ...]:
    from gym_gui.core.runs.labelling import LabelError

    return (LabelError, RecordError, OSError)
