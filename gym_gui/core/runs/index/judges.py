"""A fingerprint of the code that decides what a summary says, so that no older code's word is believed."""

from __future__ import annotations

import os
from functools import cache
from hashlib import blake2b

from gym_gui import __version__

_FINGERPRINT_BYTES = 16
# In gym_gui/core. What waits, is searched or thrown away is judged by these alone.
JUDGING = ("runs", "runs/processes", "runs/why", "events")


@cache
def judges() -> bytes:
    """What changes when the code does by which runs are read and judged."""
    digest = blake2b(__version__.encode(), digest_size=_FINGERPRINT_BYTES)
    core = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    for folder in JUDGING:
        for path in _modules(os.path.join(core, folder)):
            digest.update(_content(path))
    return digest.digest()


def _modules(folder: str) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []  # installed as an archive: the version has to do
    return [os.path.join(folder, name) for name in names if name.endswith(".py")]


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
