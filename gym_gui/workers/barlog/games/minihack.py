"""MiniHack: small tasks in NetHack's engine. Progression is 1 when the goal is reached."""

from __future__ import annotations

import difflib

import gymnasium
import minihack  # noqa: F401 (registers the environments)

from gym_gui.workers.barlog.games.base import GameError
from gym_gui.workers.barlog.games.dungeon import OBSERVED, Dungeon

STEPS_IN_BALROG = 100
_GOAL = "Reach the stairs down (>), or do what the task asks for, with as few steps as you can."


def make(name: str, max_steps: int | None) -> Dungeon:
    """The game of that name: `Corridor-R3` or `MiniHack-Corridor-R3-v0`.

    Raises:
        GameError: MiniHack has none by that name, or its levels are not installed.
    """
    env_id, limit = _env_id(name), max_steps or STEPS_IN_BALROG
    try:
        env = gymnasium.make(
            env_id, disable_env_checker=True, observation_keys=OBSERVED, max_episode_steps=limit
        )
    except (ImportError, OSError, ValueError) as error:
        raise GameError(f"{env_id} cannot be made: {error}") from error
    return Dungeon(env, limit, _GOAL)


def _env_id(name: str) -> str:
    ids = {i.removeprefix("MiniHack-").rsplit("-v", 1)[0]: i for i in gymnasium.registry if "MiniHack-" in i}
    if name in ids.values():
        return name
    if name in ids:
        return ids[name]
    nearest = difflib.get_close_matches(name, ids, n=1, cutoff=0.4)
    hint = f"did you mean {nearest[0]!r}?" if nearest else "its documentation lists them"
    raise GameError(f"MiniHack has no environment of that name; {hint}")
