"""The exit codes of `gym-gui`: the one place that says what each means."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a command's exit code tells a script; `meaning` says it in words, as `--help` does."""

    meaning: str

    def __new__(cls, value: int, meaning: str) -> ExitCode:
        """The code with its meaning."""
        code = int.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        return code

    OK = 0, "done; with `run --wait`: the run completed"
    FAILED = (
        1,
        (
            "the run failed (`run --wait`), processes are left (`cancel`, `freeze`, `continue`), "
            "or the worker does not keep the contract (`check-worker`)"
        ),
    )
    USAGE = 2, "wrong usage, or a config the worker does not take; nothing was started"
    NOT_FOUND = 3, "no such worker or run"
    WORKER_BROKEN = 4, "the worker cannot be used: it is broken, or its requirements are missing"
    NOT_COMPLETED = 5, "the run was cancelled or lost (`run --wait`)"
    IMPOSSIBLE = 6, "the system does not let it: a file cannot be read or written, no panel is installed"
    NOT_NOW = (
        7,
        (
            "the run is not in a state for it: `delete` of one that is not over, `restore` to where one is, "
            "`queue move` and `queue start` of one that does not wait"
        ),
    )
    INTERRUPTED = 130, "interrupted with Ctrl+C; a run that was waited for goes on"
    READER_GONE = 141, "whoever read the output stopped reading"


def table_of_codes() -> str:
    """The codes and their meanings, a line each."""
    return "\n".join(f"  {code.value:>3}  {code.meaning}" for code in ExitCode)
