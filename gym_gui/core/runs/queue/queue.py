"""The line of runs that wait to be started: joining, leaving, moving, holding and releasing.

A queued run is a complete run directory that nobody has started. Its place in line is a file beside the runs
folder; changes of the line are made under a lock, so panels and command lines can make them at once.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from gym_gui.core.runs.cached import Signature, signature
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.exclusive import exclusively
from gym_gui.core.runs.files import RecordError, read_record, write_json_atomically
from gym_gui.core.runs.launch import LaunchSpec, create_run, supervisor_environment
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.queue.environment import keep_environment, leave_queue
from gym_gui.core.runs.queue.files import QueueFiles, can_be_started
from gym_gui.core.runs.queue.order import Move, in_order, last_position, moved
from gym_gui.core.runs.queue.record import QueueEntry, QueueHold
from gym_gui.core.runs.record import Requester
from gym_gui.core.runs.requester import requester_text

# Runs whose place cannot be read are not forgotten: they come last.
_AT_THE_END = 1e12


class NotQueuedError(LookupError):
    """The run does not wait in the queue; the message says what to do."""


class RunQueue:
    """The queue of the runs in one store."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.files = QueueFiles.beside(store.root)
        self._read: dict[str, tuple[Signature, QueueEntry]] = {}

    def waiting(self) -> list[QueueEntry]:
        """The runs that wait, the next one first; not those started, cancelled or deleted meanwhile."""
        return in_order(entry for entry in self._entries() if can_be_started(self.run_of(entry.run_id)))

    def join(
        self, run: RunDirectory, environment: Mapping[str, str], spec: LaunchSpec, priority: int
    ) -> None:
        """Gives the run its place at the end of those of its priority.

        Raises:
            NoPlaceForSecretsError: The launch has secrets that can be kept nowhere until it starts.
            OSError: When the place cannot be written.
        """
        with self.changing():
            keep_environment(self.files, run.run_id, environment, spec.env)
            position = last_position(self._entries())
            entry = QueueEntry(run_id=run.run_id, queued=time.time(), priority=priority, position=position)
            write_json_atomically(self.files.entry(run.run_id), entry)

    def leave(self, run_id: str) -> None:
        """Takes the run out of the line; nothing when it is not in it."""
        leave_queue(self.run_of(run_id))

    def move(self, run_id: str, move: Move) -> None:
        """Moves a waiting run in the line.

        Raises:
            NotQueuedError: It does not wait, or not any more.
        """
        with self.changing():
            line = self.waiting()
            if not any(entry.run_id == run_id for entry in line):
                raise NotQueuedError(f"run {run_id} does not wait in the queue, so it cannot be moved in it")
            for entry in moved(line, run_id, move):
                write_json_atomically(self.files.entry(entry.run_id), entry)

    def hold(self, reason: str = "") -> QueueHold:
        """Keeps the queue from starting anything until `release`; runs that are going are not touched."""
        hold = QueueHold(since=time.time(), by=_me(), reason=reason.strip())
        with self.changing():
            write_json_atomically(self.files.hold, hold)
        return hold

    def release(self) -> bool:
        """Lets the queue go on; whether it was held."""
        with self.changing():
            was_held = os.path.lexists(self.files.hold)
            self.files.hold.unlink(missing_ok=True)
        return was_held

    def held(self) -> QueueHold | None:
        """Who holds the queue and why, None when nobody does. A record that cannot be read holds it too."""
        try:
            return read_record(self.files.hold, QueueHold)
        except FileNotFoundError:
            return None
        except RecordError as error:
            return QueueHold(since=0.0, reason=f"{error}; `gym-gui queue release` removes it")

    @contextlib.contextmanager
    def changing(self) -> Iterator[None]:
        """Keeps everybody else from changing the line for the length of a `with` block."""
        self.files.make()
        with exclusively(self.files.change_lock):
            yield

    def run_of(self, run_id: str) -> RunDirectory:
        """The directory of a run in line, which need not be there any more."""
        return RunDirectory(self.store.root / run_id)

    def _entries(self) -> list[QueueEntry]:
        """All places in line; a file is read again only when it has changed."""
        read: dict[str, tuple[Signature, QueueEntry]] = {}
        for run_id in self.files.waiting_ids():
            now = signature(self.files.entry(run_id))
            known = self._read.get(run_id)
            if now is None:
                continue  # it left between two looks
            read[run_id] = known if known is not None and known[0] == now else (now, self._entry(run_id))
        self._read = read
        return [entry for _, entry in read.values()]

    def _entry(self, run_id: str) -> QueueEntry:
        file = self.files.entry(run_id)
        try:
            entry = read_record(file, QueueEntry)
        except (FileNotFoundError, RecordError):
            return QueueEntry(run_id=run_id, queued=_modified(file), position=_AT_THE_END)
        # The name of the file is what counts: a copied file must not stand for another run.
        return msgspec.structs.replace(entry, run_id=run_id)


def enqueue_run(
    queue: RunQueue, spec: LaunchSpec, *, priority: int = 0, source_dir: Path | None = None
) -> RunDirectory:
    """A new run's directory with its records, at the end of the line; nothing is started by this.

    The place in line is written before `run.json`, so at no moment is there a run that nobody would start.

    Raises:
        ValueError: When `spec` holds what cannot be launched, written or kept; the message names the field.
        OSError: When the data directory cannot be written.
    """
    environment = supervisor_environment(spec)
    joined: list[str] = []

    def join(run: RunDirectory) -> None:
        joined.append(run.run_id)
        queue.join(run, environment, spec, priority)

    try:
        return create_run(queue.store, spec, source_dir=source_dir, before_record=join)
    except BaseException:
        for run_id in joined:
            queue.leave(run_id)
        raise


def _me() -> str:
    return requester_text(Requester(os.getpid(), os.getuid(), osproc.command_name(os.getpid())))


def _modified(file: Path) -> float:
    try:
        return os.lstat(file).st_mtime
    except OSError:
        return 0.0
