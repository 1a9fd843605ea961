"""Why a run ended, as a value: its class, a sentence, the line that explains it, the last lines."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_LONGEST = 300


class EndClass(StrEnum):
    """What kind of end a run came to."""

    NOT_OVER = "not over"
    FINISHED = "finished"
    NOT_STARTED = "not started"
    EXCEPTION = "exception"
    EXIT_CODE = "exit code"
    SIGNAL = "signal"
    KERNEL_OOM = "killed by the kernel for want of memory"
    OUT_OF_MEMORY = "out of memory"
    CUDA_OOM = "CUDA out of memory"
    NAN = "NaN"
    IMPORT_ERROR = "import error"
    DISK_FULL = "disk full"
    CANCELLED = "cancelled"
    SHUTDOWN = "shutdown of the machine"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class EndExplanation:
    """Why a run ended, as far as it can be known.

    Attributes:
        cause: The class.
        sentence: The same in words, with what is known of it.
        first_line: The line of the run's own output that explains it, "" when there is none.
        error_type: The type of the exception that ended it, "" when none is known.
        stderr: The last lines of standard error.
        stdout: The last lines of standard output.
    """

    cause: EndClass
    sentence: str
    first_line: str = ""
    error_type: str = ""
    stderr: tuple[str, ...] = ()
    stdout: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """The one line that explains it best."""
        return self.first_line or self.sentence


def shortened(text: str) -> str:
    """The text on one line, cut where it is too long to read."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."
