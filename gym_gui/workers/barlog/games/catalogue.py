"""Which module plays which family, and what has to be installed for it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import cast

from gym_gui.workers.barlog.choices import Family
from gym_gui.workers.barlog.games.base import Game, GameError
from gym_gui.workers.barlog.tasks import Task

_PACKAGE = "gym_gui.workers.barlog.games"
_REQUIRED = {
    Family.BABYAI: ("minigrid", "gymnasium"),
    Family.CRAFTER: ("crafter",),
    Family.TEXTWORLD: ("textworld",),
    Family.MINIHACK: ("minihack", "nle", "gymnasium"),
    Family.NETHACK: ("nle", "gymnasium"),
}
FAMILIES_WITH_AN_EXPERT = frozenset({Family.BABYAI, Family.TEXTWORLD})
_EXTRA = {Family.MINIHACK: "barlog-nethack", Family.NETHACK: "barlog-nethack"}


def missing_modules(family: Family) -> list[str]:
    """The modules that the family needs and this environment has not."""
    return [name for name in _REQUIRED[family] if find_spec(name) is None]


def how_to_install(family: Family) -> str:
    """The command that brings what the family needs."""
    extra = _EXTRA.get(family, "barlog")
    apart = ", in an environment of its own: it pins another gymnasium" if family in _EXTRA else ""
    return f"pip install 'mosaic-panel[{extra}]'{apart}"


def make_game(task: Task, max_steps: int | None = None) -> Game:
    """The game, ready to be reset.

    Args:
        task: What to play.
        max_steps: Steps after which an episode is cut off, None for the game's own limit.

    Raises:
        GameError: What it needs is not installed, or there is no such task.
    """
    missing = missing_modules(task.family)
    if missing:
        raise GameError(
            f"environment: {task}: {', '.join(missing)} not installed here; {how_to_install(task.family)}"
        )
    module = import_module(f"{_PACKAGE}.{task.family.value}")
    try:
        return cast("Game", module.make(task.name, max_steps))
    except GameError as error:
        raise GameError(f"environment: {task}: {error}") from error
