"""The SQLite file of the index: opened anew for each use, and set aside when it is not as it should be."""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SCHEMA_VERSION = 1
_APPLICATION_ID = 0x4D4F5341
_TABLE = "CREATE TABLE runs (run_id TEXT PRIMARY KEY, stamps BLOB, summary BLOB, seal BLOB)"
# Others hold the file for milliseconds; who waits longer is better off without it.
_BUSY_S = 0.5
_LONGEST_S = 20.0
_STEPS_BETWEEN_LOOKS = 100_000
_LARGEST_VALUE_BYTES = 1 << 20
_ASIDE = ".unusable"
_COMPANIONS = ("-wal", "-shm", "-journal")
# Somebody else is at it, or there is no room: nothing is wrong with the file.
_PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_NOMEM,
    }
)


class UnusableError(Exception):
    """The file is no index of this version, or damaged."""


@contextmanager
def opened(path: Path, *, to_write: bool) -> Iterator[sqlite3.Connection | None]:
    """A connection to the index in the file at `path`, closed again; None where there is none to read.

    Raises:
        sqlite3.Error: What SQLite makes of the file.
        OSError: It cannot be looked at.
        UnusableError: It is something else, or of another version.
    """
    connection = _connect(path, to_write)
    if connection is None:
        yield None
        return
    try:
        _set_limits(connection)
        is_new = _check(connection)
        if to_write:
            # No more than a cache: what a power cut leaves of it is told by the rows' seals.
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA journal_mode=WAL").close()
            connection.execute("BEGIN IMMEDIATE")
            if is_new and _check(connection):
                _create(connection)
        elif is_new:
            yield None
            return
        yield connection
        if to_write:
            connection.execute("COMMIT")
    finally:
        connection.close()


def is_passing(error: Exception) -> bool:
    """Whether the file may be all right, and only now cannot be used."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _PASSING


def set_aside(path: Path, seen: int | None) -> None:
    """Makes room for a new index, unless the file at `path` is another than the one of inode `seen`.

    What was there is kept beside it, in the place of what was set aside before.

    Raises:
        OSError: When it cannot be moved.
    """
    if seen is None or inode(path) != seen:
        return
    os.replace(path, f"{path}{_ASIDE}")
    for companion in _COMPANIONS:
        with suppress(FileNotFoundError):
            os.unlink(f"{path}{companion}")


def inode(path: Path) -> int | None:
    """Which file is at `path`, None for none."""
    try:
        return os.lstat(path).st_ino
    except OSError:
        return None


def _connect(path: Path, to_write: bool) -> sqlite3.Connection | None:
    try:
        status = os.lstat(path)
    except FileNotFoundError:
        if not to_write:
            return None
    else:
        # Opening a pipe would wait for ever, and a link may lead anywhere.
        if not stat.S_ISREG(status.st_mode):
            raise UnusableError(f"{path}: not a plain file")
    return _connect_to(path, "rwc" if to_write else "ro" if _is_immutable(path) else "rw")


def _is_immutable(path: Path) -> bool:
    """Whether nothing can be written beside it, as reading in SQLite's usual way needs."""
    return not os.access(path.parent, os.W_OK)


def _connect_to(path: Path, mode: str) -> sqlite3.Connection:
    immutable = "&immutable=1" if mode == "ro" else ""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}{immutable}",
        uri=True,
        timeout=_BUSY_S,
        isolation_level=None,
        check_same_thread=True,
    )


def _set_limits(connection: sqlite3.Connection) -> None:
    """Whatever the file holds, reading it takes neither for ever nor all memory."""
    deadline = time.monotonic() + _LONGEST_S
    connection.set_progress_handler(lambda: time.monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE_BYTES)
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")


def _check(connection: sqlite3.Connection) -> bool:
    """Whether the file is still empty.

    Raises:
        UnusableError: It is neither empty nor an index of this version.
    """
    application, version = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
    )
    tables = [sql for (sql,) in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    if not tables and application == 0 and version == 0:
        return True
    if (application, version, tables) != (_APPLICATION_ID, SCHEMA_VERSION, [_TABLE]):
        raise UnusableError("not an index of this version")
    return False


def _create(connection: sqlite3.Connection) -> None:
    connection.execute(_TABLE)
    connection.execute(f"PRAGMA application_id={_APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
