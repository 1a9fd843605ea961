"""A process of the worker that is expected to end by itself, soon; nothing of it is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_LARGEST_OUTPUT = 256 * 1024
_MOST_PRINTED = 64 * 1024 * 1024
_LAST_LINES = 12
_LOOK_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class Finished:
    """How it ended.

    Attributes:
        exit_code: None when a signal ended it.
        signal: Number of that signal; SIGKILL when it had to be killed for taking too long.
        timed_out: Whether it was still running at its time limit.
        flooded: Whether it was ended because it printed more than anybody reads.
    """

    argv: tuple[str, ...]
    exit_code: int | None
    signal: int | None
    stdout: str
    stderr: str
    seconds: float
    timed_out: bool = False
    flooded: bool = False

    @property
    def how(self) -> str:
        """How it ended, in words."""
        if self.flooded:
            return f"printed more than {_MOST_PRINTED // 1024**2} MiB"
        if self.timed_out:
            return f"was still running after {self.seconds:.0f} s"
        if self.signal is not None:
            return f"was ended by {signal.Signals(self.signal).name}"
        return f"exited with {self.exit_code}"

    @property
    def last_words(self) -> str:
        """The last lines of standard error, or of standard output when that is empty."""
        text = self.stderr.strip() or self.stdout.strip()
        return "\n".join(text.splitlines()[-_LAST_LINES:])


def run_briefly(
    argv: Sequence[str], *, cwd: Path, environment: Mapping[str, str], limit_s: float
) -> Finished:
    """The finished process; whatever it started that is still in its session's group is killed.

    Raises:
        OSError: It cannot be started.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.monotonic()
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd=cwd,
            env=dict(environment),
            start_new_session=True,
        )
        flooded = False
        try:
            while process.poll() is None and time.monotonic() - began < limit_s and not flooded:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(_LOOK_EVERY_S)
                flooded = any(os.fstat(file.fileno()).st_size > _MOST_PRINTED for file in (out, err))
        finally:
            timed_out = process.poll() is None and not flooded
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        code = process.returncode
        return Finished(
            argv=tuple(argv),
            exit_code=code if code >= 0 else None,
            signal=-code if code < 0 else None,
            stdout=_text(out),
            stderr=_text(err),
            seconds=time.monotonic() - began,
            timed_out=timed_out,
            flooded=flooded,
        )


def _text(file: IO[bytes]) -> str:
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _LARGEST_OUTPUT))
    return file.read().decode(errors="replace")
