"""Runs and workers as commands of the palette."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from gym_gui.core.probing.model import ProbedWorker, ProbeReport
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.palette.commands import Command
from gym_gui.ui.runs.table.columns import display_name


def run_commands(summaries: Iterable[RunSummary], show: Callable[[str], object]) -> list[Command]:
    """A command for each run that shows it, newest first; its state, worker and id can be searched for."""
    newest_first = sorted(summaries, key=lambda summary: summary.run_id, reverse=True)
    return [
        Command(
            title=display_name(summary),
            detail="  ".join(("Run", summary.state.value, _worker(summary), summary.run_id)),
            keys="",
            icon=f"state-{summary.state.value}",
            run=partial(show, summary.run_id),
        )
        for summary in newest_first
    ]


def worker_commands(reports: Iterable[ProbeReport], launch: Callable[[str, str], object]) -> list[Command]:
    """A command for each worker that works, which opens its form; the environment tells namesakes apart."""
    return [
        Command(
            title=f"New run of {worker.worker_id}",
            detail="  ".join(filter(None, (_metadata_name(worker), worker.environment))),
            keys="",
            icon="play",
            run=partial(launch, worker.worker_id, worker.interpreter),
        )
        for report in reports
        for worker in report.workers
        if worker.command and worker.failure is None
    ]


def _metadata_name(worker: ProbedWorker) -> str:
    return worker.metadata.name if worker.metadata else "Worker"


def _worker(summary: RunSummary) -> str:
    return summary.record.worker_id if summary.record else ""
