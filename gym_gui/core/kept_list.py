"""A list that the user keeps in one JSON file: read anew each time, changed by one process at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from gym_gui.core.worker._json_files import write_json_atomically

FORMAT = 1
_LARGEST_BYTES = 8 * 1024 * 1024
_MEND = "correct it, or remove it to start with an empty list"
_Entry = TypeVar("_Entry")


class KeptList(Generic[_Entry]):
    """The entries of a file `{"format": 1, KEY: [...]}`; no file is an empty list.

    Args:
        file: Where it is.
        key: Under which name the entries are in it.
        entry: A dataclass or struct, the type of each.
        problem: Raised with what is wrong with the file, which is then left as it is.
    """

    def __init__(self, file: Path, key: str, entry: type[_Entry], problem: type[ValueError]) -> None:
        self.file = file
        self._key = key
        entries: Any = tuple.__class_getitem__((entry, ...))
        self._type: Any = msgspec.defstruct(
            "KeptListFile", [("format", int), (key, entries, ())], frozen=True
        )
        self._problem = problem

    def read(self) -> tuple[_Entry, ...]:
        """The entries, in the order they were added.

        Raises:
            ValueError: The file cannot be read, as the `problem` that was asked for.
        """
        try:
            if self.file.stat().st_size > _LARGEST_BYTES:
                raise self._problem(f"{self.file}: larger than {_LARGEST_BYTES // 1024**2} MiB; {_MEND}")
            content = msgspec.json.decode(self.file.read_bytes(), type=self._type)
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise self._problem(f"{self.file}: cannot be read: {error.strerror or error}") from error
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise self._problem(f"{self.file}: {error}; {_MEND}") from error
        if content.format > FORMAT:
            message = f"format {content.format} is newer than this program reads; upgrade mosaic-panel"
            raise self._problem(f"{self.file}: {message}")
        entries: tuple[_Entry, ...] = getattr(content, self._key)
        return entries

    @contextmanager
    def changing(self) -> Iterator[list[_Entry]]:
        """The entries to change, written when the block ends well.

        Raises:
            ValueError: As `read`.
            OSError: The file cannot be written.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.with_name(f".{self.file.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            entries = list(self.read())
            yield entries
            as_json = [msgspec.to_builtins(entry) for entry in entries]
            write_json_atomically(self.file, {"format": FORMAT, self._key: as_json})
