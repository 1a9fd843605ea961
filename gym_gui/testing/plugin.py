"""The pytest plugin: fixtures for the tests of workers; nothing is autouse and nothing loaded before use."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from gym_gui.testing.bench import Bench
    from gym_gui.testing.finished_run import FinishedRun
    from gym_gui.testing.results import ConformanceReport


@pytest.fixture
def worker_run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., FinishedRun]:
    """A function that runs a worker under its supervisor and returns the run once it is over.

        def test_it_learns(worker_run):
            run = worker_run("myworker", total_steps=500, seed=1)
            assert run.state == "completed", run.headline

    Values by name are fields of the config; `config` takes them as a mapping, `python` the worker's
    interpreter, `limit_s` the seconds it may take (120).
    """
    from gym_gui.testing.finished_run import finish_run

    home = tmp_path_factory.mktemp("worker-run")

    def run(
        target: str | os.PathLike[str], config: dict[str, Any] | None = None, **options: Any
    ) -> FinishedRun:
        known = {name: options.pop(name) for name in ("python", "limit_s") if name in options}
        return finish_run(target, {**(config or {}), **options}, home, **known)

    return run


@pytest.fixture
def conformance_report() -> Callable[..., ConformanceReport]:
    """A function that checks a worker against the contract and returns the report.

    def test_it_conforms(conformance_report):
        report = conformance_report("myworker", {"total_steps": 500})
        assert report.conforms, report.explain_failures()
    """
    from gym_gui.testing.conformance import check_worker

    return check_worker


@pytest.fixture(scope="module")
def mosaic_conformance_bench() -> Iterator[Callable[..., Bench]]:
    """The bench of a worker, one for each set of arguments, so that checks share their runs."""
    from gym_gui.testing.conformance import conformance_bench
    from gym_gui.testing.subject import found_subject

    benches: dict[str, Bench] = {}
    with ExitStack() as stack:

        def bench_of(target: str | os.PathLike[str], short: dict[str, Any], **options: Any) -> Bench:
            python = options.pop("python")
            key = json.dumps([str(Path(target)), python, short, options], default=repr, sort_keys=True)
            if key not in benches:
                subject = stack.enter_context(found_subject(target, python=python))
                benches[key] = stack.enter_context(conformance_bench(subject, short=short, **options))
            return benches[key]

        yield bench_of
