"""Runs a tensorboard for as long as somebody holds the other end of its standard input.

A process of its own, so that nothing is left when the panel is killed: the pipe closes, and the guard ends
tensorboard with everything below it. Were the guard killed, the kernel ends tensorboard.

It is given one line of JSON (`Order`), and says in lines of JSON how it goes (`phase`: "ready" with a
`url`, "failed" or "ended" with a `problem` and the last `output`). The word "stop", or the end
of the input, ends it.
"""

from __future__ import annotations

import ctypes
import http.client
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from gym_gui.core.runs.processes import osproc
from gym_gui.services.descendants import end_descendants
from gym_gui.services.tensorboard_room import link_runs, make_room

HOST = "127.0.0.1"
_PR_SET_PDEATHSIG = 1
_TICK_S = 0.1
_START_S = 90.0
_GRACE_S = 3.0
_MOST_OUTPUT = 8_192
_STOPPING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
_ADDRESS = re.compile(rb"TensorBoard \S+ at http://127\.0\.0\.1:(\d{1,5})/")


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be run.

    Attributes:
        command: The words that start tensorboard, without its options.
        runs: Directories by the names that are shown for them.
        scratch: Directory for what is needed while it runs.
        options: Further options.
    """

    command: list[str]
    runs: dict[str, str]
    scratch: str
    options: list[str] = field(default_factory=list)

    def as_line(self) -> bytes:
        """The line that the guard is given."""
        return json.dumps(asdict(self)).encode() + b"\n"


class _StopRequestedError(Exception):
    pass


class Guard:
    """One tensorboard from its start to its end."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._output = b""
        self._port = 0
        self._is_ready = False

    def run(self) -> None:
        """Start it, watch it, end it; returns when nothing of it is left."""
        osproc.become_subreaper()
        room = make_room(Path(self._order.scratch))
        try:
            logdir = link_runs(room, self._order.runs)
            self._watch(self._start(room, logdir))
        except OSError as error:
            self._say("failed", problem=f"{self._order.command[0]}: {error.strerror or error}")
        finally:
            # Whoever is in a hurry now would leave something behind.
            for number in _STOPPING:
                signal.signal(number, signal.SIG_IGN)
            end_descendants(_GRACE_S)
            shutil.rmtree(room, ignore_errors=True)

    def _start(self, room: Path, logdir: Path) -> subprocess.Popen[bytes]:
        options = ["--logdir", str(logdir), "--host", HOST, "--port", "0", *self._order.options]
        return subprocess.Popen(
            [*self._order.command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            cwd=room,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": str(room)},
            start_new_session=True,
            # This process has one thread, so running code between fork and exec is sound.
            preexec_fn=_end_with_parent(os.getpid()),  # noqa: PLW1509
        )

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None  # noqa: S101 - for the type checker
        deadline = time.monotonic() + _START_S
        with selectors.DefaultSelector() as selector, process.stdout:
            selector.register(sys.stdin.fileno(), selectors.EVENT_READ)
            selector.register(process.stdout, selectors.EVENT_READ)
            while process.poll() is None:
                for key, _ in selector.select(_TICK_S if not self._is_ready else 1.0):
                    if key.fd == sys.stdin.fileno():
                        raise _StopRequestedError
                    self._take_output(os.read(key.fd, 65_536), selector, key.fd)
                if not self._is_ready:
                    self._look_whether_ready()
                    if time.monotonic() > deadline:
                        self._say("failed", problem=f"no answer within {_START_S:.0f} s")
                        return
            self._drain(process.stdout.fileno())
        phase = "ended" if self._is_ready else "failed"
        self._say(phase, problem=f"tensorboard ended with {_ending(process.returncode)}")

    def _take_output(self, data: bytes, selector: selectors.BaseSelector, descriptor: int) -> None:
        if not data:
            selector.unregister(descriptor)
        self._output = (self._output + data)[-_MOST_OUTPUT:]
        address = None if self._port else _ADDRESS.search(self._output)
        if address is not None:
            self._port = int(address[1])

    def _drain(self, descriptor: int) -> None:
        """What it printed last; a child that lives on may hold the pipe open, so nothing is waited for."""
        os.set_blocking(descriptor, False)
        try:
            self._output = (self._output + os.read(descriptor, 65_536))[-_MOST_OUTPUT:]
        except BlockingIOError:
            return

    def _look_whether_ready(self) -> None:
        if not self._port:
            return
        connection = http.client.HTTPConnection(HOST, self._port, timeout=2.0)
        try:
            connection.request("GET", "/data/environment")
            answered = connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            answered = False
        finally:
            connection.close()
        if answered:
            self._is_ready = True
            self._say("ready", url=f"http://{HOST}:{self._port}/")

    def _say(self, phase: str, **facts: str) -> None:
        output = self._output.decode("utf-8", "replace")
        line = json.dumps({"phase": phase, "output": output, **facts}).encode() + b"\n"
        try:
            os.write(sys.stdout.fileno(), line)
        except OSError:
            raise _StopRequestedError from None


def _end_with_parent(parent: int) -> Callable[[], None]:
    """What makes the kernel kill a child when this process is gone."""
    libc = ctypes.CDLL(None, use_errno=True)

    def set_up() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return set_up


def _ending(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def _stop(number: int, frame: object) -> None:
    del number, frame
    raise _StopRequestedError


def main() -> int:
    """The guard's own process."""
    for number in _STOPPING:
        signal.signal(number, _stop)
    try:
        with os.fdopen(os.dup(sys.stdin.fileno()), "rb", buffering=0) as orders:
            line = orders.readline()
        if line:
            Guard(Order(**json.loads(line))).run()
    except _StopRequestedError:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
