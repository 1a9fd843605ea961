"""A worker that reports through the SDK's emitter and stops when asked to."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from gym_gui.core.worker import TelemetryEmitter

config = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())
emitter = TelemetryEmitter(config["run_id"])
with emitter.run({"worker_type": "emitting"}):
    for step in range(config["steps"]):
        emitter.heartbeat({"step": step + 1, "total_steps": config["steps"], "return_mean": float("nan")})
        time.sleep(config.get("pause", 0.01))
