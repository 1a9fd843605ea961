"""A testing aid: `MOSAIC_FAILPOINT` names the point at which a process is to be killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping

from gym_gui.core.runs.supervisor import ENV_FAILPOINT


def die_if_asked_to(point: str, environment: Mapping[str, str]) -> None:
    """Dies as by a power cut where `MOSAIC_FAILPOINT` says so; tests show that nothing is lost then."""
    if environment.get(ENV_FAILPOINT) == point:
        os.kill(os.getpid(), signal.SIGKILL)
