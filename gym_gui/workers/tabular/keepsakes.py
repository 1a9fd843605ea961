"""The plot and the clip of a run: worth having, never worth failing a run for."""

from __future__ import annotations

import logging

from gym_gui.config.paths import get_plots_dir, get_videos_dir
from gym_gui.logging_config.helpers import log_constant
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.environment import Task
from gym_gui.workers.tabular.log_constants import (
    LOG_WORKER_TABULAR_CLIP_SAVED,
    LOG_WORKER_TABULAR_CLIP_SKIPPED,
    LOG_WORKER_TABULAR_PLOT_SAVED,
    LOG_WORKER_TABULAR_PLOT_SKIPPED,
)
from gym_gui.workers.tabular.progress import WINDOW, Progress
from gym_gui.workers.tabular.stopping import StopRequest
from gym_gui.workers.tabular.table import ValueTable

PLOT = "values.png"
CLIP = "episode.gif"


class Keepsakes:
    """Draws the plot and records the clip of one run."""

    def __init__(self, config: TabularConfig, logger: logging.Logger, stop: StopRequest) -> None:
        self._config = config
        self._logger = logger
        self._stop = stop
        self._notes: dict[str, str] = {}

    def notes(self) -> dict[str, str]:
        """Why there is no plot or no clip although one was asked for."""
        return dict(self._notes)

    def draw_plot(self, task: Task, table: ValueTable, progress: Progress) -> None:
        """Draws the learned values and policy, as far as the task has a picture."""
        if not self._config.save_plot or progress.episode == 0:
            return
        from gym_gui.workers.tabular.panels import sheet_for
        from gym_gui.workers.tabular.plots import draw_sheet

        sheet = sheet_for(task, table)
        if sheet is None:
            self._skip_plot(f"{task.description.n_states:,} states are too many to draw")
            return
        path = get_plots_dir(self._config.run_id) / PLOT
        try:
            get_plots_dir(self._config.run_id, create=True)
            draw_sheet(path, sheet, title=task.description.env_id, subtitle=_subtitle(self._config, progress))
        except (OSError, ImportError) as error:  # Pillow imports FreeType when it first writes text
            self._skip_plot(str(error))
            return
        log_constant(self._logger, LOG_WORKER_TABULAR_PLOT_SAVED, message=str(path))

    def record_clip(self, table: ValueTable, seed: int) -> None:
        """Records an episode of the greedy policy, where the environment can render."""
        if not self._config.record_clip or self._stop.requested:
            return
        from gym_gui.workers.tabular.clips import ClipError, record_clip

        path = get_videos_dir(self._config.run_id) / CLIP
        try:
            get_videos_dir(self._config.run_id, create=True)
            frames = record_clip(path, self._config, table, seed=seed, stop=self._stop)
        except (ClipError, OSError) as error:
            self._notes["clip_skipped"] = str(error)
            log_constant(self._logger, LOG_WORKER_TABULAR_CLIP_SKIPPED, message=str(error))
            return
        log_constant(self._logger, LOG_WORKER_TABULAR_CLIP_SAVED, message=f"{path}, {frames} frames")

    def _skip_plot(self, reason: str) -> None:
        self._notes["plot_skipped"] = reason
        log_constant(self._logger, LOG_WORKER_TABULAR_PLOT_SKIPPED, message=reason)


def _subtitle(config: TabularConfig, progress: Progress) -> str:
    mean = progress.return_mean
    parts = [config.algorithm.label, f"{progress.episode:,} episodes"]
    if mean is not None:
        parts.append(f"mean return {mean:.2f} over the last {min(progress.episode, WINDOW)}")
    return ", ".join(parts)
