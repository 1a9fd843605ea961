"""`gym-gui runs`: the runs there are, newest first."""

from __future__ import annotations

import argparse
import time
from itertools import islice

from gym_gui.commands.console import Console
from gym_gui.commands.details import summary_data
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import run_store
from gym_gui.commands.tending import tend
from gym_gui.commands.wording import duration, moment_short, number, progress_short
from gym_gui.core.runs.carriers import Carriers
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.queue import RunQueue
from gym_gui.core.runs.summary import RunState, RunSummary

HELP = "list the runs, newest first"
_USUAL_LIMIT = 30


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("-n", "--limit", type=_count, default=_USUAL_LIMIT, help="how many (default: 30)")
    parser.add_argument("--all", action="store_true", help="all of them")
    parser.add_argument("--worker", metavar="ID", help="only runs of this worker")
    parser.add_argument(
        "--state", action="append", type=RunState, choices=tuple(RunState), help="only runs in this state"
    )
    parser.add_argument("--archived", action="store_true", help="archived runs as well")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Lists the runs."""
    store = run_store()
    tend(RunQueue(store), console)
    carriers = Carriers()
    run_ids = store.run_ids()
    looked_at = (RunObserver(store.open(run_id), carriers).refresh() for run_id in run_ids)
    wanted = (summary for summary in looked_at if _is_wanted(summary, options))
    shown = list(wanted if options.all else islice(wanted, options.limit))
    console.document([summary_data(summary) for summary in shown])
    if not shown:
        there = "match" if run_ids else f"are in {store.root}. Start one with: gym-gui run WORKER"
        console.line(f"No runs {there}")
        return ExitCode.OK
    titles = ("RUN", "STATE", "WORKER", "NAME", "PROGRESS", "RETURN", "STARTED", "ELAPSED")
    console.table(titles, [_row(summary) for summary in shown])
    if len(shown) < len(run_ids) and len(shown) == options.limit and not options.all:
        console.note(f"The newest {len(shown)} of {len(run_ids)} runs; --all lists every one.")
    return ExitCode.OK


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError(text)
    return count


def _is_wanted(summary: RunSummary, options: argparse.Namespace) -> bool:
    if summary.labels.archived and not options.archived:
        return False
    if options.state and summary.state not in options.state:
        return False
    return options.worker is None or (
        summary.record is not None and summary.record.worker_id == options.worker
    )


def _row(summary: RunSummary) -> tuple[str, ...]:
    record = summary.record
    began = summary.started or (record.created if record else None)
    until = summary.ended if summary.state.is_over else time.time()
    return (
        summary.run_id,
        summary.state,
        record.worker_id if record else "",
        summary.labels.name,
        progress_short(summary.progress),
        number(summary.returns[-1]) if summary.returns else "",
        moment_short(began, time.time()),
        duration(until - summary.started) if summary.started is not None and until is not None else "",
    )
