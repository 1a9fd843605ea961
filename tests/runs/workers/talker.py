"""A worker that talks by plain print, and ends in the way its configuration asks for."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

config = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())


def say(event: str, **payload: object) -> None:
    if not config.get("silent"):
        print(
            json.dumps(
                {"event": event, "run_id": config["run_id"], "timestamp": time.time(), "payload": payload}
            )
        )


say("run_started", worker_type="talker")
for beat in range(config.get("beats", 3)):
    say("heartbeat", step=beat + 1, total_steps=config.get("beats", 3), return_mean=beat / 2)
    print(f"plain line {beat}", flush=True)
    time.sleep(config.get("pause", 0.01))

match config.get("end", "completed"):
    case "completed":
        say("run_completed", episodes=1)
    case "failed":
        say("run_failed", error="no such environment", error_type="KeyError")
        sys.exit(1)
    case "failed politely":
        say("run_failed", error="no such environment", error_type="KeyError")
    case "cancelled":
        say("run_cancelled")
    case "silently":
        pass
    case "os._exit":
        os._exit(0)
    case "exit 3":
        sys.exit(3)
    case "raise":
        raise ValueError("env_id is not registered")
    case "completed then crash":
        say("run_completed")
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGSEGV)
    case name:
        os.kill(os.getpid(), getattr(signal, name))
        time.sleep(60)
