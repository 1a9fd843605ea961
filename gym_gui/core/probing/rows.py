"""Answers of a probed interpreter -> the values the rest of the program sees, checked once more."""

from __future__ import annotations

from collections.abc import Iterable

from gym_gui.core.probing.isolation import Ending
from gym_gui.core.probing.model import ProbedWorker, ProbeFailure
from gym_gui.core.probing.wire import Answer, ListedWorker
from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata


def row_of(interpreter: str, listed: ListedWorker, answer: Answer) -> ProbedWorker:
    """The worker as it described itself, or its failure."""
    failure = answer.failure
    if failure is not None:
        reason = ProbeFailure(failure.error_type, failure.message, failure.traceback, failure.hint)
        return _row(
            interpreter,
            listed,
            failure=reason,
            missing=answer.missing,
            mend=answer.mend,
            files=_files(listed, answer),
        )
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
        files=_files(listed, answer),
    )


def _files(listed: ListedWorker, answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*listed.files, *answer.files)))


def failed_row(interpreter: str, listed: ListedWorker, ending: Ending, output: str) -> ProbedWorker:
    """The row of a worker whose process ended without an answer."""
    reason = ending.reason or "gave no answer that can be read"
    message = f"{listed.name} {reason} when it was asked to describe itself"
    return _row(interpreter, listed, failure=ProbeFailure(ending.error_type, message, output, ending.hint))


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
        f"two distributions register a worker {row.worker_id!r}: {_named(winner)}, which is the one used, "
        f"and {_named(row)}"
    )
    uninstall = f"{row.interpreter} -m pip uninstall {row.distribution or row.entry_point}"
    hint = f"Rename one of the two entry points, or uninstall one: {uninstall}"
    failure = ProbeFailure("DuplicateWorker", message, hint=hint)
    listed = ListedWorker(
        name=row.worker_id,
        entry_point=row.entry_point,
        distribution=row.distribution,
        version=row.version,
        files=row.files,
    )
    return _row(row.interpreter, listed, failure=failure)


def _named(row: ProbedWorker) -> str:
    distribution = " ".join(filter(None, (row.distribution, row.version)))
    return f"{distribution or 'one without a name'} ({row.entry_point})"


def _row(interpreter: str, listed: ListedWorker, **described: object) -> ProbedWorker:
    return ProbedWorker(
        worker_id=listed.name,
        interpreter=interpreter,
        entry_point=listed.entry_point,
        distribution=listed.distribution,
        version=listed.version,
        **{"files": listed.files, **described},  # type: ignore[arg-type]
    )
