"""`gym-gui runs`: the runs there are, newest first."""

from __future__ import annotations

import argparse
import time
from itertools import islice

from gym_gui.commands.console import Console
from gym_gui.commands.details import summary_data
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.selecting import run_store
from gym_gui.commands.tending import tend
from gym_gui.commands.wording import duration, moment_short, number, progress_short
from gym_gui.core.runs.index import RunCatalogue, RunIndex
from gym_gui.core.runs.query.query import Query, parse_query
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.summary import RunState, RunSummary

HELP = "list the runs, newest first"
_USUAL_LIMIT = 30
_QUERY_HELP = """what to look for, such as: state:running,stalled env:lake since:2d -- -tag:old; the keys are
state, worker, env, algo, seed, tag, group, name, id, is (live, waiting, over, archived), since, until, after,
before and on; * stands for anything; other words are looked for in all that a run is known by. Shells want
quotes around < and >, and a term that begins with - comes after --"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument("query", nargs="*", metavar="QUERY", help=_QUERY_HELP)
    parser.add_argument("-n", "--limit", type=_count, default=_USUAL_LIMIT, help="how many (default: 30)")
    parser.add_argument("--all", action="store_true", help="all of them")
    parser.add_argument("--worker", metavar="ID", help="only runs of this worker")
    parser.add_argument(
        "--state", action="append", type=RunState, choices=tuple(RunState), help="only runs in this state"
    )
    parser.add_argument("--archived", action="store_true", help="archived runs as well")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Lists the runs."""
    query = _query(options)
    store = run_store()
    tend(RunQueue(store), console)
    catalogue = RunCatalogue(store, RunIndex(store.index_file))
    run_ids, now = catalogue.run_ids, time.time()
    wanted = (summary for summary in catalogue if _is_wanted(summary, options, query, now))
    shown = list(wanted if options.all else islice(wanted, options.limit))
    catalogue.remember()
    console.document([summary_data(summary) for summary in shown])
    if not shown:
        there = "match" if run_ids else f"are in {store.root}. Start one with: gym-gui run WORKER"
        console.line(f"No runs {there}")
        return ExitCode.OK
    titles = ("RUN", "STATE", "WORKER", "NAME", "PROGRESS", "RETURN", "STARTED", "ELAPSED")
    console.table(titles, [_row(summary) for summary in shown])
    if len(shown) < len(run_ids) and len(shown) == options.limit and not options.all:
        of_how_many = "that match" if query.text.strip() else f"of {len(run_ids)} runs"
        console.note(f"The newest {len(shown)} {of_how_many}; --all lists every one.")
    return ExitCode.OK


def _count(text: str) -> int:
    count = int(text)
    if count < 1:
        raise ValueError(text)
    return count


def _query(options: argparse.Namespace) -> Query:
    """What was asked for.

    Raises:
        CommandError: A part of it is not understood; a script has nobody to see that it was passed over.
    """
    query = parse_query(" ".join(options.query))
    if query.problems:
        raise CommandError(
            query.problems[0].message,
            ExitCode.USAGE,
            hint="gym-gui runs --help names the keys",
            problems={
                query.text[problem.start : problem.end]: problem.message for problem in query.problems[1:]
            },
        )
    return query


def _is_wanted(summary: RunSummary, options: argparse.Namespace, query: Query, now: float) -> bool:
    if summary.labels.archived and not (options.archived or query.asks_for_archived):
        return False
    if not query.matches(summary, now):
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
        progress_short(summary),
        number(summary.returns[-1]) if summary.returns else "",
        moment_short(began, time.time()),
        duration(until - summary.started) if summary.started is not None and until is not None else "",
    )
