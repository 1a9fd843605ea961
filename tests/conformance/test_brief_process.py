"""Processes that are expected to end soon, and what becomes of those that do not."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import psutil

from gym_gui.testing.brief_process import Finished, run_briefly


def python(code: str, folder: Path, limit_s: float = 20.0) -> Finished:
    return run_briefly([sys.executable, "-c", code], cwd=folder, environment=os.environ, limit_s=limit_s)


def test_one_that_ends(tmp_path: Path) -> None:
    done = python("import sys; print('out'); sys.exit('err')", tmp_path)
    assert (done.exit_code, done.signal, done.stdout, done.stderr) == (1, None, "out\n", "err\n")
    assert (done.how, done.last_words) == ("exited with 1", "err")


def test_one_that_is_ended_by_a_signal(tmp_path: Path) -> None:
    done = python("import os; os.abort()", tmp_path)
    assert (done.exit_code, done.signal, done.how) == (None, signal.SIGABRT, "was ended by SIGABRT")


def test_one_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    done = python(code, tmp_path, limit_s=1.5)
    assert done.timed_out and "was still running" in done.how
    child = int(done.stdout)
    deadline = time.monotonic() + 5
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_that_floods_its_output_is_stopped(tmp_path: Path) -> None:
    done = python("import sys\nwhile True: sys.stdout.write('x' * 1_000_000)", tmp_path)
    assert done.flooded and done.how == "printed more than 64 MiB"
    assert len(done.stdout) < 1_000_000, "only the end of it is kept"
