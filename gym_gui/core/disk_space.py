"""How much room there is on a disk."""

from __future__ import annotations

import os
from pathlib import Path


def disk_space(directory: Path) -> tuple[int, int] | None:
    """Bytes free to this user where `directory` is, or will be, and bytes of that disk; None if unknown."""
    for place in (directory, *directory.parents):
        try:
            status = os.statvfs(place)
        except FileNotFoundError:
            continue
        except OSError:
            return None
        return status.f_bavail * status.f_frsize, status.f_blocks * status.f_frsize
    return None
