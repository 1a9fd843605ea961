"""A worker that reports, waits until it is watched, and dies in the way its configuration asks for."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
import time
from pathlib import Path

config = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())
run_dir = Path(os.environ["MOSAIC_RUN_DIR"])


def say(event: str, **payload: object) -> None:
    line = {"event": event, "run_id": config["run_id"], "timestamp": time.time(), "payload": payload}
    print(json.dumps(line), flush=True)


def fill_memory() -> None:
    held = []
    while True:
        held.append(bytearray(b"x") * (1 << 20))


def write_checkpoint(directory: Path) -> None:
    with (directory / "checkpoint.bin").open("wb") as file:
        while True:
            file.write(b"\1" * (1 << 16))
            file.flush()


say("run_started", worker_type="dying")
for step in range(3):
    say("heartbeat", step=step, total_steps=1000)
if config["claims_completion"]:
    say("run_completed")
(run_dir / ".ready").write_text(str(os.getpid()))
(run_dir / ".ready").rename(run_dir / "ready")
while not (run_dir / "go").exists():
    time.sleep(0.002)

match config["death"]:
    case "SIGKILL":
        os.kill(os.getpid(), signal.SIGKILL)
    case "SIGSEGV":
        ctypes.string_at(0)
    case "exit n":
        sys.exit(config["code"])
    case "os._exit":
        os._exit(config["code"])
    case "exception":
        raise {"KeyError": KeyError, "RuntimeError": RuntimeError, "OSError": OSError}[config["error"]](
            "no luck"
        )
    case "out of memory, RLIMIT_AS":
        resource.setrlimit(resource.RLIMIT_AS, (200 << 20, 200 << 20))
        fill_memory()
    case "out of memory, cgroup":
        fill_memory()
    case "disk full, tmpfs":
        write_checkpoint(Path(config["disk"]))
    case "disk full, the run's own":
        write_checkpoint(run_dir)
    case "file too large, RLIMIT_FSIZE":
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        write_checkpoint(run_dir)
    case unknown:
        sys.exit(f"no such death: {unknown}")
