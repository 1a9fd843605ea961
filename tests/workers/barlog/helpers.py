"""Runs of the worker in a process of its own, and what they left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_gui.config.paths import get_run_dir
from gym_gui.workers.barlog.config import BarlogConfig

KEY = "sk-test-0123456789abcdef-secret"
KEY_VARIABLE = "BARLOG_TEST_KEY"


def config(**fields: Any) -> BarlogConfig:
    """A configuration that reaches nothing by itself."""
    return BarlogConfig.from_dict({"run_id": "run-1", "seed": 7, **fields})


def asking(url: str, **fields: Any) -> dict[str, Any]:
    """Fields of a configuration that asks the server at the address."""
    return {
        "algorithm": "naive",
        "model": "small-model",
        "base_url": url,
        "api_key_env": KEY_VARIABLE,
        "retry_delay_s": 0.0,
        **fields,
    }


@dataclass
class Ran:
    """A run that is over."""

    code: int
    out: str
    err: str
    run_dir: Path

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("event") == name]

    def payload(self, name: str) -> dict[str, Any]:
        (event,) = self.events(name)
        payload: dict[str, Any] = event["payload"]
        return payload

    def telemetry(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.lines if line.get("type") == kind]

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.run_dir / "analytics.json").read_text())
        return found

    def trajectories(self) -> list[list[dict[str, Any]]]:
        return [
            [json.loads(line) for line in (self.run_dir / name).read_text().splitlines()]
            for name in self.manifest["metadata"]["trajectories"]
        ]


def command(directory: Path, *flags: str, **fields: Any) -> list[str]:
    """The command of a run, its config written."""
    values = {"run_id": "run-1", "seed": 7, **fields}
    file = directory / f"{values['run_id']}.json"
    file.write_text(json.dumps(values))
    return [sys.executable, "-m", "gym_gui.workers.barlog", "--config", str(file), *flags]


def environment(**extra: str) -> dict[str, str]:
    """The environment of a worker, the key in it."""
    return {**os.environ, KEY_VARIABLE: KEY, "PYTHONUNBUFFERED": "1", **extra}


def run_worker(directory: Path, *flags: str, env: dict[str, str] | None = None, **fields: Any) -> Ran:
    """A run from start to end."""
    done = subprocess.run(
        command(directory, *flags, **fields),
        capture_output=True,
        text=True,
        timeout=120,
        env=environment() if env is None else env,
        cwd=directory,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr, get_run_dir(fields.get("run_id", "run-1")))
