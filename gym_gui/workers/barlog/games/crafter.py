"""Crafter: survive, gather, build. Progression is the share of its 22 achievements."""

from __future__ import annotations

from typing import Any

import crafter as library

from gym_gui.workers.barlog.games.base import Demonstrated, GameError, Observation, Outcome
from gym_gui.workers.barlog.games.crafter_words import describe
from gym_gui.workers.barlog.games.pictures import png_of_pixels

STEPS_IN_BALROG = 2_000
_PICTURE_SIDE = 256
_RULES = """You survive in a world seen from above: drink water, eat cows and ripe plants, sleep when tired,
and fend off zombies and skeletons. Each of these achievements counts once: {achievements}.
move left, right, up, down: face west, east, north or south, and walk if the way is free
do: gather, drink, eat or strike what you face
sleep: sleep until your energy is back; dangerous in the open
place stone, table (needs wood), furnace (needs stone, near a table), plant (needs a sapling): before you
make a wood pickaxe or sword (wood, near a table), of stone (wood, stone, near a table), of iron (wood, coal,
iron, near a table and a furnace)
noop: wait"""


def make(name: str, max_steps: int | None) -> Crafter:
    """The game; there is one task, `default`.

    Raises:
        GameError: Another task is asked for.
    """
    if name != "default":
        raise GameError("the only task is 'default'")
    return Crafter(max_steps or STEPS_IN_BALROG)


class Crafter:
    """One world after another, each settled by its seed."""

    reproducible = True

    def __init__(self, max_steps: int) -> None:
        self.max_steps = max_steps
        self._env: Any = self._world(0)
        names = [name.replace("_", " ") for name in self._env.action_names]
        self._numbers = {name: number for number, name in enumerate(names)}
        self._achieved: dict[str, int] = {}
        self.rules = _RULES.format(achievements=", ".join(library.constants.achievements).replace("_", " "))

    def reset(self, seed: int) -> Observation:
        """The first observation of the seed's world."""
        self._env = self._world(seed)
        self._achieved = {}
        self._env.reset()
        return self._observed()

    def step(self, action: str) -> Outcome:
        """What the action led to; health at zero ends the episode."""
        _, reward, done, info = self._env.step(self._numbers[action])
        self._achieved = info["achievements"]
        dead = info["discount"] == 0
        return Outcome(self._observed(), float(reward), bool(dead), bool(done and not dead))

    def progression(self) -> float:
        """The share of the achievements unlocked."""
        unlocked = sum(count > 0 for count in self._achieved.values())
        return unlocked / len(library.constants.achievements)

    def picture(self) -> bytes:
        """The world around the player, as Crafter draws it."""
        return png_of_pixels(self._env.render((_PICTURE_SIDE, _PICTURE_SIDE)))

    def demonstration(self, seed: int) -> list[Demonstrated]:
        """Nothing: nobody wrote an expert for Crafter."""
        raise GameError(f"there is no expert to play seed {seed}; name an example_file")

    def close(self) -> None:
        """Nothing to let go of."""

    def _world(self, seed: int) -> Any:
        return library.Env(size=(64, 64), length=self.max_steps, seed=seed)

    def _observed(self) -> Observation:
        return Observation(describe(self._env), tuple(self._numbers), "noop")
