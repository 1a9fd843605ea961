"""What a probed process may use, so that a worker which goes wild costs its own row and nothing else."""

from __future__ import annotations

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

from gym_gui.config.settings import get_setting

ENV_ADDRESS_SPACE = "MOSAIC_PROBE_ADDRESS_SPACE"
MEMORY_SETTING = "worker_discovery_memory_mb"
USUAL_MEMORY_MB = 4096
# Libraries map far more than they use: CUDA builds of torch some ten gigabytes at import.
_ADDRESS_SPACE_PER_MEMORY = 8
# Above what the user has running already; a BLAS starts a thread for each core at import.
_MORE_PROCESSES = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a probed process and all it starts may use together.

    Attributes:
        memory_bytes: Resident memory, watched from outside.
        processes: Processes, watched from outside, for a limit of the system does not bind root.
        output_bytes: What it may print.
    """

    memory_bytes: int
    processes: int = 256
    output_bytes: int = 16 * 1024 * 1024

    @property
    def address_space_bytes(self) -> int:
        """What each process may map; it sets this limit for itself."""
        return self.memory_bytes * _ADDRESS_SPACE_PER_MEMORY


def probe_limits() -> Limits:
    """The limits: the setting `worker_discovery_memory_mb` (4096), but at most half of the machine."""
    wanted = get_setting(MEMORY_SETTING, USUAL_MEMORY_MB)
    try:
        machine_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 1024**2
    except (ValueError, OSError, AttributeError):  # a system that does not say
        machine_mb = 2 * wanted
    return Limits(max(min(wanted, machine_mb // 2), 64) * 1024**2)


def bind_this_process() -> None:
    """In the probed process, before a worker is loaded: bounds its memory and dumps no core.

    It dies with the one that asks, which is not its parent any more.
    """
    with contextlib.suppress(ImportError):
        import resource

        _lower(resource.RLIMIT_CORE, 0)
        space = os.environ.pop(ENV_ADDRESS_SPACE, "")
        if space.isdecimal():
            _lower(resource.RLIMIT_AS, int(space))
        if os.geteuid() != 0:
            _lower(resource.RLIMIT_NPROC, _own_processes() + _MORE_PROCESSES)
    _die_with_parent()
    _put_a_process_between()


def _put_a_process_between() -> None:
    """Goes on in a child, while the parent waits to end as that does; code that signals its parent hits this.

    Programs that end their parent when something is amiss, or to replace it, would end the panel.
    """
    if not hasattr(os, "fork"):
        return
    child = os.fork()
    if child == 0:
        _die_with_parent()
        return
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code < 0:
        with contextlib.suppress(OSError):  # SIGKILL has no handler that could be in the way
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    os._exit(code)


def _lower(which: int, wanted: int) -> None:
    import resource

    with contextlib.suppress(ValueError, OSError):
        _, hard = resource.getrlimit(which)
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(which, (allowed, allowed))


def _own_processes() -> int:
    """Threads of this user, which is what the system counts; a guess on the high side is harmless."""
    count = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == os.geteuid():
                count += sum(1 for _ in (process / "task").iterdir())
    return count


def _die_with_parent() -> None:
    """Have the kernel end this process when the one that asks is killed; where it cannot, nothing is done."""
    import ctypes

    asker = os.getppid()
    with contextlib.suppress(OSError, AttributeError):
        set_death_signal = 1
        ctypes.CDLL(None).prctl(set_death_signal, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != asker:
        os._exit(1)
