"""Whether what a report was read from is as it was: sizes and times of files, nothing is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from gym_gui.core.probing.model import ProbeReport

Stamps = Mapping[str, str]
_GONE = "-"


def stamps_of(report: ProbeReport) -> dict[str, str]:
    """The present stamp of every file and folder the report depends on, by path.

    A package that is installed, upgraded or removed changes the folder it is in; a module that is
    edited in place, as in an editable install, changes its own file.
    """
    return {path: _stamp(path) for path in dict.fromkeys(_paths(report))}


def _paths(report: ProbeReport) -> Iterator[str]:
    yield report.interpreter
    home = Path(report.interpreter).parent.parent
    yield str(home / "pyvenv.cfg")
    # Of an interpreter that could not be asked these are all that is known.
    yield from sorted(str(folder) for folder in home.glob("lib/python3*/site-packages"))
    yield from report.paths
    for worker in report.workers:
        yield from worker.files


def _stamp(path: str) -> str:
    try:
        status = os.stat(path)  # noqa: PTH116 - hundreds of them, every few seconds
    except (OSError, ValueError):
        return _GONE
    size = "" if stat.S_ISDIR(status.st_mode) else str(status.st_size)
    return f"{status.st_ino}:{status.st_mtime_ns}:{size}"
