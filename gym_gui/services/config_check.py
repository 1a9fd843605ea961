"""What a worker says of a config, asked in the background in the worker's own interpreter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QObject

from gym_gui.core.probing.model import ConfigProblem, ProbedWorker
from gym_gui.services.tasks import TaskRunner


class ConfigCheck:
    """Asks a worker's config class whether it takes a config."""

    def __init__(self, tasks: TaskRunner) -> None:
        self._tasks = tasks

    def ask(
        self,
        worker: ProbedWorker,
        config: Mapping[str, Any],
        *,
        owner: QObject,
        done: Callable[[tuple[ConfigProblem, ...]], None],
    ) -> None:
        """Call `done` with what is wrong; with nothing when the worker takes the config."""

        def check() -> tuple[ConfigProblem, ...]:
            # Imported here: the window opens without it.
            from gym_gui.core.probing.check import check_config

            return check_config(worker, config)

        self._tasks.start(
            "Checking the config",
            check,
            owner=owner,
            done=done,
            failed=lambda error: done((ConfigProblem("", f"could not be checked: {error}"),)),
        )
