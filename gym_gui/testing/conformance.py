"""The contract's checklist against one worker as it really runs."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gym_gui.testing.bench import Bench, Limits
from gym_gui.testing.catalogue import CHECKS, Check
from gym_gui.testing.results import CheckResult, ConformanceReport, Status, Verdict, failed, skipped
from gym_gui.testing.subject import Subject, found_subject

_FIRST = CHECKS[0].name
_FILES_ONLY = "tests"


def check_worker(
    target: str | os.PathLike[str],
    config: Mapping[str, Any] | None = None,
    *,
    long: Mapping[str, Any] | None = None,
    python: str = sys.executable,
    only: Sequence[str] = (),
    limits: Limits | None = None,
) -> ConformanceReport:
    """The report on a worker; blocks for as long as its runs take.

    Args:
        target: The id of an installed worker, or the path of its project folder or wheel.
        config: Values that make a run short, e.g. `{"total_steps": 500}`; the rest are its defaults.
        long: Values that make a run long enough to be interrupted; the worker's defaults when None.
        python: The interpreter the worker is installed in.
        only: Ids of the checks to make; all when empty.
        limits: How long things may take.

    Raises:
        NoSuchWorkerError: There is no such worker.
        ValueError: `only` names a check there is not.
    """
    with (
        found_subject(target, python=python) as subject,
        conformance_bench(subject, short=config, long=long, limits=limits) as bench,
    ):
        return report_on(bench, only)


@contextmanager
def conformance_bench(
    subject: Subject,
    *,
    short: Mapping[str, Any] | None = None,
    long: Mapping[str, Any] | None = None,
    limits: Limits | None = None,
    resume_field: str = "",
) -> Iterator[Bench]:
    """A bench with a data directory of its own; after the block no process and no file of it is left."""
    folder = Path(tempfile.mkdtemp(prefix="mosaic-conformance-"))
    bench = Bench(subject, folder, short=short, long=long, limits=limits, resume_field=resume_field)
    try:
        yield bench
    finally:
        try:
            bench.close()
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def report_on(
    bench: Bench, only: Sequence[str] = (), on_result: Callable[[CheckResult], None] | None = None
) -> ConformanceReport:
    """The report; `on_result` gets each result as soon as it is there.

    Raises:
        ValueError: `only` names a check there is not.
    """
    results = []
    for check in chosen(only):
        result = judged(bench, check)
        results.append(result)
        if on_result is not None:
            on_result(result)
    worker = bench.worker
    return ConformanceReport(
        worker_id=worker.worker_id,
        version=worker.version,
        interpreter=worker.interpreter,
        command=worker.command,
        results=tuple(results),
    )


def chosen(only: Sequence[str]) -> tuple[Check, ...]:
    """The checks of those ids in their usual order, or all.

    Raises:
        ValueError: There is no check of that id.
    """
    known = {check.name for check in CHECKS}
    for name in only:
        if name not in known:
            raise ValueError(f"there is no check {name!r}; there are {', '.join(sorted(known))}")
    return tuple(check for check in CHECKS if not only or check.name in only)


def judged(bench: Bench, check: Check) -> CheckResult:
    """One check's result. A worker that cannot be found is judged on that alone."""
    began = time.monotonic()
    if bench.worker.failure is not None and check.name not in {_FIRST, _FILES_ONLY}:
        verdict = skipped("the worker cannot be loaded", fix=f"see the check {_FIRST}")
    else:
        verdict = _verdict(bench, check)
    return CheckResult(
        check=check.name,
        title=check.title,
        point=check.point,
        status=Status(verdict.status),
        reason=verdict.reason,
        evidence=tuple(text for text in verdict.evidence if text),
        fix=verdict.fix,
        seconds=round(time.monotonic() - began, 3),
    )


def _verdict(bench: Bench, check: Check) -> Verdict:
    try:
        return check.judge(bench)
    except Exception as error:  # noqa: BLE001 (the boundary: one check that cannot be made must not hide the others)
        reason = f"the check could not be made: {type(error).__name__}: {error}"
        return failed(
            reason, traceback.format_exc(), fix="see the evidence; it may be a fault of the checker"
        )
