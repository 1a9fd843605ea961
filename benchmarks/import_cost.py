"""What `from gym_gui.core.worker import TelemetryEmitter` adds to starting Python, and leaves on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Figure, Spread, paired_ratio, seconds

ROUNDS = 30
STATEMENTS = {
    "this SDK": "from gym_gui.core.worker import TelemetryEmitter",
    "json": "import json",
    "dataclasses": "import dataclasses",
    "orjson": "import orjson",
}


def measure() -> list[Figure]:
    """The ratio for the SDK, with those of some modules for scale, and the count of files it made."""
    spreads = {name: _ratio(code) for name, code in STATEMENTS.items()}
    ours = spreads.pop("this SDK")
    scale = ", ".join(f"{name} {spread.median:.2f}" for name, spread in spreads.items())
    made = _files_made(STATEMENTS["this SDK"])
    return [
        Figure(
            "import of the emitter",
            "a bare interpreter",
            ours.median,
            "x",
            "<= 2",
            ours.median <= 2,
            f"{ours:.2f}; for scale: {scale}",
        ),
        Figure("files and directories it creates", "none", made, "", "0", made == 0),
    ]


def _ratio(code: str) -> Spread:
    return paired_ratio(lambda: _start(code), lambda: _start("pass"), ROUNDS)


def _start(code: str) -> float:
    return seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True))


def _files_made(code: str) -> int:
    """How many entries appear in an empty home, data and working directory, bytecode caches aside."""
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "HOME": home,
            "MOSAIC_HOME": f"{home}/data",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        subprocess.run([sys.executable, "-c", code], check=True, cwd=home, env=environment)
        return sum(1 for _ in Path(home).rglob("*"))
