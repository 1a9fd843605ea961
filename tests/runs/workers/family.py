"""A worker with relatives: each shape is one way in which processes try to outlive a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

config = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())
run_dir = Path(os.environ["MOSAIC_RUN_DIR"])


def note(role: str) -> None:
    """Leaves the pid where the test finds it, whole at once."""
    unfinished = run_dir / f".{role}"
    unfinished.write_text(str(os.getpid()))
    unfinished.rename(run_dir / f"pid.{role}")


def linger(role: str) -> None:
    note(role)
    while True:
        time.sleep(60)


def ignore_term() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def start(code: str, **options: object) -> None:
    subprocess.Popen([sys.executable, "-c", code, str(run_dir)], **options)  # type: ignore[call-overload]


LINGERING = (
    "import os,sys,time,pathlib;"
    "d=pathlib.Path(sys.argv[1]);(d/'.child').write_text(str(os.getpid()));(d/'.child').rename(d/'pid.child');"
    "time.sleep(600)"
)


def double_fork() -> None:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            ignore_term()
            linger("child")
        os._exit(0)


match config["shape"]:
    case "alone":
        pass
    case "plain child":
        start(LINGERING)
    case "ignores SIGTERM":
        ignore_term()
        start("import signal;signal.signal(signal.SIGTERM, signal.SIG_IGN);" + LINGERING)
    case "setsid grandchild":
        start(LINGERING, start_new_session=True)
    case "double fork":
        double_fork()
    case "clean environment":
        start(LINGERING, start_new_session=True, env={})
    case "escapes":
        if os.fork() == 0:
            os.setsid()
            start(LINGERING, start_new_session=True, env={})
            os._exit(0)
    case "helper left behind":
        start(LINGERING, start_new_session=True)
        while not (run_dir / "pid.child").exists():
            time.sleep(0.005)
        note("worker")
        sys.exit(0)
    case "frozen":
        note("worker")
        os.kill(os.getpid(), signal.SIGSTOP)
linger("worker")
