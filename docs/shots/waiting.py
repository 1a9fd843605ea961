"""Waiting for a condition while the window goes on working."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

PATIENCE_S = 120.0


def wait(condition: Callable[[], bool], seconds: float = PATIENCE_S) -> None:
    """Return once the condition holds; raises TimeoutError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the stage was not set in time")
        if QCoreApplication.instance() is not None:
            QCoreApplication.processEvents()
        time.sleep(0.02)


def settle(seconds: float) -> None:
    """Let the window work for a while."""
    end = time.monotonic() + seconds
    wait(lambda: time.monotonic() > end, seconds + PATIENCE_S)
