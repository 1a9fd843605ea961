"""What runs take on the disk, which checkpoints can go, and how they come back."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from gym_gui.core.artifacts.checkpoints.listing import CheckpointRow, SavedEvent, run_checkpoints
from gym_gui.core.artifacts.disk import DiskMeter, DiskUsage
from gym_gui.core.artifacts.disk_forecast import SpaceSample, disk_forecast, disk_space
from gym_gui.core.artifacts.disk_retention import RetentionPlan, Why, plan_retention
from gym_gui.core.artifacts.disk_trash import (
    CheckpointTrashError,
    apply_retention,
    empty_checkpoint_trash,
    restore,
    trashed_checkpoints,
)
from gym_gui.core.artifacts.stopping import StoppedError
from gym_gui.core.worker import ArtifactsMetadata, CheckpointMetadata, WorkerAnalyticsManifest


def put(path: Path, size: int = 5_000) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def measured(root: Path) -> DiskUsage:
    return DiskMeter(root).measure()


def du(root: Path) -> int:
    """What `du` says that everything below the directory takes, the directory itself included."""
    return int(subprocess.run(["du", "-s", "-B1", root], capture_output=True, check=True).stdout.split()[0])


def test_it_counts_as_du_does(tmp_path: Path) -> None:
    root = tmp_path / "run"
    put(root / "a" / "one", 12_345)
    put(root / "a" / "b" / "two", 70_000)
    os.link(root / "a" / "one", root / "a" / "again")
    with (root / "sparse").open("wb") as file:
        file.truncate(2**33)
    (root / "out").symlink_to("/usr")
    (root / "loop").symlink_to(root)
    os.mkfifo(root / "pipe")
    usage = measured(root)
    own = root.lstat().st_blocks * 512 + (root / "out").lstat().st_blocks * 512
    assert abs(usage.disk_bytes + own - du(root)) <= 4096
    assert usage.file_bytes == 12_345 + 70_000 + 2**33
    assert usage.files == 4
    assert usage.directories == 3


def test_counting_in_slices_and_stopping(tmp_path: Path) -> None:
    for number in range(50):
        put(tmp_path / "run" / str(number) / "file")
    meter = DiskMeter(tmp_path / "run")
    first = meter.advance(budget_s=0.0)
    assert not first.is_complete
    slices = 1
    while not (usage := meter.advance(budget_s=0.0)).is_complete:
        slices += 1
    assert slices > 10
    assert usage.files == 50
    with pytest.raises(StoppedError):
        meter.measure(asked_to_stop=lambda: True)
    assert meter.measure().files == 50


def test_what_changed_is_seen_and_what_is_settled_is_not_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = put(tmp_path / "run" / "old" / "file")
    put(tmp_path / "run" / "new" / "file")
    for path in (old, old.parent, tmp_path / "run"):
        os.utime(path, (1_000_000, 1_000_000))
    meter = DiskMeter(tmp_path / "run")
    before = meter.measure()
    put(tmp_path / "run" / "new" / "file", 50_000)  # grows; its directory's time stays
    listed: list[str] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: listed.append(os.fspath(path)) or scandir(path))  # type: ignore[func-returns-value]
    after = meter.measure()
    assert after.file_bytes == before.file_bytes + 45_000
    assert not any(path.endswith("old") for path in listed)
    meter.forget()
    listed.clear()
    meter.measure()
    assert any(path.endswith("old") for path in listed)


def test_directories_that_cannot_be_read_or_have_gone_are_told(tmp_path: Path) -> None:
    assert measured(tmp_path / "nothing").files == 0
    deep = tmp_path / "deep"
    deep.mkdir()
    inner = deep
    for _ in range(80):
        inner /= "d"
    inner.mkdir(parents=True)
    assert any("deep" in problem for problem in measured(deep).problems)


def make_run(tmp_path: Path, count: int = 6) -> tuple[Path, list[SavedEvent]]:
    run = tmp_path / "run"
    events = []
    for number in range(1, count + 1):
        put(run / "checkpoints" / f"step_{number}.npz")
        payload = {"path": f"checkpoints/step_{number}.npz", "step": number, "return_mean": -abs(number - 3)}
        events.append(SavedEvent(float(number), payload))
    return run, events


def going(plan: RetentionPlan) -> list[str]:
    return [entry.relative for entry in plan.going]


def test_the_last_and_the_best_stay(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    plan = plan_retention(run, run_checkpoints(run, events), keep_last=2, keep_best=1)
    assert plan.metric == "return_mean"
    assert going(plan) == [f"checkpoints/step_{number}.npz" for number in (1, 2, 4)]
    assert plan.freed >= 3 * 5_000
    assert {Path(kept.row.label).stem: kept.why for kept in plan.kept} == {
        "step_3": (Why.SCORE,),
        "step_5": (Why.LAST,),
        "step_6": (Why.LAST,),
    }
    worst = plan_retention(run, run_checkpoints(run, events), keep_last=1, keep_best=1, lower_is_better=True)
    assert "checkpoints/step_6.npz" not in going(worst)
    assert "checkpoints/step_3.npz" in going(worst)


def test_what_best_final_and_manifest_name_stays(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    events[0].payload["is_best"] = True  # type: ignore[index]
    files = ["checkpoints/step_3.npz"]
    checkpoints = CheckpointMetadata("checkpoints", "npz", files, None, "checkpoints/step_2.npz")
    manifest = WorkerAnalyticsManifest("run", "t", ArtifactsMetadata(checkpoints=checkpoints))
    rows = run_checkpoints(run, events, manifest)
    assert going(plan_retention(run, rows, keep_last=0)) == [
        "checkpoints/step_4.npz",
        "checkpoints/step_5.npz",
    ]
    unlisted = plan_retention(run, rows, keep_last=1, keep_listed=False)
    assert going(unlisted) == [f"checkpoints/step_{number}.npz" for number in (3, 4, 5)]


def test_nothing_outside_of_the_run_ever_goes(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    outside = put(tmp_path / "outside.npz")
    (run / "checkpoints" / "link.npz").symlink_to(outside)
    events += [
        SavedEvent(0.0, {"path": path}) for path in ("../outside.npz", str(outside), "checkpoints/link.npz")
    ]
    rows = run_checkpoints(run, events)
    plan = plan_retention(run, rows, keep_last=1)
    assert all(path.startswith("checkpoints/step_") for path in going(plan))
    sly = CheckpointRow("../outside.npz", outside, exists=True, time=0.0)
    assert going(plan_retention(run, [*rows, sly], keep_last=1)) == going(plan)


def test_a_directory_stays_for_what_stays_inside(tmp_path: Path) -> None:
    run, _ = make_run(tmp_path, count=1)
    put(run / "checkpoints" / "tree" / "_METADATA")
    put(run / "checkpoints" / "tree" / "inner.pt")
    inner = {"path": "checkpoints/tree/inner.pt", "is_best": True}
    rows = run_checkpoints(run, [SavedEvent(9e9, inner)])
    plan = plan_retention(run, rows, keep_last=1)
    assert not any(path.startswith("checkpoints/tree") for path in going(plan))
    assert any(kept.why == (Why.HOLDS_KEPT,) for kept in plan.kept)


def test_moved_to_the_trash_and_back(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    put(run / "checkpoints" / "tree" / "_METADATA")
    put(run / "checkpoints" / "tree" / "d" / "data")
    os.utime(run / "checkpoints" / "tree", (0, 0))
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    plan = plan_retention(run, run_checkpoints(run, events), keep_last=1)
    entry = apply_retention(plan)
    assert set(entry.paths) == set(going(plan))
    assert len([row for row in run_checkpoints(run, events) if row.exists]) == 1
    assert measured(run).trash_bytes >= plan.freed
    (listed,) = trashed_checkpoints(run)
    assert listed.name == entry.name
    assert "checkpoints/tree/d/data" in listed.paths
    back = restore(run, entry.name)
    assert back.skipped == ()
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
    assert trashed_checkpoints(run) == ()


def test_what_changed_since_the_plan_stays(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    plan = plan_retention(run, run_checkpoints(run, events), keep_last=4)
    put(run / "checkpoints" / "step_1.npz", 7)
    (run / "checkpoints" / "step_2.npz").unlink()
    entry = apply_retention(plan)
    assert entry.paths == ()
    assert [problem.split(": ")[1] for problem in entry.skipped] == [
        "has changed since the plan was made",
        "is gone",
    ]


def test_a_new_file_in_its_place_is_not_overwritten(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    entry = apply_retention(plan_retention(run, run_checkpoints(run, events), keep_last=4))
    put(run / "checkpoints" / "step_1.npz", 7)
    back = restore(run, entry.name)
    assert back.paths == ("checkpoints/step_2.npz",)
    assert "something else" in back.skipped[0]
    assert (run / "checkpoints" / "step_1.npz").stat().st_size == 7
    assert trashed_checkpoints(run)[0].paths == ("checkpoints/step_1.npz",)


def test_nothing_is_moved_back_through_a_link(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    entry = apply_retention(plan_retention(run, run_checkpoints(run, events), keep_last=4))
    (run / "checkpoints").rename(run / "moved")
    (tmp_path / "elsewhere").mkdir()
    (run / "checkpoints").symlink_to(tmp_path / "elsewhere")
    assert restore(run, entry.name).paths == ()
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_emptying_frees_and_says_how_much(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    plan = plan_retention(run, run_checkpoints(run, events), keep_last=1)
    entry = apply_retention(plan)
    assert empty_checkpoint_trash(run, entry.name) >= plan.freed
    assert trashed_checkpoints(run) == ()
    for name in (entry.name, "..", "../checkpoints", "1234567890-00000000"):
        with pytest.raises(CheckpointTrashError):
            restore(run, name)


def test_a_trash_that_is_a_link_is_refused(tmp_path: Path) -> None:
    run, events = make_run(tmp_path)
    (run / ".trash").symlink_to(tmp_path)
    plan = plan_retention(run, run_checkpoints(run, events), keep_last=1)
    for use in (
        lambda: apply_retention(plan),
        lambda: trashed_checkpoints(run),
        lambda: empty_checkpoint_trash(run),
    ):
        with pytest.raises(CheckpointTrashError):
            use()


def test_the_forecast_is_the_rate_of_the_samples() -> None:
    samples = [SpaceSample(float(10 * number), 1_000_000 - 1_000 * number) for number in range(10)]
    forecast = disk_forecast(samples)
    assert forecast is not None
    assert forecast.bytes_per_second == pytest.approx(100.0)
    assert forecast.seconds_left == pytest.approx(991_000 / 100)
    jump = [
        SpaceSample(sample.time, sample.free + (500_000 if sample.time > 70 else 0)) for sample in samples
    ]
    robust = disk_forecast(jump)
    assert robust is not None and robust.bytes_per_second > 0, "one file removed does not turn it round"
    reserved = disk_forecast(samples, reserve=991_000)
    assert reserved is not None and reserved.seconds_left == 0.0


def test_no_forecast_from_too_little_or_from_growth() -> None:
    assert disk_forecast([SpaceSample(float(number), 100) for number in range(3)]) is None
    assert disk_forecast([SpaceSample(number / 10, 100) for number in range(10)]) is None
    assert disk_forecast([SpaceSample(5.0, 100)] * 10) is None
    growing = disk_forecast([SpaceSample(10.0 * number, 100 + number) for number in range(10)])
    assert growing is not None and growing.seconds_left is None


def test_the_space_of_a_file_system(tmp_path: Path) -> None:
    space = disk_space(tmp_path)
    assert 0 < space.free <= space.total
