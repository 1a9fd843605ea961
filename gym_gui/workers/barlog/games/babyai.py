"""BabyAI and the other grid worlds of minigrid."""

from __future__ import annotations

import difflib
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import gymnasium
import minigrid  # noqa: F401 (registers the environments)

from gym_gui.workers.barlog.games.babyai_words import describe
from gym_gui.workers.barlog.games.base import Demonstrated, GameError, Observation, Outcome
from gym_gui.workers.barlog.games.pictures import png_of_pixels

_ACTIONS = {
    "turn left": 0,
    "turn right": 1,
    "go forward": 2,
    "pick up": 3,
    "drop": 4,
    "toggle": 5,
}
_FALLBACK = "go forward"
_STEPS_WHERE_NO_LIMIT_IS_SET = 128
_LONGEST_DEMONSTRATION = 500
_RULES = """You move through a grid of rooms and carry out a mission. You see what is ahead of you only.
turn left: turn to the left where you stand
turn right: turn to the right where you stand
go forward: take one step ahead, if the way is free
pick up: take the object one step ahead, if you carry nothing
drop: put down what you carry one step ahead
toggle: open or close the door or box one step ahead; a locked door needs the key of its colour
To go to an object is to stand one step before it and face it."""


def make(name: str, max_steps: int | None) -> BabyAI:
    """The game of that name: `GoToLocal`, `BabyAI-GoToLocal-v0`, `MiniGrid-DoorKey-5x5-v0`.

    Raises:
        GameError: Minigrid has none by that name.
    """
    return BabyAI(gymnasium.make(_env_id(name), disable_env_checker=True, render_mode="rgb_array"), max_steps)


class BabyAI:
    """One of minigrid's environments; progression is 1 when the mission is done, else 0."""

    rules = _RULES
    reproducible = True

    def __init__(self, env: Any, max_steps: int | None) -> None:
        self._env = env.unwrapped
        self._limit = max_steps
        self._solved = False
        self.max_steps = max_steps or _STEPS_WHERE_NO_LIMIT_IS_SET

    def reset(self, seed: int) -> Observation:
        """The first observation; a level sets its own limit of steps when it is laid out."""
        self._solved = False
        with redirect_stdout(StringIO()):  # it prints each level it rejects, and fails where it cannot
            observation, _ = self._env.reset(seed=seed)
        self.max_steps = self._limit or int(self._env.max_steps)
        # The environment must not cut the episode off before the limit that was asked for.
        self._env.max_steps = self.max_steps
        return self._observed(observation)

    def step(self, action: str) -> Outcome:
        """What the action led to."""
        observation, reward, terminated, truncated, _ = self._env.step(_ACTIONS[action])
        self._solved = self._solved or float(reward) > 0
        return Outcome(self._observed(observation), float(reward), bool(terminated), bool(truncated))

    def progression(self) -> float:
        """1 when the mission is done, else 0."""
        return float(self._solved)

    def picture(self) -> bytes:
        """What the player sees, as minigrid draws it."""
        return png_of_pixels(self._env.get_pov_render(tile_size=32))

    def demonstration(self, seed: int) -> list[Demonstrated]:
        """An episode of BabyAI's own bot.

        Raises:
            GameError: The environment is none of BabyAI, or the bot is at its wits' end.
        """
        from minigrid.utils.baby_ai_bot import BabyAIBot

        observation = self.reset(seed)
        names = {number: name for name, number in _ACTIONS.items()}
        played: list[Demonstrated] = []
        try:
            bot, last = BabyAIBot(self._env), None
            while len(played) < _LONGEST_DEMONSTRATION:
                last = bot.replan(last)
                played.append(Demonstrated(observation.text, names[int(last)]))
                outcome = self.step(played[-1].action)
                if outcome.terminated or outcome.truncated:
                    return played
                observation = outcome.observation
        except Exception as error:  # boundary: the bot asserts and raises whatever it meets
            raise GameError(
                f"BabyAI's bot cannot play it ({type(error).__name__}); name an example_file"
            ) from error
        raise GameError("BabyAI's bot found no end; name an example_file")

    def close(self) -> None:
        """Lets go of the environment."""
        self._env.close()

    def _observed(self, observation: dict[str, Any]) -> Observation:
        text = describe(observation["image"], self._env.carrying, observation["mission"])
        return Observation(text, tuple(_ACTIONS), _FALLBACK)


def _env_id(name: str) -> str:
    ids = [i for i in gymnasium.registry if i.startswith(("BabyAI-", "MiniGrid-"))]
    if name in ids:
        return name
    newest = max((i for i in ids if i.rsplit("-v", 1)[0] == f"BabyAI-{name}"), default=None)
    if newest is not None:
        return newest
    short = {i.removeprefix("BabyAI-").rsplit("-v", 1)[0]: i for i in ids}
    nearest = difflib.get_close_matches(name, short, n=1, cutoff=0.4)
    hint = f"did you mean {nearest[0]!r}?" if nearest else "minigrid lists its environments on its site"
    raise GameError(f"minigrid has no environment of that name; {hint}")
