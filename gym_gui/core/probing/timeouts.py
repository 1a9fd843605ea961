"""How long a worker may take to describe itself or to judge a config."""

from __future__ import annotations

from gym_gui.config.settings import get_setting
from gym_gui.constants import WORKER_DISCOVERY_TIMEOUT_S

# An interpreter on a network disk takes its time; no worker's code runs before it has started.
START_S = 20.0


def discovery_timeout_s() -> float:
    """Seconds granted to a worker: the setting `worker_discovery_timeout_s`, else the SDK's constant."""
    return get_setting("worker_discovery_timeout_s", WORKER_DISCOVERY_TIMEOUT_S)
