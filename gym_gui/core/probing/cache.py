"""Reports of earlier probes, kept on disk by interpreter, so that workers are known before they are asked.

Whatever is wrong with a file here, torn, of another version, of another user, it counts as not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from gym_gui import __version__
from gym_gui.config.paths import cache_root
from gym_gui.config.settings import get_setting
from gym_gui.constants import WORKER_METADATA_CACHE_TTL_S
from gym_gui.core.probing.model import ProbedWorker, ProbeFailure, ProbeReport
from gym_gui.core.probing.rows import row_of
from gym_gui.core.probing.stamps import stamps_of
from gym_gui.core.probing.wire import Answer, Failure, ListedWorker

_FORMAT = 1
_LARGEST = 32 * 1024 * 1024
_WRITABLE_BY_OTHERS = stat.S_IWGRP | stat.S_IWOTH
# These may have been the machine's fault or the hour's: shown again, but asked again as well.
_PASSING = frozenset({"TimeoutError", "ProcessDied", "TooMuchMemory", "TooManyProcesses", "MemoryError"})


class _Row(msgspec.Struct, frozen=True, kw_only=True):
    listed: ListedWorker
    answer: Answer


class _Entry(msgspec.Struct, frozen=True, kw_only=True):
    format: int
    panel_version: str
    interpreter: str
    search_path: str
    written: float
    stamps: dict[str, str]
    python_version: str
    sdk_version: str
    worker_ids: tuple[str, ...]
    paths: tuple[str, ...]
    rows: tuple[_Row, ...]


@dataclass(frozen=True, slots=True)
class CachedReport:
    """A report from disk.

    Attributes:
        written: When it was made, in seconds since the epoch.
        stamps: What the files it was read from looked like then.
    """

    report: ProbeReport
    written: float
    stamps: Mapping[str, str] = field(repr=False)

    def is_current(self, now: float | None = None) -> bool:
        """Whether asking again would very likely give the same: young enough, and no file has changed.

        How long a report stays young is the setting `worker_metadata_cache_ttl_s`, in seconds.
        """
        age = (time.time() if now is None else now) - self.written
        young = 0 <= age <= get_setting("worker_metadata_cache_ttl_s", WORKER_METADATA_CACHE_TTL_S)
        failures = {worker.failure.error_type for worker in self.report.workers if worker.failure}
        return young and not failures & _PASSING and stamps_of(self.report) == dict(self.stamps)


class ReportCache:
    """One file for each interpreter and search path, readable by this user alone."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or cache_root() / "workers"

    def read(self, interpreter: str) -> CachedReport | None:
        """The last report of the interpreter, or None."""
        try:
            entry = msgspec.json.decode(_own_content(self._file(interpreter)), type=_Entry)
        except (OSError, ValueError, RecursionError):
            return None
        wanted = (_FORMAT, __version__, interpreter, _search_path())
        if (entry.format, entry.panel_version, entry.interpreter, entry.search_path) != wanted:
            return None
        report = ProbeReport(
            interpreter,
            python_version=entry.python_version,
            sdk_version=entry.sdk_version,
            workers=tuple(row_of(interpreter, row.listed, row.answer) for row in entry.rows),
            worker_ids=entry.worker_ids,
            paths=entry.paths,
        )
        return CachedReport(report, entry.written, entry.stamps)

    def write(self, report: ProbeReport, stamps: Mapping[str, str] | None = None) -> None:
        """Keep a report; that an interpreter could not be asked is not kept.

        A cache that cannot be written is none: nothing is raised.

        Args:
            report: What was answered.
            stamps: What its files looked like when it was; by default what they look like now.
        """
        if report.failure is not None:
            return
        entry = _Entry(
            format=_FORMAT,
            panel_version=__version__,
            interpreter=report.interpreter,
            search_path=_search_path(),
            written=time.time(),
            stamps=dict(stamps_of(report) if stamps is None else stamps),
            python_version=report.python_version,
            sdk_version=report.sdk_version,
            worker_ids=report.worker_ids,
            paths=report.paths,
            rows=tuple(_row(index, worker) for index, worker in enumerate(report.workers)),
        )
        with contextlib.suppress(OSError, ValueError, TypeError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(self._file(report.interpreter), msgspec.json.encode(entry))

    def forget(self, interpreter: str) -> None:
        """Remove what is kept of an interpreter."""
        with contextlib.suppress(OSError):
            self._file(interpreter).unlink(missing_ok=True)

    def _file(self, interpreter: str) -> Path:
        key = f"{interpreter}\0{_search_path()}".encode(errors="surrogateescape")
        return self._folder / f"{hashlib.sha256(key).hexdigest()[:32]}.json"


def _search_path() -> str:
    return os.environ.get("PYTHONPATH", "")


def _row(index: int, worker: ProbedWorker) -> _Row:
    listed = ListedWorker(
        name=worker.worker_id,
        entry_point=worker.entry_point,
        distribution=worker.distribution,
        version=worker.version,
        files=worker.files,
    )
    schema: dict[str, Any] | None = None if worker.schema is None else dict(worker.schema)
    failure = worker.failure
    answer = Answer(
        index=index,
        metadata=worker.metadata.to_dict() if worker.metadata else None,
        capabilities=worker.capabilities.to_dict() if worker.capabilities else None,
        command=worker.command,
        launch_kind=worker.launch_kind,
        schema=schema,
        schema_problem=worker.schema_problem,
        missing=worker.missing,
        mend=worker.mend,
        failure=None if failure is None else _failure(failure),
    )
    return _Row(listed=listed, answer=answer)


def _failure(failure: ProbeFailure) -> Failure:
    return Failure(
        error_type=failure.error_type,
        message=failure.message,
        traceback=failure.traceback,
        hint=failure.hint,
    )


def _own_content(path: Path) -> bytes:
    """What the file holds, if it is a plain file that only this user can have written.

    Raises:
        OSError: It is not, or cannot be read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        is_ours = status.st_uid == os.geteuid() and not status.st_mode & _WRITABLE_BY_OTHERS
        if not stat.S_ISREG(status.st_mode) or not is_ours or status.st_size > _LARGEST:
            raise PermissionError(f"{path} is no cache file of this user")
        return file.read(_LARGEST)


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
