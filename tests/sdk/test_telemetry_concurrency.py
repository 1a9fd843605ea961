"""Lines stay whole between threads, between processes on one file, and across fork."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from gym_gui.core.worker import TelemetryEmitter


def steps_by_writer(path: Path) -> Counter[str]:
    return Counter(json.loads(line)["payload"]["who"] for line in path.read_bytes().splitlines())


def test_threads_never_interleave(tmp_path: Path) -> None:
    out = tmp_path / "out"
    with out.open("ab", buffering=0) as sink:
        emitter = TelemetryEmitter("r", sink=sink)

        def work(who: str) -> None:
            for step in range(500):
                emitter.heartbeat({"who": who, "step": step, "pad": "x" * (step * 40)})

        threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert emitter.dropped == 0
    assert steps_by_writer(out) == {f"t{i}": 500 for i in range(4)}


def test_processes_never_interleave(tmp_path: Path) -> None:
    """Lines of 12 KB, above what a buffered text stream writes at once."""
    out = tmp_path / "out"
    script = (
        "import sys\nfrom gym_gui.core.worker import TelemetryEmitter\n"
        "sink = open(sys.argv[1], 'a')\ne = TelemetryEmitter('r', sink=sink)\n"
        "for i in range(300): e.heartbeat({'who': sys.argv[2], 'pad': 'x' * 12000})\n"
        "sys.exit(e.dropped)"
    )
    processes = [subprocess.Popen([sys.executable, "-c", script, str(out), f"p{i}"]) for i in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert steps_by_writer(out) == {f"p{i}": 300 for i in range(4)}


def test_fork_while_threads_emit(tmp_path: Path) -> None:
    """A lock another thread holds at fork would stop the child for good, on a pipe as on a file."""
    script = """
import os, sys, threading
from gym_gui.core.worker import TelemetryEmitter
e = TelemetryEmitter('r')
stop = threading.Event()
def work():
    while not stop.is_set():
        e.heartbeat({'pad': 'x' * 500})
threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads: t.start()
stuck = 0
for _ in range(40):
    pid = os.fork()
    if pid == 0:
        import faulthandler; faulthandler.dump_traceback_later(10, exit=True)
        e.heartbeat({'child': True})
        os._exit(0)
    stuck += os.waitpid(pid, 0)[1] != 0
stop.set()
for t in threads: t.join()
sys.stderr.write(f'stuck={stuck}')
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as p:
        out, err = p.communicate(timeout=120)
    assert b"stuck=0" in err, err
    assert sum(b'"child":true' in line for line in out.splitlines()) > 0

    with (tmp_path / "out").open("wb") as file:
        result = subprocess.run(
            [sys.executable, "-c", script], stdout=file, stderr=subprocess.PIPE, check=True
        )
    assert b"stuck=0" in result.stderr
    lines = (tmp_path / "out").read_bytes().splitlines()
    assert all(json.loads(line)["event"] == "heartbeat" for line in lines)
    assert sum(b'"child":true' in line for line in lines) == 40


def test_emitters_on_one_pipe_share_its_queue() -> None:
    reading, writing = os.pipe()
    with open(writing, "w") as sink:
        first, second = TelemetryEmitter("a", sink=sink), TelemetryEmitter("b", sink=sink)
        for step in range(40):
            first.heartbeat({"step": step, "pad": "x" * 3000})
            second.heartbeat({"step": step, "pad": "y" * 3000})
        received = os.read(reading, 1 << 20)
        while received.count(b"\n") < 80:
            first.heartbeat({"step": -1})
            received += os.read(reading, 1 << 20)
    os.close(reading)
    for line in received.splitlines()[:-1]:
        json.loads(line)
