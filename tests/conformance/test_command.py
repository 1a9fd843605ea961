"""`gym-gui check-worker`: what people read, what machines read, and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from gym_gui.cli import main
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.testing.catalogue import CHECK_NAMES
from tests.conformance.conftest import MakeWorker, running_below

QUICK = ["--set", "total_steps=500"]
STATIC = ["--only", "entry-point", "--only", "metadata", "--only", "config"]


def test_a_worker_that_keeps_the_contract(
    make_worker: MakeWorker, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-worker", str(make_worker()), *STATIC]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "--set total_steps=500" in out, "it says how to make a run short"
    assert "subject keeps the contract: 3 passed, 0 failed, 0 skipped" in out


def test_a_worker_that_does_not(make_worker: MakeWorker, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_worker(("PACKAGE/__init__.py", "SteppingParadigm.SINGLE_AGENT", '"single_agnet"'))
    assert main(["check-worker", str(project), *STATIC]) == ExitCode.FAILED
    out = capsys.readouterr().out
    assert "FAILED   metadata" in out
    assert "did you mean 'single_agent'" in out
    assert "mend: correct these fields" in out
    assert "does not keep the contract: 2 passed, 1 failed" in out


def test_the_report_for_machines(make_worker: MakeWorker, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_worker(("PACKAGE/__init__.py", "SteppingParadigm.SINGLE_AGENT", '"single_agnet"'))
    assert main(["check-worker", "--json", str(project), *STATIC]) == ExitCode.FAILED
    report = json.loads(capsys.readouterr().out)
    assert (report["worker_id"], report["conforms"]) == ("subject", False)
    assert report["counts"] == {"passed": 2, "failed": 1, "skipped": 0}
    assert [(r["check"], r["status"]) for r in report["results"]] == [
        ("entry-point", "passed"),
        ("metadata", "failed"),
        ("config", "passed"),
    ]


def test_the_report_for_build_servers(make_worker: MakeWorker, tmp_path: Path) -> None:
    project = make_worker(
        ("PACKAGE/__init__.py", 'name="Subject"', 'name="\\x1b[31mSubject"'),
        ("PACKAGE/__init__.py", "SteppingParadigm.SINGLE_AGENT", '"a\\x00b"'),
    )
    file = tmp_path / "report.xml"
    code = main(["check-worker", str(project), *STATIC, "--only", "tests", "--junit", str(file)])
    assert code == ExitCode.FAILED
    (suite,) = ElementTree.parse(file).getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "0")
    failure = suite.find("testcase[@name='metadata']/failure")
    assert failure is not None and "supported_paradigms" in (failure.text or "")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["no-such-worker"], ExitCode.NOT_FOUND, "no worker 'no-such-worker'"),
        (["./no-such-folder"], ExitCode.NOT_FOUND, "no such file or folder"),
        ([], ExitCode.USAGE, "name a worker"),
        (["tabular", "--only", "lifecycles"], ExitCode.USAGE, "no check 'lifecycles'"),
        (["tabular", "--set", "episode=5"], ExitCode.USAGE, "did you mean 'episodes'"),
        (["tabular", "--set", "episodes=many"], ExitCode.USAGE, "episodes"),
    ],
)
def test_what_cannot_be_checked(
    arguments: list[str], code: ExitCode, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check-worker", *arguments]) == code
    assert says in capsys.readouterr().err


def test_the_checks_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check-worker", "--list"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert all(name in out for name in CHECK_NAMES)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_check_that_is_ended_leaves_nothing_running(
    number: int, make_worker: MakeWorker, scratch_folder: Path
) -> None:
    command = [sys.executable, "-m", "gym_gui.cli", "check-worker", str(make_worker())]
    command += ["--only", "lifecycle", "--set", "total_steps=1000000000"]
    checker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=os.environ)
    try:
        deadline = time.monotonic() + 30
        while not running_below(scratch_folder):
            assert time.monotonic() < deadline and checker.poll() is None
            time.sleep(0.05)
        checker.send_signal(number)
        _, said = checker.communicate(timeout=30)
    finally:
        checker.kill()
        checker.communicate()
    assert checker.returncode == 128 + number
    assert b"Traceback" not in said
