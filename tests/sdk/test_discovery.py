from __future__ import annotations

import sys
import threading
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from gym_gui.core.enums import SteppingParadigm
from gym_gui.core.worker import WORKER_ENTRY_POINT_GROUP, DiscoveredWorker, WorkerDiscovery, discover_workers
from gym_gui.core.worker import discovery as discovery_module
from gym_gui.core.worker.discovery import DiscoveryFailure
from gym_gui.core.worker.telemetry import RunCancelled, cancel_on_sigterm
from tests.sdk.conftest import Site

GROUP = "mosaic.test_workers"

GOOD = """
    from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata

    def describe():
        return WorkerMetadata("{name}", "1.0"), WorkerCapabilities("{name}", ("{paradigm}",), ("{family}",))
"""


def good(name: str, paradigm: str = "sequential", family: str = "gymnasium") -> str:
    return GOOD.format(name=name, paradigm=paradigm, family=family)


def add_worker(site: Site, worker_id: str, source: str, distribution: str = "", value: str = "") -> None:
    module = f"{(distribution or worker_id).replace('-', '_')}_module"
    site.add(
        distribution or f"dist-{worker_id}",
        {GROUP: {worker_id: value or f"{module}:describe"}},
        {f"{module}.py": source},
    )


def only_failure(discovery: WorkerDiscovery) -> DiscoveryFailure:
    (failure,) = discovery.failures
    return failure


def test_workers_are_found_sorted_and_described(importable_site: Site) -> None:
    add_worker(importable_site, "zeta", good("Zeta"))
    add_worker(importable_site, "alpha", good("Alpha", "simultaneous", "pettingzoo"))
    discovery = WorkerDiscovery(GROUP)
    workers = discovery.discover_all()
    assert [worker.worker_id for worker in workers] == discovery.list_worker_ids() == ["alpha", "zeta"]
    alpha = workers[0]
    assert (alpha.entry_point_name, alpha.module_path) == ("alpha", "alpha_module:describe")
    assert (alpha.metadata.name, alpha.capabilities.worker_type) == ("Alpha", "Alpha")
    assert discovery.get_worker("alpha") == alpha
    assert discovery.get_worker("nobody") is None
    assert discovery.has_worker("zeta")
    assert not discovery.has_worker("nobody")
    assert discovery.get_capabilities("alpha") == alpha.capabilities
    assert discovery.get_capabilities("nobody") is None
    assert discovery.filter_by_paradigm("sequential") == [workers[1]]
    assert discovery.filter_by_paradigm(SteppingParadigm.SIMULTANEOUS) == [alpha]
    assert discovery.filter_by_env_family("pettingzoo") == [alpha]
    assert discovery.filter_by_env_family("atari") == []
    assert discovery.failures == ()
    with pytest.raises(FrozenInstanceError):
        alpha.worker_id = "other"  # type: ignore[misc]


def test_results_are_cached_until_asked_to_look_again(importable_site: Site) -> None:
    add_worker(importable_site, "first", good("First"))
    discovery = WorkerDiscovery(GROUP)
    assert discovery.list_worker_ids() == ["first"]
    discovery.discover_all().clear()
    add_worker(importable_site, "second", good("Second"))
    assert discovery.list_worker_ids() == ["first"]
    assert [worker.worker_id for worker in discovery.discover_all(force_reload=True)] == ["first", "second"]
    discovery.clear_cache()
    assert discovery.list_worker_ids() == ["first", "second"]


def test_a_worker_that_was_mended_is_found_on_reload(importable_site: Site) -> None:
    add_worker(importable_site, "sick", "raise ImportError('no torch')")
    discovery = WorkerDiscovery(GROUP)
    assert discovery.discover_all() == []
    (importable_site.path / "dist_sick_module.py").unlink(missing_ok=True)
    add_worker(importable_site, "cured", good("Cured"), "dist-cured")
    assert [worker.worker_id for worker in discovery.discover_all(force_reload=True)] == ["cured"]
    assert only_failure(discovery).entry_point_name == "sick"


RAISING = "def describe():\n    {statement}\n"


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        ("import no_such_module_at_all", "ModuleNotFoundError", "no_such_module_at_all"),
        ("def describe(:", "SyntaxError", "invalid syntax"),
        ("import sys; sys.exit(3)", "SystemExit", "3"),
        (RAISING.format(statement="raise ValueError('bad')"), "ValueError", "bad"),
        (RAISING.format(statement="raise SystemExit"), "SystemExit", ""),
        (RAISING.format(statement="raise GeneratorExit"), "GeneratorExit", ""),
        (RAISING.format(statement="raise BaseException('odd')"), "BaseException", "odd"),
        (RAISING.format(statement="return describe()"), "RecursionError", "recursion"),
        ("other = 1", "AttributeError", "describe"),
        ("describe = 5", "TypeError", "_module:describe is not callable but 5"),
        (RAISING.format(statement="pass"), "TypeError", "returned None; expected the tuple (WorkerMetadata"),
        (RAISING.format(statement="return [1, 2]"), "TypeError", "returned [1, 2]; expected the tuple"),
        (RAISING.format(statement="return (1, 2, 3)"), "TypeError", "returned a tuple of 3"),
        (RAISING.format(statement="return ({}, {})"), "TypeError", "item 0 is no WorkerMetadata but {}"),
        (
            "from gym_gui.core.worker import WorkerMetadata\n"
            "def describe():\n    return WorkerMetadata('x'), 'y'",
            "TypeError",
            "item 1 is no WorkerCapabilities but 'y'",
        ),
        (
            "from gym_gui.core.worker import WorkerMetadata, WorkerCapabilities\n"
            "def describe():\n    return WorkerCapabilities('x'), WorkerMetadata('x')",
            "TypeError",
            "in the wrong order",
        ),
        (
            "from gym_gui.core.worker import WorkerMetadata\n"
            "def describe():\n    return WorkerMetadata('x', version=2), None",
            "TypeError",
            "WorkerMetadata.version: expected a string, got 2",
        ),
        (
            "class Rude(Exception):\n    def __str__(self): raise RuntimeError\n"
            "def describe():\n    raise Rude",
            "Rude",
            "",
        ),
    ],
)
def test_no_entry_point_takes_the_others_down(
    importable_site: Site, source: str, error_type: str, message: str
) -> None:
    add_worker(importable_site, "broken", source)
    add_worker(importable_site, "sound", good("Sound"))
    discovery = WorkerDiscovery(GROUP)
    assert discovery.list_worker_ids() == ["sound"]
    failure = only_failure(discovery)
    assert (failure.entry_point_name, failure.error_type) == ("broken", error_type)
    assert message in failure.message
    assert failure.module_path == "broken_module:describe"
    assert "Traceback (most recent call last)" in failure.traceback


def test_a_keyboard_interrupt_is_the_users(importable_site: Site) -> None:
    add_worker(importable_site, "interrupting", RAISING.format(statement="raise KeyboardInterrupt"))
    discovery = WorkerDiscovery(GROUP)
    with pytest.raises(KeyboardInterrupt):
        discovery.discover_all()
    with pytest.raises(KeyboardInterrupt):  # and nothing half-done was remembered
        discovery.discover_all()


def test_a_sigterm_during_discovery_is_not_taken_for_a_failing_worker(importable_site: Site) -> None:
    add_worker(importable_site, "slow", RAISING.format(statement="import os; os.kill(os.getpid(), 15)"))
    with cancel_on_sigterm(), pytest.raises(RunCancelled):
        WorkerDiscovery(GROUP).discover_all()


def test_of_two_distributions_with_one_name_the_first_by_name_is_kept(importable_site: Site) -> None:
    add_worker(importable_site, "twin", good("From B"), "b-dist")
    add_worker(importable_site, "twin", good("From A"), "a-dist")
    discovery = WorkerDiscovery(GROUP)
    (worker,) = discovery.discover_all()
    assert worker.metadata.name == "From A"
    failure = only_failure(discovery)
    assert (failure.entry_point_name, failure.error_type) == ("twin", "DuplicateWorkerError")
    assert failure.module_path == "b_dist_module:describe"
    assert "a-dist" in failure.message
    assert "b-dist" in failure.message


def test_two_distributions_that_lead_to_the_same_function_are_told_of_as_well(importable_site: Site) -> None:
    add_worker(importable_site, "moved", good("Moved"), "new-name")
    importable_site.add("old-name", {GROUP: {"moved": "new_name_module:describe"}})
    discovery = WorkerDiscovery(GROUP)
    assert discovery.list_worker_ids() == ["moved"]
    assert "old-name" in only_failure(discovery).message


def test_a_distribution_that_stands_on_the_path_twice_is_no_duplicate(
    importable_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_worker(importable_site, "single", good("Single"), "single-dist")
    monkeypatch.setattr(sys, "path", [*sys.path, str(importable_site.path)])
    discovery = WorkerDiscovery(GROUP)
    assert discovery.list_worker_ids() == ["single"]
    assert discovery.failures == ()


def test_a_copy_that_is_shadowed_by_an_earlier_one_does_not_count(
    importable_site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_worker(importable_site, "new", good("New"), "My_Dist")
    shadowed = Site(tmp_path / "old-site")
    add_worker(shadowed, "old", good("Old"), "my-dist")
    monkeypatch.setattr(sys, "path", [*sys.path, str(shadowed.path)])
    discovery = WorkerDiscovery(GROUP)
    assert discovery.list_worker_ids() == ["new"]
    assert discovery.failures == ()


def test_unreadable_entry_points_are_a_failure_of_their_distribution_alone(importable_site: Site) -> None:
    importable_site.add("ruined-dist", f"[{GROUP}]\nthis is no entry point\n")
    importable_site.add("unrelated-ruin", "[other]\nneither is this\n")
    add_worker(importable_site, "sound", good("Sound"))
    discovery = WorkerDiscovery(GROUP)
    assert discovery.list_worker_ids() == ["sound"]
    failure = only_failure(discovery)
    assert failure.entry_point_name == "ruined-dist"
    assert "the entry points of ruined-dist cannot be read" in failure.message


def test_a_distribution_without_usable_metadata_still_registers(importable_site: Site) -> None:
    add_worker(importable_site, "nameless", good("Nameless"), "nameless-dist")
    (importable_site.path / "nameless_dist-1.0.dist-info" / "METADATA").write_text("")
    assert WorkerDiscovery(GROUP).list_worker_ids() == ["nameless"]


def test_an_entry_point_that_asks_for_discovery_fails_alone(importable_site: Site) -> None:
    source = """
        import shared_discovery
        def describe():
            return shared_discovery.discovery.discover_all()
    """
    (importable_site.path / "shared_discovery.py").write_text("discovery = None")
    add_worker(importable_site, "curious", source)
    add_worker(importable_site, "sound", good("Sound"))
    discovery = WorkerDiscovery(GROUP)
    import shared_discovery  # type: ignore[import-not-found]

    shared_discovery.discovery = discovery
    assert discovery.list_worker_ids() == ["sound"]
    assert only_failure(discovery).error_type == "RuntimeError"


def test_threads_discover_once_between_them(importable_site: Site) -> None:
    source = """
        import threading
        from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata
        calls = []
        def describe():
            calls.append(threading.get_ident())
            return WorkerMetadata("Counting"), WorkerCapabilities("counting")
    """
    add_worker(importable_site, "counting", source)
    discovery = WorkerDiscovery(GROUP)
    start = threading.Barrier(8)
    results: list[list[DiscoveredWorker]] = []

    def discover() -> None:
        start.wait()
        results.append(discovery.discover_all())

    threads = [threading.Thread(target=discover) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(found) for found in results] == [1] * 8
    assert len(sys.modules["counting_module"].calls) == 1


def test_the_module_function_looks_into_the_documented_group(
    importable_site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discovery_module, "_SHARED", WorkerDiscovery())
    importable_site.add(
        "documented", {WORKER_ENTRY_POINT_GROUP: {"documented": "documented_module:describe"}},
        {"documented_module.py": good("Documented")},
    )  # fmt: skip
    assert WORKER_ENTRY_POINT_GROUP == "mosaic.workers"
    assert "documented" in [worker.worker_id for worker in discover_workers(force_reload=True)]
    assert discover_workers() == discover_workers()
