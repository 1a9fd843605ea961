"""The event files of the runs on screen, read in the background a slice at a time."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.services.tasks import TaskRunner

if TYPE_CHECKING:
    from gym_gui.core.artifacts.scalars.model import Changes, SeriesKey
    from gym_gui.core.artifacts.scalars.run import ScalarRun

_SLICE_S = 0.08
_FIRST_SLICE_S = 0.02
_LOOK_EVERY_MS = 1_000
_MOST_KEPT_POINTS = 20_000_000


@dataclass(slots=True)
class _Followed:
    """A run and how far it is; `run` is None until its first slice was read."""

    directory: Path
    run: ScalarRun | None = None
    finished: bool = False
    points: int = 0


class ScalarsReader(QObject):
    """Reads the runs that are on screen: something of each first, then all of each, then what is added.

    `changed` says which run has something new, by its directory, with the core's `Changes`; it comes at
    most some ten times a second. `run` gives the run itself, which may be asked anything from this
    thread. Runs that left the screen are kept for a while, as far as memory allows.
    """

    changed = Signal(object, object)
    failed = Signal(str)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._all: dict[Path, _Followed] = {}
        self._shown: list[_Followed] = []
        self._wanted: frozenset[SeriesKey] = frozenset()
        self._is_reading = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self._look_again)

    def show(self, directories: Sequence[Path], wanted: Collection[SeriesKey] = ()) -> None:
        """Read these runs, the first one first, and follow them; none stops reading.

        Args:
            directories: Run directories, or any that are above event files.
            wanted: The series on screen; what holds them is read before anything else of a run.
        """
        self._shown = [self._all.setdefault(path, _Followed(path)) for path in dict.fromkeys(directories)]
        for followed in self._shown:
            # Last in the dictionary: the latest to be forgotten.
            self._all[followed.directory] = self._all.pop(followed.directory)
        self._wanted = frozenset(wanted)
        self._forget_surplus()
        self._look_again()

    def want(self, wanted: Collection[SeriesKey]) -> None:
        """Other series are on screen now."""
        self._wanted = frozenset(wanted)

    def run(self, directory: Path) -> ScalarRun | None:
        """A run that was shown, None as long as nothing of it was read."""
        followed = self._all.get(directory)
        return followed.run if followed is not None else None

    @property
    def is_caught_up(self) -> bool:
        """Whether everything that is shown was read to its end."""
        return all(followed.finished for followed in self._shown)

    def stop(self) -> None:
        """Stop reading; what was read stays."""
        self._shown = []
        self._timer.stop()

    def _look_again(self) -> None:
        self._timer.stop()
        if self._shown and not self._is_reading:
            self._read([followed for followed in self._shown if not followed.finished] or self._shown)

    def _read(self, these: Iterable[_Followed]) -> None:
        fresh_first = sorted(these, key=lambda followed: followed.run is not None)
        work = [(followed.directory, followed.run) for followed in fresh_first]
        wanted = self._wanted
        self._is_reading = True
        self._tasks.start(
            "Reading event files",
            lambda: _read_slice(work, wanted),
            owner=self,
            done=self._take,
            failed=self._give_up,
        )

    def _take(self, read: list[tuple[Path, ScalarRun, Changes]]) -> None:
        self._is_reading = False
        for directory, run, changes in read:
            followed = self._all.get(directory)
            if followed is None:
                continue
            is_news = followed.run is None or changes.finished != followed.finished
            followed.run, followed.finished = run, changes.finished
            followed.points += changes.points
            if is_news or changes.points or changes.reset or changes.changed:
                self.changed.emit(directory, changes)
        unread = [followed for followed in self._shown if not followed.finished]
        if unread:
            self._read(unread)
        elif self._shown:
            self._timer.start()

    def _give_up(self, error: Exception) -> None:
        self._is_reading = False
        self._shown = []
        self.failed.emit(f"{type(error).__name__}: {error}")

    def _forget_surplus(self) -> None:
        kept = sum(followed.points for followed in self._all.values())
        shown = {followed.directory for followed in self._shown}
        for directory in [directory for directory in self._all if directory not in shown]:
            if kept <= _MOST_KEPT_POINTS:
                return
            kept -= self._all.pop(directory).points


def _read_slice(
    work: Sequence[tuple[Path, ScalarRun | None]], wanted: Collection[SeriesKey]
) -> list[tuple[Path, ScalarRun, Changes]]:
    """Read on in these runs, in their order, until the slice is over; those that were come back."""
    from gym_gui.core.artifacts.scalars.run import ScalarRun

    end = time.monotonic() + _SLICE_S
    read: list[tuple[Path, ScalarRun, Changes]] = []
    for directory, known in work:
        left = end - time.monotonic()
        if read and left <= 0:
            break
        run = known or ScalarRun(directory)
        # Of a run not seen before a first piece is enough: the others want to be seen too.
        budget = max(0.0, left) if known is not None else min(_FIRST_SLICE_S, max(0.0, left))
        read.append((directory, run, run.refresh(budget, wanted)))
    return read
