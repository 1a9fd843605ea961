"""The trash: runs that were deleted and can still be restored, until somebody empties it.

`<data>/trainer/trash/<entry>/` holds `trash.json` and the run's directory under its own name. Renaming that
directory is the moment at which the run is in the trash; before it is in its place, whole.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from gym_gui.core.events.regular import open_regular
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.exclusive import BusyError, exclusively
from gym_gui.core.runs.files import RecordError, read_record, write_json_atomically
from gym_gui.core.runs.ids import is_run_id, new_run_id
from gym_gui.core.runs.moving import move_directory, remove_directory, remove_leftovers
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.record import Labels, Requester, RunRecord
from gym_gui.core.runs.requester import requester_text
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.trash.entry import EmptiedTrash, TrashedRun, TrashRecord, TrashRefusedError

__all__ = ["EmptiedTrash", "Trash", "TrashRecord", "TrashRefusedError", "TrashedRun"]

TRASH_DIR_NAME = "trash"
_RECORD = "trash.json"
_ON_ITS_WAY_OUT_S = 3.0
_LARGEST_RECORD = 16 * 1024 * 1024
_Record = TypeVar("_Record")


class Trash:
    """The trash beside the runs folder of a store."""

    def __init__(self, store: RunStore) -> None:
        self._store = store
        self.folder = store.root.parent / TRASH_DIR_NAME

    def put(self, run: RunDirectory) -> TrashedRun:
        """Moves a run that is over into the trash.

        Raises:
            TrashRefusedError: It is not over, or it is a link.
            OSError: It cannot be moved; it is then still in its place.
        """
        self._refuse_links(run.path)
        with _over_and_kept_so(run):
            place = self.folder / new_run_id()
            place.mkdir(parents=True)
            record = TrashRecord(run_id=run.run_id, trashed=time.time(), by=_me(), was_at=str(run.path))
            try:
                write_json_atomically(place / _RECORD, record)
                move_directory(run.path, place / run.run_id)
            except BaseException:
                _forget_unless_moved(place, run.run_id)
                raise
        return self._described(place.name, record)

    def contents(self) -> list[TrashedRun]:
        """What is in the trash, the latest first. Runs that are still in their place are not in it."""
        found = []
        for name in self._entries():
            record = self._record(name)
            if record is not None:
                found.append(self._described(name, record))
        return sorted(found, key=lambda trashed: (trashed.trashed, trashed.entry), reverse=True)

    def find(self, run_id_or_prefix: str) -> TrashedRun:
        """The run of this id, or the only one whose id starts so; the latest, if it was deleted repeatedly.

        Raises:
            LookupError: There is none, or more than one.
        """
        wanted = run_id_or_prefix.casefold()
        contents = self.contents()
        exact = [t for t in contents if run_id_or_prefix in (t.run_id, t.entry)]
        matches = exact or [t for t in contents if wanted and t.run_id.casefold().startswith(wanted)]
        ids = {trashed.run_id for trashed in matches}
        if len(ids) == 1:
            return matches[0]
        how_many = f"{len(ids)} runs" if ids else "no run"
        raise LookupError(f"{how_many} in the trash {'start' if ids else 'starts'} with {run_id_or_prefix!r}")

    def restore(self, trashed: TrashedRun) -> RunDirectory:
        """Moves a run back to where it was.

        Raises:
            TrashRefusedError: There is a run of that id again.
            FileNotFoundError: It is not in the trash any more.
            OSError: It cannot be moved; it is then still in the trash.
        """
        run = RunDirectory(self._store.root / trashed.run_id)
        self._refuse_links(trashed.directory.path)
        if os.path.lexists(run.path):
            raise TrashRefusedError(
                f"{run.path} is there again; move it away to restore the one in the trash"
            )
        self._store.root.mkdir(parents=True, exist_ok=True)
        move_directory(trashed.directory.path, run.path)
        _forget_unless_moved(self.folder / trashed.entry, trashed.run_id)
        return run

    def empty(self, chosen: Sequence[TrashedRun] | None = None) -> EmptiedTrash:
        """Deletes these for good, or all that is in the trash.

        Raises:
            OSError: Something cannot be deleted; what was deleted before is gone.
        """
        if os.path.islink(self.folder):
            raise TrashRefusedError(f"{self.folder} is a symbolic link, which is not followed; remove it")
        freed = 0
        doomed = self.contents() if chosen is None else chosen
        for trashed in doomed:
            self._refuse_links(trashed.directory.path)
            freed += trashed.size_bytes
            remove_directory(self.folder / trashed.entry)
        if chosen is None:
            self._remove_what_interrupted_moves_left()
        return EmptiedTrash(len(doomed), freed)

    def _remove_what_interrupted_moves_left(self) -> None:
        """Deletes entries without a run, or with one that is in its place, and half deleted directories."""
        for entry in list(self._entries()):
            remove_directory(self.folder / entry)
        remove_leftovers(self.folder)
        remove_leftovers(self._store.root)

    def _entries(self) -> Iterator[str]:
        if os.path.islink(self.folder):
            return
        try:
            with os.scandir(self.folder) as entries:
                yield from (e.name for e in entries if is_run_id(e.name) and e.is_dir(follow_symlinks=False))
        except (FileNotFoundError, NotADirectoryError):
            return

    def _record(self, entry: str) -> TrashRecord | None:
        """What is known of an entry, None when no run is in it or the run is still in its place."""
        place = self.folder / entry
        record = _read_or_none(place / _RECORD, TrashRecord) or _guessed(place)
        if record is None or not is_run_id(record.run_id):
            return None
        directory = place / record.run_id
        if directory.is_symlink() or not directory.is_dir():
            return None
        # A move to another disk that was interrupted leaves both; the one in its place counts. One that
        # took the id since is told apart by what the records say.
        return None if _is_same_run(directory, self._store.root / record.run_id) else record

    def _described(self, entry: str, record: TrashRecord) -> TrashedRun:
        directory = RunDirectory(self.folder / entry / record.run_id)
        asked = _read_or_none(directory.record_file, RunRecord)
        labels = _read_or_none(directory.labels_file, Labels)
        return TrashedRun(
            entry=entry,
            run_id=record.run_id,
            trashed=record.trashed,
            by=record.by,
            directory=directory,
            name=labels.name if labels else "",
            worker_id=asked.worker_id if asked else "",
            group=asked.group if asked else None,
        )

    def _refuse_links(self, path: Path) -> None:
        for place in (self.folder, path):
            if os.path.islink(place):
                raise TrashRefusedError(f"{place} is a symbolic link, which is not followed; remove it")


@contextmanager
def _over_and_kept_so(run: RunDirectory) -> Iterator[None]:
    """Holds the run's lock while it is moved, so that nothing starts it meanwhile.

    Raises:
        TrashRefusedError: It is not over.
    """
    state = watch_state(run).state
    if not state.is_over:
        raise TrashRefusedError(_not_over(run, state))
    if not os.path.lexists(run.record_file):
        yield  # another program's run, which nobody here could start
        return
    try:
        # The supervisor has recorded the end and may be on its way out.
        with exclusively(run.lock_file, longest_wait_s=_ON_ITS_WAY_OUT_S):
            yield
    except BusyError:
        raise TrashRefusedError(_not_over(run, RunState.STOPPING)) from None


def _not_over(run: RunDirectory, state: RunState) -> str:
    return f"run {run.run_id} is {state}; end it first: gym-gui cancel {run.run_id}"


def _forget_unless_moved(place: Path, run_id: str) -> None:
    """Removes an entry that holds no run."""
    if os.path.lexists(place / run_id):
        return
    (place / _RECORD).unlink(missing_ok=True)
    try:
        place.rmdir()
    except OSError:
        return  # something else is in it: left for emptying


def _guessed(place: Path) -> TrashRecord | None:
    """What an entry without a readable record holds: the one directory in it."""
    try:
        names = [entry.name for entry in os.scandir(place) if entry.is_dir(follow_symlinks=False)]
        moved = os.stat(place).st_mtime
    except OSError:
        return None
    return TrashRecord(run_id=names[0], trashed=max(moved, 0.0)) if len(names) == 1 else None


def _is_same_run(one: Path, other: Path) -> bool:
    if not os.path.lexists(other):
        return False
    try:
        return _start_of(one / "run.json") == _start_of(other / "run.json")
    except OSError:
        return False


def _start_of(record: Path) -> bytes:
    with open_regular(record) as file:
        return file.read(_LARGEST_RECORD)


def _read_or_none(path: Path, kind: type[_Record]) -> _Record | None:
    try:
        return read_record(path, kind)
    except (FileNotFoundError, RecordError):
        return None


def _me() -> str:
    return requester_text(Requester(os.getpid(), os.getuid(), osproc.command_name(os.getpid())))
