"""Each check notices what it is there for, and nothing else is made to fail by it."""

from __future__ import annotations

import pytest

from gym_gui.testing import Limits, Status, check_worker
from gym_gui.testing.catalogue import CHECK_NAMES
from tests.conformance.bad_workers import BAD_WORKERS, BadWorker
from tests.conformance.conftest import InstallWorker, MakeWorker

SHORT = {"total_steps": 2000}


@pytest.mark.parametrize("bad", BAD_WORKERS, ids=lambda bad: bad.name)
def test_a_bad_worker_fails_the_check_it_is_bad_at_and_no_other(
    bad: BadWorker, make_worker: MakeWorker
) -> None:
    project = make_worker(*bad.edits)
    if bad.check == "tests":
        for name in ("test_conformance.py", "test_runs.py"):
            (project / "tests" / name).unlink()
        (project / "tests" / "test_config.py").rename(project / "tests" / "chest_config.py")
    # One worker for each check is put to all of them; the others show more ways to fail the same one.
    is_first = next(each for each in BAD_WORKERS if each.check == bad.check) is bad
    only = () if is_first else (bad.check, "entry-point")
    report = check_worker(project, SHORT, long=bad.long, limits=bad.limits, only=only)
    assert [result.check for result in report.failed] == [bad.check], report.explain_failures()
    found = report[bad.check]
    assert bad.says in "\n".join((found.reason, *found.evidence))
    assert found.fix, "a failure says how to mend it"
    assert not report.conforms


def test_every_check_has_a_worker_that_fails_it() -> None:
    assert {bad.check for bad in BAD_WORKERS} == set(CHECK_NAMES)


def test_the_worker_that_ships_passes_every_check() -> None:
    report = check_worker("tabular", {"episodes": 300, "record_clip": False})
    assert report.conforms, report.explain_failures()
    assert [result.check for result in report.with_status(Status.SKIPPED)] == ["tests"]


def test_a_worker_that_does_not_load_is_judged_on_that_alone(make_worker: MakeWorker) -> None:
    project = make_worker(
        ("PACKAGE/__init__.py", "import annotations", "import annotations\nraise SystemExit(3)")
    )
    report = check_worker(project)
    assert [result.check for result in report.failed] == ["entry-point"]
    assert "SystemExit" in report["entry-point"].reason
    assert {r.check for r in report.with_status(Status.PASSED)} == {"tests"}


def test_a_worker_whose_config_class_ends_the_process_is_a_failed_check(make_worker: MakeWorker) -> None:
    project = make_worker(("PACKAGE/config.py", "return cls(**data)", "__import__('os')._exit(7)"))
    report = check_worker(project, only=["config"])
    assert report["config"].status is Status.FAILED
    assert "exited with 7" in report["config"].reason


def test_what_it_cannot_interrupt_is_skipped_with_the_way_to_make_it_longer(make_worker: MakeWorker) -> None:
    report = check_worker(
        make_worker(), SHORT, long={"total_steps": 1}, only=["cancel", "kill-recovery", "lifecycle"]
    )
    assert report.conforms, report.explain_failures()
    assert "--long" in report["cancel"].fix
    assert report["cancel"].status is Status.SKIPPED


def test_what_has_no_default_holds_for_long_runs_too(make_worker: MakeWorker) -> None:
    project = make_worker(("PACKAGE/config.py", "    run_id: str\n", "    run_id: str\n    task: str\n"))
    report = check_worker(project, {**SHORT, "task": "sort"}, only=["schema", "lifecycle", "cancel"])
    assert report.conforms, report.explain_failures()
    assert "to be filled in: task" in report["schema"].reason
    assert report["cancel"].status is Status.PASSED


def test_a_run_that_takes_too_long_says_how_to_make_it_short(make_worker: MakeWorker) -> None:
    report = check_worker(make_worker(), {"total_steps": 10**9}, only=["lifecycle"], limits=Limits(run_s=0.7))
    assert report["lifecycle"].status is Status.FAILED
    assert "--set total_steps=500" in report["lifecycle"].fix


def test_a_name_that_two_distributions_register_is_refused(install: InstallWorker) -> None:
    install("twice", distribution="first-dist")
    install("twice", distribution="second-dist")
    result = check_worker("twice", only=["entry-point"])["entry-point"]
    assert result.status is Status.FAILED
    assert "first-dist" in result.reason and "second-dist" in result.reason
    assert "uninstall" in result.fix


def test_an_unknown_check_is_refused(make_worker: MakeWorker) -> None:
    with pytest.raises(ValueError, match="no check 'lifecycles'"):
        check_worker("tabular", only=["lifecycles"])
