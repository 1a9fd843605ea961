"""What a run has written, followed as it grows: its digest, and when it last made progress."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

from gym_gui.core.events.lines import LineKind, parse_line
from gym_gui.core.events.tail import TailReader
from gym_gui.core.runs.cached import Signature, signature
from gym_gui.core.runs.digest import FAREWELLS, LAST_WORD, LAST_WORDS, RunDigest
from gym_gui.core.runs.directory import RunDirectory

_ANY_EVENT = re.compile(rb'"event"')
_MOST_CANDIDATES = 50
# Our own files, which grow whether or not the worker gets anywhere.
_NOT_PROGRESS = frozenset(
    {"run.json", "config.json", "labels.json", "process.json", "exit.json"}
    | {"resources.jsonl", "supervisor.lock", "supervisor.log", "tree.json", "freeze.json"}
    | {".exit.json.reserve"}
)
_MOST_FILES = 2000
_FILES_AGAIN_S = 5.0
_QUIET_FILES_AGAIN_S = 60.0
_QUIET_S = 600.0


class ObservedOutput:
    """The output and artifacts of one run.

    Attributes:
        problem: Why `stdout.log` cannot be read, or "".
    """

    def __init__(self, run: RunDirectory) -> None:
        self.digest = RunDigest()
        self.problem = ""
        self._run = run
        self._stdout = TailReader(run.stdout_file)
        self._restarts = 0
        self._config: Mapping[str, Any] = {}
        self._stdout_seen: Signature | None = None
        self._stderr_seen: Signature | None = None
        self._was_final = False
        self._files_looked_at = float("-inf")

    def expect_totals(self, config: Mapping[str, Any]) -> None:
        """Takes from the run's configuration how far it is to go."""
        self._config = config
        self.digest.expect_totals(config)

    def refresh(self, *, final: bool) -> None:
        """Reads what is new. `final` says that nothing more will come."""
        stderr = signature(self._run.stderr_file)
        if stderr != self._stderr_seen and stderr is not None and stderr[1] > 0:
            self.digest.rhythm.note(stderr[2] / 1e9)
        self._stderr_seen = stderr
        stdout = signature(self._run.stdout_file)
        if stdout == self._stdout_seen and final == self._was_final:
            return
        self._stdout_seen, self._was_final = stdout, final
        self._read(final, stdout[2] / 1e9 if stdout else 0.0)

    def _read(self, final: bool, written: float) -> None:
        try:
            lines = self._stdout.read(final=final)
        except OSError as error:
            self.problem = f"stdout.log: cannot be read: {error.strerror or error}"
            return
        self.problem = ""
        if self._stdout.restarts != self._restarts:
            self._restarts = self._stdout.restarts
            self.digest = RunDigest()
            self.digest.expect_totals(self._config)
        self.digest.feed(lines, written)
        if final and self._stdout.gap and self.digest.last_word not in FAREWELLS:
            self._search_skipped_part(written)

    def _search_skipped_part(self, written: float) -> None:
        """How a run ended must not depend on how much was printed after it said so."""
        self._feed_newest(LAST_WORD, LAST_WORDS, written)
        if not self.digest.has_events:
            self._feed_newest(_ANY_EVENT, None, written)

    def _feed_newest(self, pattern: re.Pattern[bytes], names: frozenset[str] | None, written: float) -> None:
        candidates = zip(range(_MOST_CANDIDATES), self._stdout.lines_backwards(pattern), strict=False)
        for _, raw in candidates:
            line = parse_line(raw, 0)
            if line.kind is LineKind.EVENT and (names is None or line.event in names):
                self.digest.feed([raw], written)
                return

    def look_at_files(self, now: float) -> None:
        """Counts the newest change of any file of the worker's as a sign of progress."""
        last = self.digest.rhythm.last_sign
        quiet = last is not None and now - last > _QUIET_S
        if now - self._files_looked_at < (_QUIET_FILES_AGAIN_S if quiet else _FILES_AGAIN_S):
            return
        self._files_looked_at = now
        newest = _newest_change(str(self._run.path))
        if newest is not None:
            self.digest.rhythm.note(min(newest, now))


def _newest_change(directory: str) -> float | None:
    newest: float | None = None
    waiting = [directory]
    seen = 0
    while waiting and seen < _MOST_FILES:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    seen += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.name not in _NOT_PROGRESS and not entry.name.startswith("std"):
                        changed = entry.stat(follow_symlinks=False).st_mtime
                        newest = changed if newest is None else max(newest, changed)
        except OSError:
            continue  # removed or made unreadable meanwhile
    return newest
