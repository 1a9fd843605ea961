"""Everything that differs between operating systems: process identity, signals, locks, reaping, spawning.

Only Linux is implemented. A port to another system replaces this module and nothing else.
Standard library only, and no module that is large: the supervisor's memory is mostly what it imports.
"""

from __future__ import annotations

import errno
import fcntl
import os
import signal
import stat
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Identified(Protocol):
        """Whatever names a process beyond doubt."""

        @property
        def pid(self) -> int:
            """Process id."""

        @property
        def start_ticks(self) -> int:
            """Start time in clock ticks since boot."""

        @property
        def boot_id(self) -> str:
            """Id of the boot."""


_PR_SET_CHILD_SUBREAPER = 36
_ENDED = frozenset("ZXx")
_STOPPED = frozenset("Tt")
_LARGEST_ENVIRON = 4 * 1024 * 1024
_LARGEST_COMMAND = 4096
# In a run directory a worker may have put anything: a pipe would be waited for, a link would lead elsewhere.
_FILES_ONLY = os.O_NOFOLLOW | os.O_NONBLOCK
_SHORTEST_TIMER_S = 0.001  # one of less than a microsecond would never run out
# What Python ignores for itself, or a launcher may have ignored for us: a worker starts with the defaults.
_RESET_IN_CHILD = (
    signal.SIGPIPE,
    signal.SIGXFSZ,
    signal.SIGHUP,
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGCHLD,
)

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Process:
    """One process as it was at the moment of looking.

    Attributes:
        state: The kernel's letter: R, S, D, T (stopped), Z (ended, not yet reaped).
        start_ticks: Start time in clock ticks since boot.
        cpu_ticks: CPU time of the process and of those children it has waited for.
    """

    __slots__ = ("boot_id", "cpu_ticks", "parent", "pid", "rss_bytes", "session", "start_ticks", "state")

    def __init__(self, pid: int, stat: bytes, boot: str) -> None:
        # The command name is in brackets and may hold anything, brackets and newlines included.
        fields = stat[stat.rindex(b")") + 2 :].split()
        self.pid = pid
        self.boot_id = boot
        self.state = fields[0].decode("ascii")
        self.parent = int(fields[1])
        self.session = int(fields[3])
        self.cpu_ticks = sum(map(int, fields[11:15]))
        self.start_ticks = int(fields[19])
        self.rss_bytes = int(fields[21]) * PAGE_BYTES

    @property
    def alive(self) -> bool:
        """Whether it can still do anything."""
        return self.state not in _ENDED

    @property
    def stopped(self) -> bool:
        """Whether it is frozen by SIGSTOP."""
        return self.state in _STOPPED

    def is_same(self, other: Identified) -> bool:
        """Whether `other` names this very process, not one that had its pid before."""
        mine = (self.pid, self.start_ticks, self.boot_id)
        return mine == (other.pid, other.start_ticks, other.boot_id)


@cache
def boot_id() -> str:
    """The id of the running boot; processes of another boot are dead."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def look_at(pid: int, boot: str | None = None) -> Process | None:
    """The process that has this pid now, ended ones included, or None."""
    try:
        with open(f"/proc/{pid:d}/stat", "rb", buffering=0) as file:
            stat = file.read(4096)
        return Process(pid, stat, boot or boot_id())
    except (OSError, ValueError, IndexError):
        return None  # gone, also when it went while being read


def find(identity: Identified) -> Process | None:
    """The very process `identity` names if it is alive, else None."""
    process = look_at(identity.pid)
    return process if process is not None and process.alive and process.is_same(identity) else None


def all_pids() -> list[int]:
    """The pids in use, as far as this user can see them."""
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def all_processes() -> list[Process]:
    """Every live process this user can see."""
    boot = boot_id()
    seen = (look_at(pid, boot) for pid in all_pids())
    return [process for process in seen if process is not None and process.alive]


def children_of(process: Process) -> list[Process]:
    """Live children, found through the kernel's own list: cheap, for sampling rather than for killing."""
    seen = (look_at(pid, process.boot_id) for pid in _child_pids(process.pid))
    return [child for child in seen if child is not None and child.alive]


def _child_pids(pid: int) -> list[int]:
    pids: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid:d}/task"):
            with open(f"/proc/{pid:d}/task/{thread}/children", "rb", buffering=0) as file:
                pids += map(int, file.read().split())
    except OSError:
        return pids  # the process, or a thread of it, ended while being looked at
    return pids


def arguments(pid: int) -> list[str]:
    """The words of a process's command line, none when it cannot be known."""
    try:
        with open(f"/proc/{pid:d}/cmdline", "rb", buffering=0) as file:
            line = file.read(_LARGEST_ENVIRON).removesuffix(b"\0")
    except OSError:
        return []
    return [os.fsdecode(word) for word in line.split(b"\0")] if line else []


def command_line(pid: int) -> str:
    """The words of a process's command line, "" when it has none or they cannot be known."""
    try:
        with open(f"/proc/{pid:d}/cmdline", "rb", buffering=0) as file:
            words = file.read(_LARGEST_COMMAND).rstrip(b"\0").split(b"\0")
    except OSError:
        return ""
    return " ".join(word.decode("utf-8", "replace") for word in words)


def command_name(pid: int) -> str:
    """The short name the kernel has for a process, "" when it cannot be known."""
    try:
        with open(f"/proc/{pid:d}/comm", "rb", buffering=0) as file:
            return file.read(64).decode("utf-8", "replace").strip()
    except OSError:
        return ""


def environment_entry(pid: int, name: str) -> str | None:
    """The value a process was started with for the variable `name`, None when it cannot be known."""
    try:
        with open(f"/proc/{pid:d}/environ", "rb", buffering=0) as file:
            block = b"\0" + file.read(_LARGEST_ENVIRON)
    except OSError:
        return None
    marker = b"\0" + os.fsencode(name) + b"="
    start = block.find(marker)
    if start < 0:
        return None
    start += len(marker)
    end = block.find(b"\0", start)
    return os.fsdecode(block[start : end if end >= 0 else len(block)])


def owner_of(pid: int) -> int | None:
    """The user id a process runs under, None when it is gone; told also of one that hides its memory."""
    try:
        with open(f"/proc/{pid:d}/status", "rb") as file:
            return next((int(line.split()[1]) for line in file if line.startswith(b"Uid:")), None)
    except OSError:
        return None


def ancestors_of(pid: int) -> set[int]:
    """The pids of the process's parent, of that one's parent and so on, and of the first process of all."""
    found = {1}  # a shell that was put into a container descends from nothing in there
    process = look_at(pid)
    while process is not None and process.parent not in (0, *found):
        found.add(process.parent)
        process = look_at(process.parent)
    return found


def send_signal(identity: Identified, number: int) -> bool:
    """Signals the very process `identity` names; False, and no signal, when that one is gone.

    The pid is pinned first and identified afterwards, so it cannot change hands in between.
    """
    try:
        pinned = os.pidfd_open(identity.pid)
    except OSError as error:
        if error.errno == errno.ENOSYS:
            return _send_unpinned(identity, number)
        return False
    try:
        if find(identity) is None:
            return False
        signal.pidfd_send_signal(pinned, number)
    except (ProcessLookupError, PermissionError):
        return False
    finally:
        os.close(pinned)
    return True


def may_signal(identity: Identified) -> bool:
    """Whether this process has the right to signal the one that `identity` names; True when it is gone."""
    try:
        os.kill(identity.pid, 0)
    except PermissionError:
        return find(identity) is None
    except ProcessLookupError:
        return True
    return True


def _send_unpinned(identity: Identified, number: int) -> bool:
    """For kernels before 5.3, which cannot pin: the check comes as late as it can."""
    if find(identity) is None:
        return False
    try:
        os.kill(identity.pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def take_lock(path: str) -> int | None:
    """Locks the file for the life of this process; the descriptor, or None when another holds it.

    Raises:
        OSError: When it cannot be written, or something else than a file is in its place.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _FILES_ONLY, 0o644)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "is no file, so it cannot be locked; remove it", path)
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def lock_is_held(path: str) -> bool:
    """Whether a process holds the lock that `take_lock` takes.

    The question is a shared lock held for an instant, which is why those who take the lock try again
    for a while before they believe that it is another's.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _FILES_ONLY)
    except OSError:
        return False
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False  # a file system without locks: nobody can hold one
    finally:
        os.close(descriptor)
    return False


def become_subreaper() -> bool:
    """Makes orphaned descendants children of this process; False where the system cannot."""
    import ctypes

    try:
        libc = ctypes.CDLL(None, use_errno=True)
        return bool(libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0)
    except (OSError, AttributeError):
        return False


def spawn_worker(argv: Sequence[str], environment: Mapping[str, str], stdout: str, stderr: str) -> int:
    """Starts `argv` in a session of its own, in the current directory, output appended to two files.

    Raises:
        OSError: When it cannot be started.
    """
    append = os.O_WRONLY | os.O_APPEND | os.O_CREAT
    return os.posix_spawnp(
        argv[0],
        [*argv],
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, stdout, append, 0o644),
            (os.POSIX_SPAWN_OPEN, 2, stderr, append, 0o644),
        ],
        setsid=True,
        setsigmask=(),
        setsigdef=_RESET_IN_CHILD,
    )


def spawn_asked(argv: Sequence[str], environment: Mapping[str, str], answer: int) -> int:
    """Starts `argv` at the head of a process group, with its output to the descriptor `answer`; its pid.

    Raises:
        OSError: When it cannot be started.
    """
    return os.posix_spawn(
        argv[0],
        [*argv],
        environment,
        file_actions=[
            (os.POSIX_SPAWN_DUP2, answer, 1),
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
        setsid=True,
        setsigmask=(),
        setsigdef=_RESET_IN_CHILD,
    )


def spawn_detached(argv: Sequence[str], environment: Mapping[str, str]) -> int:
    """Starts `argv` in a session of its own with no terminal and no output; returns its pid.

    Raises:
        OSError: When it cannot be started.
    """
    null = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
    return os.posix_spawnp(
        argv[0],
        [*argv],
        environment,
        file_actions=null,
        setsid=True,
        setsigmask=(),
        setsigdef=_RESET_IN_CHILD,
    )


def detach() -> None:
    """Lets go of the launcher: a session of its own, deaf to hang-up and interrupt, children waited for."""
    if os.getsid(0) != os.getpid() and os.getpgrp() != os.getpid():
        os.setsid()
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    # Inherited as ignored, it would make the kernel drop the exit status of every child.
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)


def close_inherited_files() -> None:
    """Closes whatever the launcher left open, so that no pipe or lock of its lives on in us."""
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))


def block_signals(numbers: Iterable[int]) -> None:
    """Holds these signals back until `wait_for_signal` asks for them, and the one that ends its waiting."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {*numbers, signal.SIGALRM})


def wait_for_signal(numbers: Iterable[int], seconds: float) -> signal.struct_siginfo | None:
    """Sleeps until one of these blocked signals comes and returns it, or None after `seconds`.

    Not `sigtimedwait` with its own time limit: when a process is stopped and let go on, or the machine
    sleeps, past that limit, CPython returns a signal that nobody sent, made of whatever was in memory.
    """
    if seconds <= 0.0:
        return signal.sigtimedwait(numbers, 0)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, _SHORTEST_TIMER_S))
    received = signal.sigwaitinfo({*numbers, signal.SIGALRM})
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    if received.si_signo == signal.SIGALRM:
        return None
    signal.sigtimedwait((signal.SIGALRM,), 0)  # the timer may have run out since, for no wait of the future
    return received
