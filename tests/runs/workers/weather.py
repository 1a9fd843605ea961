"""A worker that makes bad weather: what it prints or does is named by its configuration."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

config = json.loads(Path(sys.argv[sys.argv.index("--config") + 1]).read_text())
run_dir = Path(os.environ["MOSAIC_RUN_DIR"])
MEGABYTE = 1 << 20


def put(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(1, view) :]


def say(event: str, **payload: object) -> None:
    line = {"event": event, "run_id": config["run_id"], "timestamp": time.time(), "payload": payload}
    put(json.dumps(line).encode() + b"\n")


def note(name: str) -> None:
    (run_dir / f".{name}").write_text(str(os.getpid()))
    (run_dir / f".{name}").rename(run_dir / f"pid.{name}")


def long_line() -> None:
    for _ in range(100):
        put(b"x" * MEGABYTE)
    put(b"\n")


def much_output() -> None:
    block = b"".join(b"line %07d %s\n" % (number, b"y" * 80) for number in range(10_000))
    for _ in range(100 * MEGABYTE // len(block) + 1):
        put(block)


def fill_disk() -> None:
    with (run_dir / "checkpoint.npz").open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def many_children() -> None:
    for _ in range(config["children"]):
        if os.fork() == 0:
            time.sleep(600)
    note("worker")
    time.sleep(600)


def wait() -> None:
    note("worker")
    while not (run_dir / "go on").exists():
        time.sleep(0.01)


say("run_started")
match config["weather"]:
    case "long line":
        long_line()
    case "NUL bytes":
        put(b"\0" * 5000 + b"\n" + b"a\0b\n")
    case "broken UTF-8":
        put(b"\xff\xfe\xc3\x28 \xed\xa0\x80\n")
    case "much output":
        much_output()
    case "closed stdout":
        os.close(1)
        sys.exit(0)
    case "disk full":
        fill_disk()
    case "children":
        many_children()
    case "wait":
        wait()
say("heartbeat", step=9, total_steps=9)
say("run_completed")
