"""The part of `gym-gui run` that puts runs into the queue instead of starting them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from gym_gui.commands.asking import is_agreed
from gym_gui.commands.console import Console
from gym_gui.commands.details import summary_data
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain
from gym_gui.commands.selecting import run_store
from gym_gui.commands.tending import tend
from gym_gui.commands.waiting import exit_code_of
from gym_gui.commands.wording import clock
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.queue.queue import RunQueue, enqueue_run
from gym_gui.core.runs.queue.status import look_at_queue
from gym_gui.core.runs.redaction import redacted
from gym_gui.core.runs.summary import RunSummary

# Beyond this many runs it may be a slip of the fingers.
_ASKED_FROM = 100
_LOOK_EVERY_S = 0.5


def show_plan(specs: Sequence[LaunchSpec], told: str, console: Console) -> ExitCode:
    """Says what would be queued, and creates nothing."""
    console.line(plain(told))
    for spec in specs:
        console.line(f"  {plain(spec.name or spec.worker_id)}")
    runs = [{"name": s.name, "group": s.group, "config": s.config, "env": redacted(s.env)} for s in specs]
    console.document({"count": len(specs), "runs": runs})
    return ExitCode.OK


def queue_all(
    specs: Sequence[LaunchSpec], told: str, options: argparse.Namespace, console: Console
) -> ExitCode:
    """Queues the launches and sees to it that they are started; with `--wait`, sees them through."""
    console.line(plain(told))
    if len(specs) > _ASKED_FROM and not is_agreed(f"Queue {len(specs)} runs?", options, console):
        return ExitCode.OK
    queue = RunQueue(run_store())
    runs = []
    try:
        for spec in specs:
            runs.append(enqueue_run(queue, spec, priority=options.priority, source_dir=Path.cwd()))
    except ValueError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    except OSError:
        console.note(f"{len(runs)} of {len(specs)} runs were queued before this:")
        raise
    finally:
        tend(queue, console)
    for run, spec in zip(runs, specs, strict=True):
        console.line(f"  {run.run_id}  {plain(spec.name)}".rstrip())
    if options.wait:
        return _see_through(runs, console)
    _tell_how_it_stands(queue, console)
    listed = [{"run_id": r.run_id, "path": r.path, "name": s.name} for r, s in zip(runs, specs, strict=True)]
    console.document({"group": specs[0].group, "runs": listed})
    return ExitCode.OK


def _tell_how_it_stands(queue: RunQueue, console: Console) -> None:
    status = look_at_queue(queue)
    if status.hold is not None:
        console.line(plain(f"The queue is {status.waiting_for}. `gym-gui queue release` lets it go on."))
    elif status.limit is not None:
        console.line(
            f"At most {status.limit} at a time (max_concurrent_runs). `gym-gui queue` lists what waits."
        )


def _see_through(runs: Sequence[RunDirectory], console: Console) -> ExitCode:
    try:
        summaries = _wait_until_all_over(runs, console)
    except KeyboardInterrupt:
        console.note("\nNo longer waiting. The runs go on, and those that wait are started.")
        console.document(
            {"runs": [{"run_id": run.run_id, "path": run.path} for run in runs], "detached": True}
        )
        return ExitCode.INTERRUPTED
    console.document({"runs": [summary_data(summary) for summary in summaries]})
    return max((exit_code_of(summary.state) for summary in summaries), key=_badness)


def _wait_until_all_over(runs: Sequence[RunDirectory], console: Console) -> list[RunSummary]:
    observers = {run.run_id: RunObserver(run) for run in runs}
    over: dict[str, RunSummary] = {}
    while True:
        for run_id, observer in observers.items():
            if run_id in over:
                continue
            summary = observer.refresh()
            if summary.state.is_over:
                over[run_id] = summary
                told = f"{clock(time.time())}  {summary.state:<9}  {run_id}  {plain(summary.labels.name)}"
                console.line(f"{told}  ({len(over)} of {len(runs)})")
        if len(over) == len(runs):
            return [over[run.run_id] for run in runs]
        time.sleep(_LOOK_EVERY_S)


def _badness(code: ExitCode) -> int:
    """A failure counts more than a run that was not completed for other reasons, and both more than none."""
    return {ExitCode.OK: 0, ExitCode.NOT_COMPLETED: 1}.get(code, 2)
