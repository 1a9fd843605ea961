"""Freezing a run and letting it go on: every process of it, with a receipt."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.listing import (
    attending_supervisor,
    foreign_owner,
    known_processes,
    recorded_processes,
    run_processes,
)
from gym_gui.core.runs.processes.tree import RunTree
from gym_gui.core.runs.record import FreezeRecord

# A tree that keeps forking, or a process that is stuck in the kernel, is not waited for longer.
_LIMIT_S = 5.0
_PAUSE_S = 0.01
# A look takes longer than a process needs to fork, so it takes several that find nothing.
_LOOKS_TO_BE_SURE = 2


@dataclass(frozen=True, slots=True)
class FreezeReceipt:
    """What freezing, or letting go on, came to.

    Attributes:
        found: Processes of the run at that time, its supervisor not counted.
        changed: How many were frozen, or let go on.
        left: How many did not follow; 0 unless the system cannot stop them.
        text: The same as a sentence.
    """

    found: int
    changed: int
    left: int
    text: str


def freeze_run(run: RunDirectory) -> FreezeReceipt:
    """Stops every process of the run where it stands, until `continue_run`; blocks for 5 s at most.

    Memory, files and devices stay held. The supervisor is not frozen: cancelling works as ever.
    """
    record = recorded_processes(run)
    if record is not None and record.stop_requested is not None:
        return FreezeReceipt(0, 0, 0, "it is being ended, so nothing was frozen")
    owner = foreign_owner(run_processes(run))
    if owner:
        return FreezeReceipt(0, 0, 0, f"its processes are those of {owner}: only {owner} can freeze them")
    began = time.time()
    found, changed, left = _until_all(run, lambda process: process.stopped, _stop)
    note = _note(run, FreezeRecord(frozen=began)) if changed else ""
    return _receipt(found, changed, left, "frozen", note)


def continue_run(run: RunDirectory) -> FreezeReceipt:
    """Lets every frozen process of the run go on, its supervisor included if that is frozen."""
    supervisor = attending_supervisor(run, recorded_processes(run))
    if supervisor is not None and supervisor.stopped:
        osproc.send_signal(supervisor, signal.SIGCONT)
    found, changed, left = _until_all(run, lambda process: not process.stopped, _let_go_on)
    note = _note(run, FreezeRecord(continued=time.time())) if changed else ""
    return _receipt(found, changed, left, "let go on", note)


def _stop(tree: RunTree, processes: list[osproc.Process]) -> None:
    for process in processes:
        osproc.send_signal(process, signal.SIGSTOP)
    tree.freeze_newest()


def _let_go_on(_tree: RunTree, processes: list[osproc.Process]) -> None:
    for process in processes:
        osproc.send_signal(process, signal.SIGCONT)


def _until_all(
    run: RunDirectory,
    is_done: Callable[[osproc.Process], bool],
    act: Callable[[RunTree, list[osproc.Process]], None],
) -> tuple[int, int, int]:
    """Acts on the run's processes until all are as wanted: how many were found, changed, and are not."""
    deadline = time.monotonic() + _LIMIT_S
    tree, live = _look(run)
    before = {_key(process) for process in live if is_done(process)}
    looks = 0
    while True:
        undone = [process for process in live if not is_done(process)]
        looks = 0 if undone else looks + 1
        if looks >= _LOOKS_TO_BE_SURE or time.monotonic() > deadline:
            break
        act(tree, undone)
        if undone:
            time.sleep(_PAUSE_S)
        tree, live = _look(run)
    done = {_key(process) for process in live if is_done(process)}
    return len(live), len(done - before), len(undone)


def _look(run: RunDirectory) -> tuple[RunTree, list[osproc.Process]]:
    """The run's processes as they are now; the supervisor's children may have become others meanwhile."""
    record = recorded_processes(run)
    supervisor = attending_supervisor(run, record)
    tree = RunTree(str(run.path), known_processes(run, record))
    found = tree.find()
    return tree, [process for process in found if supervisor is None or not process.is_same(supervisor)]


def _key(process: osproc.Process) -> tuple[int, int]:
    return process.pid, process.start_ticks


def _note(run: RunDirectory, record: FreezeRecord) -> str:
    """Remembers when, so that frozen time is not taken for silence; returns what to add if it cannot."""
    try:
        write_json_atomically(run.freeze_file, msgspec.to_builtins(record))
    except OSError as error:
        return f"; freeze.json could not be written: {error.strerror}"
    return ""


def _receipt(found: int, changed: int, left: int, done: str, note: str) -> FreezeReceipt:
    if not found:
        return FreezeReceipt(0, 0, 0, "nothing of it is alive")
    processes = "1 process" if found == 1 else f"{found} processes"
    text = f"{processes} found: {changed} {done}, {found - changed - left} were so already, {left} left"
    return FreezeReceipt(found, changed, left, text + note)
