"""Example episodes for few-shot: played by the game's own expert, or read from a trajectory."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from gym_gui.config.paths import runs_root
from gym_gui.workers.barlog.games.base import Demonstrated, Game
from gym_gui.workers.barlog.tasks import Task
from gym_gui.workers.tabular.seeds import seed_for

LARGEST_FILE = 64 * 2**20


class ExampleError(ValueError):
    """The example file cannot be used; the message names it and the mend."""


def played_example(game: Game, task: Task, seed: int, steps: int) -> Sequence[Demonstrated]:
    """The first steps of an expert's episode, of a seed that no episode of the run has.

    Raises:
        GameError: The game has no expert.
    """
    return game.demonstration(seed_for(seed, f"example of {task}"))[:steps]


def read_example(path: Path, steps: int) -> Sequence[Demonstrated]:
    """The first steps of a trajectory that this worker saved.

    Raises:
        ExampleError: There is none, or it holds no turns.
    """
    path = path.expanduser()
    place = runs_root() / path if not path.is_absolute() and not path.exists() else path
    try:
        if place.stat().st_size > LARGEST_FILE:
            raise ValueError(f"it is larger than {LARGEST_FILE // 2**20} MiB")
        lines = [json.loads(line) for line in place.read_text(encoding="utf-8").splitlines()]
        turns = [line for line in lines if line.get("type") == "turn"]
        if not turns:
            raise ValueError("it holds no turns")
        return [Demonstrated(str(t["observation"]), str(t["action"])) for t in turns[:steps]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        cause = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ExampleError(
            f"example_file: {place}: {cause}; name a trajectory (logs/episodes/*.jsonl) of this worker"
        ) from error
