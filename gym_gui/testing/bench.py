"""What the checks of one worker share: its configs and the runs they look at, each made when first wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from gym_gui.constants import WORKER_HEARTBEAT_INTERVAL_S, WORKER_SHUTDOWN_TIMEOUT_S
from gym_gui.core.events.lines import LogLine
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.values import initial_values, without_unset
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.testing.brief_process import Finished, run_briefly
from gym_gui.testing.inspection import Inspection, inspect
from gym_gui.testing.scratch_runs import RunEvidence, ScratchRuns
from gym_gui.testing.subject import Subject

RESUME_FIELDS = (
    "resume_from",
    "resume_from_checkpoint",
    "resume_path",
    "resume",
    "checkpoint_path",
    "load_checkpoint",
    "restore_from",
    "load_path",
    "checkpoint",
)


_TO_BE_RECORDED_S = 15.0  # a supervisor on a busy machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long things may take, in seconds.

    Attributes:
        run_s: A run with the short config from start to end; a long one until its first checkpoint.
        answer_s: A dry run, the refusal of a bad config, a look at the worker's classes.
        cancel_s: From SIGTERM to the end of the last process.
        heartbeat_s: The longest silence that a run may have between two lifecycle events.
    """

    run_s: float = 120.0
    answer_s: float = 60.0
    cancel_s: float = WORKER_SHUTDOWN_TIMEOUT_S
    heartbeat_s: float = WORKER_HEARTBEAT_INTERVAL_S


class Bench:
    """One worker with everything its checks look at; nothing is run before a check asks for it.

    Attributes:
        short: Config of runs that are to end by themselves.
        long: Config of runs that are to be interrupted; what has no default is taken from the short one.
        was_killed: Whether the worker of `killed_run` was alive when SIGKILL was sent.
    """

    def __init__(
        self,
        subject: Subject,
        home: Path,
        *,
        short: Mapping[str, Any] | None = None,
        long: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
        resume_field: str = "",
    ) -> None:
        """Takes values by field; those that are left out have the worker's defaults."""
        self.subject = subject
        self.limits = limits or Limits()
        fields = form_fields(self.worker.schema)
        defaults = without_unset(fields, initial_values(fields))
        self.fields = tuple(field for field in fields if not field.managed)
        self.short = {**defaults, **(short or {})}
        required = {field.name for field in self.fields if field.required}
        needed = {name: value for name, value in self.short.items() if name in required}
        self.long = {**defaults, **needed, **(long or {})}
        self.runs = ScratchRuns(self.worker, home / "home")
        self._elsewhere = home / "elsewhere"
        self.was_killed = False
        self._resume_field = resume_field

    @property
    def worker(self) -> ProbedWorker:
        """What the probe said of it."""
        return self.subject.worker

    @property
    def resume_field(self) -> str:
        """The field of the config that names a checkpoint to go on from, "" when none is known."""
        if self._resume_field:
            return self._resume_field
        names = {field.name for field in self.fields}
        return next((name for name in RESUME_FIELDS if name in names), "")

    def close(self) -> None:
        """Ends every run that is still alive."""
        self.runs.end_all()

    def command(self, run: RunDirectory, config_file: Path, *arguments: str) -> Finished:
        """The worker's command run to its end with a config file, in a run's directory."""
        argv = (*self.worker.command, "--config", str(config_file), *arguments)
        environment = self.runs.environment(run)
        return run_briefly(argv, cwd=run.path, environment=environment, limit_s=self.limits.answer_s)

    @cached_property
    def inspection(self) -> Inspection:
        """Its classes and log constants, seen from inside its interpreter."""
        run = self.runs.prepare(self.short)
        config = {**self.short, "run_id": run.run_id}
        return inspect(self.worker, config, self.runs.environment(run), self.limits.answer_s)

    @cached_property
    def plain_run(self) -> RunEvidence:
        """A run with the short config, started as the panel starts it."""
        return self.runs.watch(self.runs.start(self.short), self.limits.run_s)

    @cached_property
    def files_before_second_run(self) -> frozenset[Path]:
        """What there was outside of run directories before `second_run`."""
        return self.files_outside_runs()

    @cached_property
    def second_run(self) -> RunEvidence:
        """A run of the same config after one was killed, in a working directory of its own."""
        _ = self.killed_run
        self._elsewhere.mkdir(parents=True, exist_ok=True)
        _ = self.files_before_second_run
        return self.runs.watch(self.runs.start(self.short, cwd=self._elsewhere), self.limits.run_s)

    @cached_property
    def killed_run(self) -> RunEvidence:
        """A run with the long config whose worker got SIGKILL, after a checkpoint if it makes any."""
        run = self.runs.start(self.long)
        self.runs.watch(run, self.limits.run_s, self._is_worth_killing)
        self.was_killed = self.runs.kill_worker(run)
        return self.runs.watch(run, max(self.limits.cancel_s, _TO_BE_RECORDED_S))

    @property
    def makes_checkpoints(self) -> bool:
        """Whether it says so."""
        able = self.worker.capabilities
        return able is not None and able.supports_checkpointing

    def files_outside_runs(self) -> frozenset[Path]:
        """Every file in the scratch data directory and working directory that is in no run's directory."""
        runs = self.runs.home / "trainer" / "runs"
        folders = (self.runs.home, self._elsewhere)
        files = (file for folder in folders for file in folder.rglob("*") if file.is_file())
        return frozenset(file for file in files if runs not in file.parents)

    def _is_worth_killing(self, events: tuple[LogLine, ...]) -> bool:
        wanted = "checkpoint_saved" if self.makes_checkpoints else "run_started"
        return any(line.event == wanted for line in events)
