"""Runs of the worker in a process of their own, and what they leave behind."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gym_gui.config.paths import get_run_dir, runs_root

HERE = Path(__file__).parent
SMALL: dict[str, Any] = {
    "total_timesteps": 1000,
    "train_batch_size": 500,
    "hidden_layers": [32, 32],
    "algorithm_options": {"num_epochs": 2},
    "seed": 1,
}
ENDLESS = {**SMALL, "total_timesteps": 100_000_000, "checkpoint_every": 500}

_wanted = os.environ.get("MOSAIC_TEST_WORKER") == "ray"
needs_ray = pytest.mark.skipif(
    not _wanted and not all(importlib.util.find_spec(name) for name in ("ray", "torch")),
    reason="Ray is not installed; see make test-workers",
)


@dataclass(frozen=True)
class Ended:
    """A run that is over."""

    run_id: str
    code: int
    events: list[dict[str, Any]]
    stderr: str

    @property
    def run_dir(self) -> Path:
        return get_run_dir(self.run_id)

    @property
    def manifest(self) -> dict[str, Any]:
        return json.loads((self.run_dir / "analytics.json").read_text())

    @property
    def codes(self) -> set[str]:
        return set(re.findall(r"\bLOG\d+\b", self.stderr))

    def named(self, event: str) -> list[dict[str, Any]]:
        return [line["payload"] for line in self.events if line["event"] == event]


def run_worker(
    run_id: str, *arguments: str, environment: dict[str, str] | None = None, **fields: Any
) -> Ended:
    """A run from start to end, its log at its most talkative."""
    config_file = runs_root().parent / f"{run_id}.json"
    config_file.parent.mkdir(parents=True, exist_ok=True)
    config_file.write_text(json.dumps({**SMALL, **fields, "run_id": run_id}))
    done = subprocess.run(
        [sys.executable, "-m", "gym_gui.workers.ray", "-v", "--config", str(config_file), *arguments],
        capture_output=True,
        text=True,
        timeout=150,
        cwd=config_file.parent,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1", **(environment or {})},
    )
    events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith('{"event"')]
    return Ended(run_id, done.returncode, events, done.stderr)
