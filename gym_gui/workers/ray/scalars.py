"""Curves as TensorBoard scalars; their x axis is the environment step."""

from __future__ import annotations

from pathlib import Path

from tensorboardX import SummaryWriter

from gym_gui.workers.ray.iteration import Iteration


class ScalarWriter:
    """Writes the curves of one training."""

    def __init__(self, directory: Path) -> None:
        self._writer = SummaryWriter(logdir=str(directory))

    def record(self, iteration: Iteration) -> None:
        """A point of every curve."""
        for name, value in iteration.scalars().items():
            self._writer.add_scalar(name, value, iteration.step)
        self._writer.flush()

    def close(self) -> None:
        """Everything is on disk."""
        self._writer.close()
