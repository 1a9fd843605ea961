"""An episode of the greedy policy as an animated GIF."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gym_gui.workers.tabular.atomic import written_atomically
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.stopping import StopRequest
from gym_gui.workers.tabular.table import ValueTable, greedy_action

MOST_FRAMES = 120
# Below this many frames there is little to see (a hand of Blackjack has two), so more episodes follow.
ENOUGH_FRAMES = 8
MOST_EPISODES = 5
LARGEST_SIDE = 420
PAUSE_AT_AN_END_MS = 1200


class ClipError(RuntimeError):
    """There can be no clip; the message says why."""


def record_clip(path: Path, config: TabularConfig, table: ValueTable, *, seed: int, stop: StopRequest) -> int:
    """Writes an episode of the greedy policy, a few where they are short; the number of frames.

    Raises:
        ClipError: The environment cannot render, or a stop was asked for.
    """
    render_without_a_screen()
    task = _rendering_task(config)
    try:
        frames, durations = _frames(task, table, seed, stop)
    finally:
        task.close()
    with written_atomically(path) as file:
        frames[0].save(
            file,
            format="GIF",
            save_all=True,
            append_images=frames[1:],
            duration=durations,
            loop=0,
            optimize=False,
        )
    return len(frames)


def render_without_a_screen() -> None:
    """Tells pygame to draw in memory and to keep its greeting off standard output, where events go."""
    os.environ["SDL_VIDEODRIVER"] = "dummy"
    os.environ.setdefault("SDL_AUDIODRIVER", "dummy")
    os.environ["PYGAME_HIDE_SUPPORT_PROMPT"] = "1"


def _rendering_task(config: TabularConfig) -> Task:
    try:
        return Task(config, render_mode="rgb_array")
    except ValueError as error:
        raise ClipError(f"the environment offers no rgb_array rendering: {error}") from error


def _frames(
    task: Task, table: ValueTable, seed: int, stop: StopRequest
) -> tuple[list[Image.Image], list[int]]:
    rng = random.Random(seed)  # noqa: S311 (learning, not secrets)
    pace = max(1000 // max(int(task.env.metadata.get("render_fps") or 4), 1), 40)
    frames: list[Image.Image] = []
    durations: list[int] = []
    for number in range(MOST_EPISODES):
        state = task.reset(seed if number == 0 else None)
        frames.append(_frame(task))
        durations.append(pace)
        for _ in range(task.description.max_steps):
            if stop.requested:
                raise ClipError(f"the run was asked to stop ({stop.reason})")
            state, _, terminated, truncated = task.step(greedy_action(table.values[state], rng))
            frames.append(_frame(task))
            durations.append(pace)
            if terminated or truncated or len(frames) >= MOST_FRAMES:
                break
        durations[-1] = PAUSE_AT_AN_END_MS
        if len(frames) >= ENOUGH_FRAMES:
            break
    return frames, durations


def _frame(task: Task) -> Image.Image:
    try:
        picture: Any = task.env.render()
    except Exception as error:  # boundary: the drawing code of any registered environment runs here
        raise ClipError(f"rendering failed: {type(error).__name__}: {error}") from error
    if not isinstance(picture, np.ndarray) or picture.ndim != 3 or picture.shape[2] != 3:
        raise ClipError(f"rendering gave no picture but {type(picture).__name__}")
    image = Image.fromarray(np.ascontiguousarray(picture, dtype=np.uint8), "RGB")
    image.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    return image.quantize(128, dither=Image.Dither.NONE)
