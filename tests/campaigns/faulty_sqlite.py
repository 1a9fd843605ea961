"""A disk that refuses SQLite's n-th write, cut or read, in this process.

SQLite lets its system calls be replaced for just this, where Python's own SQLite can be reached.
"""

from __future__ import annotations

import ctypes
import os
from types import TracebackType
from typing import Any

from tests.campaigns.faulty_disk import FROM_THEN_ON, ONCE

WRITES, READS = ("pwrite64", "pwrite", "write", "ftruncate"), ("pread64", "pread", "read")
_At = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int64, use_errno=True
)
_There = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, use_errno=True)
_Cut = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int64, use_errno=True)
_KINDS = {
    "pwrite64": _At, "pwrite": _At, "pread64": _At, "pread": _At, "write": _There, "read": _There,
    "ftruncate": _Cut,
}  # fmt: skip
_Set = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
_Get = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)
_WITH_SYSTEM_CALLS = 3


class _Vfs(ctypes.Structure):
    """`struct sqlite3_vfs` up to the functions that are used here."""

    _fields_ = (
        ("version", ctypes.c_int), ("file_size", ctypes.c_int), ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p), ("name", ctypes.c_char_p), ("data", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 13),
        ("set_system_call", _Set), ("get_system_call", _Get), ("next_system_call", ctypes.c_void_p),
    )  # fmt: skip


class UnreachableError(Exception):
    """The SQLite that Python uses has no system calls that can be replaced."""


class FaultySqlite:
    """Within it, the call number `fail_at` (from 1) of those named fails with `error`, or all from then on.

    Attributes:
        calls: How many were tried.

    Raises:
        UnreachableError: On entering, where it cannot be done.
    """

    def __init__(self, names: tuple[str, ...], fail_at: int, error: int, mode: str = ONCE) -> None:
        self.calls = 0
        self._names = names
        self._fail_at = fail_at
        self._error = error
        self._mode = mode
        self._replaced: dict[str, Any] = {}

    @property
    def has_failed(self) -> bool:
        """Whether the failing call was reached."""
        return self.calls >= self._fail_at

    def __enter__(self) -> FaultySqlite:
        self._address, self._vfs = _default_vfs()
        for name in self._names:
            real = self._vfs.get_system_call(self._address, name.encode())
            if real:
                kind = _KINDS[name]
                self._replaced[name] = kind(self._refusing(kind(real)))
        if not self._replaced:
            raise UnreachableError("SQLite makes none of these calls here")
        for name, function in self._replaced.items():
            self._vfs.set_system_call(self._address, name.encode(), ctypes.cast(function, ctypes.c_void_p))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._replaced:
            self._vfs.set_system_call(self._address, name.encode(), None)

    def _refusing(self, real: Any) -> Any:
        def call(*arguments: Any) -> int:
            self.calls += 1
            is_it = self.calls == self._fail_at
            if is_it or (self.calls > self._fail_at and self._mode == FROM_THEN_ON):
                ctypes.set_errno(self._error)
                return -1
            result: int = real(*arguments)
            return result

        return call


def _default_vfs() -> tuple[int, _Vfs]:
    try:
        import _sqlite3

        library = ctypes.CDLL(os.fspath(_sqlite3.__file__))
        find = library.sqlite3_vfs_find
    except (ImportError, OSError, AttributeError) as error:
        raise UnreachableError(f"Python's own SQLite cannot be reached: {error}") from error
    find.restype, find.argtypes = ctypes.c_void_p, [ctypes.c_char_p]
    address = find(None)
    vfs = _Vfs.from_address(address) if address else None
    if vfs is None or vfs.version < _WITH_SYSTEM_CALLS:
        raise UnreachableError("this SQLite's system calls cannot be replaced")
    return address, vfs
