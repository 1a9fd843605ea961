"""A run's output on its way into the panel: a million heartbeats at once, then fifty runs at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.ingest_child import RUNS, heartbeat
from benchmarks.measure import Figure, Spread

LINES = 1_000_000
ROUNDS = 5
LEAST_RATE = 2e6


def measure() -> list[Figure]:
    """The rate into the models, what it costs the window and the memory, and many runs at once."""
    with tempfile.TemporaryDirectory() as home:
        run = Path(home) / "one" / "run"
        run.mkdir(parents=True)
        _write_heartbeats(run / "stdout.log")
        rounds = [_round(run, home) for _ in range(ROUNDS)]
        many = _runs(Path(home) / "many")
    return [*_of_one_run(rounds), _of_many(many["idle"], many["busy"])]


def _of_one_run(rounds: list[dict[str, Mapping[str, float]]]) -> list[Figure]:
    def spread(part: str, name: str = "rate", unit: float = 1e6) -> Spread:
        return Spread.of([taken[part][name] / unit for taken in rounds])

    rate, memory, appended = spread("tail"), spread("tail", "memory", 1), spread("tail", "appended", 1)
    peers = {part: Spread.of([r["tail"]["rate"] / r[part]["rate"] for r in rounds]) for part in _PEERS}
    gap = Spread.of([taken["tail"]["busy"] - taken["tail"]["idle"] for taken in rounds])
    note = "; ".join(f"{ratio:.1f} x {_PEERS[part]}" for part, ratio in peers.items())
    return [
        Figure(
            f"{LINES:,} heartbeats of a live run into the table of events",
            "see the note",
            rate.greatest,
            "M lines/s",
            ">= 2",
            rate.greatest * 1e6 >= LEAST_RATE,
            f"the best of {ROUNDS}; {rate:.2f}; {note}; with all curves read {spread('tail', 'drawn'):.2f}",
        ),
        Figure(
            "meanwhile, what the window adds to its gaps (99th percentile)",
            "the same window idle",
            gap.median,
            "ms",
            "<= 33",
            gap.median <= 33,
            f"{gap:.0f}",
        ),
        Figure(
            "memory of a million lines, curves included", "none read", memory.median, "MB", "<= 40",
            memory.median <= 40, f"{memory:.0f}",
        ),
        Figure(
            "500 rows appended at a million, index to repaint", "none", appended.median, "ms", "<= 16",
            appended.median <= 16, f"{appended:.1f}",
        ),
    ]  # fmt: skip


_PEERS = {
    "asyncio": "asyncio reading lines",
    "qprocess": "QProcess and json.loads",
    "decode": "a typed decode alone",
}


def _of_many(idle: list[float], busy: list[float]) -> Figure:
    gap = Spread.of([b - a for a, b in zip(idle, busy, strict=True)])
    return Figure(
        f"the panel over {RUNS} runs of 1,000 events a second, added to its gaps (99th percentile)",
        "the same panel while the runs stand still",
        gap.median,
        "ms",
        "<= 16",
        gap.median <= 16,
        f"{gap:.0f}; idle {Spread.of(idle):.0f}",
    )


def _round(run: Path, home: str) -> dict[str, Mapping[str, float]]:
    log = str(run / "stdout.log")
    taken = {part: _child(part, log, home) for part in _PEERS}
    return {**taken, "tail": _child("tail", str(run), home)}


def _runs(home: Path) -> Mapping[str, list[float]]:
    root = home / "trainer" / "runs"
    for number in range(RUNS):
        run = root / f"run{number}"
        run.mkdir(parents=True)
        (run / "stdout.log").write_bytes(heartbeat(0, time.time(), run.name))
    found: Mapping[str, list[float]] = _child("runs", str(root), str(home))
    return found


def _child(part: str, path: str, home: str) -> Any:
    environment = {
        **os.environ,
        "MOSAIC_HOME": home,
        "MOSAIC_CONFIG": f"{home}/settings.toml",
        "QT_QPA_PLATFORM": "offscreen",
    }
    command = [sys.executable, "-m", "benchmarks.ingest_child", part, path]
    told = subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout
    return json.loads(told)


def _write_heartbeats(file: Path) -> None:
    start = time.time()
    with file.open("wb") as stream:
        stream.writelines(heartbeat(n, start + n / 100, "01JDXAMPLE0000000000000000") for n in range(LINES))
