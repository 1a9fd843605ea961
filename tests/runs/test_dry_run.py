"""Dry runs of real commands: what they say, and that nothing of them is left."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import pytest

from gym_gui.core.runs.dry_run import DryRun, DryRunOutcome, dry_run
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.launch_text import parse_devices, parse_environment

TABULAR = (sys.executable, "-m", "gym_gui.workers.tabular")


@pytest.fixture(autouse=True)
def own_temporary_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def script(tmp_path: Path, code: str) -> tuple[str, ...]:
    file = tmp_path / "worker.py"
    file.write_text(code)
    return (sys.executable, str(file))


def lives(pid: int) -> bool:
    """Whether it runs; one that is over and only not yet collected by its parent does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def tried(command: tuple[str, ...], timeout_s: float = 30.0, **config: object) -> DryRun:
    return dry_run(LaunchSpec(worker_id="w", command=command, config=config), timeout_s=timeout_s)


def test_the_worker_that_ships_passes_and_writes_nothing(
    mosaic_home: Path, own_temporary_directory: Path
) -> None:
    done = tried(TABULAR, episodes=5)
    assert done.outcome is DryRunOutcome.PASSED, done
    assert not mosaic_home.exists()
    assert list(own_temporary_directory.iterdir()) == []


def test_a_config_it_refuses_fails_with_its_words() -> None:
    done = tried(TABULAR, episodes=-5)
    assert done.outcome is DryRunOutcome.FAILED
    assert "exited with 2" in done.detail
    assert "episodes" in done.detail


@pytest.mark.parametrize(
    "code",
    ["import argparse; p = argparse.ArgumentParser(); p.add_argument('--config'); p.parse_args()",
     "import sys; sys.exit('Error: No such option: --dry-run')",
     "import sys; sys.exit('| Unrecognized options: --dry-run |')",
     "import sys; sys.exit('FATAL Flags parsing error: Unknown command line flag \\'dry-run\\'')"],
)  # fmt: skip
def test_a_command_that_refuses_the_flag_has_no_dry_run(tmp_path: Path, code: str) -> None:
    assert tried(script(tmp_path, code)).outcome is DryRunOutcome.UNSUPPORTED


def test_a_command_that_trains_instead_is_ended_with_all_it_started(
    tmp_path: Path, own_temporary_directory: Path
) -> None:
    pids = tmp_path / "pids"
    code = (
        "import os, subprocess, sys, time\n"
        "command = [sys.executable, '-c', 'import time; time.sleep(600)']\n"
        "child = subprocess.Popen(command, start_new_session=True)\n"
        f"open({str(pids)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')\n"
        "time.sleep(600)\n"
    )
    done = tried(script(tmp_path, code), timeout_s=3.0)
    assert done.outcome is DryRunOutcome.TIMED_OUT
    assert not any(lives(int(pid)) for pid in pids.read_text().split())
    assert list(own_temporary_directory.iterdir()) == []


def test_it_can_be_called_off(tmp_path: Path) -> None:
    stop, began = threading.Event(), tmp_path / "began"
    code = f"import time; open({str(began)!r}, 'w').close(); time.sleep(600)"
    spec = LaunchSpec(worker_id="w", command=script(tmp_path, code), config={})
    outcomes: list[DryRun] = []
    thread = threading.Thread(target=lambda: outcomes.append(dry_run(spec, stop_asked=stop.is_set)))
    thread.start()
    deadline = time.monotonic() + 20
    while not began.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    stop.set()
    thread.join(20)
    assert [done.outcome for done in outcomes] == [DryRunOutcome.STOPPED]


def test_a_flood_of_output_ends_it(tmp_path: Path) -> None:
    done = tried(script(tmp_path, "while True: print('x' * 100_000)"))
    assert done.outcome is DryRunOutcome.FAILED
    assert "MiB" in done.detail


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = tried((str(tmp_path / "gone"),))
    assert done.outcome is DryRunOutcome.FAILED
    assert "gone" in done.detail


def test_it_sees_the_devices_and_variables_of_the_launch(tmp_path: Path) -> None:
    code = (
        "import os, sys; e = os.environ\n"
        "sys.exit(f\"{e['CUDA_VISIBLE_DEVICES']} {e['MY_TOKEN']} {os.getcwd()}\")"
    )
    spec = LaunchSpec(
        worker_id="w",
        command=script(tmp_path, code),
        config={},
        cwd=str(tmp_path),
        env={"MY_TOKEN": "quiet"},
        resources={"devices": ["1", "0"]},
    )
    assert f"1,0 quiet {os.path.realpath(tmp_path)}" in dry_run(spec).detail


@pytest.mark.parametrize(
    ("text", "devices"), [("0, 1", ("0", "1")), ("none", ()), ("GPU-8a2b-1", ("GPU-8a2b-1",))]
)
def test_devices_are_read(text: str, devices: tuple[str, ...]) -> None:
    assert parse_devices(text) == devices


@pytest.mark.parametrize("text", ["", "0,,1", "cuda:0", "0,0", "-1"])
def test_what_is_no_device_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"device|twice"):
        parse_devices(text)


def test_variables_are_read_as_they_stand() -> None:
    assert parse_environment("# note\n\nA=1 = 2\n B = x \n") == {"A": "1 = 2", "B": " x "}


@pytest.mark.parametrize(
    ("text", "said"), [("A=1\nB", "line 2 has no ="), ("1A=2", "line 1"), ("A=1\nA=2", "line 2 sets A again")]
)
def test_a_line_that_sets_nothing_is_named(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_environment(text)
