"""What there is in a run's directory, or any other, read in the background and again as it changes."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gym_gui.constants import ANALYTICS_FILE_NAME
from gym_gui.core.artifacts.checkpoints.listing import (
    CheckpointRow,
    SavedEvent,
    run_checkpoints,
    saved_events,
)
from gym_gui.core.artifacts.disk import DiskMeter, DiskUsage
from gym_gui.core.artifacts.finding import Found, find_artifacts, found_file
from gym_gui.core.artifacts.manifest import ManifestView, load_manifest, read_manifest
from gym_gui.core.artifacts.stopping import StopAsked, StoppedError, stop_if
from gym_gui.core.artifacts.wandb.finding import run_link
from gym_gui.core.events.log import EventLog
from gym_gui.core.worker.lifecycle import LifecycleEventType
from gym_gui.services.event_index import EventIndex
from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.worker import WandBMetadata

_SAVED = frozenset({LifecycleEventType.CHECKPOINT_SAVED.value})
_OUTPUT = "stdout.log"


@dataclass(frozen=True, slots=True)
class Contents:
    """What there is below a root, ready to be shown.

    Attributes:
        root: The directory; of a single file the one it lies in.
        checkpoints: Those of events, manifest and disk, missing ones included.
        usage: What the root takes on the disk; None for a single file.
        directory_bytes: What directories that count as one artifact take, by their place below the root.
        wandb: What the manifest says of a W&B run.
        wandb_link: Its web address, "" when there is none that is http or https.
    """

    root: Path
    found: Found
    manifest: ManifestView
    checkpoints: tuple[CheckpointRow, ...] = ()
    usage: DiskUsage | None = None
    directory_bytes: Mapping[str, int] = field(default_factory=dict)
    wandb: WandBMetadata | None = None
    wandb_link: str = ""


class ContentsReader:
    """Reads one place again and again; what can be read on from where it was, is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log: EventLog | None = None
        self._index = EventIndex()
        self._meter: DiskMeter | None = None

    def read(self, asked_to_stop: StopAsked) -> Contents:
        """What there is at the path now.

        Raises:
            OSError: When there is nothing, or it cannot be looked into.
            StoppedError: When asked to stop.
        """
        path = self.path.resolve(strict=True)
        if not path.is_dir() and not _is_manifest(path):
            found = found_file(path)
            return Contents(found.root, found, ManifestView(found=False))
        found = find_artifacts(path, asked_to_stop)
        name = ANALYTICS_FILE_NAME if path.is_dir() else path.name
        view = read_manifest(found.root, name)
        manifest = load_manifest(found.root / name) if view.found and not view.problem else None
        rows = run_checkpoints(found.root, self._saved(found.root, asked_to_stop), manifest)
        if self._meter is None:
            self._meter = DiskMeter(found.root)
        wandb = manifest.artifacts.wandb if manifest is not None else None
        wandb = wandb if wandb is not None and wandb.enabled else None
        return Contents(
            found.root,
            found,
            view,
            rows,
            self._meter.measure(asked_to_stop),
            _directory_sizes(found, asked_to_stop),
            wandb,
            run_link(wandb) if wandb is not None else "",
        )

    def _saved(self, root: Path, asked: StopAsked) -> Iterator[SavedEvent]:
        """The checkpoints that the run's output told of."""
        if self._log is None:
            self._log = EventLog(root / _OUTPUT)
        generation = self._log.generation
        self._log.advance(final=True)
        if self._log.generation != generation:
            self._index = EventIndex()
        while self._index.take_from(self._log):
            stop_if(asked)
        numbers = (self._index.line_number(row) for row in self._index.rows_named(_SAVED))
        yield from saved_events(self._log.line(number) for number in numbers)


class ArtifactsReader(QObject):
    """Follows one place at a time; one look at it is under way at most.

    `changed` carries the `Contents`, `failed` why there are none.
    """

    changed = Signal(object)
    failed = Signal(str)
    busy_changed = Signal(bool)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._reader: ContentsReader | None = None
        self._stop = threading.Event()
        self._reading = False
        self._again = False

    @property
    def path(self) -> Path | None:
        """The place that is followed."""
        return self._reader.path if self._reader else None

    def turn_to(self, path: Path | None) -> None:
        """Follow another place, or none."""
        self.stop()
        self._reader = ContentsReader(path) if path is not None else None
        self.refresh()

    def stop(self) -> None:
        """Have a look that is under way end soon and tell nothing."""
        self._stop.set()
        self._stop = threading.Event()
        self._set_reading(False)
        self._again = False

    def refresh(self) -> None:
        """Look again, or once more when the look under way is done."""
        reader, stop = self._reader, self._stop
        if reader is None:
            return
        if self._reading:
            self._again = True
            return
        self._set_reading(True)
        self._tasks.start(
            "Looking for artifacts",
            lambda: _read_unless_stopped(reader, stop.is_set),
            owner=self,
            done=lambda contents: self._take(stop, contents),
            failed=lambda error: self._miss(stop, error),
        )

    def _take(self, stop: threading.Event, contents: Contents | None) -> None:
        if stop is self._stop and contents is not None:
            self._finish()
            self.changed.emit(contents)

    def _miss(self, stop: threading.Event, error: Exception) -> None:
        if stop is self._stop:
            self._finish()
            self.failed.emit(_words_of(error))

    def _finish(self) -> None:
        self._set_reading(False)
        if self._again:
            self._again = False
            self.refresh()

    def _set_reading(self, reading: bool) -> None:
        if reading != self._reading:
            self._reading = reading
            self.busy_changed.emit(reading)


def _read_unless_stopped(reader: ContentsReader, asked: StopAsked) -> Contents | None:
    try:
        return reader.read(asked)
    except StoppedError:
        return None


def _is_manifest(path: Path) -> bool:
    """Whether a file that was opened is a manifest: by its name, or a JSON file that reads as one."""
    if path.name == ANALYTICS_FILE_NAME:
        return True
    if path.suffix != ".json":
        return False
    try:
        load_manifest(path)
    except (ValueError, OSError):
        return False
    return True


def _directory_sizes(found: Found, asked: StopAsked) -> dict[str, int]:
    directories = (artifact.relative for artifact in found.artifacts if artifact.is_directory)
    return {relative: DiskMeter(found.root / relative).measure(asked).file_bytes for relative in directories}


def _words_of(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror or error}"
    return str(error) or type(error).__name__
