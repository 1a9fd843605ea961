"""For the tests of a worker: does it keep the contract, and what does a run of it leave behind?

A worker's repository needs three lines for the whole contract:

    from gym_gui.testing import conformance_tests

    test_conformance = conformance_tests("myworker", total_steps=500)

The fixtures `worker_run` and `conformance_report` are there wherever this package and pytest are
installed. Every name is loaded on first use, so that test runs which use none pay nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from gym_gui.testing.bench import Limits
    from gym_gui.testing.conformance import check_worker
    from gym_gui.testing.finished_run import FinishedRun
    from gym_gui.testing.results import CheckResult, ConformanceReport, Status
    from gym_gui.testing.suite import conformance_tests

_HOME = {
    "CheckResult": "gym_gui.testing.results",
    "ConformanceReport": "gym_gui.testing.results",
    "FinishedRun": "gym_gui.testing.finished_run",
    "Limits": "gym_gui.testing.bench",
    "Status": "gym_gui.testing.results",
    "check_worker": "gym_gui.testing.conformance",
    "conformance_tests": "gym_gui.testing.suite",
}

__all__ = [
    "CheckResult",
    "ConformanceReport",
    "FinishedRun",
    "Limits",
    "Status",
    "check_worker",
    "conformance_tests",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
