"""Processes that no run has anything to do with, and what they were sent."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

from gym_gui.core.runs.processes import osproc
from tests.campaigns.field import PATIENCE_S, WORKERS, Field, HangError


class Canary:
    """One such process, in a session of its own.

    Attributes:
        title: What kind of foreign process it is.
        me: How it is truly named.
        names_another_run: Whether its environment says that it works for another run.
    """

    def __init__(self, field: Field, title: str, argument: str = "", **variables: str) -> None:
        self.title = title
        self.names_another_run = "MOSAIC_RUN_DIR" in variables
        self._process = subprocess.Popen(
            [sys.executable, "-S", str(WORKERS / "canary.py"), *filter(None, [argument])],
            env={"PATH": os.environ["PATH"], **variables},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        field.adopt_not(self._process.pid)
        assert self._process.stdout is not None
        if not select.select([self._process.stdout], [], [], PATIENCE_S)[0]:
            raise HangError("a canary never got ready")
        self._process.stdout.readline()
        me = osproc.look_at(self._process.pid)
        assert me is not None
        self.me = me

    def harm(self) -> str:
        """What is to be seen from outside: it ended or was stopped; "" when it goes on."""
        if self._process.poll() is not None:
            return f"ended with {self._process.returncode}"
        state = Path(f"/proc/{self._process.pid}/stat").read_bytes().rpartition(b") ")[2][:1]
        return "was stopped" if state in b"Tt" else ""

    def dismiss(self) -> list[str]:
        """Ends it; the names of the signals it was ever sent.

        Raises:
            HangError: When it does not hear the one that is sent here: then it would prove nothing.
        """
        harm = self.harm()
        if harm:
            self._process.kill()
        else:
            os.kill(self._process.pid, signal.SIGUSR2)
        sung = [signal.Signals(int(word)).name for word in self._process.communicate()[0].split()]
        if harm:
            return sung
        if sung[-1:] != ["SIGUSR2"]:
            raise HangError(f"the canary ({self.title}) does not sing")
        return sung[:-1]
