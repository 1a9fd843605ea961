"""Files that grow, restart, are replaced or are written side by side."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tensorboardX import SummaryWriter

from gym_gui.core.artifacts.scalars.limits import BLOCK_BYTES
from gym_gui.core.artifacts.scalars.model import SeriesKey
from gym_gui.core.artifacts.scalars.run import ScalarRun
from tests.artifacts.event_writing import (
    event_file,
    opened,
    points,
    read_all,
    restart,
    scalar,
    steps,
    version,
)

FIRST, SECOND = "events.out.tfevents.1700000000.h", "events.out.tfevents.1700000500.h"


def test_a_torn_tail_is_read_once_it_is_whole(tmp_path: Path) -> None:
    records = [scalar("a", step, step) for step in range(5)]
    path = event_file(tmp_path, records[:4])
    run = opened(tmp_path)
    for cut in range(1, len(records[4])):
        with path.open("r+b") as file:
            file.seek(0, os.SEEK_END)
            file.write(records[4][cut - 1 : cut])
        assert read_all(run).points == 0
    with path.open("ab") as file:
        file.write(records[4][-1:])
    changes = read_all(run)
    assert changes.points == 1
    assert changes.changed == {SeriesKey("", "a")}
    assert changes.new == frozenset()
    assert steps(run, "a") == [0, 1, 2, 3, 4]
    assert run.problems == ()


def test_a_tail_that_stays_torn_is_said(tmp_path: Path) -> None:
    path = event_file(tmp_path, [scalar("a", 1, 1), scalar("a", 2, 2)[:-3]])
    os.utime(path, (1.7e9, 1.7e9))
    run = opened(tmp_path)
    assert steps(run, "a") == [1]
    assert "unfinished record" in run.problems[0].text


def test_views_stay_what_they_were_while_the_run_grows(tmp_path: Path) -> None:
    path = event_file(tmp_path, [scalar("a", step, step) for step in range(100)])
    run = opened(tmp_path)
    before = run.series(SeriesKey("", "a"))
    with path.open("ab") as file:
        file.writelines(scalar("a", step, -1) for step in range(100, 1000))
    read_all(run)
    assert before.steps.tolist() == list(range(100))
    assert len(run.series(SeriesKey("", "a"))) == 1000
    with pytest.raises(ValueError, match="read-only"):
        before.steps[0] = 1


def test_a_live_writer_in_another_process(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom tensorboardX import SummaryWriter\n"
        "writer = SummaryWriter(sys.argv[1], flush_secs=1)\n"
        "for step in range(4000):\n"
        "    writer.add_scalar('a', step * 0.5, step)\n"
        "    writer.add_scalar('b/c', -step, step)\n"
        "writer.close()\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
    run, seen = ScalarRun(tmp_path), 0
    try:
        deadline = time.monotonic() + 60
        while seen < 4000 and time.monotonic() < deadline:
            over = writer.poll() is not None
            run.refresh(0.01)
            infos = {info.name: info for info in run.tags()}
            if "a" in infos:
                series = run.series(infos["a"].key)
                assert series.steps.tolist() == list(range(len(series)))
                assert len(series) >= seen
                seen = len(series)
            assert not over or seen or writer.returncode == 0
    finally:
        writer.kill()
        writer.wait()
    read_all(run)
    assert points(run, "a") == [(step, step * 0.5) for step in range(4000)]
    assert points(run, "b/c") == [(step, -step) for step in range(4000)]
    assert run.problems == ()


@pytest.mark.parametrize("same_size", [False, True])
def test_a_file_that_is_replaced_begins_anew(tmp_path: Path, same_size: bool) -> None:
    path = event_file(tmp_path, [scalar("a", step, 1) for step in range(20)])
    run = opened(tmp_path)
    other = [version(1.8e9), *(scalar("b" if same_size else "longer", step, 2, 1.8e9) for step in range(20))]
    (tmp_path / "beside").write_bytes(b"".join(other))
    (tmp_path / "beside").rename(path)
    changes = read_all(run)
    assert changes.reset
    assert [info.name for info in run.tags()] == ["b" if same_size else "longer"]


def test_a_file_that_is_cut_short_begins_anew(tmp_path: Path) -> None:
    records = [scalar("a", step, 1) for step in range(20)]
    path = event_file(tmp_path, records)
    run = opened(tmp_path)
    os.truncate(path, len(b"".join([version(), *records[:3]])))
    assert read_all(run).reset
    assert steps(run, "a") == [0, 1, 2]


def test_a_file_that_is_removed_takes_its_points_with_it(tmp_path: Path) -> None:
    first = event_file(tmp_path, [scalar("a", 1, 1)], FIRST)
    event_file(tmp_path, [scalar("b", 1, 1)], SECOND)
    run = opened(tmp_path)
    first.unlink()
    assert read_all(run).reset
    assert [info.name for info in run.tags()] == ["b"]


def test_a_file_in_a_new_folder_is_found_while_the_run_goes_on(tmp_path: Path) -> None:
    event_file(tmp_path, [scalar("a", 1, 1)])
    run = opened(tmp_path)
    event_file(tmp_path / "eval", [scalar("a", 1, 1)])
    changes = read_all(run)
    assert changes.new == {SeriesKey("eval", "a")}


def test_purge_step_of_a_writer(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path), filename_suffix=".1") as writer:
        for step in range(10):
            writer.add_scalar("a", step, step)
            writer.add_scalar("b", step, step)
    with SummaryWriter(str(tmp_path), filename_suffix=".2", purge_step=6) as writer:
        for step in range(6, 8):
            writer.add_scalar("a", -step, step)
    run = opened(tmp_path)
    assert points(run, "a") == [*((step, step) for step in range(6)), (6, -6), (7, -7)]
    assert steps(run, "b") == list(range(6))
    assert {info.name: info.superseded for info in run.tags()} == {"a": 4, "b": 4}
    assert len(points(run, "a", superseded=True)) == 12


def test_a_restart_changes_the_series_of_earlier_files_too(tmp_path: Path) -> None:
    event_file(tmp_path, [scalar("old", step, step) for step in range(10)], FIRST)
    run = opened(tmp_path)
    event_file(tmp_path, [restart(5), scalar("new", 5, 1)], SECOND)
    changes = read_all(run)
    assert changes.changed == {SeriesKey("", "old"), SeriesKey("", "new")}
    assert changes.new == {SeriesKey("", "new")}
    assert steps(run, "old") == list(range(5))


def test_restart_in_the_middle_of_a_file(tmp_path: Path) -> None:
    records = [*(scalar("a", step, step) for step in range(10)), restart(4)]
    records += [scalar("a", step, -step) for step in range(4, 7)]
    event_file(tmp_path, [*records, restart(6), scalar("a", 6, 66)])
    run = opened(tmp_path)
    assert points(run, "a") == [(0, 0), (1, 1), (2, 2), (3, 3), (4, -4), (5, -5), (6, 66)]
    assert run.tags()[0].superseded == 7


def test_a_run_resumed_from_a_checkpoint_without_a_word(tmp_path: Path) -> None:
    event_file(tmp_path, [scalar("a", step, 0, 1000.0 + step) for step in range(0, 80, 10)], FIRST)
    event_file(tmp_path, [scalar("a", step, 1, 2000.0 + step) for step in range(50, 120, 10)], SECOND)
    run = opened(tmp_path)
    assert points(run, "a") == [*((s, 0) for s in range(0, 50, 10)), *((s, 1) for s in range(50, 120, 10))]
    assert run.tags()[0].superseded == 3


def test_two_writers_side_by_side_lose_nothing(tmp_path: Path) -> None:
    event_file(tmp_path, [scalar("a", step, 0, 1000.0 + step) for step in range(0, 100, 2)], FIRST)
    event_file(tmp_path, [scalar("a", step, 1, 1000.0 + step) for step in range(1, 100, 2)], SECOND)
    run = opened(tmp_path)
    assert points(run, "a") == [(step, step % 2) for step in range(100)]
    assert run.tags()[0].superseded == 0


def test_wanted_folders_are_read_first_and_every_file_is_begun_early(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        records = (scalar("x", step, step) for step in range(BLOCK_BYTES // 20))
        event_file(tmp_path / name, [b"".join(records)])
    run = ScalarRun(tmp_path)
    wanted = SeriesKey("c", "x")
    while not (changes := run.refresh(0.0, [wanted])).finished:
        infos = {info.key.folder: info.count for info in run.tags()}
        if infos.get("c", 0) < BLOCK_BYTES // 20:
            assert set(infos) == {"c"}
            assert changes.bytes_left
            break
    else:
        raise AssertionError("read in one slice")
    read_all(run)
    early = ScalarRun(tmp_path)
    for _ in range(3):
        early.refresh(0.0)
    assert len(early.tags()) == 3


def test_it_may_be_asked_while_it_reads(tmp_path: Path) -> None:
    """Another thread reads a file with restarts, damage and many tags, while everything is asked for."""
    records = [scalar(f"tag {step % 300}", step, step) for step in range(60_000)]
    for place in range(5_000, 60_000, 5_000):
        records[place] = restart(place - 1_000)
        records[place + 1] = records[place + 1][:-2] + b"??"
    event_file(tmp_path, records)
    run = ScalarRun(tmp_path)
    thread = threading.Thread(target=read_all, args=(run,))
    thread.start()
    try:
        looks = 0
        while thread.is_alive():
            for info in run.tags():
                series = run.series(info.key)
                assert len(series.steps) == len(series.values) == len(series.wall_times)
                assert bool((series.steps.astype(float) == series.values).all())
            looks += len(run.problems)
    finally:
        thread.join()
    assert sum(info.count + info.superseded for info in run.tags()) == 60_000 - 2 * 11
    assert run.problems[0].count == 11
