"""NetHack itself. Progression is how likely people who got as far won, by BALROG's table."""

from __future__ import annotations

from typing import Any

import gymnasium
import nle  # noqa: F401 (registers the environments)

from gym_gui.workers.barlog.games.base import GameError
from gym_gui.workers.barlog.games.dungeon import OBSERVED, Dungeon
from gym_gui.workers.barlog.progression import nethack_progression

STEPS_IN_BALROG = 100_000
_STEPS_WITHOUT_GAME_TIME = 150
_GOAL = "Get as deep into the dungeon and as experienced as you can, and stay alive."
_DEPTH, _EXPERIENCE_LEVEL = 12, 18
_GAMES = ("NetHackChallenge", "NetHackScore")


def make(name: str, max_steps: int | None) -> NetHack:
    """The game of that name: NetHackChallenge (all commands, any role) or NetHackScore (a few commands).

    Raises:
        GameError: There is none.
    """
    plain = name.removesuffix("-v0")
    if plain not in _GAMES:
        raise GameError(f"no such game; there are {', '.join(_GAMES)}")
    limit = max_steps or STEPS_IN_BALROG
    options: dict[str, Any] = {"observation_keys": OBSERVED, "max_episode_steps": limit, "savedir": None}
    if plain == "NetHackChallenge":
        options["no_progress_timeout"] = _STEPS_WITHOUT_GAME_TIME
    return NetHack(gymnasium.make(f"{plain}-v0", disable_env_checker=True, **options), limit, plain)


class NetHack(Dungeon):
    """A game of NetHack, scored by the deepest level and the highest experience level."""

    def __init__(self, env: Any, max_steps: int, name: str) -> None:
        super().__init__(env, max_steps, _GOAL)
        self._depth, self._experience = 1, 1
        # The challenge draws its dungeons itself and takes no seed.
        self.reproducible = name != "NetHackChallenge"

    def reset(self, seed: int) -> Any:
        """The first observation of a game."""
        self._depth, self._experience = 1, 1
        if self.reproducible:
            return super().reset(seed)
        self._seen, _ = self._env.reset()
        self.look(self._seen["blstats"])
        return self._observed()

    def look(self, stats: Any) -> None:
        """Remembers the deepest level and the highest experience level."""
        self._depth = max(self._depth, int(stats[_DEPTH]))
        self._experience = max(self._experience, int(stats[_EXPERIENCE_LEVEL]))

    def progression(self) -> float:
        """The better of what depth and experience are worth."""
        return nethack_progression(self._depth, self._experience)
