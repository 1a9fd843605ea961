"""Runs that are interrupted: asked to end, killed, gone on with."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Mapping
from typing import Any

from gym_gui.constants import CHECKPOINTS_DIR_NAME
from gym_gui.core.events.lines import LogLine
from gym_gui.core.events.metrics import EPISODE_FIELDS, STEP_FIELDS
from gym_gui.core.runs.summary import RunState
from gym_gui.core.worker.analytics import WorkerAnalyticsManifest
from gym_gui.testing.bench import Bench
from gym_gui.testing.lengths import how_to_lengthen
from gym_gui.testing.results import Verdict, failed, passed, skipped
from gym_gui.testing.scratch_runs import RunEvidence

_BY_ITSELF = "it ended by itself with the long config: see the evidence"
_ON_SIGTERM = "end on SIGTERM: `with emitter.run(...)` turns it into RunCancelled and says run_cancelled"
_TERMINAL = ("run_completed", "run_failed", "run_cancelled")
_TO_GET_GOING_S = 1.0
_TO_BE_RECORDED_S = 5.0
_PROGRESS = (*STEP_FIELDS, *EPISODE_FIELDS, "iteration")


def cancel(bench: Bench) -> Verdict:
    """SIGTERM ends it within the grace, with run_cancelled as its last word and a manifest."""
    run = bench.runs.start(bench.long)
    before = bench.runs.watch(run, bench.limits.run_s, lambda events: _has(events, "run_started"))
    if not before.over:  # in the midst of training rather than at its very start, where it says when that is
        before = bench.runs.watch(run, _TO_GET_GOING_S, lambda events: _has(events, "heartbeat"))
    if before.over and before.completed:
        return skipped("the run was over before it could be cancelled", fix=how_to_lengthen(bench.fields))
    if before.over:
        return failed("the run ended before it was cancelled", *before.described(), fix=_BY_ITSELF)
    receipt = bench.runs.cancel(run, bench.limits.cancel_s)
    after = bench.runs.watch(run, _TO_BE_RECORDED_S)
    said = [line.event for line in after.events if line.event in _TERMINAL]
    if said == ["run_completed"]:
        return skipped("the run completed while it was being cancelled", fix=how_to_lengthen(bench.fields))
    if receipt.ended_by_kill or receipt.left:
        reason = f"it did not end within {bench.limits.cancel_s:g} s of SIGTERM and had to be killed"
        return failed(reason, receipt.text, *after.described(), fix=_ON_SIGTERM)
    if said != ["run_cancelled"]:
        reason = f"its last word was {', '.join(said) or 'missing'}, not run_cancelled"
        return failed(reason, receipt.text, *after.described(), fix=_ON_SIGTERM)
    return _manifest_of_cancelled(after, receipt.text)


def _manifest_of_cancelled(ran: RunEvidence, receipt: str) -> Verdict:
    fix = "write the manifest in a `finally` inside `with emitter.run(...)`"
    if ran.summary.state is not RunState.CANCELLED:
        return failed(f"the run is {ran.summary.state}", *ran.described(), fix=_ON_SIGTERM)
    try:
        found = WorkerAnalyticsManifest.load(ran.run.manifest_file)
    except FileNotFoundError:
        return failed("a cancelled run leaves no analytics.json", receipt, fix=fix)
    except (ValueError, OSError) as error:
        return failed("the analytics.json of a cancelled run cannot be read", str(error), fix=fix)
    gone = [p.stated for p in found.artifact_paths(ran.run.path) if p.path is None or not p.path.exists()]
    if gone:
        return failed("the analytics.json of a cancelled run lists what is not there", *gone, fix=fix)
    return passed("run_cancelled, and a manifest", receipt)


def kill_recovery(bench: Bench) -> Verdict:
    """SIGKILL leaves a run that is known as failed, nothing torn, and nothing in the way of the next run."""
    killed = bench.killed_run
    if not bench.was_killed:
        if not killed.over or killed.completed:
            return skipped("the run was over before it could be killed", fix=how_to_lengthen(bench.fields))
        return failed("the run ended before it was killed", *killed.described(), fix=_BY_ITSELF)
    end = killed.summary.exit
    if killed.summary.state is not RunState.FAILED or end is None or end.signal != signal.SIGKILL:
        if killed.completed:
            return skipped("the run was over before it could be killed", fix=how_to_lengthen(bench.fields))
        fix = "let the process that the command starts be the one that trains, or pass on how its child ended"
        return failed(f"after SIGKILL the run is {killed.summary.state}", *killed.described(), fix=fix)
    torn = _torn_manifest(killed)
    if torn:
        return failed("SIGKILL left half a manifest", torn, fix="write it with WorkerAnalyticsManifest.save")
    again = bench.second_run
    if not again.completed:
        fix = "let nothing of an ended run (locks, ports, half-written files) be in the way of another"
        return failed(
            "after it was killed, a new run of its config does not complete", *again.described(), fix=fix
        )
    return passed("the killed run is failed (SIGKILL); a new run of the same config completed")


def _torn_manifest(ran: RunEvidence) -> str:
    try:
        WorkerAnalyticsManifest.load(ran.run.manifest_file)
    except FileNotFoundError:
        return ""
    except (ValueError, OSError) as error:
        return str(error)
    return ""


def resume(bench: Bench) -> Verdict:
    """Where checkpoints are claimed: a run goes on from one that a killed run left."""
    if not bench.makes_checkpoints:
        return skipped("the worker does not claim supports_checkpointing")
    killed = bench.killed_run
    saved = next((line for line in reversed(killed.events) if line.event == "checkpoint_saved"), None)
    if saved is None:
        when = f"within {bench.limits.run_s:g} s" if bench.was_killed else "before the run ended"
        fix = f"emit checkpoint_saved with its path; {how_to_lengthen(bench.fields)}"
        return failed(f"there was no checkpoint_saved {when}", *killed.described(), fix=fix)
    checkpoint = _file_of(killed, saved.payload or {})
    if checkpoint is None:
        fix = "emit checkpoint_saved({'path': <relative to the run directory>}) once the file is written"
        return failed("checkpoint_saved names no file that is there", str(saved.text)[:300], fix=fix)
    if not bench.resume_field:
        fix = "give the config a field resume_from, or say --resume-field NAME"
        return failed("no field of the config names a checkpoint to go on from", fix=fix)
    run = bench.runs.start({**bench.long, bench.resume_field: checkpoint})
    ran = bench.runs.watch(run, bench.limits.run_s, _went_on)
    if not ran.over:
        bench.runs.cancel(run, bench.limits.cancel_s)
    return _judged(ran, saved)


def _judged(ran: RunEvidence, saved: LogLine) -> Verdict:
    loaded = ran.first("checkpoint_loaded")
    if loaded is None:
        fix = "emit checkpoint_loaded once the state is restored"
        return failed("the resumed run gave no checkpoint_loaded", *ran.described(), fix=fix)
    if ran.over and not ran.completed:
        return failed("the resumed run did not go on", *ran.described(), fix="see the evidence")
    was, now = _progress(saved.payload or {}), _progress(_last_payload(ran))
    shared = [name for name in was if name in now]
    if any(now[name] < was[name] for name in shared):
        fix = "restore the counters with the weights"
        return failed(
            "the resumed run counts from the start again", f"saved at {was}, went on at {now}", fix=fix
        )
    return passed(
        f"went on from {saved.payload and saved.payload.get('path')}", f"saved at {was}, went on at {now}"
    )


def _went_on(events: tuple[LogLine, ...]) -> bool:
    """Whether there was progress after the checkpoint was loaded."""
    names = [line.event for line in events]
    return "checkpoint_loaded" in names and "heartbeat" in names[names.index("checkpoint_loaded") :]


def _last_payload(ran: RunEvidence) -> Mapping[str, Any]:
    beats = [line.payload for line in ran.events if line.event == "heartbeat" and line.payload]
    return beats[-1] if beats else {}


def _progress(payload: Mapping[str, Any]) -> dict[str, float]:
    found = {name: payload[name] for name in _PROGRESS if isinstance(payload.get(name), (int, float))}
    return {name: float(value) for name, value in found.items()}


def _file_of(ran: RunEvidence, payload: Mapping[str, Any]) -> str | None:
    """The checkpoint's place on disk; relative paths count from the run directory or its checkpoints."""
    stated = next(
        (payload[key] for key in ("path", "checkpoint", "file") if isinstance(payload.get(key), str)), None
    )
    if stated is None:
        return None
    for place in (ran.run.path / stated, ran.run.path / CHECKPOINTS_DIR_NAME / stated):
        with contextlib.suppress(OSError):
            if place.exists():
                return str(place)
    return None


def _has(events: tuple[LogLine, ...], *names: str) -> bool:
    return any(line.event in names for line in events)
