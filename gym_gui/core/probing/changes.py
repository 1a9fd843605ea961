"""What is different between two reports of one interpreter, in words."""

from __future__ import annotations

from gym_gui.core.probing.model import ProbedWorker, ProbeReport


def changes_between(before: ProbeReport, after: ProbeReport) -> tuple[str, ...]:
    """A sentence for each worker that came, went or is another than before; none when all is as it was."""
    old, new = _by_origin(before), _by_origin(after)
    came = [f"{worker.worker_id} {worker.version}".rstrip() + " was installed" for worker in _only(new, old)]
    went = [f"{worker.worker_id} was removed" for worker in _only(old, new)]
    both = [(old[key], new[key]) for key in old if key in new]
    other = [sentence for pair in both if (sentence := _difference(*pair))]
    if (before.failure is None) != (after.failure is None):
        other.append("it can be asked again" if before.failure else "it can no longer be asked")
    return (*came, *went, *other)


def _by_origin(report: ProbeReport) -> dict[tuple[str, str], ProbedWorker]:
    return {(worker.worker_id, worker.distribution): worker for worker in report.workers}


def _only(
    these: dict[tuple[str, str], ProbedWorker], those: dict[tuple[str, str], ProbedWorker]
) -> list[ProbedWorker]:
    return [worker for key, worker in these.items() if key not in those]


def _difference(before: ProbedWorker, after: ProbedWorker) -> str:
    name = after.worker_id
    if before.failure is None and after.failure is not None:
        return f"{name} no longer works"
    if before.failure is not None and after.failure is None:
        return f"{name} works again"
    if before.version != after.version:
        return f"{name} is now {after.version or 'without a version'}"
    return f"{name} was changed" if before != after else ""
