"""A run's curves as TensorBoard scalars."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from tensorboardX import SummaryWriter

from gym_gui.workers.tabular.progress import Progress


class ScalarWriter:
    """Writes the curves of a run; their x axis is the environment step.

    Args:
        directory: Where the event file goes.
        every: Episodes between points of the training curves.
    """

    def __init__(self, directory: Path, every: int) -> None:
        self._writer = SummaryWriter(logdir=str(directory))
        self._every = every

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    def training(self, progress: Progress) -> None:
        """The point of the episode just finished, when it is one that gets a point."""
        episode = progress.last
        at_the_end = progress.episode == progress.total_episodes
        if episode is None or (progress.episode % self._every and not at_the_end):
            return
        add, step = self._writer.add_scalar, progress.step
        add("rollout/return", episode.total, step)
        add("rollout/length", episode.length, step)
        add("rollout/return_mean_100", progress.return_mean, step)
        add("train/epsilon", progress.epsilon, step)
        add("train/td_error", episode.td_error, step)

    def evaluation(self, return_mean: float, step: int) -> None:
        """The point of an evaluation."""
        self._writer.add_scalar("eval/return_mean", return_mean, step)
