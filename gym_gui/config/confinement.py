"""The one place that decides whether a path supplied by a worker stays inside a directory."""

from __future__ import annotations

import os
from pathlib import Path, PureWindowsPath

# What file systems allow at most; past it even asking whether a file exists is an error.
LONGEST_NAME = 255
LONGEST_PATH = 2048


def confine(root: Path, relative: str | Path) -> Path:
    """`root / relative`, guaranteed not to leave `root`; what it names need not exist.

    The text is read by the rules of every system, since a run directory may be opened on
    another one than it was written on: a backslash separates, and a drive letter is absolute.
    Symlinks are followed: those that stay inside are replaced by what they point at.

    Args:
        root: The directory to stay in, usually a run directory.
        relative: A path inside it as a record gives it. "." is the directory itself.

    Raises:
        ValueError: The path is empty, absolute, contains "..", leads out through a symlink,
            or cannot be a path at all.
    """
    parts = _inner_parts(relative)
    try:
        inside = root.resolve()
        target = inside.joinpath(*parts).resolve()
    # RuntimeError is how Python up to 3.12 reports a loop of symlinks.
    except (OSError, RuntimeError, ValueError) as error:
        raise ValueError(f"path {_shown(relative)} cannot be followed inside {root}: {error}") from error
    if not target.is_relative_to(inside):
        raise ValueError(f"path {_shown(relative)} leads out of {root} through a symbolic link")
    return root / target.relative_to(inside)


def _inner_parts(relative: object) -> list[str]:
    """The components of a relative path that cannot lead out by its spelling."""
    text = os.fspath(relative) if isinstance(relative, (str, Path)) else ""
    forward = text.replace("\\", "/")
    parts = [part for part in forward.split("/") if part not in ("", ".")]
    if not text:
        problem = "must be text naming something inside the directory"
    elif "\0" in text:
        problem = "contains a NUL character"
    elif forward.startswith("/") or PureWindowsPath(text).drive:
        problem = "is absolute; give it relative to its directory"
    elif ".." in parts:
        problem = "contains '..'; name the target directly, from its directory down"
    elif len(text) > LONGEST_PATH or any(_size(part) > LONGEST_NAME for part in parts):
        problem = "is too long to be a path"
    else:
        return parts
    raise ValueError(f"path {_shown(relative)} {problem}")


def _size(name: str) -> int:
    return len(name.encode(errors="replace"))


def _shown(relative: object) -> str:
    text = repr(relative)
    return text if len(text) <= 200 else text[:200] + "..."
