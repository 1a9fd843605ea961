"""A run of a worker for its tests: everything it left behind, in one value."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_gui.core.worker.analytics import WorkerAnalyticsManifest
from gym_gui.core.worker.lifecycle import LifecycleEvent
from gym_gui.testing.bench import Bench, Limits
from gym_gui.testing.scratch_runs import RunEvidence
from gym_gui.testing.subject import found_subject


@dataclass(frozen=True, slots=True)
class FinishedRun:
    """A run that is over.

    Attributes:
        state: How it ended: "completed", "failed", "cancelled" or "lost"; "running" when its time was up.
        events: Its lifecycle events, in the order they were written.
        path: Its run directory.
        headline: Why it ended, in a line.
    """

    run_id: str
    state: str
    events: tuple[LifecycleEvent, ...]
    path: Path
    headline: str

    @property
    def stdout(self) -> str:
        """All of its standard output."""
        return self._text("stdout.log")

    @property
    def stderr(self) -> str:
        """All of its standard error."""
        return self._text("stderr.log")

    @property
    def config(self) -> dict[str, Any]:
        """The config it was given."""
        content: dict[str, Any] = json.loads(self._text("config.json"))
        return content

    @property
    def manifest(self) -> WorkerAnalyticsManifest:
        """Its manifest.

        Raises:
            FileNotFoundError: It wrote none.
            ValueError: What it wrote is none.
        """
        return WorkerAnalyticsManifest.load(self.path / "analytics.json")

    def named(self, event: str) -> list[LifecycleEvent]:
        """The events of that name, e.g. "heartbeat"."""
        return [found for found in self.events if found.event == event]

    def _text(self, name: str) -> str:
        file = self.path / name
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""


def finish_run(
    target: str | os.PathLike[str],
    config: Mapping[str, Any],
    home: Path,
    *,
    python: str = sys.executable,
    limit_s: float = 120.0,
) -> FinishedRun:
    """The run, launched below `home` as the panel launches it, once it is over.

    Raises:
        NoSuchWorkerError: There is no such worker.
        ValueError: It is broken; the message says why.
    """
    with found_subject(target, python=python) as subject:
        if subject.worker.failure is not None:
            failure = subject.worker.failure
            raise ValueError(f"worker {target!r} is broken: {failure.error_type}: {failure.message}")
        folder = Path(tempfile.mkdtemp(prefix="run-", dir=home))
        bench = Bench(subject, folder, short=config, limits=Limits(run_s=limit_s))
        try:
            return _as_value(bench.plain_run)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        finally:
            bench.close()


def _as_value(ran: RunEvidence) -> FinishedRun:
    events = tuple(
        LifecycleEvent(line.event, line.run_id, line.timestamp or 0.0, dict(line.payload or {}))
        for line in ran.events
    )
    return FinishedRun(ran.run.run_id, str(ran.summary.state), events, ran.run.path, ran.headline)
