"""What the machine did while a run was going: memory kills by the kernel, a disk that filled, a shutdown.

Standard library only: the supervisor looks at each sample, so what it reports happened just before the end.
"""

from __future__ import annotations

import os

_WHOLE_MACHINE = "/proc/vmstat"
_CGROUPS = "/sys/fs/cgroup"
# systemd makes this file when the machine goes down (and, for `shutdown +5`, five minutes before).
_GOING_DOWN = "/run/nologin"

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Surroundings:
    """The counts and marks that tell a death from outside apart from one of the worker's own making."""

    def __init__(self, directory: str = ".") -> None:
        self._directory = directory
        self._cgroup_files = _oom_files("self")
        self._kills: dict[str, int] = {}
        self._free: int | None = None
        self.look(None)

    def look(self, worker_pid: int | None) -> None:
        """Takes the counts that a later `since_last_look` is measured against."""
        if worker_pid is not None:  # the worker may have moved to a cgroup of its own
            self._cgroup_files = _oom_files(str(worker_pid)) or self._cgroup_files
        files = [_WHOLE_MACHINE, *self._cgroup_files]
        self._kills = {file: _oom_kills(file) for file in files}
        self._free = _free_bytes(self._directory)

    def since_last_look(self) -> dict[str, Any]:
        """The fields of the exit record that say what happened since."""
        now = {file: _oom_kills(file) - before for file, before in self._kills.items()}
        whole_machine = now.pop(_WHOLE_MACHINE, 0)
        if any(file.endswith("memory.events") for file in now):
            whole_machine = 0  # version 2 counts for the whole subtree: another count could be another's
        free = [n for n in (self._free, _free_bytes(self._directory)) if n is not None]
        return {
            "oom_kills": max(now.values(), default=0),
            "machine_oom_kills": whole_machine,
            "disk_free_bytes": min(free, default=None),
            "machine_stopping": os.path.exists(_GOING_DOWN),
        }


def _oom_files(process: str) -> list[str]:
    """The files in which the kernel counts its kills in the cgroup of `process`, of version 2 or 1."""
    files = []
    for line in _read(f"/proc/{process}/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if not controllers:
            files += [f"{_CGROUPS}{path}/memory.events", f"{_CGROUPS}/unified{path}/memory.events"]
        elif "memory" in controllers.split(","):
            files.append(f"{_CGROUPS}/memory{path}/memory.oom_control")
    return [file for file in files if os.path.exists(file)]


def _oom_kills(file: str) -> int:
    for line in _read(file).splitlines():
        if line.startswith("oom_kill "):
            return int(line.split()[1])
    return 0


def _read(file: str) -> str:
    try:
        with open(file, encoding="ascii", errors="replace") as opened:
            return opened.read()
    except OSError:
        return ""


def _free_bytes(directory: str) -> int | None:
    try:
        status = os.statvfs(directory)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize
