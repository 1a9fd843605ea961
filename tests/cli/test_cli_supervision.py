"""`gym-gui freeze`, `continue`, `stacks`, `cancel --dry-run`, and why a run ended in `show`."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.processes.stacks import dump_stacks
from tests.cli.conftest import Gym

DEADLINE_S = 15.0


@pytest.fixture
def hanging(gym: Gym, demo: str) -> Iterator[str]:
    """The id of a run whose worker is at work."""
    run_id = gym("run", demo, "mode=hang", "--json").document["run_id"]
    deadline = time.monotonic() + DEADLINE_S
    while gym("show", run_id, "--json").document["last_event"] != "heartbeat":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield run_id
    gym("cancel", run_id, "--grace", "0.5")


def test_a_run_is_frozen_and_goes_on(gym: Gym, hanging: str) -> None:
    said = gym("freeze", hanging)
    assert said.code == 0
    assert said.out == (f"Run {hanging} is paused: 1 process found: 1 frozen, 0 were so already, 0 left.\n")
    assert gym("show", hanging, "--json").document["state"] == "paused"
    document = gym("continue", hanging, "--json").document
    assert (document["state"], document["changed"], document["left"]) == ("running", 1, 0)


def test_a_frozen_run_can_be_cancelled(gym: Gym, hanging: str) -> None:
    gym("freeze", hanging)
    said = gym("cancel", hanging, "--grace", "5")
    assert said.code == 0 and "is cancelled: 1 process found" in said.out


def test_a_run_that_is_over_has_nothing_to_freeze(gym: Gym, demo: str) -> None:
    gym("run", demo, "--wait")
    for command in ("freeze", "continue"):
        said = gym(command, "latest")
        assert (said.code, "nothing of it is alive" in said.out) == (0, True)
    assert gym("freeze", "no-such-run").code == 3


def test_cancel_shows_whom_it_ends_and_dry_run_ends_none(gym: Gym, hanging: str) -> None:
    shown = gym("cancel", hanging, "--dry-run")
    assert shown.code == 0
    supervisor, worker, last = shown.out.splitlines()
    assert supervisor.endswith("(supervisor)") and worker.endswith("(worker)")
    assert last == f"Run {hanging} is running. This is what cancel would end; nothing was done."
    roles = [
        process["role"] for process in gym("cancel", hanging, "--dry-run", "--json").document["processes"]
    ]
    assert roles == ["supervisor", "worker"]
    assert gym("show", hanging, "--json").document["state"] == "running"
    said = gym("cancel", hanging, "--grace", "5")
    assert said.out.splitlines()[:2] == [supervisor, worker]
    assert gym("cancel", hanging, "--dry-run").out.endswith("Nothing of it is alive; nothing was done.\n")


def test_show_says_why_it_ended(gym: Gym, demo: str) -> None:
    gym("run", demo, "mode=fail", "--wait")
    said = gym("show", "latest")
    assert "Why it ended: it failed: RuntimeError: no luck\n" in said.out
    assert "Last lines of stderr.log:\n" in said.out
    assert "  to standard error\n" in said.out
    end = gym("show", "latest", "--json").document["end"]
    assert (end["cause"], end["error_type"], end["first_line"]) == (
        "exception",
        "RuntimeError",
        "RuntimeError: no luck",
    )
    assert "to standard error" in end["stderr"]


def test_last_lines_cannot_steer_the_terminal(gym: Gym, demo: str, mosaic_home: Path) -> None:
    gym("run", demo, "mode=fail", "--wait")
    (stderr,) = mosaic_home.glob("trainer/runs/*/stderr.log")
    stderr.write_bytes(b"\x1b]0;owned\x07\x1b[2J\xff\x00last\n")
    said = gym("show", "latest")
    assert "\x1b" not in said.out and "\x07" not in said.out and "\x00" not in said.out
    assert "last" in said.out


def test_a_good_end_needs_no_explanation(gym: Gym, demo: str) -> None:
    gym("run", demo, "--wait")
    assert "Why it ended" not in gym("show", "latest").out


def test_without_py_spy_it_is_said_how_to_get_it(
    gym: Gym, hanging: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    said = gym("stacks", hanging)
    assert said.code == 6
    assert "py-spy is not installed" in said.err and "pip install py-spy" in said.err


@pytest.mark.skipif(shutil.which("py-spy") is None, reason="py-spy is not installed")
def test_the_stacks_of_a_run(gym: Gym, hanging: str) -> None:
    said = gym("stacks", hanging)
    assert said.code == 0
    assert "(worker)" in said.out.splitlines()[0]
    assert "run (demo" in said.out or "runtime.py" in said.out


def stand_in(directory: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program in py-spy's place, for what the real one does only at its worst."""
    program = directory / "py-spy"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{directory}:{os.environ['PATH']}")
    monkeypatch.setattr(sys, "executable", str(directory / "python"))


@pytest.mark.parametrize(
    ("script", "problem"),
    [
        ("exec sleep 60", "py-spy gave no answer in 0.2 s"),
        (
            "echo 'Error: Permission Denied' >&2; exit 1",
            "Error: Permission Denied; it may not look into the process",
        ),
        ("exit 3", "exit code 3"),
    ],
)
def test_a_py_spy_that_does_not_work_is_bounded_and_explained(
    hanging: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, problem: str
) -> None:
    stand_in(tmp_path, script, monkeypatch)
    (dump,) = dump_stacks(RunStore(runs_root()).open(hanging), timeout_s=0.2).dumps
    assert dump.problem.startswith(problem)


def test_py_spy_is_asked_for_the_worker_and_no_shell_is_involved(
    hanging: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, 'echo "$# $1 $2 $3"', monkeypatch)
    (dump,) = dump_stacks(RunStore(runs_root()).open(hanging)).dumps
    assert dump.text == f"3 dump --pid {dump.process.pid}\n"
    assert dump.process.role == "worker"


def test_the_stacks_of_a_run_that_is_over(
    gym: Gym, demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gym("run", demo, "--wait")
    stand_in(tmp_path, "exit 0", monkeypatch)
    said = gym("stacks", "latest")
    assert (said.code, "nothing of the run is alive" in said.err) == (6, True)
