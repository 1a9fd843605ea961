"""A worker to launch, and the command line called in this process or as a program."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from gym_gui.cli import main
from tests.installed_workers import InstallWorker, install, site

__all__ = ["install", "site"]

CONFIG = """
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal

@dataclass(frozen=True)
class DemoConfig:
    run_id: str
    seed: int | None = None
    learning_rate: float = field(default=0.1, metadata={"exclusiveMinimum": 0, "description": "Step size"})
    episodes: int = field(default=3, metadata={"minimum": 1})
    mode: Literal["work", "fail", "hang", "rude"] = "work"
    start_from: Path | None = None
    layers: list[int] = field(default_factory=lambda: [64])

    def __post_init__(self):
        if self.mode == "fail" and self.seed == 13:
            raise ValueError("seed must not be 13 when failing")

    def to_dict(self): return asdict(self)
    @classmethod
    def from_dict(cls, data): return cls(**data)
"""
RUNTIME = r"""
import os, sys, time
from gym_gui.core.worker import TelemetryEmitter

class DemoRuntime:
    def __init__(self, config, logger=None):
        self.config = config
        self.emitter = TelemetryEmitter(run_id=config.run_id)

    def run(self):
        total = self.config.episodes
        self.emitter.run_started({"worker_type": "demo", "total_episodes": total})
        print("GREETING", os.environ.get("GREETING"))
        print("to standard error", file=sys.stderr)
        for episode in range(1, total + 1):
            progress = {"episode": episode, "total_episodes": total, "return_mean": 0.5 * episode}
            self.emitter.heartbeat(progress)
        if self.config.mode == "rude":
            print("\x1b[31mred\x1b[0m \x1b]0;title\x07 \u202e\x1b[2J", flush=True)
        if self.config.mode == "fail":
            raise RuntimeError("no luck")
        while self.config.mode == "hang":
            time.sleep(0.05)
        return {"episodes": total}
"""


@pytest.fixture
def demo(install: InstallWorker) -> str:
    """Id of a worker that is launched by the SDK's runner."""
    install("demo", modules={"config": CONFIG, "runtime": RUNTIME})
    return "demo"


@dataclass(frozen=True)
class Said:
    """What a command wrote and the code it ended with."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


Gym = Callable[..., Said]


@pytest.fixture
def gym(capfd: pytest.CaptureFixture[str]) -> Gym:
    """Calls the command line in this process."""

    def call(*arguments: str) -> Said:
        capfd.readouterr()
        try:
            code = main(arguments)
        except SystemExit as stop:  # argparse ends so on wrong usage
            code = int(stop.code or 0)
        out, err = capfd.readouterr()
        return Said(code, out, err)

    return call
