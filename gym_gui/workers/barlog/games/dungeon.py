"""What MiniHack and NetHack have in common: one engine, one screen, commands by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gym_gui.workers.barlog.games.base import Demonstrated, GameError, Observation, Outcome
from gym_gui.workers.barlog.games.dungeon_words import describe, screen_lines
from gym_gui.workers.barlog.games.pictures import png_of_lines

OBSERVED = ("blstats", "inv_letters", "inv_strs", "message", "screen_descriptions", "tty_chars", "tty_cursor")
_MOST_PAGES = 20
_ASCII_END = 128
_COMPASS = {"N": "north", "E": "east", "S": "south", "W": "west"}
# Ending or leaving the game is the evaluation's business, and typing shell commands is nobody's.
_NOT_OFFERED = frozenset({"QUIT", "SAVE", "SHELL", "OPTIONS", "HISTORY", "VERSION", "VERSIONSHORT", "REDRAW"})
_RULES = """You play NetHack. The screen shows the map from above, north at its top, with you as @.
north, southeast, ...: move one step; far north, ...: move on until something comes up
Other actions are NetHack's commands by name; some ask a question, which the next action answers by a
direction or by the letter of an item. esc leaves a question unanswered."""


class Dungeon:
    """One of the games of the NetHack engine.

    Args:
        env: The environment, made with the observations of `OBSERVED`.
        max_steps: Steps after which an episode is cut off.
        goal: What the player is to do, for the rules.
    """

    reproducible = True

    def __init__(self, env: Any, max_steps: int, goal: str) -> None:
        self._env = env
        self.max_steps = max_steps
        self.rules = f"{goal}\n{_RULES}"
        self._numbers = action_numbers(env.unwrapped.actions)
        self._more = next((n for n, a in enumerate(env.unwrapped.actions) if a.name == "MORE"), None)
        self._seen: Mapping[str, Any] = {}
        self.last_reward = 0.0

    def reset(self, seed: int) -> Observation:
        """The first observation of the seed's dungeon."""
        self._env.unwrapped.seed(seed, seed, False)
        self._seen, _ = self._env.reset()
        self.last_reward = 0.0
        self.look(self._seen["blstats"])
        return self._observed()

    def step(self, action: str) -> Outcome:
        """What the command led to; pages that only want to be turned are turned."""
        total, terminated, truncated = self._send(self._numbers[action])
        for _ in range(_MOST_PAGES):
            if terminated or truncated or self._more is None or not self._wants_a_key():
                break
            reward, terminated, truncated = self._send(self._more)
            total += reward
        self.last_reward = total
        return Outcome(self._observed(), total, terminated, truncated)

    def look(self, stats: Any) -> None:
        """Takes notice of the figures of the bottom lines; games that score by them override it."""

    def progression(self) -> float:
        """1 when the last step brought the goal's reward, else 0."""
        return float(self.last_reward >= 1.0)

    def picture(self) -> bytes:
        """The screen as a picture of the terminal."""
        return png_of_lines(screen_lines(self._seen["tty_chars"]))

    def demonstration(self, seed: int) -> list[Demonstrated]:
        """Nothing: no expert comes with NetHack."""
        raise GameError(f"there is no expert to play seed {seed}; name an example_file")

    def close(self) -> None:
        """Ends the engine."""
        self._env.close()

    def _send(self, number: int) -> tuple[float, bool, bool]:
        self._seen, reward, terminated, truncated, _ = self._env.step(number)
        if not terminated:  # the engine clears the figures when the game is over
            self.look(self._seen["blstats"])
        return float(reward), bool(terminated), bool(truncated)

    def _wants_a_key(self) -> bool:
        return b"--More--" in bytes(self._seen["tty_chars"].reshape(-1))

    def _observed(self) -> Observation:
        fallback = next(
            (a for a in ("esc", "search", "wait") if a in self._numbers), next(iter(self._numbers))
        )
        return Observation(describe(self._seen), tuple(self._numbers), fallback)


def action_numbers(actions: Any) -> dict[str, int]:
    """The engine's actions by the names a player gives them."""
    numbers: dict[str, int] = {}
    for number, action in enumerate(actions):
        if action.name not in _NOT_OFFERED:
            numbers.setdefault(_name(action), number)
    if "esc" in numbers:  # the full set of commands: questions are answered by typing a letter
        for number, action in enumerate(actions):
            if chr(int(action)).isalpha() and int(action) < _ASCII_END and action.name not in _NOT_OFFERED:
                numbers.setdefault(chr(int(action)), number)
    return numbers


def _name(action: Any) -> str:
    kind = type(action).__name__
    if kind.startswith("CompassDirection"):
        direction = "".join(_COMPASS[letter] for letter in action.name)
        return f"far {direction}" if kind.endswith("Longer") else direction
    name = str(action.name)
    if name.startswith("NUM_"):
        return name.removeprefix("NUM_")
    return name.lower().replace("_", " ")
