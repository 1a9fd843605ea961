"""`gym-gui panel`: the window."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence

from gym_gui import preflight
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode

HELP = "open the panel"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command has no arguments of its own."""


def open_panel(
    environment: Mapping[str, str],
    load_main: Callable[[], Callable[[list[str]], int]],
    arguments: Sequence[str] = (),
) -> ExitCode:
    """Opens the panel and returns when it is closed.

    Args:
        environment: Where the display is named.
        load_main: Gives the panel's main function; called once a window can open here.
        arguments: What the panel is told: a path to show.

    Raises:
        CommandError: What keeps a window from opening, with the mend.
    """
    problem = preflight.obstacle(environment)
    if problem is not None:
        raise CommandError(problem, ExitCode.IMPOSSIBLE)
    return ExitCode.OK if load_main()([*arguments]) == 0 else ExitCode.IMPOSSIBLE
