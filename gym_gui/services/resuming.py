"""A former run to go on from: its config and its checkpoints, read in the background."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gym_gui.core.runs.directory import RunStore
from gym_gui.services.run_config import read_config

if TYPE_CHECKING:
    from gym_gui.core.artifacts.checkpoints.listing import CheckpointRow


@dataclass(frozen=True, slots=True)
class ResumableRun:
    """What a run left to go on from.

    Attributes:
        config: As it was launched with.
        checkpoints: Those that are on disk, the earliest first.
    """

    run_id: str
    config: dict[str, Any]
    checkpoints: tuple[CheckpointRow, ...]


def read_resumable(store: RunStore, run_id: str) -> ResumableRun:
    """The config and the checkpoints of a run.

    Raises:
        ValueError: Its config cannot be read, or there is no checkpoint; the message says so.
        RunNotFoundError: There is no such run.
    """
    from gym_gui.core.artifacts.checkpoints.listing import run_checkpoints

    run = store.open(run_id)
    config = read_config(run)
    found = tuple(row for row in run_checkpoints(run.path) if row.exists and row.path is not None)
    if not found:
        raise ValueError(f"{run.path} holds no checkpoint: nothing can be resumed from it")
    return ResumableRun(run_id, config, found)
