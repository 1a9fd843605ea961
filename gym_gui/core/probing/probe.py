"""Which workers an interpreter has and what each says of itself, learnt without importing any here."""

from __future__ import annotations

import shutil
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from gym_gui.config.settings import get_setting
from gym_gui.constants import WORKER_DISCOVERY_TIMEOUT_S
from gym_gui.core.probing import diagnosis
from gym_gui.core.probing.check import check_config
from gym_gui.core.probing.isolation import IsolatedChild
from gym_gui.core.probing.model import ProbedWorker, ProbeFailure, ProbeReport
from gym_gui.core.probing.rows import failed_row, row_of, without_duplicates
from gym_gui.core.probing.wire import PROTOCOL, Answer, Begin, Done, Hello, ListedWorker, Record

__all__ = ["check_config", "discovery_timeout_s", "probe_interpreter"]

_CHILD_MODULE = "gym_gui.core.probing.child"
_START_S = 20.0
_PROCESSES_AT_ONCE = 4


def discovery_timeout_s() -> float:
    """Seconds a worker is granted: the setting `worker_discovery_timeout_s`, else the SDK's constant."""
    return get_setting("worker_discovery_timeout_s", WORKER_DISCOVERY_TIMEOUT_S)


def probe_interpreter(interpreter: str = sys.executable, *, timeout_s: float | None = None) -> ProbeReport:
    """All workers of an interpreter, each described or with the reason why it cannot be used.

    Blocks, for about as long as importing the workers takes. Every worker is asked in one process; when
    that dies or falls silent, those it did not get to are asked in one process each, so that only the
    guilty ones become failed rows. Never raises for what an interpreter or a worker does.

    Args:
        interpreter: Path of a Python interpreter, or the name of one on the search path.
        timeout_s: Seconds granted to each worker; by default `discovery_timeout_s()`.
    """
    started = time.monotonic()
    interpreter = _absolute(interpreter)
    patience = discovery_timeout_s() if timeout_s is None else timeout_s
    try:
        asked = _ask(interpreter, patience)
    except OSError as error:
        return ProbeReport(interpreter, failure=diagnosis.not_startable(interpreter, error))
    if isinstance(asked, ProbeFailure):
        return ProbeReport(interpreter, failure=asked)
    silent = [worker for index, worker in enumerate(asked.workers) if index not in asked.rows]
    rows = [*asked.rows.values(), *_ask_each(interpreter, silent, patience)]
    return ProbeReport(
        interpreter,
        python_version=asked.python_version,
        sdk_version=asked.sdk_version,
        workers=without_duplicates(rows, asked.workers),
        seconds=time.monotonic() - started,
    )


def _absolute(interpreter: str) -> str:
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
    rows: dict[int, ProbedWorker] = field(default_factory=dict)
    output_from: int = 0

    def receive(self, record: Record) -> bool:
        """Takes a record in; True when it was the last."""
        match record:
            case Hello() if self.protocol is None:
                self.protocol = record.protocol
                self.python_version, self.sdk_version = record.python_version, record.sdk_version
                self.workers = record.workers
                return self.protocol != PROTOCOL
            case Begin():
                self.output_from = record.output_from
            case Answer() if 0 <= record.index < len(self.workers) and record.index not in self.rows:
                self.rows[record.index] = row_of(self.interpreter, self.workers[record.index], record)
        return isinstance(record, Done)


def _ask(
    interpreter: str, patience_s: float, only: ListedWorker | None = None
) -> _Conversation | ProbeFailure:
    """One process's answers, for all workers or for one; how it ended is told in the row of that one."""
    arguments = ["--patience", str(patience_s)]
    if only is not None:
        arguments += ["--only", only.name, only.entry_point]
    said = _Conversation(interpreter)
    with IsolatedChild(interpreter, _CHILD_MODULE, arguments) as child:
        ending = child.listen(said.receive, lambda: _START_S if said.protocol is None else patience_s)
        if said.protocol is None:
            return diagnosis.no_answer(interpreter, ending.reason, child.output())
        if said.protocol != PROTOCOL:
            return diagnosis.old_protocol(interpreter, said.sdk_version)
        if only is not None and not said.rows:
            said.rows[0] = failed_row(interpreter, only, ending.reason, child.output(said.output_from))
    return said


def _ask_each(interpreter: str, workers: list[ListedWorker], patience_s: float) -> list[ProbedWorker]:
    """A row for each worker, each asked in a process of its own."""
    if not workers:
        return []

    def ask_one(worker: ListedWorker) -> ProbedWorker:
        try:
            said = _ask(interpreter, patience_s, worker)
        except OSError as error:
            return failed_row(interpreter, worker, f"could not be asked: {error}", "")
        if isinstance(said, ProbeFailure):
            return failed_row(interpreter, worker, said.message, said.traceback)
        return said.rows[0]

    with ThreadPoolExecutor(_PROCESSES_AT_ONCE, thread_name_prefix="probe") as pool:
        return list(pool.map(ask_one, workers))
