"""How long work is told to stop, and how it tells how far it is."""

from __future__ import annotations

from collections.abc import Callable

StopAsked = Callable[[], bool]
Progress = Callable[[int, int], None]


class StoppedError(Exception):
    """The work was asked to stop and has; nothing of it is left behind."""


def never() -> bool:
    """False: nobody asks to stop."""
    return False


def unreported(_done: int, _total: int) -> None:
    """Nothing: nobody wants to know how far it is."""


def stop_if(asked: StopAsked) -> None:
    """Nothing, when the work may go on.

    Raises:
        StoppedError: When it was asked to stop.
    """
    if asked():
        raise StoppedError
