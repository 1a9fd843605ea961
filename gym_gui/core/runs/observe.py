"""Looking at a run: its files and processes as one `RunSummary`, again and again at little cost."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

from gym_gui.core.runs.cached import CachedRecord, Signature, signature
from gym_gui.core.runs.clock import JumpWatch
from gym_gui.core.runs.configured import configured
from gym_gui.core.runs.directory import RunDirectory, is_missing, problem_of_directory
from gym_gui.core.runs.endings import EndExplanation
from gym_gui.core.runs.files import newer_format_text
from gym_gui.core.runs.output import ObservedOutput
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.carriers import Carriers
from gym_gui.core.runs.processes.listing import live_worker
from gym_gui.core.runs.processes.liveness import NOTHING_ALIVE, Liveness, LivenessProbe
from gym_gui.core.runs.processes.resources import last_sample_time
from gym_gui.core.runs.queue.files import has_place_in_line
from gym_gui.core.runs.record import ExitRecord, FreezeRecord, Labels, ProcessRecord, RunRecord
from gym_gui.core.runs.stall import usual_stall_limits
from gym_gui.core.runs.state import Evidence, Verdict, judge
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.core.runs.why.explanation import EndEvidence, explain
from gym_gui.core.runs.why.last_lines import LAST_LINES, tail_of

# A run that ended without a record may still be found going: by another program, or on another machine.
_SETTLED_AFTER_S = 3600.0
_PREMATURE = "exit.json: tells of an end, but the worker is alive; not believed"
_NOT_STARTED = (RunState.QUEUED, RunState.STARTING)


class RunObserver:
    """One run, looked at whenever `refresh` is called.

    Give observers of many runs the same `carriers`, so that they share one look at the processes.
    `steady_clock` is `time.monotonic` for those who give `refresh` a clock of their own.
    """

    def __init__(
        self,
        run: RunDirectory,
        carriers: Carriers | None = None,
        *,
        steady_clock: Callable[[], float] | None = None,
    ) -> None:
        self.run = run
        self._record = CachedRecord(run.record_file, RunRecord)
        self._process = CachedRecord(run.process_file, ProcessRecord)
        self._exit = CachedRecord(run.exit_file, ExitRecord)
        self._labels = CachedRecord(run.labels_file, Labels)
        self._freeze = CachedRecord(run.freeze_file, FreezeRecord)
        self._output = ObservedOutput(run)
        self._liveness = LivenessProbe(run, carriers or Carriers())
        self._steady_clock = steady_clock
        self._jumps = JumpWatch()
        self._knows_config = False
        self._last_frozen = float("-inf")
        self._headline: str | None = None
        self._is_premature = False
        self._settled: tuple[Signature | None, ...] | None = None
        self._summary: RunSummary | None = None

    def refresh(self, now: float | None = None) -> RunSummary:
        """The run as it is now; the very same object as last time when nothing has changed.

        Never raises for what is in the directory: `problem` says what is wrong with it.
        """
        files = self._signatures()
        if self._summary is not None and self._settled == files:
            return self._summary
        moment = time.time() if now is None else now
        self._notice_a_set_clock(now, moment)
        fresh = self._look(moment)
        self._settled = files if self._is_settled(fresh, moment) else None
        if self._summary is None or fresh != self._summary:
            self._summary = fresh
        return self._summary

    def _notice_a_set_clock(self, given: float | None, moment: float) -> None:
        """Keeps a clock that was set, or a machine that slept, from looking like a silence."""
        if given is not None and self._steady_clock is None:
            return
        jump = self._jumps.jump_since_last(moment, (self._steady_clock or time.monotonic)())
        if jump:
            self._output.digest.rhythm.shift(jump)
            self._last_frozen += jump

    def _signatures(self) -> tuple[Signature | None, ...]:
        run = self.run
        paths = (run.exit_file, run.labels_file, run.record_file, run.process_file, run.stdout_file)
        return tuple(map(signature, paths))

    def _look(self, now: float) -> RunSummary:
        for cached in (self._record, self._process, self._labels, self._freeze, self._exit):
            cached.refresh()
        alive = self._look_at_processes()
        end = self._exit.value
        self._is_premature = alive.worker_alive and end is not None and not end.survivors
        self._expect_configured_totals()
        is_final = self._end is not None or alive == NOTHING_ALIVE
        self._output.refresh(final=is_final)
        verdict = judge(self._evidence(alive, now))
        return self._summarise(verdict)

    def _expect_configured_totals(self) -> None:
        if not self._knows_config and self._record.value is not None:
            self._output.expect_totals(configured(self.run.config_file))
            self._knows_config = True

    def _look_at_processes(self) -> Liveness:
        """What is alive, unless the end is recorded; the record is written last, so it is looked at last.

        A worker can write that record too. While it lives, it is not believed.
        """
        end = self._exit.value
        if end is not None and not end.survivors and live_worker(self.run, self._process.value) is None:
            return NOTHING_ALIVE
        alive = self._liveness.look(self._process.value, was_started=self._process.exists)
        self._exit.refresh()
        return alive

    @property
    def _end(self) -> ExitRecord | None:
        return None if self._is_premature else self._exit.value

    def _evidence(self, alive: Liveness, now: float) -> Evidence:
        process, digest = self._process.value, self._output.digest
        if alive.worker_frozen:
            self._last_frozen = now
        if self._freeze.value is not None:
            # Frozen and let go on while nobody observed: that was no silence of the worker's.
            continued = min(self._freeze.value.continued or 0.0, now)
            self._last_frozen = max(self._last_frozen, continued)
        began = self._started() or (self._record.value.created if self._record.value else now)
        return Evidence(
            is_gone=is_missing(self.run.path),
            has_record=self._record.exists,
            queued=not self._process.exists and has_place_in_line(self.run),
            lock_held=alive.lock_held,
            was_started=self._process.exists,
            was_spawned=process is not None and process.worker is not None,
            other_boot=alive.other_boot,
            supervisor_alive=alive.supervisor_alive,
            worker_alive=alive.worker_alive,
            worker_frozen=alive.worker_frozen,
            others_alive=alive.others_alive,
            stop_requested=process is not None and process.stop_requested is not None,
            exit=self._end,
            last_word=digest.last_word,
            has_events=digest.has_events,
            has_output=digest.has_output,
            age_s=max(now - began, 0.0),
            silent_s=self._silent_s(began, now),
            patience_s=digest.rhythm.patience_s(usual_stall_limits()),
        )

    def _silent_s(self, began: float, now: float) -> float:
        """Seconds since the last sign of progress; artifacts are looked at only when output gives none."""
        rhythm = self._output.digest.rhythm
        foreign = not self._record.exists and not self._process.exists
        if foreign or now - max(rhythm.last_sign or began, self._last_frozen) > rhythm.patience_s():
            self._output.look_at_files(now)
        return max(now - max(rhythm.last_sign or began, self._last_frozen), 0.0)

    def _started(self) -> float | None:
        end, process = self._end, self._process.value
        if end is not None and end.started:
            return end.started
        if process is not None and process.started:
            return process.started
        return self._output.digest.run_started_time

    def _ended(self, state: RunState) -> float | None:
        """When it ended; of an end that nobody recorded, the last sign of life is what is known."""
        if self._end is not None:
            return self._end.ended
        if not state.is_over:
            return None
        signs = (self._output.digest.rhythm.last_sign, last_sample_time(self.run))
        return max((sign for sign in signs if sign is not None), default=None)

    def _summarise(self, verdict: Verdict) -> RunSummary:
        digest = self._output.digest
        return RunSummary(
            run_id=self.run.run_id,
            path=self.run.path,
            state=verdict.state,
            evidence=verdict.evidence,
            record=self._record.value,
            exit=self._end,
            labels=self._labels.value or Labels(),
            started=self._started(),
            ended=self._ended(verdict.state),
            last_event=digest.last_event,
            last_event_time=digest.last_event_time,
            heartbeat_time=digest.heartbeat_time,
            progress=digest.progress,
            returns=digest.returns,
            headline=self._explained(verdict.state, verdict.evidence),
            problem=self._problem(verdict.state),
        )

    def _explained(self, state: RunState, evidence: tuple[str, ...]) -> str:
        if state not in (RunState.FAILED, RunState.LOST):
            self._headline = None
            return ""
        if self._headline is None:
            self._headline = explain(self._end_evidence(state, evidence)).headline
        return self._headline

    def explain(self) -> EndExplanation:
        """Why the run ended, as of the last `refresh`, with its last lines; see `causes.explain_end`."""
        summary = self._summary or self.refresh()
        explanation = explain(self._end_evidence(summary.state, summary.evidence))
        last_lines = (tail_of(f, LAST_LINES) for f in (self.run.stderr_file, self.run.stdout_file))
        stderr, stdout = last_lines
        return dataclasses.replace(explanation, stderr=stderr, stdout=stdout)

    def _end_evidence(self, state: RunState, because: tuple[str, ...]) -> EndEvidence:
        end, process = self._end, self._process.value
        recorded = (end and end.stop_requested_by) or (process and process.stop_requested_by)
        is_over = state.is_over
        return EndEvidence(
            state=state,
            because=because,
            end=end,
            requester=recorded or None,
            failure=self._output.digest.failure,
            stderr=tail_of(self.run.stderr_file) if is_over else (),
            last_sign=self._ended(state),
            other_boot=process is not None and process.supervisor.boot_id != osproc.boot_id(),
        )

    def _problem(self, state: RunState) -> str:
        unusable = problem_of_directory(self.run.path, is_waiting=state in _NOT_STARTED)
        if unusable:
            return unusable
        problems = [record.problem for record in (self._record, self._process, self._exit, self._labels)]
        problems.append(_PREMATURE if self._is_premature else "")
        problems.append(self._output.problem)
        if self._record.value is not None:
            newer = newer_format_text(self._record.value.format_version)
            problems.append(f"run.json: format_version: {newer}" if newer else "")
        return "; ".join(filter(None, problems))

    def _is_settled(self, summary: RunSummary, now: float) -> bool:
        """Whether only a change of the files looked at in `_signatures` can change the summary."""
        if self._end is not None:
            return summary.state.is_over
        return summary.state.is_over and now - (summary.ended or 0.0) > _SETTLED_AFTER_S


def watch_state(run: RunDirectory) -> RunSummary:
    """The run as it is now, looked at once."""
    return RunObserver(run).refresh()
