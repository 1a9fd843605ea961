"""How long a silence has to be before a run counts as stalled, as the person wants it."""

from __future__ import annotations

from dataclasses import dataclass

from gym_gui.config.settings import SettingsError, get_setting, settings_file
from gym_gui.constants import WORKER_HEARTBEAT_INTERVAL_S

STALL_LEAST_SETTING = "stall_least_s"
STALL_FACTOR_SETTING = "stall_factor"
LONGEST_STALL_S = 7 * 86_400.0
LARGEST_STALL_FACTOR = 1_000.0


@dataclass(frozen=True, slots=True)
class StallLimits:
    """What silence is unremarkable.

    Attributes:
        least_s: However quick a run's rhythm is, a silence shorter than this many seconds is none.
        factor: A silence of this many times the run's usual gap between signs of progress is too long.
    """

    least_s: float = 2 * WORKER_HEARTBEAT_INTERVAL_S
    factor: float = 3.0


def stall_limits() -> StallLimits:
    """The limits of the settings `stall_least_s` and `stall_factor`.

    Raises:
        SettingsError: The settings cannot be read, or one of the two is no sane number.
    """
    usual = StallLimits()
    return StallLimits(
        _number(STALL_LEAST_SETTING, usual.least_s, 1.0, LONGEST_STALL_S),
        _number(STALL_FACTOR_SETTING, usual.factor, 1.0, LARGEST_STALL_FACTOR),
    )


def usual_stall_limits() -> StallLimits:
    """The same for those who watch runs: settings that cannot be read must not blind them."""
    try:
        return stall_limits()
    except SettingsError:
        return StallLimits()


def _number(name: str, default: float, least: float, most: float) -> float:
    value = get_setting(name, default)
    if least <= value <= most:
        return value
    raise SettingsError(f"{settings_file()}: {name}: must be {least:g} to {most:g}, not {value:g}")
