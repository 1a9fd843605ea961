"""Who asked for a run's end, in words."""

from __future__ import annotations

import pwd

from gym_gui.core.runs.record import Requester


def requester_text(by: Requester) -> str:
    """The requester as a person knows it, "anna (gym-gui, process 4711)"."""
    program = f"{by.command}, " if by.command else ""
    return f"{user_name(by.uid)} ({program}process {by.pid})"


def is_the_system(by: Requester) -> bool:
    """Whether it was the system's own manager of processes, which ends them at shutdown and logout."""
    return by.pid == 1 or by.command.startswith("systemd")


def user_name(uid: int) -> str:
    """The name of the user with this id, "user 1000" when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return f"user {uid}"
