"""The script's process: started, listened to, passed on, ended with everything it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

SECONDS_TO_END = 10.0
_LAST_LINES = 200
_LONGEST_LINE = 64 * 1024
_SECONDS_TO_HEAR_THE_REST = 3.0
# What says how this run stands is the worker's to say; a script that uses the SDK itself may beat.
_OURS = (b'"run_started"', b'"run_completed"', b'"run_failed"', b'"run_cancelled"')


class ScriptProcess:
    """A process in a group of its own, whose output goes on to this process's, line by line.

    Args:
        heard: Called with each line of its standard output, from a thread of its own.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        heard: Callable[[str], None],
    ) -> None:
        self._heard = heard
        self.last_errors: deque[str] = deque(maxlen=_LAST_LINES)
        self._process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            process_group=0,
        )
        self.pid = self._process.pid
        out, err = self._process.stdout, self._process.stderr
        assert out is not None and err is not None  # noqa: S101 (pipes were asked for)
        self._threads = [
            threading.Thread(target=self._relay, args=(out, self._tell_out), name="script-out", daemon=True),
            threading.Thread(target=self._relay, args=(err, self._tell_err), name="script-err", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def wait(self, seconds: float) -> int | None:
        """The exit code, negative for a signal; None when it is still going after that time."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def finish(self) -> None:
        """Nothing of it is left: what still runs is asked to end, then killed; all it said has been heard."""
        try:
            if self._process.poll() is None:
                self._signal(signal.SIGTERM)
                if self.wait(SECONDS_TO_END) is None:
                    self._signal(signal.SIGKILL)
                    self._process.wait()
        finally:
            self._hear_the_rest()

    def _hear_the_rest(self) -> None:
        for thread in self._threads:
            thread.join(_SECONDS_TO_HEAR_THE_REST)
        if any(thread.is_alive() for thread in self._threads):
            # Something that it started holds its output open, so its group is there, and still its own.
            self._signal(signal.SIGKILL)
            for thread in self._threads:
                thread.join(_SECONDS_TO_HEAR_THE_REST)

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def _relay(self, source: IO[bytes], tell: Callable[[bytes], None]) -> None:
        with source:
            while line := source.readline(_LONGEST_LINE):
                tell(line)

    def _tell_out(self, line: bytes) -> None:
        ours = b'"event"' in line and any(word in line for word in _OURS)
        _write(sys.stderr if ours else sys.stdout, line)
        self._heard(line.decode(errors="replace"))

    def _tell_err(self, line: bytes) -> None:
        _write(sys.stderr, line)
        self.last_errors.append(line.decode(errors="replace").rstrip("\n"))


def _write(stream: IO[str], line: bytes) -> None:
    """Passes a line on; losing it is no reason to stop listening, which would block the script."""
    text = line if line.endswith(b"\n") else line + b"\n"
    with suppress(OSError, ValueError):
        stream.write(text.decode(errors="replace"))
        stream.flush()
