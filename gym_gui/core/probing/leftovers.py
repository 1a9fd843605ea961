"""Private directories of questions whose asker was killed before it could take them away."""

from __future__ import annotations

import os
import re
import shutil
import stat
import tempfile
from functools import cache
from pathlib import Path

from gym_gui.core.runs.processes import osproc

_NAME = re.compile(r"mosaic-probe-(?P<pid>\d+)\.(?P<ticks>\d+)\.(?P<boot>[0-9a-f]{8})\.(?P<space>\d+)-\w+")
_BOOT_DIGITS = 8


@cache
def folder_prefix() -> str:
    """How the name of a private directory of this process begins: it says whose it is beyond doubt."""
    me = osproc.look_at(os.getpid())
    ticks = me.start_ticks if me is not None else 0
    return f"mosaic-probe-{os.getpid()}.{ticks}.{_boot()}.{_pid_space()}-"


def sweep_leftovers(folder: Path | None = None) -> int:
    """Deletes private directories of this user whose process is gone; how many there were.

    What cannot be told for sure stays: of others, of processes that are alive or cannot be seen from here,
    links, and whatever is not named as `folder_prefix` says.
    """
    swept = 0
    try:
        with os.scandir(folder or tempfile.gettempdir()) as entries:
            found = [Path(entry.path) for entry in entries if _NAME.fullmatch(entry.name)]
    except OSError:
        return 0
    for path in found:
        if _is_own_directory(path) and _is_abandoned(path.name):
            shutil.rmtree(path, ignore_errors=True)
            swept += not path.exists()
    return swept


def _is_own_directory(path: Path) -> bool:
    try:
        status = path.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.getuid()


def _is_abandoned(name: str) -> bool:
    match = _NAME.fullmatch(name)
    if match is None:
        return False
    if match["boot"] != _boot():
        return True
    if int(match["space"]) != _pid_space():
        return False  # in another container pids mean other processes
    owner = osproc.look_at(int(match["pid"]))
    return owner is None or not owner.alive or owner.start_ticks != int(match["ticks"])


def _boot() -> str:
    return osproc.boot_id().replace("-", "")[:_BOOT_DIGITS]


@cache
def _pid_space() -> int:
    try:
        return Path("/proc/self/ns/pid").stat().st_ino
    except OSError:
        return 0
