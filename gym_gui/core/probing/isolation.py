"""A Python process of which only its answers are believed, and which leaves nothing running behind.

It has a session of its own, no standard input, and writes its output to a private file; records come
through another one, so nothing it prints can pass for an answer. When it is done, silent for too long,
too talkative or too greedy, it is killed with everything that came from it, sessions of their own included.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from gym_gui.core.probing.family import ENV_MARK, Family
from gym_gui.core.probing.leftovers import folder_prefix
from gym_gui.core.probing.limits import ENV_ADDRESS_SPACE, MEMORY_SETTING, Limits, probe_limits
from gym_gui.core.probing.wire import Record, decode

_POLL_S = 0.01
_LOOK_EVERY_S = 0.1
_REAP_S = 5.0
_LARGEST_ANSWER = 32 * 1024 * 1024
_SHOWN_OUTPUT = 8 * 1024


_SLOW_HINT = (
    "Import heavy packages inside the functions that need them, "
    "or grant more time with the setting worker_discovery_timeout_s"
)
_GREEDY_HINT = (
    "Load data and models when the run starts, not at import, "
    f"or grant more memory with the setting {MEMORY_SETTING}"
)
_PROCESSES_HINT = "Start processes when the run starts, not at import"
_OUTPUT_HINT = "Print nothing at import"


@dataclass(frozen=True, slots=True)
class Ending:
    """How the conversation ended: `reason` is "" when everything was said, else a sentence's predicate."""

    reason: str = ""
    error_type: str = "ProcessDied"
    hint: str = ""


class IsolatedChild:
    """One `python -m MODULE --answers FILE ...`, as a context manager that ends it whatever happens."""

    def __init__(
        self, interpreter: str, module: str, arguments: Sequence[str] = (), limits: Limits | None = None
    ) -> None:
        self._interpreter = interpreter
        self._module = module
        self._arguments = tuple(arguments)
        self._folder = tempfile.TemporaryDirectory(prefix=folder_prefix(), ignore_cleanup_errors=True)
        self._read_from = 0
        self._limits = limits or probe_limits()
        self._mark = secrets.token_hex(16)
        self._family = Family(self._mark)
        self._next_look = 0.0

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
                    env=self._environment(),
                    start_new_session=True,
                )
        except BaseException:
            self._folder.cleanup()
            raise
        return self

    def _argv(self, answers: Path) -> list[str]:
        python = [self._interpreter, "-X", "faulthandler", "-m", self._module]
        return [*python, "--answers", str(answers), *self._arguments]

    def _environment(self) -> dict[str, str]:
        space = str(self._limits.address_space_bytes)
        return {**os.environ, ENV_MARK: self._mark, ENV_ADDRESS_SPACE: space}

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
            ending = self._excess() or (self._how_it_exited() if is_over else None)
            if ending is None and time.monotonic() > deadline:
                ending = Ending(f"gave no answer within {patience_s():g} s", "TimeoutError", _SLOW_HINT)
            if ending is not None:
                return ending
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
                if answers.seek(0, os.SEEK_END) < self._read_from:
                    self._read_from = 0  # probed code emptied it
                answers.seek(self._read_from)
                fresh = answers.read(_LARGEST_ANSWER)
        except OSError:
            return []
        whole = fresh[: fresh.rfind(b"\n") + 1]
        self._read_from += len(whole)
        return [record for line in whole.splitlines() if (record := decode(line)) is not None]

    def _excess(self) -> Ending | None:
        limits = (
            ("output.txt", self._limits.output_bytes, "printed"),
            ("answers.jsonl", _LARGEST_ANSWER, "answered"),
        )
        for name, limit, did in limits:
            with contextlib.suppress(OSError):
                if (self.folder / name).stat().st_size > limit:
                    return Ending(f"{did} more than {limit // 1024**2} MiB", "TooMuchOutput", _OUTPUT_HINT)
        if time.monotonic() < self._next_look:
            return None
        self._next_look = time.monotonic() + _LOOK_EVERY_S
        family = self._family.look()
        if len(family) > self._limits.processes:
            reason = f"started more than {self._limits.processes} processes"
            return Ending(reason, "TooManyProcesses", _PROCESSES_HINT)
        if sum(process.rss_bytes for process in family) > self._limits.memory_bytes:
            reason = f"took more than {self._limits.memory_bytes // 1024**2} MiB of memory"
            return Ending(reason, "TooMuchMemory", _GREEDY_HINT)
        return None

    def _has_exited(self) -> bool:
        """Whether the process is over; where possible without reaping it, so that its group keeps its id."""
        if not hasattr(os, "waitid"):
            return self._process.poll() is not None
        if self._process.returncode is not None:
            return True
        return os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def _how_it_exited(self) -> Ending:
        self._end()
        status = self._process.returncode
        if status is None:
            return Ending("cannot be ended")
        if status >= 0:
            return Ending(f"exited with status {status}")
        with contextlib.suppress(ValueError):
            return Ending(f"was killed by {signal.Signals(-status).name}")
        return Ending(f"was killed by signal {-status}")

    def _end(self) -> None:
        """Kills what is left of the group and of the family, then reaps the process."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
        self._family.end()
        # A process that hangs in the kernel cannot be reaped; whoever asks must not hang with it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_REAP_S)
