"""A panel in a process of its own, as the campaigns open and kill it."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from typing import Any

from tests.campaigns.field import PATIENCE_S, Field, HangError


class PanelProcess:
    """The panel, opened offscreen; once it has listed the runs it launches one for each of `configs`.

    Attributes:
        began: The monotonic time at which its process was started.
    """

    def __init__(self, field: Field, configs: list[dict[str, Any]]) -> None:
        self.began = time.monotonic()
        self._complaints = (field.home / "panel.log").open("ab+")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.campaigns.panel_process", json.dumps(configs)],
            env=field.environment(QT_QPA_PLATFORM="offscreen"),
            stdout=subprocess.PIPE, stderr=self._complaints,
        )  # fmt: skip
        field.adopt_not(self._process.pid)
        self._said = b""

    def __enter__(self) -> PanelProcess:
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._complaints.close()

    def await_listing(self) -> dict[str, str]:
        """What its list shows, once it is complete."""
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while b"\n" not in self._said:
            if not select.select([pipe], [], [], PATIENCE_S)[0]:
                raise HangError("the panel never listed its runs")
            chunk = os.read(pipe, 1 << 16)
            if not chunk:
                self._complaints.seek(0)
                raise HangError(f"the panel ended by itself: {self._complaints.read().decode()[-2000:]}")
            self._said += chunk
        listed: dict[str, str] = json.loads(self._said.splitlines()[0])["listed"]
        return listed

    def kill(self) -> set[str]:
        """Kills it; the ids of the runs it said it had launched."""
        self._process.send_signal(signal.SIGKILL)
        said = self._said + self._process.communicate()[0]
        whole = said[: said.rfind(b"\n") + 1].splitlines()
        return {line["launched"] for line in map(json.loads, whole) if "launched" in line}
