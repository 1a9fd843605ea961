"""`gym-gui queue`: what waits, in which order, and why it waits."""

from __future__ import annotations

import argparse
import time

import msgspec

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.plain import plain
from gym_gui.commands.selecting import open_run, run_store
from gym_gui.commands.tending import tended_status
from gym_gui.commands.wording import moment_short
from gym_gui.core.runs.files import RecordError, read_record
from gym_gui.core.runs.queue.now import CannotStartQueuedError, start_now
from gym_gui.core.runs.queue.order import Move
from gym_gui.core.runs.queue.queue import NotQueuedError, RunQueue
from gym_gui.core.runs.queue.record import QueueEntry
from gym_gui.core.runs.queue.status import QueueStatus
from gym_gui.core.runs.record import Labels, RunRecord

HELP = "show the queue, hold and release it, move runs in it, start one now"
_ACTIONS = ("list", "hold", "release", "move", "start")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "action", nargs="?", choices=_ACTIONS, default="list", help="what to do (default: list)"
    )
    parser.add_argument("run", metavar="RUN", nargs="?", help="for move and start: the id of a queued run")
    parser.add_argument("to", nargs="?", choices=[str(move) for move in Move], help="for move: where to")
    parser.add_argument("--reason", default="", metavar="TEXT", help="for hold: why, shown to whoever looks")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Does what is asked and shows how the queue stands."""
    queue = RunQueue(run_store())
    _refuse_stray_words(options)
    try:
        said = _act(queue, options)
    except NotQueuedError as error:
        raise CommandError(str(error), ExitCode.NOT_NOW) from error
    except CannotStartQueuedError as error:
        raise CommandError(str(error), ExitCode.IMPOSSIBLE) from error
    status = tended_status(queue, console)
    console.document({"did": options.action, **_data(queue, status)})
    if said:
        console.line(plain(said))
    _show(queue, status, console)
    return ExitCode.OK


def _refuse_stray_words(options: argparse.Namespace) -> None:
    wanted = {"move": 2, "start": 1}.get(options.action, 0)
    given = sum(word is not None for word in (options.run, options.to))
    if options.action == "move" and given < wanted:
        raise CommandError(
            "move what, and where to?", ExitCode.USAGE, hint="gym-gui queue move RUN up|down|top|bottom"
        )
    if given > wanted:
        stray = options.to if wanted else options.run
        raise CommandError(f"{options.action} has no use for {stray!r}", ExitCode.USAGE)
    if options.reason and options.action != "hold":
        raise CommandError("--reason goes with hold", ExitCode.USAGE)


def _act(queue: RunQueue, options: argparse.Namespace) -> str:
    """Does it and says so; "" for a mere look."""
    match options.action:
        case "hold":
            queue.hold(options.reason)
            return "The queue is held: nothing is started from it. Runs that are going are not touched."
        case "release":
            return "The queue goes on." if queue.release() else "The queue was not held."
        case "move":
            run = open_run(queue.store, options.run)
            queue.move(run.run_id, Move(options.to))
        case "start" if options.run is not None:
            run = open_run(queue.store, options.run)
            start_now(queue, run)
            return f"Run {run.run_id} started, out of turn."
    return ""


def _data(queue: RunQueue, status: QueueStatus) -> dict[str, object]:
    waiting = [
        {
            **msgspec.to_builtins(entry),
            "name": _name(queue, entry),
            "problem": status.problems.get(entry.run_id, ""),
        }
        for entry in status.waiting
    ]
    return {
        "waiting": waiting,
        "held": None if status.hold is None else msgspec.to_builtins(status.hold),
        "waiting_for": status.waiting_for,
        "running": status.running,
        "limit": status.limit,
        "is_tended": status.is_tended,
    }


def _show(queue: RunQueue, status: QueueStatus, console: Console) -> None:
    if not status.waiting:
        held = f" The queue is {status.waiting_for or 'held'}." if status.hold is not None else ""
        console.line(plain(f"Nothing waits in the queue.{held} Queue a run with: gym-gui run WORKER --queue"))
        return
    titles = ("RUN", "#", "WORKER", "NAME", "GROUP", "PRIORITY", "QUEUED", "PROBLEM")
    console.table(titles, [_row(queue, status, n, entry) for n, entry in enumerate(status.waiting, start=1)])
    console.line(plain(_summary(status)))


def _row(queue: RunQueue, status: QueueStatus, number: int, entry: QueueEntry) -> tuple[str, ...]:
    record = _record(queue, entry)
    return (
        entry.run_id,
        str(number),
        record.worker_id if record else "",
        _name(queue, entry),
        (record.group or "") if record else "",
        str(entry.priority) if entry.priority else "",
        moment_short(entry.queued, time.time()),
        status.problems.get(entry.run_id, ""),
    )


def _summary(status: QueueStatus) -> str:
    waiting = len(status.waiting)
    said = f"{waiting} {'run waits' if waiting == 1 else 'runs wait'}"
    limit = f"; at most {status.limit} at a time (max_concurrent_runs)" if status.limit is not None else ""
    if status.waiting_for:
        return f"{said}: {status.waiting_for}{limit if status.hold else ''}."
    return f"{said}{limit}."


def _record(queue: RunQueue, entry: QueueEntry) -> RunRecord | None:
    try:
        return read_record(queue.run_of(entry.run_id).record_file, RunRecord)
    except (FileNotFoundError, RecordError):
        return None


def _name(queue: RunQueue, entry: QueueEntry) -> str:
    try:
        return read_record(queue.run_of(entry.run_id).labels_file, Labels).name
    except (FileNotFoundError, RecordError):
        return ""
