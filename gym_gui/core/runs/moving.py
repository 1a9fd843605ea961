"""Moving a directory so that it is never nowhere: by renaming, or to another disk by copy, then removal."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path

from gym_gui.core.runs.atomic import sync_directory

_UNFINISHED = ".unfinished-"
_LEAVING = ".leaving-"


def move_directory(source: Path, target: Path) -> None:
    """Moves the directory; whoever is interrupted leaves it whole at one of the two places, or at both.

    Links in it are moved as links and never followed; pipes, sockets and devices do not go to another disk.

    Raises:
        FileExistsError: There is something at `target`.
        OSError: It cannot be moved; it is then still at `source`.
    """
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "is there already", str(target))
    try:
        os.rename(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _move_to_another_disk(source, target)
    sync_directory(str(target.parent))
    sync_directory(str(source.parent))


def remove_directory(path: Path) -> None:
    """Deletes the directory; renamed first, so that a half deleted one is not taken for a whole one.

    Raises:
        OSError: It cannot be deleted; a part of it may be.
    """
    leaving = path.with_name(f"{_LEAVING}{path.name}")
    if os.path.lexists(leaving):
        shutil.rmtree(leaving)  # of an earlier try that was interrupted
    os.rename(path, leaving)
    shutil.rmtree(leaving)


def remove_leftovers(folder: Path) -> None:
    """Deletes what interrupted moves and removals have left in the folder; whole directories are not touched.

    Raises:
        OSError: Something cannot be deleted.
    """
    if not folder.is_dir():
        return
    for name in os.listdir(folder):
        if name.startswith((_UNFINISHED, _LEAVING)):
            shutil.rmtree(folder / name)


def size_of(path: Path) -> int:
    """Bytes that the files below take on the disk; what cannot be looked at counts as nothing."""
    total = 0
    for place, _, names in os.walk(path):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_blocks * 512
            except OSError:
                continue  # deleted meanwhile
    return total


def _move_to_another_disk(source: Path, target: Path) -> None:
    unfinished = target.with_name(f"{_UNFINISHED}{target.name}")
    if os.path.lexists(unfinished):
        shutil.rmtree(unfinished)
    try:
        shutil.copytree(source, unfinished, symlinks=True, ignore=_special_files, copy_function=_copy)
        _sync_below(unfinished)
        os.rename(unfinished, target)
    except OSError as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise _first_cause(error) from error
    remove_directory(source)


def _copy(source: str, target: str, *, follow_symlinks: bool = True) -> str:
    del follow_symlinks  # never, wherever copytree would
    return shutil.copy2(source, target, follow_symlinks=False)


def _special_files(folder: str, names: list[str]) -> set[str]:
    return {name for name in names if not _can_be_copied(os.path.join(folder, name))}


def _can_be_copied(path: str) -> bool:
    mode = os.lstat(path).st_mode
    return stat.S_ISREG(mode) or stat.S_ISDIR(mode) or stat.S_ISLNK(mode)


def _sync_below(folder: Path) -> None:
    """Makes the copy last through a power cut before the original goes."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if not os.path.islink(path):
                sync_directory(path)  # syncs a file as well
        sync_directory(place)


def _first_cause(error: OSError) -> OSError:
    """What `copytree` collected, as the first error it met."""
    collected = error.args[0] if isinstance(error, shutil.Error) and error.args else None
    if isinstance(collected, list) and collected:
        source, _, reason = collected[0]
        return OSError(errno.EIO, f"cannot be copied: {reason}", source)
    return error
