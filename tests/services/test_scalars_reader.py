"""Runs on screen are read in the background, the visible first, and followed as they grow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gym_gui.core.artifacts.scalars.limits import BLOCK_BYTES
from gym_gui.services import scalars
from gym_gui.services.scalars import ScalarsReader
from gym_gui.services.tasks import TaskRunner
from tests.artifacts.event_writing import event_file, scalar
from tests.panel_helpers import spin, wait_for


@pytest.fixture
def reader(tasks: TaskRunner) -> Iterator[ScalarsReader]:
    made = ScalarsReader(tasks)
    yield made
    made.stop()
    assert tasks.close(10_000)
    spin()


def count(reader: ScalarsReader, path: Path) -> int:
    run = reader.run(path)
    return sum(info.count for info in run.tags()) if run is not None else 0


def test_what_is_there_is_read_and_what_is_added_too(reader: ScalarsReader, tmp_path: Path) -> None:
    path = event_file(tmp_path, [scalar("a", step, step) for step in range(100)])
    told: list[int] = []
    reader.changed.connect(lambda directory, changes: told.append(changes.points))
    reader.show([tmp_path])
    wait_for(lambda: count(reader, tmp_path) == 100 and reader.is_caught_up)
    with path.open("ab") as file:
        file.writelines(scalar("a", step, step) for step in range(100, 150))
    wait_for(lambda: count(reader, tmp_path) == 150)
    assert sum(told) == 150


def test_every_run_is_begun_before_one_is_finished(reader: ScalarsReader, tmp_path: Path) -> None:
    many = b"".join(scalar("a", step, step) for step in range(3 * BLOCK_BYTES // 40))
    paths = [tmp_path / name for name in ("one", "two", "three")]
    for path in paths:
        for number in range(4):
            event_file(path, [many], f"events.out.tfevents.{number}.h")
    finished: list[Path] = []
    begun: list[Path] = []

    def note(directory: Path, changes: object) -> None:
        begun.append(directory)
        if getattr(changes, "finished", False):
            finished.append(directory)
            assert set(begun) == set(paths)

    reader.changed.connect(note)
    reader.show(paths)
    wait_for(lambda: reader.is_caught_up, seconds=30)
    assert set(finished) == set(paths)


def test_nothing_is_read_once_nothing_is_shown(
    reader: ScalarsReader, tmp_path: Path, tasks: TaskRunner
) -> None:
    path = event_file(tmp_path, [scalar("a", 1, 1)])
    reader.show([tmp_path])
    wait_for(lambda: reader.is_caught_up and count(reader, tmp_path) == 1)
    reader.show([])
    wait_for(lambda: tasks.pending == 0)
    with path.open("ab") as file:
        file.write(scalar("a", 2, 2))
    spin()
    assert tasks.pending == 0
    assert count(reader, tmp_path) == 1
    reader.show([tmp_path])
    wait_for(lambda: count(reader, tmp_path) == 2)


def test_runs_that_left_the_screen_are_forgotten_when_there_are_too_many_points(
    reader: ScalarsReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scalars, "_MOST_KEPT_POINTS", 15)
    paths = [tmp_path / str(number) for number in range(3)]
    for path in paths:
        event_file(path, [scalar("a", step, step) for step in range(10)])
        reader.show([path])
        wait_for(lambda path=path: reader.is_caught_up and count(reader, path) == 10)
    reader.show(paths[2:])
    assert [reader.run(path) is not None for path in paths] == [False, False, True]


def test_an_unexpected_failure_is_told_and_ends_the_reading(
    reader: ScalarsReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*arguments: object) -> None:
        raise RuntimeError("out of order")

    monkeypatch.setattr("gym_gui.core.artifacts.scalars.run.ScalarRun.refresh", broken)
    told: list[str] = []
    reader.failed.connect(told.append)
    reader.show([tmp_path])
    wait_for(lambda: told)
    assert told == ["RuntimeError: out of order"]
