"""Where a campaign takes place: a data directory whose every process is known, and ended afterwards.

What is alive is found here without the code under test: by the data directory in each process's environment,
and by being the one to whom orphans fall, which no process can hide from.
"""

from __future__ import annotations

import ctypes
import os
import random
import select
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor, supervisor_environment

WORKERS = Path(__file__).parent / "workers"
GRACE_S = 0.5
PATIENCE_S = 60.0
_LAST_BREATH_S = 0.5
_PR_SET_CHILD_SUBREAPER = 36
_Value = TypeVar("_Value")


class HangError(AssertionError):
    """Something did not come to be, long after it should have."""


def wait_until(condition: Callable[[], _Value], what: str, seconds: float = PATIENCE_S) -> _Value:
    """The first true value of `condition`.

    Raises:
        HangError: When there is none for a long time; no bar is as generous as this.
    """
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise HangError(f"never happened: {what}")
        time.sleep(0.003)
    return value


class Field:
    """A data directory and the processes that work in it."""

    def __init__(self, home: Path, seed: int) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.seed = seed
        self.store = RunStore(home / "trainer" / "runs")
        self._others_children = set(_children())

    def dice(self, campaign: str, number: int) -> random.Random:
        """Chance for one round, the same whenever that round is played with this seed."""
        return random.Random(f"{self.seed}/{campaign}/{number}")

    def create(self, script: Path, config: dict[str, Any], **fields: Any) -> RunDirectory:
        """A run of a worker script, not started; without `site`, which is most of a script's start."""
        command = (sys.executable, "-S", str(script))
        return create_run(
            self.store, LaunchSpec(worker_id="campaign", command=command, config=config, **fields)
        )

    def environment(self, **additions: str) -> dict[str, str]:
        """The environment of whatever works on this field."""
        return {
            **supervisor_environment(),
            "MOSAIC_HOME": str(self.home),
            "MOSAIC_CONFIG": str(self.home / "settings.toml"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "MOSAIC_SHUTDOWN_TIMEOUT_S": str(GRACE_S),
            "PYTHONPATH": str(Path.cwd()),
            **additions,
        }

    def supervise(self, run: RunDirectory, **additions: str) -> int:
        """Starts a supervisor for the run; its pid."""
        return start_supervisor(run, self.environment(**additions))

    def processes(self, run: RunDirectory | None = None, *, supervisors: bool = True) -> list[int]:
        """Pids of live processes of this field, or of one run."""
        home = f"MOSAIC_HOME={self.home}".encode()
        of_run = f"MOSAIC_RUN_DIR={run.path}".encode() if run else b""
        pids = []
        for pid in (int(path.name) for path in Path("/proc").glob("[0-9]*")):
            environ = _read(f"/proc/{pid}/environ").split(b"\0")
            if pid == os.getpid() or home not in environ or not is_alive(pid):
                continue
            is_worker = of_run in environ
            is_supervisor = run and str(run.path).encode() in _read(f"/proc/{pid}/cmdline").split(b"\0")
            if run is None or is_worker or (supervisors and is_supervisor):
                pids.append(pid)
        return pids

    def orphans(self) -> list[int]:
        """Live processes that have fallen to this one; it buries those that have ended."""
        return [pid for pid in _children() if pid not in self._others_children and not _buried(pid)]

    @contextmanager
    def burying(self) -> Iterator[None]:
        """Buries what falls to this process as it ends, as the system's own reaper would."""
        is_over = threading.Event()

        def bury() -> None:
            while not is_over.wait(0.005):
                self.orphans()

        digger = threading.Thread(target=bury)
        digger.start()
        try:
            yield
        finally:
            is_over.set()
            digger.join()

    def survivors(self, run: RunDirectory) -> list[int]:
        """Processes of the run, and orphans, that are still alive after a moment.

        One that is just ending has shed its environment already and counts as alive for an instant more.
        """
        deadline = time.monotonic() + _LAST_BREATH_S
        while (left := self.processes(run) + self.orphans()) and time.monotonic() < deadline:
            time.sleep(0.005)
        return left

    def adopt_not(self, pid: int) -> None:
        """Says that this child is waited for by somebody else."""
        self._others_children.add(pid)

    def end_everything(self) -> list[int]:
        """Ends every process of this field, and says which there were."""
        found: set[int] = set()
        deadline = time.monotonic() + 20.0
        while (alive := set(self.processes()) | set(self.orphans())) and time.monotonic() < deadline:
            found |= alive
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in alive:
                    send(pid, number)
            time.sleep(0.002)
        return sorted(found)


@contextmanager
def a_field(home: Path, seed: int) -> Iterator[Field]:
    """A field that leaves no process and no directory behind."""
    _become_subreaper(True)
    field = Field(home, seed)
    try:
        yield field
    finally:
        field.end_everything()
        field.orphans()
        _become_subreaper(False)
        shutil.rmtree(home, ignore_errors=True)


def wait_for_exit(pid: int, what: str, seconds: float = PATIENCE_S) -> int:
    """The exit code of a child (negative: the signal that ended it).

    Raises:
        HangError: When it does not end.
    """
    pinned = os.pidfd_open(pid)
    try:
        if not select.select([pinned], [], [], seconds)[0]:
            raise HangError(f"never ended: {what}")
    finally:
        os.close(pinned)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def is_alive(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    stat = _read(f"/proc/{pid}/stat")
    return bool(stat) and stat[stat.rindex(b")") + 2 : stat.rindex(b")") + 3] not in b"ZX"


def send(pid: int, number: int) -> bool:
    """Signals a process of the campaign's own; whether it was there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def _buried(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return True


def _children() -> list[int]:
    pids: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        pids += map(int, _read(f"{task}/children").split())
    return pids


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read(1 << 20)
    except OSError:
        return b""


def _become_subreaper(on: bool) -> None:
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0) != 0:
        raise OSError("this system has no child subreapers")
