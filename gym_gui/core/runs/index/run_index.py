"""The index: which ended runs are known, as far as their files still are what they were."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gym_gui.core.runs.index.settled import IndexedRun, is_settled
from gym_gui.core.runs.index.stamps import stamps_of

if TYPE_CHECKING:
    import sqlite3

_logger = logging.getLogger(__name__)
_ASKED_AT_A_TIME = 500


class _Use(Enum):
    DONE = auto()
    NOT_NOW = auto()
    SET_ASIDE = auto()


class RunIndex:
    """What was found out about ended runs, in one SQLite file that any number of processes share.

    Nothing is raised for what the file holds or the disk does: what is not known has to be looked at, and
    what cannot be kept is looked at again next time. Methods may be called from any thread.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, root: Path, run_ids: Sequence[str]) -> dict[str, IndexedRun]:
        """Those of the runs in the folder `root` that are known, and whose files are as they were."""
        from gym_gui.core.runs.index.rows import Row, summary_in

        known: dict[str, IndexedRun] = {}

        def take(row: Row, path: Path) -> None:
            stamps = stamps_of(str(path))
            if stamps.packed == row[1] and (summary := summary_in(row, path)) is not None:
                known[path.name] = IndexedRun(stamps, summary)

        def read(connection: sqlite3.Connection) -> None:
            for start in range(0, len(run_ids), _ASKED_AT_A_TIME):
                asked = {run_id: root / run_id for run_id in run_ids[start : start + _ASKED_AT_A_TIME]}
                places = ",".join("?" * len(asked))
                # The only thing put together here are question marks.
                query = f"SELECT run_id, stamps, summary, seal FROM runs WHERE run_id IN ({places})"  # noqa: S608
                for row in connection.execute(query, tuple(asked)):
                    if row[0] in asked and all(isinstance(value, bytes) for value in row[1:]):
                        take(row, asked[row[0]])

        if run_ids:
            self._use(read, to_write=False)
        return known

    def save(self, runs: Iterable[IndexedRun], present: Collection[str] | None = None) -> bool:
        """Keeps these runs, and drops all that are not `present` if that is given; whether it could.

        One that may still change, or did within the last seconds, is passed over.
        """
        from gym_gui.core.runs.index.rows import row_of

        now = time.time()
        lasting = (run for run in runs if is_settled(run.summary) and run.stamps.are_unmistakable(now))
        rows = [row for row in map(row_of, lasting) if row is not None]

        def write(connection: sqlite3.Connection) -> None:
            connection.executemany("REPLACE INTO runs VALUES (?, ?, ?, ?)", rows)
            if present is not None:
                kept = set(present)
                ids = [run_id for (run_id,) in connection.execute("SELECT run_id FROM runs")]
                gone = ((run_id,) for run_id in ids if run_id not in kept)
                connection.executemany("DELETE FROM runs WHERE run_id IS ?", gone)

        if not rows and present is None:
            return True
        kept = self._use(write, to_write=True)
        if kept is _Use.SET_ASIDE:
            kept = self._use(write, to_write=True)
        return kept is _Use.DONE

    def _use(self, work: Callable[[sqlite3.Connection], Any], *, to_write: bool) -> _Use:
        """Does `work` on the file, unless there is none to read."""
        try:
            # Imported here: the first paint and most commands do without, and some Pythons have to.
            import sqlite3

            from gym_gui.core.runs.index import database
        except ImportError:
            return _Use.NOT_NOW
        seen = database.inode(self.path)
        try:
            with database.opened(self.path, to_write=to_write) as connection:
                if connection is not None:
                    work(connection)
        except (sqlite3.Error, UnicodeDecodeError, OSError, database.UnusableError) as error:
            # Torn text is refused by the decoder, also where SQLite only quotes it.
            _logger.info("the index is not used: %s: %s", self.path, error)
            return _Use.NOT_NOW if database.is_passing(error) else self._set_aside(seen)
        return _Use.DONE

    def _set_aside(self, seen: int | None) -> _Use:
        from gym_gui.core.runs.index import database

        try:
            database.set_aside(self.path, seen)
        except OSError as error:
            _logger.info("the index cannot be set aside: %s", error)
            return _Use.NOT_NOW
        return _Use.SET_ASIDE
