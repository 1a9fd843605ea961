"""What this machine has of what workers say they need; looked up without asking any driver."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_GPU_DEVICES = ("/dev/nvidia0", "/dev/kfd", "/dev/dxg")


@dataclass(frozen=True, slots=True)
class MachineHas:
    """Processors, bytes of memory, and whether there is a GPU; None where that cannot be known."""

    cores: int | None
    memory_bytes: int | None
    has_gpu: bool | None


@cache
def this_machine() -> MachineHas:
    """What this machine has."""
    is_linux = sys.platform.startswith("linux")
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") if is_linux else None
    has_gpu = any(Path(device).exists() for device in _GPU_DEVICES) if is_linux else None
    return MachineHas(os.cpu_count(), memory, has_gpu)
