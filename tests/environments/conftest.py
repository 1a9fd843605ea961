"""A folder of wheels that holds the SDK, what it needs, and one worker for two versions of a library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.scratch import build_wheel
from tests.environments.wheels import make_wheel, wheel_of_installed

PROJECT = Path(__file__).resolve().parents[2]
WORKER = """
import json
import sys
import time
from gym_gui.core.worker import TelemetryEmitter, WorkerCapabilities, WorkerMetadata

def get_worker_metadata():
    import engine
    return (WorkerMetadata(name="Learner", version="1.0", upstream_library="engine",
                           upstream_version=engine.VERSION),
            WorkerCapabilities(worker_type="learner"))

def main():
    import engine
    config = json.load(open(sys.argv[sys.argv.index("--config") + 1]))
    emitter = TelemetryEmitter(run_id=config["run_id"])
    emitter.run_started({"worker_type": "learner"})
    for step in range(1, 4):
        emitter.heartbeat({"step": step, "total_steps": 3, "engine": engine.VERSION, "python": sys.prefix})
        time.sleep(0.3)
    emitter.run_completed({"engine": engine.VERSION})
"""


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything two environments need, so that pip asks no index."""
    folder = tmp_path_factory.mktemp("wheels")
    build_wheel(PROJECT, folder)
    for name in ("msgspec", "orjson", "platformdirs"):
        wheel_of_installed(folder, name)
    for version in ("1.0", "2.0"):
        make_wheel(folder, "engine", version, {"engine/__init__.py": f"VERSION = {version!r}\n"})
    make_wheel(
        folder,
        "learner",
        "1.0",
        {"learner/__init__.py": WORKER, "learner/__main__.py": "from learner import main\nmain()\n"},
        requires=("engine",),
        entry_points="[mosaic.workers]\nlearner = learner:get_worker_metadata\n",
    )
    return folder
