"""TextWorld: text adventures made and compiled on the spot. Progression is the share of the points."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import textworld as library
from textworld.challenges import CHALLENGES
from textworld.generator.chaining import QuestGenerationError

from gym_gui.workers.barlog.games.base import Demonstrated, GameError, Observation, Outcome

STEPS_IN_BALROG = 80
_RULES = """You play a text adventure. The commands that are possible are listed with each observation.
Look at what you are told, find what the objective asks for, and do it."""
_SETTINGS: dict[str, Callable[[int], dict[str, Any]]] = {
    "treasure_hunter": lambda _: {"level": 20},
    "coin_collector": lambda _: {"level": 105},
    "cooking": lambda seed: {
        "recipe": 3,
        "take": 2,
        "go": 6,
        "open": True,
        "cook": True,
        "cut": True,
        "drop": False,
        "recipe_seed": seed,
        "split": None,
    },
}
_STATUS_LINE = re.compile(r"\n>\s.*$", re.DOTALL)
_LARGEST_SEED = 2**31 - 1
_MOST_ATTEMPTS = 50


def make(name: str, max_steps: int | None) -> TextWorld:
    """The game of that name: treasure_hunter, cooking or coin_collector.

    Raises:
        GameError: There is none.
    """
    if name not in _SETTINGS:
        raise GameError(f"no such game; there are {', '.join(sorted(_SETTINGS))}")
    return TextWorld(name, max_steps or STEPS_IN_BALROG)


class TextWorld:
    """One kind of adventure; each seed is another game of it, compiled when it is reset."""

    rules = _RULES
    reproducible = True

    def __init__(self, kind: str, max_steps: int) -> None:
        self.max_steps = max_steps
        self._kind = kind
        self._env: Any = None
        self._state: Any = None
        # Compiled games are of no use afterwards; the directory goes with the game.
        self._directory = tempfile.TemporaryDirectory(prefix="barlog-textworld-")

    def reset(self, seed: int) -> Observation:
        """The first observation of the seed's adventure."""
        self._leave()
        self._env = library.start(str(self._compiled(seed)), library.EnvInfos(**_WANTED))
        self._state = self._env.reset()
        return self._observed(opening=True)

    def step(self, action: str) -> Outcome:
        """What the command led to."""
        before = self._state.score or 0
        self._state, _, done = self._env.step(action)
        return Outcome(self._observed(), float((self._state.score or 0) - before), bool(done), False)

    def progression(self) -> float:
        """Points so far over points there are."""
        return float(max(self._state.score or 0, 0)) / max(self._state.max_score or 1, 1)

    def picture(self) -> bytes:
        """The text as a picture of a terminal."""
        from gym_gui.workers.barlog.games.pictures import png_of_lines

        return png_of_lines(self._observed().text.splitlines())

    def demonstration(self, seed: int) -> list[Demonstrated]:
        """The adventure's own solution, played."""
        observation = self.reset(seed)
        played: list[Demonstrated] = []
        for command in tuple(self._state.policy_commands or ()):
            played.append(Demonstrated(observation.text, command))
            outcome = self.step(command)
            if outcome.terminated:
                break
            observation = outcome.observation
        if not played:
            raise GameError("the game came without a solution; name an example_file")
        return played

    def close(self) -> None:
        """Ends the adventure and removes the compiled games."""
        self._leave()
        self._directory.cleanup()

    def _compiled(self, seed: int) -> Path:
        file = Path(self._directory.name) / f"{seed}.z8"
        if not file.exists():
            self._compile(seed, file)
        return file

    def _compile(self, seed: int, file: Path) -> None:
        make_game = CHALLENGES[f"tw-{self._kind}"][1]
        for attempt in range(_MOST_ATTEMPTS):
            options = library.GameOptions()
            options.seeds = (seed + attempt) % _LARGEST_SEED
            options.path = str(file)
            try:
                game = make_game(_SETTINGS[self._kind](options.seeds["map"]), options)
            except QuestGenerationError:  # not every map has room for the quest; the next seed's may
                continue
            library.generator.compile_game(game, options)
            return
        raise GameError(f"no map of seeds {seed} to {seed + _MOST_ATTEMPTS - 1} holds a quest; take another")

    def _leave(self) -> None:
        if self._env is not None:
            self._env.close()
            self._env = None

    def _observed(self, *, opening: bool = False) -> Observation:
        state = self._state
        said = _STATUS_LINE.sub("", state.feedback or "")
        if opening:
            # The opening feedback begins with a banner of letters; the description says it better.
            said = state.description or said
        lines = [
            f"Objective: {state.objective}",
            *_paragraphs(said),
            f"Score: {state.score}/{state.max_score}",
        ]
        commands = tuple(state.admissible_commands or ("look",))
        fallback = "look" if "look" in commands else commands[0]
        return Observation("\n".join(lines), commands, fallback)


_WANTED = dict.fromkeys(
    ("objective", "description", "admissible_commands", "score", "max_score", "policy_commands"), True
)


def _paragraphs(text: str) -> list[str]:
    lines = (line.strip() for line in _STATUS_LINE.sub("", text).splitlines())
    return [line for line in lines if line and line != ">"]
