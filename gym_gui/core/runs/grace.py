"""How long a run is given to end by itself, as the person who launches or cancels it wants it."""

from __future__ import annotations

import os

from gym_gui.config.settings import SettingsError, get_setting, settings_file
from gym_gui.constants import WORKER_SHUTDOWN_TIMEOUT_S
from gym_gui.core.runs.environment import ENV_SHUTDOWN_TIMEOUT, LONGEST_GRACE_S, shutdown_grace_s

GRACE_SETTING = "worker_shutdown_timeout_s"


def grace_setting() -> float:
    """Seconds between SIGTERM and SIGKILL: `MOSAIC_SHUTDOWN_TIMEOUT_S`, else the setting, else 30.

    Raises:
        SettingsError: The settings file is broken, or the value is no sane number of seconds.
    """
    if os.environ.get(ENV_SHUTDOWN_TIMEOUT, "").strip():
        return shutdown_grace_s(os.environ)
    seconds = get_setting(GRACE_SETTING, WORKER_SHUTDOWN_TIMEOUT_S)
    if not 0.0 <= seconds <= LONGEST_GRACE_S:
        most = f"{LONGEST_GRACE_S:.0f}"
        raise SettingsError(
            f"{settings_file()}: {GRACE_SETTING}: must be 0 to {most} seconds, not {seconds:g}"
        )
    return seconds


def usual_grace_s() -> float:
    """The same for those who end runs: settings that cannot be read must not keep anyone from it."""
    try:
        return grace_setting()
    except SettingsError:
        return WORKER_SHUTDOWN_TIMEOUT_S
