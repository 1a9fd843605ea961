"""The directory that a tensorboard is given: links to the runs it shows, and room for what it writes."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from gym_gui.core.runs.processes import osproc

_STALE_S = 60.0


def make_room(scratch: Path) -> Path:
    """A directory of our own in `scratch`, locked while we live; what killed guards left there is removed."""
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    for left in scratch.iterdir():
        is_old = time.time() - left.lstat().st_mtime > _STALE_S
        if is_old and not osproc.lock_is_held(str(left / "lock")):
            shutil.rmtree(left, ignore_errors=True)
    room = Path(tempfile.mkdtemp(prefix="server-", dir=scratch))
    osproc.take_lock(str(room / "lock"))
    return room


def link_runs(room: Path, runs: dict[str, str]) -> Path:
    """A directory with a link per run; names may hold commas and colons, which --logdir_spec forbids."""
    logdir = room / "runs"
    logdir.mkdir()
    for name, target in runs.items():
        (logdir / name).symlink_to(target, target_is_directory=True)
    return logdir
