"""A virtual X screen, the panel as a process on it, and a person's mouse and keyboard from outside."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent.parent
NEEDED = ("Xvfb", "xdotool")
PATIENCE_S = 60.0
_SIZE = "1280x800x24"
_Found = TypeVar("_Found")


def missing_programs() -> list[str]:
    """What these tests need and this machine has not."""
    return [program for program in NEEDED if shutil.which(program) is None]


def eventually(look: Callable[[], _Found | None], what: str, seconds: float = PATIENCE_S) -> _Found:
    """What `look` finds, as soon as it finds something; fails when it never does."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)


@contextmanager
def virtual_screen() -> Iterator[str]:
    """The name of a display that is there for the length of the block."""
    reading, writing = os.pipe()
    # The server picks a free number by itself and says which.
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SIZE, "-nolisten", "tcp", "-noreset"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        assert number, "the X server did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


class PanelProcess:
    """The panel, started as a person starts it, on a display."""

    def __init__(self, display: str) -> None:
        self._environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "main.py")],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.window = eventually(self._find_window, "a window on the screen")
        # There is no window manager that would do it.
        self._do("windowfocus", "--sync", self.window)

    def _find_window(self) -> str | None:
        assert self.process.poll() is None, f"the panel ended: {self.process.communicate()[0]}"
        found = self._do(
            "search", "--onlyvisible", "--pid", str(self.process.pid), "--name", "MOSAIC", check=False
        )
        return found.split()[0] if found.split() else None

    def _do(self, *arguments: str, check: bool = True) -> str:
        done = subprocess.run(
            ["xdotool", *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=check,
        )
        return done.stdout

    def title(self) -> str:
        """What the window says it shows."""
        return self._do("getwindowname", self.window).strip()

    def press(self, *keys: str) -> None:
        """Press key combinations, one after the other."""
        self._do("key", "--delay", "30", *keys)

    def type(self, text: str) -> None:
        """Type text."""
        self._do("type", "--delay", "15", text)

    def click(self, x: int, y: int) -> None:
        """Click at a place of the window."""
        self._do("mousemove", "--sync", str(x), str(y), "click", "1")

    def kill(self) -> None:
        """End the panel as a power cut would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=20)

    def wait_for_end(self) -> int:
        """The exit code of a panel that was told to close."""
        self.process.communicate(timeout=30)
        return self.process.returncode


@contextmanager
def open_panel(display: str) -> Iterator[PanelProcess]:
    """A panel with its window on the screen; ended with the block if it still runs."""
    panel = PanelProcess(display)
    try:
        yield panel
    finally:
        if panel.process.poll() is None:
            panel.kill()
