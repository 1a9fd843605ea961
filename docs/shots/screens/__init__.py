"""The screens: a module for each page, in the order they are taken.

A module has `take(photographer)` for a panel over a stage full of runs, and, where an empty panel looks
different, `take_empty(photographer)`. A new screen is a module here and a line in each list it belongs to.
"""

from __future__ import annotations

from collections.abc import Callable

from docs.shots.photographer import Photographer
from docs.shots.screens import (
    artifacts,
    compare,
    environments,
    metrics,
    new_run,
    notices,
    run_detail,
    runs,
    runs_table,
    shell,
    workers,
)

Take = Callable[[Photographer], None]

FULL: tuple[Take, ...] = (
    workers.take,
    environments.take,
    new_run.take,
    runs.take,
    run_detail.take,
    metrics.take,
    compare.take,
    artifacts.take,
    shell.take,
    notices.take,
    runs_table.take,
)
EMPTY: tuple[Take, ...] = (runs.take_empty, workers.take_empty)
