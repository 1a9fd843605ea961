"""Answers of a probed interpreter -> the values the rest of the program sees, checked once more."""

from __future__ import annotations

from collections.abc import Iterable

from gym_gui.core.probing.model import ProbedWorker, ProbeFailure
from gym_gui.core.probing.wire import Answer, ListedWorker
from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata

_SLOW_HINT = (
    "Import heavy packages inside the functions that need them, "
    "or grant more time with the setting worker_discovery_timeout_s"
)


def row_of(interpreter: str, listed: ListedWorker, answer: Answer) -> ProbedWorker:
    """The worker as it described itself, or its failure."""
    failure = answer.failure
    if failure is not None:
        reason = ProbeFailure(failure.error_type, failure.message, failure.traceback, failure.hint)
        return _row(interpreter, listed, failure=reason, missing=answer.missing, mend=answer.mend)
    try:
        metadata = WorkerMetadata.from_dict(answer.metadata or {})
        capabilities = WorkerCapabilities.from_dict(answer.capabilities or {})
    except (TypeError, ValueError) as error:
        return _row(interpreter, listed, failure=ProbeFailure(type(error).__name__, str(error)))
    if not answer.command:
        return _row(
            interpreter, listed, failure=ProbeFailure("NoCommand", "its answer holds no launch command")
        )
    return _row(
        interpreter,
        listed,
        metadata=metadata,
        capabilities=capabilities,
        command=answer.command,
        launch_kind=answer.launch_kind,
        schema=answer.schema,
        schema_problem=answer.schema_problem,
        missing=answer.missing,
        mend=answer.mend,
    )


def failed_row(interpreter: str, listed: ListedWorker, reason: str, output: str) -> ProbedWorker:
    """The row of a worker whose process ended without an answer."""
    error_type = "TimeoutError" if reason.startswith("gave no answer") else "ProcessDied"
    hint = _SLOW_HINT if error_type == "TimeoutError" else ""
    message = f"{listed.name} {reason} when it was asked to describe itself"
    return _row(interpreter, listed, failure=ProbeFailure(error_type, message, output, hint))


def without_duplicates(
    rows: Iterable[ProbedWorker], listed: Iterable[ListedWorker]
) -> tuple[ProbedWorker, ...]:
    """The rows by id; of several with one id the first that was listed counts, the others are failures."""
    order = {(worker.name, worker.entry_point, worker.distribution): n for n, worker in enumerate(listed)}
    first: dict[str, ProbedWorker] = {}
    kept = []
    for row in sorted(
        rows, key=lambda r: order.get((r.worker_id, r.entry_point, r.distribution), len(order))
    ):
        winner = first.setdefault(row.worker_id, row)
        kept.append(row if winner is row else _duplicate(row, winner))
    return tuple(sorted(kept, key=lambda row: row.worker_id))


def _duplicate(row: ProbedWorker, winner: ProbedWorker) -> ProbedWorker:
    message = (
        f"{row.worker_id!r} is already the name of {winner.entry_point} ({winner.distribution or 'unknown'})"
    )
    failure = ProbeFailure(
        "DuplicateWorker", message, hint="Uninstall one of the two, or rename its entry point"
    )
    listed = ListedWorker(
        name=row.worker_id, entry_point=row.entry_point, distribution=row.distribution, version=row.version
    )
    return _row(row.interpreter, listed, failure=failure)


def _row(interpreter: str, listed: ListedWorker, **described: object) -> ProbedWorker:
    return ProbedWorker(
        worker_id=listed.name,
        interpreter=interpreter,
        entry_point=listed.entry_point,
        distribution=listed.distribution,
        version=listed.version,
        **described,  # type: ignore[arg-type]
    )
