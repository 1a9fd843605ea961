"""How many runs may go at once and how much of the disk stays free, as the settings say."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from gym_gui.config.settings import SettingsError, get_setting, settings_file
from gym_gui.core.disk_space import disk_space
from gym_gui.core.wording import size

MAX_CONCURRENT_SETTING = "max_concurrent_runs"
MIN_FREE_DISK_SETTING = "min_free_disk_bytes"
MOST_CONCURRENT = 1024
_CORES_PER_RUN = 4
LEAST_FREE_DISK_BYTES = 1024**3
LARGEST_DISK = 2**60


@dataclass(frozen=True, slots=True)
class QueueLimits:
    """What the queue keeps to.

    Attributes:
        max_concurrent_runs: As long as that many runs are going, whoever started them, none is started.
        min_free_disk_bytes: With less free on the disk of the runs, none is started; 0 for no guard.
    """

    max_concurrent_runs: int
    min_free_disk_bytes: int


def queue_limits() -> QueueLimits:
    """The limits of the settings `max_concurrent_runs` and `min_free_disk_bytes`.

    Raises:
        SettingsError: The settings cannot be read, or one of the two is no sane number.
    """
    return QueueLimits(
        _whole_number(MAX_CONCURRENT_SETTING, usual_concurrent_runs(), 1, MOST_CONCURRENT),
        _whole_number(MIN_FREE_DISK_SETTING, LEAST_FREE_DISK_BYTES, 0, LARGEST_DISK),
    )


def usual_concurrent_runs() -> int:
    """How many runs go at once unless the setting says otherwise: one for every four cores, at least one."""
    return max(1, len(os.sched_getaffinity(0)) // _CORES_PER_RUN)


def shortage_of_disk(directory: Path, min_free_bytes: int) -> str:
    """Why nothing is to be started for want of disk space, "" when there is enough or it cannot be known."""
    space = disk_space(directory)
    if space is None or space[0] >= min_free_bytes:
        return ""
    return (
        f"{size(space[0])} free on the disk of {directory}, and {size(min_free_bytes)} are to stay free: "
        f"make room, or lower {MIN_FREE_DISK_SETTING} in {settings_file()}"
    )


def _whole_number(name: str, default: int, least: int, most: int) -> int:
    value: int = get_setting(name, default)
    if least <= value <= most:
        return value
    raise SettingsError(f"{settings_file()}: {name}: must be {least} to {most}, not {value}")
