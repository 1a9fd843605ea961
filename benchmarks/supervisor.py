"""What supervision costs a run: memory, processor time, and time until the worker's first line of code."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.measure import Figure, Spread
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.launch import LaunchSpec, create_run, supervisor_argv
from gym_gui.core.runs.record import ProcessRecord

ROUNDS = 25
IDLE_S = 20.0
MEGABYTE = 1_000_000

# CLOCK_MONOTONIC is one clock for all processes, so a child can say when it got there.
SAY_WHEN = "import time; print(time.monotonic(), flush=True)"


def measure() -> list[Figure]:
    """Added start time against starting the worker directly, then memory and CPU while it runs."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["MOSAIC_HOME"] = home
        store = RunStore(Path(home) / "trainer" / "runs")
        added = Spread.of([_supervised_start(store) - _direct_start() for _ in range(ROUNDS)])
        resident, unique, cpu = _while_running(store)
        del os.environ["MOSAIC_HOME"]
    milliseconds = added.median * 1000
    return [
        Figure(
            "supervisor: added start time",
            "starting the worker directly",
            milliseconds,
            "ms",
            "<= 60",
            milliseconds <= 60,
            f"{added.least * 1000:.0f} to {added.greatest * 1000:.0f}",
        ),
        Figure(
            "supervisor: resident memory",
            "none",
            resident,
            "MB",
            "<= 15",
            resident <= 15,
            f"of it {unique:.1f} MB its own, the rest shared with other Pythons",
        ),
        Figure("supervisor: CPU while the worker runs", "one core", cpu, "%", "<= 0.5", cpu <= 0.5),
    ]


def _run(store: RunStore, code: str) -> RunDirectory:
    return create_run(store, LaunchSpec(worker_id="bench", command=(sys.executable, "-c", code), config={}))


def _direct_start() -> float:
    start = time.monotonic()
    told = subprocess.run([sys.executable, "-c", SAY_WHEN], capture_output=True, check=True).stdout
    return float(told) - start


def _supervised_start(store: RunStore) -> float:
    run = _run(store, SAY_WHEN)
    start = time.monotonic()
    subprocess.run(supervisor_argv(run), check=True, stdin=subprocess.DEVNULL)
    return float(run.stdout_file.read_text()) - start


def _while_running(store: RunStore) -> tuple[float, float, float]:
    """Resident and unshared memory in MB, and CPU in percent of a core, while the worker idles."""
    run = _run(store, "import time; time.sleep(600)")
    supervisor = subprocess.Popen(supervisor_argv(run), stdin=subprocess.DEVNULL)
    try:
        while not run.process_file.exists() or read_record(run.process_file, ProcessRecord).worker is None:
            time.sleep(0.01)
        process = psutil.Process(supervisor.pid)
        time.sleep(1.0)
        before, start = sum(process.cpu_times()[:2]), time.monotonic()
        time.sleep(IDLE_S)
        used = sum(process.cpu_times()[:2]) - before
        memory = process.memory_full_info()
        return memory.rss / MEGABYTE, memory.uss / MEGABYTE, 100 * used / (time.monotonic() - start)
    finally:
        cancel_run(run, grace_s=1.0)
        supervisor.wait()
