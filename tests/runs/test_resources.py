"""The resource curve: what the supervisor wrote, whatever else is in the file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.processes.resources import last_sample_time, read_resources
from tests.runs.conftest import Launcher, wait_until


def sample(time: float, rss: float = 10.0) -> str:
    return json.dumps(
        {"time": time, "cpu_percent": 50.0, "cpu_seconds": 1.0, "rss_bytes": rss, "processes": 2}
    )


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    return RunDirectory(tmp_path)


def test_a_real_run_has_a_curve(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="plain child")
    wait_until(lambda: len(read_resources(run)))
    curve = read_resources(run)
    assert len(curve.times) == len(curve.cpu_percent) == len(curve.rss_bytes) == len(curve.processes)
    assert curve.processes[-1] == 2 and curve.rss_bytes[-1] > 1e6
    assert last_sample_time(run) == curve.times[-1]


def test_the_last_minutes_are_counted_from_the_last_sample(run: RunDirectory) -> None:
    run.resources_file.write_text("\n".join(sample(60.0 * minute) for minute in range(100)) + "\n")
    assert list(read_resources(run, minutes=2).times) == [97 * 60.0, 98 * 60.0, 99 * 60.0]
    assert len(read_resources(run, minutes=None)) == 100
    assert len(read_resources(run)) == 31


def test_torn_and_senseless_lines_are_passed_over(run: RunDirectory) -> None:
    lines = [
        sample(1.0),
        sample(2.0)[:20],
        "null",
        "[1]",
        '{"time": "x"}',
        '{"time": NaN, "cpu_percent": 1, "rss_bytes": 1, "processes": 1}',
        '{"time": 1e999, "cpu_percent": 1, "rss_bytes": 1, "processes": 1}',
        "[" * 100_000,
        "\0\0",
        sample(3.0),
        sample(4.0)[:-1],
    ]
    run.resources_file.write_bytes("\n".join(lines).encode() + b"\xff")
    assert list(read_resources(run).times) == [1.0, 3.0]


def test_a_file_that_somebody_made_huge_is_read_in_part(run: RunDirectory) -> None:
    with run.resources_file.open("w") as file:
        file.seek(200 << 20)
        file.write("\n" + sample(7.0) + "\n")
    assert list(read_resources(run).times) == [7.0]


def test_a_sample_of_a_time_to_come_is_no_sign_of_life(run: RunDirectory) -> None:
    run.resources_file.write_text("\n".join([sample(5.0), sample(1e300), sample(-1e300), ""]))
    assert last_sample_time(run) == 5.0


@pytest.mark.parametrize("kind", ["missing", "pipe", "directory", "link"])
def test_odd_things_in_its_place(run: RunDirectory, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(run.resources_file)
    elif kind == "directory":
        run.resources_file.mkdir()
    elif kind == "link":
        run.resources_file.symlink_to("/etc/passwd")
    assert len(read_resources(run)) == 0
    assert last_sample_time(run) is None
