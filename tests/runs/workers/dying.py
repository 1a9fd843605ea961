"""A worker that comes to the end its configuration names, by really coming to it."""

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


def chained() -> None:
    try:
        {}["learning_rate"]
    except KeyError as error:
        raise RuntimeError("the optimiser could not be built") from error


def handled() -> None:
    try:
        raise ConnectionError("the simulator hung up")
    except ConnectionError:
        raise RuntimeError("could not report it")  # noqa: B904


def optional_import() -> None:
    try:
        import no_such_fast_json  # type: ignore[import-not-found]  # noqa: F401
    except ImportError:
        raise ValueError("seed must not be negative")  # noqa: B904


def beyond_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))
    bytearray(1 << 30)


def into_cgroup() -> None:
    """Eats memory in a cgroup that allows little of it, until the kernel ends it."""
    Path(config["cgroup"], "cgroup.procs").write_text(str(os.getpid()))
    hoard = []
    while True:
        hoard.append(b"x" * (1 << 20))


def fill(path: Path) -> None:
    with path.open("wb") as file:
        while True:
            file.write(b"x" * 65536)


def limited_file() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
    fill(run_dir / "checkpoint.npz")


def limited_file_without_python() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    fill(run_dir / "checkpoint.npz")


def segfault() -> None:
    ctypes.string_at(0)


ENDS = {
    "exception": lambda: list[int]().remove(1),
    "chained": chained,
    "handled": handled,
    "optional import": optional_import,
    "import": lambda: __import__("no_such_framework"),
    "memory": beyond_memory,
    "cgroup": into_cgroup,
    "full disk": lambda: fill(Path(config["directory"], "checkpoint.npz")),
    "file size": limited_file,
    "SIGXFSZ": limited_file_without_python,
    "segfault": segfault,
    "abort": os.abort,
    "exit 7": lambda: os._exit(7),
    "exit 0": lambda: os._exit(0),
    "exit 137": lambda: sys.exit(137),
    "usage": lambda: sys.exit("dying.py: error: no such algorithm"),
    "SIGKILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "SIGTERM": lambda: os.kill(os.getpid(), signal.SIGTERM),
}
print(
    json.dumps({"event": "run_started", "run_id": config["run_id"], "timestamp": time.time(), "payload": {}})
)
for line in config.get("stderr", ()):
    print(line, file=sys.stderr)
sys.stdout.flush()
sys.stderr.flush()
if config["end"].startswith("raise "):
    exec(config["end"])
else:
    ENDS[config["end"]]()
