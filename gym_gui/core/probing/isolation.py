"""A Python process of which only its answers are believed, and which leaves nothing running behind.

It has a session of its own, no standard input, and writes its output to a private file; records come
through another one, so nothing it prints can pass for an answer. When it is done, silent for too long or
too talkative, its whole process group is killed and reaped.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from gym_gui.core.probing.wire import Record, decode

_POLL_S = 0.01
_LARGEST_OUTPUT = 16 * 1024 * 1024
_LARGEST_ANSWER = 32 * 1024 * 1024
_SHOWN_OUTPUT = 8 * 1024


@dataclass(frozen=True, slots=True)
class Ending:
    """How the conversation ended: `reason` is "" when everything was said, else a sentence's predicate."""

    reason: str = ""


class IsolatedChild:
    """One `python -m MODULE --answers FILE ...`, as a context manager that ends it whatever happens."""

    def __init__(self, interpreter: str, module: str, arguments: Sequence[str] = ()) -> None:
        self._interpreter = interpreter
        self._module = module
        self._arguments = tuple(arguments)
        self._folder = tempfile.TemporaryDirectory(prefix="mosaic-probe-", ignore_cleanup_errors=True)
        self._read_from = 0

    @property
    def folder(self) -> Path:
        """The private directory of this child, its working directory; gone when the child is."""
        return Path(self._folder.name)

    def __enter__(self) -> Self:
        """Starts the process.

        Raises:
            OSError: The interpreter cannot be started.
        """
        answers, output = self.folder / "answers.jsonl", self.folder / "output.txt"
        answers.touch()
        try:
            with output.open("ab") as capture:
                self._process = subprocess.Popen(
                    self._argv(answers),
                    stdin=subprocess.DEVNULL,
                    stdout=capture,
                    stderr=capture,
                    cwd=self.folder,
                    start_new_session=True,
                )
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def _argv(self, answers: Path) -> list[str]:
        python = [self._interpreter, "-X", "faulthandler", "-m", self._module]
        return [*python, "--answers", str(answers), *self._arguments]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._folder.cleanup()

    def listen(self, receive: Callable[[Record], bool], patience_s: Callable[[], float]) -> Ending:
        """Hands every record to `receive` until it says that this was the last.

        Args:
            receive: Called with each record; returns True when nothing more is wanted.
            patience_s: Seconds to wait for the next record, asked anew after each.
        """
        deadline = time.monotonic() + patience_s()
        while True:
            is_over = self._has_exited()  # before reading, so that its last words are read
            for record in self._new_records():
                if receive(record):
                    return Ending()
                deadline = time.monotonic() + patience_s()
            problem = self._excess() or (self._how_it_exited() if is_over else "")
            if not problem and time.monotonic() > deadline:
                problem = f"gave no answer within {patience_s():g} s"
            if problem:
                return Ending(problem)
            time.sleep(_POLL_S)

    def output(self, start: int = 0) -> str:
        """The last of what it printed since that byte, as text."""
        try:
            with (self.folder / "output.txt").open("rb") as capture:
                size = capture.seek(0, os.SEEK_END)
                capture.seek(max(start, size - _SHOWN_OUTPUT))
                return capture.read(_SHOWN_OUTPUT).decode(errors="replace").strip()
        except OSError:
            return ""

    def _new_records(self) -> list[Record]:
        try:
            with (self.folder / "answers.jsonl").open("rb") as answers:
                answers.seek(self._read_from)
                fresh = answers.read(_LARGEST_ANSWER)
        except OSError:
            return []
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read_from += len(whole)
        return [record for line in whole.splitlines() if (record := decode(line)) is not None]

    def _excess(self) -> str:
        limits = (("output.txt", _LARGEST_OUTPUT, "printed"), ("answers.jsonl", _LARGEST_ANSWER, "answered"))
        for name, limit, did in limits:
            with contextlib.suppress(OSError):
                if (self.folder / name).stat().st_size > limit:
                    return f"{did} more than {limit // 1024**2} MiB"
        return ""

    def _has_exited(self) -> bool:
        """Whether the process is over; where possible without reaping it, so that its group keeps its id."""
        if not hasattr(os, "waitid"):
            return self._process.poll() is not None
        if self._process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _how_it_exited(self) -> str:
        self._end()
        status = self._process.returncode
        if status >= 0:
            return f"exited with status {status}"
        with contextlib.suppress(ValueError):
            return f"was killed by {signal.Signals(-status).name}"
        return f"was killed by signal {-status}"

    def _end(self) -> None:
        """Kills what is left of the group, then reaps the process."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
        self._process.wait()
