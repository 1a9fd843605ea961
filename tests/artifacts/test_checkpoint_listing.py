"""The checkpoints of a run, from events, manifest and disk at once."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

from gym_gui.core.artifacts.checkpoints.listing import (
    CheckpointRow,
    SavedEvent,
    run_checkpoints,
    saved_events,
)
from gym_gui.core.events.log import EventLog
from gym_gui.core.worker import (
    ArtifactsMetadata,
    CheckpointMetadata,
    TelemetryEmitter,
    WorkerAnalyticsManifest,
)

DATA = Path(__file__).parent / "data"


def put(path: Path, size: int = 10) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    return path


def manifest(files: list[str], best: str | None = None, final: str | None = None) -> WorkerAnalyticsManifest:
    checkpoints = CheckpointMetadata("checkpoints", "npz", files, best, final)
    return WorkerAnalyticsManifest("run", "t", ArtifactsMetadata(checkpoints=checkpoints))


def by_name(rows: tuple[CheckpointRow, ...]) -> dict[str, CheckpointRow]:
    return {Path(row.label).name: row for row in rows}


def test_one_row_for_each_whoever_tells_of_it(tmp_path: Path) -> None:
    for name in ("step_100.npz", "step_200.npz", "best.npz"):
        put(tmp_path / "checkpoints" / name)
    events = [
        SavedEvent(50.0, {"path": "checkpoints/step_100.npz", "step": 100, "episode": 3, "return_mean": 1.5}),
        SavedEvent(60.0, {"path": str(tmp_path / "checkpoints" / "step_200.npz"), "global_step": 200}),
        SavedEvent(
            61.0, {"checkpoint_path": "best.npz", "is_best": True, "metrics": {"score": "NaN", "n": 2}}
        ),
    ]
    files = ["checkpoints/step_100.npz", "checkpoints/best.npz"]
    rows = run_checkpoints(tmp_path, events, manifest(files, final="checkpoints/step_200.npz"))
    assert len(rows) == 3
    found = by_name(rows)
    first = found["step_100.npz"]
    assert (first.step, first.episode, first.time, first.size) == (100, 3, 50.0, 10)
    assert first.metrics == {"return_mean": 1.5}
    assert first.in_event and first.in_manifest and first.exists
    assert found["step_200.npz"].is_final
    assert found["best.npz"].is_best
    assert math.isnan(found["best.npz"].metrics["score"])
    assert [row.step for row in rows] == [100, 200, None]


def test_events_are_taken_from_a_real_log(tmp_path: Path) -> None:
    with (tmp_path / "stdout.log").open("w") as file:
        emitter = TelemetryEmitter("run", sink=file)
        emitter.run_started({"path": "checkpoints/none.pt"})
        emitter.checkpoint_saved({"path": "checkpoints/a.pt", "step": 7})
        file.write("free text\n")
    log = EventLog(tmp_path / "stdout.log")
    (event,) = saved_events(log.lines(log.advance(final=True)))
    assert event.time is not None and event.time > 1e9
    (row,) = run_checkpoints(tmp_path, [event])
    assert (row.label, row.step, row.exists) == ("checkpoints/a.pt", 7, False)


def test_missing_files_are_there_as_missing(tmp_path: Path) -> None:
    event = SavedEvent(1.0, {"path": "checkpoints/gone.pt", "step": 5})
    rows = by_name(run_checkpoints(tmp_path, [event], manifest(["checkpoints/never.pt"])))
    assert set(rows) == {"gone.pt", "never.pt"}
    assert not any(row.exists or row.size for row in rows.values())


def test_paths_that_lead_out_are_refused_and_shown(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    put(tmp_path / "secret.pt")
    (run / "out").symlink_to(tmp_path)
    stated = ["../secret.pt", str(tmp_path / "secret.pt"), "out/secret.pt", "a\0b"]
    rows = run_checkpoints(run, [SavedEvent(1.0, {"path": path}) for path in stated], manifest(stated[:1]))
    assert len(rows) == 4
    assert all(row.refusal and row.path is None and not row.exists for row in rows)


def test_on_disk_alone_with_a_step_from_the_name(tmp_path: Path) -> None:
    put(tmp_path / "checkpoints" / "rl_model_4000_steps.zip")
    put(tmp_path / "checkpoints" / "deep" / "agent.cleanrl_model")
    put(tmp_path / "checkpoints" / "notes.txt")
    shutil.copytree(DATA / "orbax", tmp_path / "checkpoints" / "checkpoint_000012")
    (tmp_path / "checkpoints" / "link.pt").symlink_to("/etc/passwd")
    found = by_name(run_checkpoints(tmp_path))
    assert set(found) == {"rl_model_4000_steps.zip", "agent.cleanrl_model", "checkpoint_000012"}
    assert (found["rl_model_4000_steps.zip"].step, found["rl_model_4000_steps.zip"].step_is_from_name) == (
        4000,
        True,
    )
    assert (found["checkpoint_000012"].step, found["checkpoint_000012"].is_directory) == (12, True)
    assert found["checkpoint_000012"].size == sum(
        p.stat().st_size for p in (DATA / "orbax").rglob("*") if p.is_file()
    )
    assert found["agent.cleanrl_model"].step is None


def test_odd_payloads(tmp_path: Path) -> None:
    payloads = [{}, {"path": 5}, {"path": ""}, {"path": "."}, {"path": "a.pt", "step": "12"}]
    payloads += [
        {"path": "b.pt", "step": True, "episode": -1, "metrics": [1], "loss": 10**400, "is_best": "yes"}
    ]
    found = by_name(run_checkpoints(tmp_path, [SavedEvent(None, payload) for payload in payloads]))
    assert set(found) == {"a.pt", "b.pt"}
    assert found["a.pt"].step == 12
    assert (found["b.pt"].step, found["b.pt"].episode, found["b.pt"].is_best) == (None, None, False)
    assert found["b.pt"].metrics == {}
