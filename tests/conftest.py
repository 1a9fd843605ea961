"""What every test gets: Qt offscreen, a data directory of its own, a check that nothing is left running."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# A suite started in the background of a script ignores Ctrl+C, and so would every process it starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def mosaic_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory that only this test uses; settings and caches go there as well."""
    home = tmp_path / "mosaic-home"
    monkeypatch.setenv("MOSAIC_HOME", str(home))
    monkeypatch.setenv("MOSAIC_CONFIG", str(tmp_path / "settings.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    for name in ("RUN_ID", "MOSAIC_RUN_ID", "MOSAIC_RUN_DIR", "WORKER_ID", "TRAINER_WORKER_CONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    return home


def _belongs_to(process: psutil.Process, home: str) -> bool:
    try:
        return process.environ().get("MOSAIC_HOME") == home
    except (psutil.Error, OSError):
        return False


def _running_for(home: str) -> list[psutil.Process]:
    mine = os.getpid()
    return [p for p in psutil.process_iter() if p.pid != mine and _belongs_to(p, home)]


def _wait_until_gone(home: str, seconds: float) -> list[psutil.Process]:
    deadline = time.monotonic() + seconds
    left = _running_for(home)
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = _running_for(home)
    return left


@pytest.fixture(autouse=True)
def nothing_left_running(mosaic_home: Path) -> Iterator[None]:
    """Fails a test that leaves a process or a thread behind; what is left is ended first.

    A process belongs to a test when it inherited the test's `MOSAIC_HOME`, so detached
    supervisors and re-parented grandchildren are found as well as plain children.
    """
    threads_before = set(threading.enumerate())
    yield
    left = _wait_until_gone(str(mosaic_home), 3.0)
    described = []
    for process in left:
        try:
            described.append(f"{process.pid}: {' '.join(process.cmdline())}")
            process.kill()
        except psutil.Error:
            continue
    deadline = time.monotonic() + 2.0
    threads = _new_threads(threads_before)
    while threads and time.monotonic() < deadline:
        time.sleep(0.02)
        threads = _new_threads(threads_before)
    assert not described, f"processes left running: {described}"
    assert not threads, f"threads left running: {threads}"


def _new_threads(before: set[threading.Thread]) -> list[str]:
    return [t.name for t in threading.enumerate() if t not in before and t.is_alive() and not _is_pooled(t)]


def _is_pooled(thread: threading.Thread) -> bool:
    """Whether it is Python's stand-in for a thread of Qt's pool, which lives as long as the pool."""
    return isinstance(thread, threading._DummyThread)
