"""Which workers an interpreter has and what each says of itself, learnt without importing any here."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from gym_gui.core.probing import diagnosis
from gym_gui.core.probing.check import check_config
from gym_gui.core.probing.isolation import Ending, IsolatedChild
from gym_gui.core.probing.model import ProbedWorker, ProbeFailure, ProbeReport
from gym_gui.core.probing.rows import failed_row, row_of, without_duplicates
from gym_gui.core.probing.timeouts import START_S, discovery_timeout_s
from gym_gui.core.probing.wire import (
    PROTOCOL,
    UNREADABLE_CONFIG,
    Answer,
    Begin,
    Done,
    Hello,
    ListedWorker,
    Record,
)

__all__ = ["check_config", "discovery_timeout_s", "probe_interpreter"]

_CHILD_MODULE = "gym_gui.core.probing.child"
_PROCESSES_AT_ONCE = 4


def probe_interpreter(
    interpreter: str = sys.executable, *, timeout_s: float | None = None, only: str | None = None
) -> ProbeReport:
    """All workers of an interpreter, each described or with the reason why it cannot be used.

    Blocks, for about as long as importing the workers takes. Every worker is asked in one process. Those it
    did not get to because it died or fell silent, and those that failed after another worker's code had run
    in it, are asked again in one process each, so that only the guilty ones become failed rows. Never raises
    for what an interpreter or a worker does.

    Args:
        interpreter: Path of a Python interpreter, or the name of one on the search path.
        timeout_s: Seconds granted to each worker; by default `discovery_timeout_s()`.
        only: Ask the worker of this id alone.
    """
    started = time.monotonic()
    interpreter = absolute_interpreter(interpreter)
    patience = discovery_timeout_s() if timeout_s is None else timeout_s
    try:
        asked = _ask(interpreter, patience, [] if only is None else ["--only", only])
    except OSError as error:
        return ProbeReport(interpreter, failure=diagnosis.not_startable(interpreter, error))
    if isinstance(asked, ProbeFailure):
        return ProbeReport(interpreter, failure=asked)
    believed = [row for index, row in asked.rows.items() if not asked.leaves_doubt(index)]
    again = [worker for index, worker in enumerate(asked.workers) if asked.leaves_doubt(index)]
    rows = [*believed, *_ask_each(interpreter, again, patience)]
    return ProbeReport(
        interpreter,
        python_version=asked.python_version,
        sdk_version=asked.sdk_version,
        workers=without_duplicates(rows, asked.workers),
        worker_ids=asked.worker_ids,
        paths=asked.paths,
        seconds=time.monotonic() - started,
    )


def absolute_interpreter(interpreter: str) -> str:
    """The interpreter's path; links are not followed, for a venv's `python` is one and means the venv."""
    found = shutil.which(interpreter) if Path(interpreter).name == interpreter else None
    return str(Path(found or interpreter).absolute())


@dataclass(slots=True)
class _Conversation:
    """What one process has said so far."""

    interpreter: str
    protocol: int | None = None
    python_version: str = ""
    sdk_version: str = ""
    workers: tuple[ListedWorker, ...] = ()
    worker_ids: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    rows: dict[int, ProbedWorker] = field(default_factory=dict)
    begun: int = -1
    output_from: int = 0
    ending: Ending = field(default_factory=Ending)
    output: str = ""

    def receive(self, record: Record) -> bool:
        """Takes a record in; True when it was the last."""
        match record:
            case Hello() if self.protocol is None:
                self.protocol = record.protocol
                self.python_version, self.sdk_version = record.python_version, record.sdk_version
                self.workers, self.worker_ids = record.workers, record.worker_ids
                self.paths = record.paths
                return self.protocol != PROTOCOL
            case Begin() if record.index > self.begun:
                self.begun, self.output_from = record.index, record.output_from
            case Answer() if record.index == self.begun < len(self.workers) and record.index not in self.rows:
                self.rows[record.index] = row_of(self.interpreter, self.workers[record.index], record)
        return isinstance(record, Done)

    def leaves_doubt(self, index: int) -> bool:
        """Whether the worker at this position has to be asked alone to know whether it works.

        What one worker breaks in the interpreter, `sys.path` for example, the next ones stumble over.
        """
        row = self.rows.get(index)
        if row is None or index == 0:
            return row is None
        return row.failure is not None or row.schema_problem.startswith(UNREADABLE_CONFIG)


def _ask(interpreter: str, patience_s: float, arguments: Sequence[str]) -> _Conversation | ProbeFailure:
    """What one process says; `ending` tells how it fell silent, if it did."""
    said = _Conversation(interpreter)
    everything = ["--patience", str(patience_s), *arguments]
    with IsolatedChild(interpreter, _CHILD_MODULE, everything) as child:
        said.ending = child.listen(said.receive, lambda: START_S if said.protocol is None else patience_s)
        if said.protocol is None:
            return diagnosis.no_answer(interpreter, said.ending.reason, child.output())
        if said.protocol != PROTOCOL:
            return diagnosis.old_protocol(interpreter, said.sdk_version)
        said.output = child.output(said.output_from)
    return said


def _ask_each(interpreter: str, workers: list[ListedWorker], patience_s: float) -> list[ProbedWorker]:
    """A row for each worker, each asked in a process of its own."""
    if not workers:
        return []

    def ask_one(worker: ListedWorker) -> ProbedWorker:
        try:
            chosen = ["--only", worker.name, "--entry-point", worker.entry_point]
            said = _ask(interpreter, patience_s, chosen)
        except OSError as error:
            return failed_row(interpreter, worker, Ending(f"could not be asked ({error})"), "")
        if isinstance(said, ProbeFailure):
            ending = Ending(f"could not be asked ({said.message})", hint=said.hint)
            return failed_row(interpreter, worker, ending, said.traceback)
        return said.rows.get(0) or failed_row(interpreter, worker, said.ending, said.output)

    with ThreadPoolExecutor(_PROCESSES_AT_ONCE, thread_name_prefix="probe") as pool:
        return list(pool.map(ask_one, workers))
