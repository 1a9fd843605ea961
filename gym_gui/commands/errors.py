"""What ends a command early: one exception that says why, how to mend it and which exit code tells it."""

from __future__ import annotations

from collections.abc import Mapping

from gym_gui.commands.exit_codes import ExitCode


class CommandError(Exception):
    """A command cannot do what was asked.

    Attributes:
        code: The exit code.
        hint: How to mend it, or "".
        problems: What is wrong with which field, when it is about a config.
        traceback: The worker's own traceback or output, or "".
    """

    def __init__(
        self,
        message: str,
        code: ExitCode,
        *,
        hint: str = "",
        problems: Mapping[str, str] | None = None,
        traceback: str = "",
    ) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint
        self.problems = dict(problems or {})
        self.traceback = traceback
