"""From the button to the run: the launches planned, checked, asked about where they are many, begun."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.preflight import CheckItem, CheckState, PreflightOrder
from gym_gui.core.runs.queue.limits import usual_concurrent_runs
from gym_gui.core.runs.sweep.sweep import SEED_FIELD, SweepError, plan_sweep
from gym_gui.services.begun_in_time import start_in_time
from gym_gui.services.preflight_check import PreflightCheck
from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.run_launcher import RunLauncher
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.new_run.checks_pane import ChecksPane, verdict
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.new_run.small_dialogs import ConfirmQuestion
from gym_gui.ui.new_run.sweep_pane import SweepPane
from gym_gui.ui.wording import plural

_MOST_AT_ONCE_UNASKED = 4
_MOST_QUEUED_UNASKED = 50
# What was found free may be taken a little later.
_CHECKS_HOLD_S = 120.0


class Wanted(StrEnum):
    """What is to follow the checks."""

    NOTHING = ""
    START = "start"
    QUEUE = "queue"


class Starting(QObject):
    """One attempt at a time.

    Signals:
        changed: `doing`, `stoppable` or `anyway` has changed.
        refused: What the worker's class says, `ConfigProblem`s.
        begun: The specs are being launched or queued.
        queued: Ids of runs that were queued, or started several at once.
    """

    changed = Signal()
    refused = Signal(object)
    begun = Signal()
    queued = Signal(object)

    def __init__(
        self,
        *,
        draft: RunDraft,
        sweep: SweepPane,
        checks: ChecksPane,
        preflight: PreflightCheck,
        launcher: RunLauncher,
        queue: QueueWatch,
        tasks: TaskRunner,
        runs_folder: Path,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self.doing = ""
        self.stoppable = False
        self.anyway = False
        self._draft = draft
        self._sweep = sweep
        self._checks = checks
        self._preflight = preflight
        self._launcher = launcher
        self._queue = queue
        self._tasks = tasks
        self._folder = runs_folder
        self._page = page
        self._wanted = Wanted.NOTHING
        self._specs: tuple[LaunchSpec, ...] = ()
        self._passed: tuple[str, float] = ("", 0.0)
        self._attempt = 0
        preflight.found.connect(checks.add)
        preflight.finished.connect(self._take_checks)
        preflight.failed.connect(self._take_failure)
        draft.changed.connect(self._forget)
        for signal in (launcher.launched, launcher.failed, queue.failed):
            signal.connect(lambda _told: self._go_about(""))
        launcher.launched_all.connect(self._tell_begun)
        queue.queued.connect(self._tell_begun)

    def begin(self, wanted: Wanted) -> None:
        """Check, and then do what is wanted."""
        if self.doing or self._draft.worker is None:
            return
        self._wanted = wanted
        self._attempt += 1
        if self.anyway and wanted is not Wanted.NOTHING:
            self._ask_if_many()
        elif self._sweep.reading.sweep is None:
            self._specs = (self._draft.spec(),)
            self._check()
        else:
            self._plan()

    def cancel(self) -> None:
        """Call off what is being checked; what has begun to start goes on."""
        if self.stoppable:
            self._attempt += 1
            self._preflight.cancel()
            self._checks.say("Stopped.")
            self._go_about("")

    def _plan(self) -> None:
        base, sweep, attempt = self._draft.spec(), self._sweep.reading.sweep, self._attempt
        fields = () if self._draft.is_whole else self._draft.fields
        if sweep is None:
            return
        self._go_about("Planning the runs", stoppable=True)

        def take(specs: tuple[LaunchSpec, ...]) -> None:
            if attempt == self._attempt:
                self._specs = specs
                self._check()

        def fail(error: Exception) -> None:
            if attempt == self._attempt:
                self._checks.begin(_worded(error))
                self._go_about("")

        start_in_time(
            self._tasks,
            "Planning the runs",
            lambda: plan_sweep(base, sweep, fields),
            owner=self,
            done=take,
            failed=fail,
        )

    def _check(self) -> None:
        worker = self._draft.worker
        if worker is None:
            return
        key, when = self._passed
        if (
            self._wanted is not Wanted.NOTHING
            and key == self._key()
            and time.monotonic() - when < _CHECKS_HOLD_S
        ):
            self._ask_if_many()
            return
        many = f", the first of {plural(len(self._specs), 'run')}" if len(self._specs) > 1 else ""
        self._checks.begin(f"Checking{many}…")
        self._go_about("Checking with the worker", stoppable=True)
        self._preflight.begin(
            PreflightOrder(
                spec=self._specs[0],
                worker=worker,
                fields=() if self._draft.is_whole else self._draft.fields,
                runs_folder=self._folder,
                runs=1 if self._wanted is Wanted.QUEUE else len(self._specs),
                others=tuple(spec.config for spec in _unlike(self._specs)[1:]),
            )
        )

    def _take_checks(self, items: Sequence[CheckItem]) -> None:
        self._go_about("")
        self._checks.say(verdict(items))
        refused = next((item.problems for item in items if item.problems), ())
        if refused:
            self.refused.emit(refused)
        if any(item.forbids_start for item in items):
            return
        if any(item.state is CheckState.FAILED for item in items):
            self.anyway = True
            self.changed.emit()
            return
        self._passed = (self._key(), time.monotonic())
        if self._wanted is not Wanted.NOTHING:
            self._ask_if_many()

    def _take_failure(self, problem: str) -> None:
        self._checks.say(f"The checks could not be made: {problem}")
        self._go_about("")
        self.anyway = True
        self.changed.emit()

    def _ask_if_many(self) -> None:
        count, at_once = len(self._specs), max(usual_concurrent_runs(), _MOST_AT_ONCE_UNASKED)
        if self._wanted is Wanted.START and count > at_once:
            text = (
                f"All {count:,} would run at the same time on this machine, and slow each other down. "
                "The queue starts them as room comes free."
            )
            self._ask(f"Start {count:,} runs at once?", text, f"Start all {count:,}", self._launch)
        elif self._wanted is Wanted.QUEUE and count > _MOST_QUEUED_UNASKED:
            text = "Each gets a directory of its own now. They can be cancelled together afterwards."
            self._ask(f"Queue {count:,} runs?", text, f"Queue {count:,}", self._launch)
        else:
            self._launch()

    def _ask(self, title: str, text: str, answer: str, then: Callable[[], None]) -> None:
        ConfirmQuestion(title, text, answer, then, self._page).open()

    def _launch(self) -> None:
        self.anyway = False
        self.begun.emit()
        if self._wanted is Wanted.QUEUE:
            self._go_about("Adding to the queue")
            self._queue.enqueue(self._specs)
        elif len(self._specs) == 1:
            self._go_about("Starting")
            self._launcher.launch(self._specs[0])
        else:
            self._go_about(f"Starting {len(self._specs):,} runs")
            self._launcher.launch_all(self._specs)

    def _tell_begun(self, run_ids: Sequence[str]) -> None:
        if self.doing:
            self._go_about("")
            self.queued.emit(list(run_ids))

    def _forget(self) -> None:
        """What was checked is not what the form holds now."""
        if self.anyway:
            self.anyway = False
            self.changed.emit()

    def _key(self) -> str:
        """What was checked, so that it is not checked again."""
        specs = self._specs
        first = specs[0]
        parts = [first.command, first.config, dict(first.env), first.cwd, dict(first.resources)]
        return json.dumps([self._wanted is Wanted.QUEUE, len(specs), specs[-1].config, parts], default=str)

    def _go_about(self, doing: str, *, stoppable: bool = False) -> None:
        self.doing, self.stoppable = doing, stoppable
        self.changed.emit()


def _unlike(specs: Sequence[LaunchSpec]) -> list[LaunchSpec]:
    """One launch of each configuration, whatever its seeds."""
    found: dict[str, LaunchSpec] = {}
    for spec in specs:
        config = {name: value for name, value in spec.config.items() if name != SEED_FIELD}
        found.setdefault(json.dumps(config, sort_keys=True, default=str), spec)
    return list(found.values())


def _worded(error: Exception) -> str:
    if isinstance(error, SweepError):
        return "These runs cannot be made: " + "; ".join(
            f"{name} {text}" if name else text for name, text in error.problems.items()
        )
    return f"These runs could not be planned: {error}"
