"""A small process that outlives a killed worker by a moment and ends what Ray left.

Ray's own agents wait for a minute and more, and some do not hear SIGTERM. The guardian holds the other
end of a pipe: when it closes, the worker is gone, and every process of the session is ended: those that
carry its mark in their environment, and those that hold a file of its directory open. The agents have to
be known by that: the titles that they give themselves wipe their environment away.
Standard library only, and nothing of this package: it is started as a file.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MARK = "MOSAIC_RAY_SESSION"
_ROUNDS = 20
_SECONDS_BETWEEN_ROUNDS = 0.1


@contextmanager
def guarded(session: Path) -> Iterator[None]:
    """While the block lasts, the death of this process is the end of all that belongs to the session."""
    os.environ[MARK] = str(session)
    guardian = subprocess.Popen(
        [sys.executable, "-S", "-E", __file__, str(session)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
    try:
        yield
    finally:
        os.environ.pop(MARK, None)
        guardian.communicate()  # closes the pipe; what it finds then is what Ray's own shutdown left


def end_session(session: str) -> int:
    """How many processes of the session were sent SIGKILL."""
    ended = 0
    for _ in range(_ROUNDS):
        found = [pid for pid in _processes() if _carries_mark(pid, session) or _writes_into(pid, session)]
        if not found:
            break
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
                ended += 1
            except OSError:
                continue  # it has ended meanwhile
        time.sleep(_SECONDS_BETWEEN_ROUNDS)
    return ended


def _processes() -> list[int]:
    mine = {os.getpid(), os.getppid()}
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) not in mine]  # noqa: PTH208


def _carries_mark(pid: int, session: str) -> bool:
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123
            return f"{MARK}={session}".encode() in file.read().split(b"\0")
    except OSError:
        return False


def _writes_into(pid: int, session: str) -> bool:
    try:
        descriptors = os.listdir(f"/proc/{pid}/fd")  # noqa: PTH208
    except OSError:
        return False
    for descriptor in descriptors:
        try:
            if os.readlink(f"/proc/{pid}/fd/{descriptor}").startswith(f"{session}/"):  # noqa: PTH115
                return True
        except OSError:
            continue
    return False


def main() -> None:
    """Waits for the end of the pipe, then clears up; asked to end before that, it does not."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_session(sys.argv[1])
    shutil.rmtree(sys.argv[1], ignore_errors=True)


if __name__ == "__main__":
    main()
