"""Lists an HDF5 file with h5py, in a process of its own: its native code reads what anybody may have written.

`python -m gym_gui.core.artifacts.checkpoints.hdf5_child PATH START LENGTH` prints one JSON object.
"""

from __future__ import annotations

import importlib
import io
import json
import os
import resource
import sys
from typing import Any

MEMORY_BYTES = 2 * 2**30
_MOST = 20_000


class _Part(io.RawIOBase):
    """A part of a file as a file, for an HDF5 file that is stored inside an archive."""

    def __init__(self, path: str, start: int, length: int) -> None:
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        self._start, self._length, self._at = start, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        bases = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}
        self._at = bases[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = max(0, min(len(buffer), self._length - self._at))
        data = os.pread(self._descriptor, wanted, self._start + self._at)
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def main(path: str, start: int, length: int) -> None:
    """Prints the datasets and the attributes of the root, or why they cannot be had."""
    try:
        h5py = importlib.import_module("h5py")
    except ImportError:
        print(json.dumps({"missing": True}))
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    found: list[dict[str, Any]] = []

    def visit(name: str, item: Any) -> bool | None:
        if isinstance(item, h5py.Dataset):
            shape = list(item.shape or ())
            found.append({"name": name[:512], "shape": shape, "dtype": str(item.dtype)[:80]})
        return True if len(found) >= _MOST else None

    try:
        with h5py.File(_Part(path, start, length), "r") as file:
            file.visititems(visit)
            attributes = {
                str(name)[:200]: str(file.attrs[name])[:200]
                for name in list(file.attrs)[:50]
                if file.attrs.get_id(name).get_storage_size() < 100_000
            }
    except (OSError, RuntimeError, ValueError, KeyError, MemoryError) as problem:
        print(json.dumps({"problem": str(problem)[:500], "datasets": found}))
        return
    print(json.dumps({"datasets": found, "attributes": attributes, "cut": len(found) >= _MOST}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
