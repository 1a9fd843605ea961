"""Why a script's process ended, told from its exit code and its last lines."""

from __future__ import annotations

import re
import signal
from collections.abc import Sequence
from dataclasses import dataclass

ENDED_ON_REQUEST = frozenset({-signal.SIGTERM, -signal.SIGINT, 128 + signal.SIGTERM, 128 + signal.SIGINT})
_ERROR = re.compile(r"^([A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning|Iteration)?)(?::\s*(.*))?$")
_TRACEBACK = "Traceback (most recent call last):"
_SHOWN_LINES = 20


class ScriptFailedError(RuntimeError):
    """The script's process ended in an error; the message says which."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What happened.

    Attributes:
        error: In a sentence.
        error_type: The exception's own type, where the script told of one.
        traceback: The script's traceback, or its last lines.
    """

    error: str
    error_type: str
    traceback: str

    def as_payload(self) -> dict[str, str]:
        """The fields of `run_failed`."""
        return {"error": self.error, "error_type": self.error_type, "traceback": self.traceback}


def failure_of(name: str, code: int, lines: Sequence[str]) -> Failure:
    """What the exit code (negative: a signal) and the last lines of standard error tell."""
    last = "\n".join(lines[-_SHOWN_LINES:])
    if code < 0:
        try:
            number = signal.Signals(-code)
            word, meaning = number.name, signal.strsignal(-code) or ""
        except ValueError:
            word, meaning = f"signal {-code}", ""
        # "killed by signal" is what the panel looks for when it asks the kernel about memory.
        return Failure(f"{name} was killed by signal: {meaning} ({word})", "ScriptKilled", last)
    starts = [place for place, line in enumerate(lines) if line.strip() == _TRACEBACK]
    if starts:
        block = list(lines[starts[-1] :])
        for place, line in enumerate(block[1:], start=1):
            match = _ERROR.match(line)
            if match:
                text = "\n".join([match[2] or "", *_rest_of_message(block[place + 1 :])]).strip()
                kind = match[1].rpartition(".")[2]
                return Failure(text or kind, kind, "\n".join(block))
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    words = f"{name} ended with exit code {code}" + (f": {said}" if said else "")
    return Failure(words, "ScriptExit", last)


def _rest_of_message(lines: Sequence[str]) -> list[str]:
    """Further lines of an exception's message: what follows until something else is said."""
    return [line for line in lines[:5] if line.strip()]
