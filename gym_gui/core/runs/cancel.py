"""Cancelling a run, with a receipt: what was found, how it ended, and that nothing is left."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import msgspec

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.ending import KILL_LIMIT_S, EndedTree, end_tree
from gym_gui.core.runs.files import RecordError, read_record, write_json_atomically
from gym_gui.core.runs.grace import usual_grace_s
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.listing import (
    attending_supervisor,
    foreign_owner,
    known_processes,
    live_worker,
    recorded_processes,
    run_processes,
)
from gym_gui.core.runs.processes.tree import RunTree
from gym_gui.core.runs.queue.environment import leave_queue
from gym_gui.core.runs.record import ExitCause, ExitRecord, ProcessRecord, Requester
from gym_gui.core.runs.state import signal_name

# What the supervisor may need beyond the grace: killing, and an exit record on a slow disk.
_MARGIN_S = KILL_LIMIT_S + 5.0
_PAUSE_S = 0.02
_LOCK_TRIES = 10


@dataclass(frozen=True, slots=True)
class CancelReceipt:
    """What a cancel came to.

    Attributes:
        found: Live processes of the run at that time.
        ended_by_term: How many ended when asked.
        ended_by_kill: How many had to be killed.
        left: How many are still alive; 0 unless the system cannot end them.
        text: The same as a sentence.
    """

    found: int
    ended_by_term: int
    ended_by_kill: int
    left: int
    text: str


def cancel_run(run: RunDirectory, *, grace_s: float | None = None) -> CancelReceipt:
    """Ends every process of the run and returns when none is left; blocks meanwhile.

    The supervisor does it where it is alive, this process where it is not. A run that was never started
    is marked cancelled; one that is over stays as it is, and the receipt says so.

    Args:
        run: The run, in whatever state it is.
        grace_s: Seconds between asking and killing; None for the usual ones.
    """
    grace = usual_grace_s() if grace_s is None else max(grace_s, 0.0)
    over = _exit_of(run)
    # A worker can write that record as well as its supervisor can.
    untrue = over if live_worker(run, recorded_processes(run)) is not None else None
    if over is not None and not over.survivors and untrue is None:
        return CancelReceipt(0, 0, 0, 0, f"it was over already: {_how(over)}")
    processes = run_processes(run)
    owner = foreign_owner(processes)
    if owner:
        count = len(processes)
        return CancelReceipt(
            count, 0, 0, count, f"{count} processes of {owner} found: only {owner} can end them"
        )
    by_supervisor = _through_supervisor(run, grace, untrue)
    return by_supervisor if by_supervisor is not None else _without_supervisor(run, grace, untrue)


def _through_supervisor(run: RunDirectory, grace: float, untrue: ExitRecord | None) -> CancelReceipt | None:
    """Asks the supervisor and waits for its record; None when there is no supervisor, or it is no help.

    `untrue` is a record that was there too early, so that the supervisor's own is still to come.
    """
    began = time.monotonic()
    asked = hurried = False
    while time.monotonic() - began < grace + _MARGIN_S:
        supervisor = _supervisor_of(run)
        if supervisor is None:
            if not _lock_is_held(run):
                end = _exit_of(run)
                return _receipt_of(end) if end is not None and end != untrue and asked else None
        elif not asked:
            asked = osproc.send_signal(supervisor, signal.SIGTERM)
            osproc.send_signal(supervisor, signal.SIGCONT)  # a frozen one could not act on it
        elif not hurried and time.monotonic() - began > grace:
            hurried = osproc.send_signal(supervisor, signal.SIGUSR1)
        end = _exit_of(run)
        if end is not None and end != untrue:
            return _receipt_of(end)
        time.sleep(_PAUSE_S)
    if supervisor is not None:
        osproc.send_signal(supervisor, signal.SIGKILL)
    return None


def _without_supervisor(run: RunDirectory, grace: float, untrue: ExitRecord | None) -> CancelReceipt:
    with _sole_owner(run):
        end = _exit_of(run)
        if end is not None and end != untrue and not end.survivors:
            return _receipt_of(end)
        record = recorded_processes(run)
        was_started = run.process_file.exists() or not run.record_file.exists()
        tree = RunTree(str(run.path), known_processes(run, record))
        if was_started and not tree.find() and tree.is_gone():
            return CancelReceipt(0, 0, 0, 0, "it was over already: nothing of it is alive")
        if record is not None:
            _write(run, "process.json", _as_asked(record))
        ended = end_tree(tree, grace, _sleep)
        problem = _write(run, "exit.json", _exit_record(record, ended))
        if not problem:
            _leave_queue(run)
        return _receipt(ended, problem if was_started else f"it had not been started{problem}")


@contextmanager
def _sole_owner(run: RunDirectory) -> Iterator[None]:
    """Holds the run's lock, so that no supervisor starts meanwhile; goes on without if it must."""
    lock = None
    for _ in range(_LOCK_TRIES):
        try:
            lock = osproc.take_lock(str(run.lock_file))
        except OSError:
            break  # the directory is gone or read-only: its processes can be ended all the same
        if lock is not None:
            break
        time.sleep(_PAUSE_S)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _lock_is_held(run: RunDirectory) -> bool:
    return osproc.lock_is_held(str(run.lock_file))


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return True


def _supervisor_of(run: RunDirectory) -> osproc.Process | None:
    return attending_supervisor(run, recorded_processes(run))


def _exit_of(run: RunDirectory) -> ExitRecord | None:
    try:
        return read_record(run.exit_file, ExitRecord)
    except (FileNotFoundError, RecordError):
        return None


def _write(run: RunDirectory, name: str, value: object) -> str:
    """Writes a record and returns "", or what to add to the receipt when it cannot be written."""
    try:
        write_json_atomically(run.path / name, value)
    except OSError as error:
        return f"; {name} could not be written: {error.strerror}"
    return ""


def _leave_queue(run: RunDirectory) -> None:
    # Were it left in the line: whoever starts queued runs sees the exit record and takes it out.
    with suppress(OSError):
        leave_queue(run)


def _as_asked(record: ProcessRecord) -> ProcessRecord:
    return msgspec.structs.replace(record, stop_requested=time.time(), stop_requested_by=_me())


def _me() -> Requester:
    return Requester(os.getpid(), os.getuid(), osproc.command_name(os.getpid()))


def _exit_record(record: ProcessRecord | None, tree: EndedTree) -> ExitRecord:
    return ExitRecord(
        cause=ExitCause.CANCELLED,
        ended=time.time(),
        started=record.started or None if record else None,
        detail="" if record else "cancelled before it was started",
        survivors=tree.left,
        stop_requested_by=_me(),
        found=tree.found,
        ended_by_term=tree.ended_by_term,
        ended_by_kill=tree.ended_by_kill,
    )


def _receipt_of(end: ExitRecord) -> CancelReceipt:
    tree = EndedTree(end.found, end.ended_by_term, end.ended_by_kill, end.survivors)
    return _receipt(tree, "" if end.cause is ExitCause.CANCELLED else f"it ended first: {_how(end)}")


def _receipt(tree: EndedTree, note: str) -> CancelReceipt:
    processes = "1 process" if tree.found == 1 else f"{tree.found} processes"
    fates = f"{tree.ended_by_term} ended when asked, {tree.ended_by_kill} killed, {tree.left} left"
    return CancelReceipt(
        tree.found,
        tree.ended_by_term,
        tree.ended_by_kill,
        tree.left,
        "; ".join(filter(None, (f"{processes} found: {fates}", note.removeprefix("; ")))),
    )


def _how(end: ExitRecord) -> str:
    if end.signal is not None:
        return f"{end.cause}, ended by {signal_name(end.signal)}"
    return f"{end.cause}, exit code {end.exit_code}" if end.exit_code is not None else str(end.cause)
