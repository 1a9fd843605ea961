"""What a run's config is compared with: nothing, the worker's defaults, or another run's config."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.values import initial_values
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.record import RunRecord
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.run_config import read_config
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.runs.table.columns import display_name

_MANAGED = "run_id"
_DEFAULT = "Default"


class ConfigComparison(QObject):
    """Holds the other config. `changed` tells that it is there, or why it is not.

    Attributes:
        are_defaults: Whether it is what holds for fields that the config leaves out.
        name: What the config is compared with, "" for nothing.
        other: The other config, None for nothing or while it is not there.
        note: What to know about it, or why it is not there; "" when there is nothing to say.
    """

    changed = Signal()

    def __init__(
        self,
        tasks: TaskRunner,
        probe: WorkersProbe,
        runs: Callable[[], Sequence[RunSummary]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._probe = probe
        self.runs = runs
        self._waits_for: RunRecord | None = None
        self._wanted_run: RunDirectory | None = None
        self._last_run: RunSummary | None = None
        self.are_defaults = False
        self.name = ""
        self.other: Mapping[str, Any] | None = None
        self.note = ""
        probe.answered.connect(self._take_answer)
        probe.scanning_changed.connect(self._end_waiting)

    def with_nothing(self) -> None:
        """Compare with nothing."""
        self._waits_for = self._wanted_run = None
        self._set("", None, "")

    def with_defaults(self, record: RunRecord | None) -> None:
        """Compare with the defaults of the worker that `record` names; it is asked for them if need be."""
        self._wanted_run = None
        if record is None:
            self._set(_DEFAULT, None, "Without run.json it is not known which worker's defaults these are.")
            return
        self._waits_for = record
        if self._probe.report is None:
            self._set(_DEFAULT, None, "Asking the workers for their defaults…")
            self._probe.ensure_scanned()
        else:
            self._take_defaults(record)

    def with_run(self, summary: RunSummary) -> None:
        """Compare with the config of another run."""
        self._waits_for = None
        self._last_run = summary
        run = self._wanted_run = RunDirectory(summary.path)
        name = display_name(summary)
        self._set(name, None, f"Reading the config of {name}…")
        self._tasks.start(
            "Reading the other run's config",
            lambda: read_config(run),
            owner=self,
            done=lambda config: self._take_config(run, name, config),
            failed=lambda error: self._miss_config(run, name, error),
        )

    def with_same_run(self) -> None:
        """Compare with the run that was compared with last."""
        if self._last_run is not None:
            self.with_run(self._last_run)

    def schema_of(self, worker_id: str) -> Mapping[str, Any] | None:
        """The schema of a worker's config, None while it is not known."""
        worker = self._probe.worker(worker_id)
        return worker.schema if worker is not None else None

    def _take_answer(self) -> None:
        if self._waits_for is not None:
            self._take_defaults(self._waits_for)

    def _end_waiting(self, is_scanning: bool) -> None:
        if not is_scanning and self._waits_for is not None and self._probe.report is None:
            self._set(_DEFAULT, None, "The workers could not be asked for their defaults.")

    def _take_defaults(self, record: RunRecord) -> None:
        worker = self._probe.worker(record.worker_id)
        if worker is None or worker.schema is None:
            self._set(_DEFAULT, None, _why_no_defaults(record.worker_id, worker))
            return
        self._set(_DEFAULT, initial_values(form_fields(worker.schema)), _version_note(record, worker))

    def _take_config(self, run: RunDirectory, name: str, config: Mapping[str, Any]) -> None:
        if run == self._wanted_run:
            self._set(name, without_id(config), "")

    def _miss_config(self, run: RunDirectory, name: str, error: Exception) -> None:
        if run == self._wanted_run:
            self._set(name, None, str(error))

    def _set(self, name: str, other: Mapping[str, Any] | None, note: str) -> None:
        self.are_defaults = name == _DEFAULT and self._wanted_run is None
        self.name, self.other, self.note = name, other, note
        self.changed.emit()


def without_id(config: Mapping[str, Any]) -> dict[str, Any]:
    """A config without what every run has of its own."""
    return {name: value for name, value in config.items() if name != _MANAGED}


def _why_no_defaults(worker_id: str, worker: ProbedWorker | None) -> str:
    if worker is None:
        return (
            f"{worker_id} is not installed where the panel looks for workers, so its defaults are not known."
        )
    why = worker.schema_problem or (worker.failure.message if worker.failure else "it names no config class")
    return f"{worker_id} does not tell its defaults: {why}."


def _version_note(record: RunRecord, worker: ProbedWorker) -> str:
    now = worker.version or (worker.metadata.version if worker.metadata else "")
    if not now or not record.worker_version or now == record.worker_version:
        return ""
    launched = f"the run was launched with {record.worker_version}"
    return f"These are the defaults of {record.worker_id} {now}; {launched}."
