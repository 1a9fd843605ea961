from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gym_gui.core.machine import MachineReading
from gym_gui.services.disk_watch import DiskWatch, RunSizes
from gym_gui.services.notifier import NoticeLevel, Notifier
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import wait_for

GB = 10**9


def reading(free: int) -> MachineReading:
    return MachineReading(1, None, None, None, free, 100 * GB, ())


def feed(watch: DiskWatch, free: Callable[[int], int], count: int = 10) -> None:
    for number in range(count):
        watch.take(reading(free(number)), now=number * 20.0)


def test_a_disk_that_fills_up_is_told_of_once_with_what_the_queue_does(
    notifier: Notifier, tmp_path: Path
) -> None:
    watch = DiskWatch(tmp_path, notifier)
    said: list[tuple[str, str]] = []
    watch.changed.connect(lambda short, full: said.append((short, full)))
    feed(watch, lambda n: 20 * GB - n * GB // 10)
    assert len(notifier.history) == 1
    notice = notifier.history[0]
    assert notice.level is NoticeLevel.WARNING and notice.title == "The disk is filling up"
    assert str(tmp_path) in notice.text and "No queued run starts" in notice.text
    assert said[-1][0].startswith("Disk full in about 1 h")


def test_a_disk_that_stays_as_it_is_is_not_told_of(notifier: Notifier, tmp_path: Path) -> None:
    watch = DiskWatch(tmp_path, notifier)
    feed(watch, lambda n: 20 * GB + (n % 2) * 1000)
    assert notifier.history == ()


def test_a_full_disk_is_told_of_at_once_and_taken_back_when_there_is_room(
    notifier: Notifier, tmp_path: Path
) -> None:
    watch = DiskWatch(tmp_path, notifier)
    said: list[str] = []
    watch.changed.connect(lambda short, _full: said.append(short))
    watch.take(reading(GB // 2), now=0.0)
    assert said == ["Disk full"] and notifier.history[0].title == "The disk is full"
    watch.take(reading(90 * GB), now=60.0)
    assert said[-1] == ""


def test_runs_are_measured_and_measured_again(notifier: Notifier, tmp_path: Path) -> None:
    tasks = TaskRunner(notifier)
    sizes = RunSizes(tasks)
    places = {}
    for name in ("a", "b"):
        places[name] = tmp_path / name
        places[name].mkdir()
        (places[name] / "file").write_bytes(b"x" * 50_000)
    sizes.follow(places)
    wait_for(lambda: sizes.is_complete, "both")
    first = sizes.usage_of("a")
    assert first is not None and first.file_bytes == 50_000
    assert sizes.total_bytes >= 100_000
    (places["a"] / "more").write_bytes(b"x" * 70_000)
    sizes.look_at("a")
    wait_for(lambda: (u := sizes.usage_of("a")) is not None and u.file_bytes == 120_000, "the new size")
    sizes.follow({"b": places["b"]})
    assert sizes.usage_of("a") is None
    sizes.stop()
    assert tasks.close(5_000)


def test_a_run_that_is_gone_does_not_hold_the_others_up(notifier: Notifier, tmp_path: Path) -> None:
    tasks = TaskRunner(notifier)
    sizes = RunSizes(tasks)
    (tmp_path / "there").mkdir()
    sizes.follow({"gone": tmp_path / "gone", "there": tmp_path / "there"})
    wait_for(lambda: sizes.usage_of("there") is not None, "the one that is there")
    sizes.stop()
    assert tasks.close(5_000)
