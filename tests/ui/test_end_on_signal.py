"""A panel that is asked to end by a signal closes as by hand: with 0, and with what it remembers written."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.panel_helpers import wait_for

MAIN = Path(__file__).parents[2] / "main.py"


def _catches(pid: int, number: signal.Signals) -> bool:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    caught = next(int(line.split()[1], 16) for line in lines if line.startswith("SigCgt"))
    return bool(caught >> (number - 1) & 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_the_window_is_remembered(tmp_path: Path, number: signal.Signals) -> None:
    panel = subprocess.Popen(
        [sys.executable, str(MAIN)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        # The last of them that a panel takes care of, once its window is on screen.
        wait_for(lambda: panel.poll() is not None or _catches(panel.pid, signal.SIGHUP), "a window")
        panel.send_signal(number)
        said = panel.communicate(timeout=30)[0].decode()
    finally:
        panel.kill()
        panel.communicate()
    assert panel.returncode == 0, said
    (remembered,) = (tmp_path / "config").rglob("panel.ini")
    assert "geometry" in remembered.read_text()
