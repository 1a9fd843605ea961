"""The runs that are compared: each followed by a tail of its own, and read for its metrics and config."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from gym_gui.core.compare.configs import Difference, Member, differences, seed_groups
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.run_config import read_config
from gym_gui.services.run_tail import RunTail
from gym_gui.services.scalars import ScalarsReader
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.metrics.keys import MetricInfo, MetricKey
from gym_gui.ui.metrics.run_metrics import RunMetrics

MOST_RUNS = 32
_REST_MS = 1_000


@dataclass(slots=True)
class ComparedRun:
    """One of them; `config` is None until it was read, or when it cannot be."""

    summary: RunSummary
    tail: RunTail
    metrics: RunMetrics
    config: Mapping[str, Any] | None = None
    problem: str = ""

    @property
    def run_id(self) -> str:
        """Its id."""
        return self.summary.run_id


class ComparedRuns(QObject):
    """Holds them. `listed` tells of other metrics, `grown` of more points, `configured` of configs read."""

    listed = Signal()
    grown = Signal()
    configured = Signal()

    def __init__(self, scalars: ScalarsReader, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scalars = scalars
        self._tasks = tasks
        self.runs: list[ComparedRun] = []
        self.groups: list[tuple[str, ...]] = []
        self._rest = QTimer(self, interval=_REST_MS)
        self._rest.timeout.connect(self._rest_what_ended)

    def show(self, summaries: Sequence[RunSummary]) -> None:
        """Compare these, at most 32, and no others; what is known of those that stay is kept."""
        known = {run.run_id: run for run in self.runs}
        wanted = summaries[:MOST_RUNS]
        self.runs = [
            known.pop(summary.run_id) if summary.run_id in known else self._add(summary) for summary in wanted
        ]
        for gone in known.values():
            gone.tail.stop()
            gone.metrics.deleteLater()
            gone.tail.deleteLater()
        self.groups = [(run.run_id,) for run in self.runs]
        self._read_configs()
        self.listed.emit()

    def _add(self, summary: RunSummary) -> ComparedRun:
        tail = RunTail(self)
        metrics = RunMetrics(tail, self._scalars, self._tasks, self)
        metrics.listed.connect(self.listed)
        metrics.grown.connect(self.grown)
        tail.settle(summary.state.is_over)
        tail.follow(RunDirectory(summary.path))
        tail.settle(summary.state.is_over)
        metrics.show(summary.path, summary.started)
        return ComparedRun(summary, tail, metrics)

    def update(self, summary: RunSummary) -> bool:
        """Take note of how a run stands now; False when it is none of these."""
        for run in self.runs:
            if run.run_id == summary.run_id:
                run.summary = summary
                run.tail.settle(summary.state.is_over)
                return True
        return False

    def follow(self) -> None:
        """Read on."""
        self._scalars.show([run.summary.path for run in self.runs])
        for run in self.runs:
            run.tail.resume()
        self._rest.start()

    def stop(self) -> None:
        """Stop reading; what was read stays."""
        self._scalars.stop()
        self._rest.stop()
        for run in self.runs:
            run.tail.stop()

    def _rest_what_ended(self) -> None:
        for run in self.runs:
            if run.summary.state.is_over and not run.tail.is_busy:
                run.tail.stop()

    def infos(self) -> list[MetricInfo]:
        """Every metric that any of them has, once each."""
        found: dict[MetricKey, MetricInfo] = {}
        for run in self.runs:
            for info in run.metrics.infos():
                found.setdefault(info.key, info)
        return list(found.values())

    def differences(self) -> list[Difference]:
        """Where the configs that could be read differ."""
        return differences([run.config for run in self.runs if run.config is not None])

    def _read_configs(self) -> None:
        missing = [run for run in self.runs if run.config is None]
        folders = [(run.run_id, RunDirectory(run.summary.path)) for run in missing]
        self._tasks.start(
            "Reading configs", lambda: [_config(*folder) for folder in folders], owner=self, done=self._take
        )

    def _take(self, read: list[tuple[str, Mapping[str, Any] | None, str]]) -> None:
        by_id = {run.run_id: run for run in self.runs}
        for run_id, config, problem in read:
            if run_id in by_id:
                by_id[run_id].config, by_id[run_id].problem = config, problem
        self.groups = seed_groups(
            [
                Member(run.run_id, run.summary.record.worker_id if run.summary.record else "", run.config)
                for run in self.runs
            ]
        )
        self.configured.emit()


def _config(run_id: str, run: RunDirectory) -> tuple[str, Mapping[str, Any] | None, str]:
    try:
        return run_id, read_config(run), ""
    except ValueError as error:
        return run_id, None, str(error)
