"""Small disks and small memories, as far as this machine lets us make them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY_BYTES = 48 << 20
_V1 = Path("/sys/fs/cgroup/memory")
_V2 = Path("/sys/fs/cgroup")


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path | None]:
    """A file system of `size` mounted at `place`; None where mounting is not allowed."""
    place.mkdir(parents=True, exist_ok=True)
    mounted = _run("mount", "-t", "tmpfs", "-o", f"size={size}", "campaign", str(place))
    try:
        yield place if mounted else None
    finally:
        if mounted:
            _run("umount", "--lazy", str(place))


@contextmanager
def small_memory() -> Iterator[Path | None]:
    """A control group in which 48 MiB is all there is; None where none can be made."""
    made = _make_group()
    try:
        yield made
    finally:
        if made is not None:
            made.rmdir()


def _make_group() -> Path | None:
    name = f"mosaic-campaign-{os.getpid()}"
    for parent, limit in ((_V1, "memory.limit_in_bytes"), (_V2, "memory.max")):
        group = parent / name
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / limit).write_text(str(_MEMORY_BYTES))
        except OSError:
            group.rmdir()
        else:
            return group
    return None


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False
