"""The ready-made test: every check of the contract as a test of its own."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from gym_gui.testing.bench import Bench, Limits
from gym_gui.testing.catalogue import CHECKS
from gym_gui.testing.conformance import chosen, judged
from gym_gui.testing.results import Status, explain

BenchOf = Callable[..., Bench]


def conformance_tests(
    target: str | os.PathLike[str],
    config: Mapping[str, Any] | None = None,
    *,
    long: Mapping[str, Any] | None = None,
    python: str = sys.executable,
    only: Sequence[str] = (),
    limits: Limits | None = None,
    **short: Any,
) -> Callable[..., None]:
    """A test function with a case for each check; bind it to a name that starts with `test`.

        test_conformance = conformance_tests("myworker", total_steps=500)

    The cases share their runs. A check that cannot be made is a skipped test that says why.

    Args:
        target: The id of the installed worker, or the path of its project folder or wheel.
        config: Values that make a run short; they may also be given by name.
        long: Values that make a run long enough to be interrupted; the worker's defaults when None.
        python: The interpreter the worker is installed in.
        only: Ids of the checks to make; all when empty.
        limits: How long things may take.
        **short: As `config`.

    Raises:
        ValueError: `only` names a check there is not.
    """
    names = [check.name for check in chosen(only)]
    by_name = {check.name: check for check in CHECKS}
    values = {**(config or {}), **short}

    @pytest.mark.parametrize("check", names)
    def test_conformance(check: str, mosaic_conformance_bench: BenchOf) -> None:
        bench = mosaic_conformance_bench(target, values, long=long, python=python, limits=limits)
        result = judged(bench, by_name[check])
        if result.status is Status.SKIPPED:
            pytest.skip(" ".join(filter(None, (result.reason, result.fix))))
        if result.status is Status.FAILED:
            pytest.fail(explain(result), pytrace=False)

    return test_conformance
