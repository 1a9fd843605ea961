"""Small disks and small memories, as far as this machine lets us make them."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

_MEMORY_BYTES = 48 << 20
_IMAGE_BYTES = 16 << 20
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


@contextmanager
def failing_disk(place: Path) -> Iterator[Callable[[], None] | None]:
    """An ext4 file system mounted at `place`, and how to have it fail.

    From then on it is read-only, as the kernel makes one that it has found errors on, though files are open
    for writing. None where none can be made.
    """
    place.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(prefix="mosaic-disk-") as image:
        os.truncate(image.name, _IMAGE_BYTES)
        made = _run("mkfs.ext4", "-q", "-F", image.name)
        made = made and _run("mount", "-o", "loop,errors=remount-ro", image.name, str(place))
        trigger = Path("/sys/fs/ext4", _device_of(place), "trigger_fs_error")
        try:
            yield (lambda: _have_it_fail(trigger)) if made and os.access(trigger, os.W_OK) else None
        finally:
            if made:
                _run("umount", "--lazy", str(place))


def _have_it_fail(trigger: Path) -> None:
    trigger.write_text("1")


def _device_of(place: Path) -> str:
    """The kernel's name of the device that is mounted at `place`, "" for none."""
    for line in Path("/proc/self/mounts").read_text().splitlines():
        device, mounted, *_ = line.split()
        if mounted == str(place):
            return Path(device).name
    return ""
