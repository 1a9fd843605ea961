from __future__ import annotations

import copy
import json
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gym_gui.core.worker import (
    ArtifactsMetadata,
    CheckpointMetadata,
    TensorBoardMetadata,
    WandBMetadata,
    WorkerAnalyticsManifest,
)


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    directory = tmp_path / "runs" / "r1"
    directory.mkdir(parents=True)
    return directory


def full_manifest() -> WorkerAnalyticsManifest:
    return WorkerAnalyticsManifest(
        "r1",
        "cleanrl",
        ArtifactsMetadata(
            TensorBoardMetadata("tensorboard", True, 6006, "http://localhost:6006"),
            WandBMetadata("project", "entity", "abc", "name", "https://wandb.ai/x", True),
            CheckpointMetadata("checkpoints", "pytorch", ["1.pt", "2.pt", "3.pt"], "b.pt", "f.pt"),
            "logs",
            "videos",
            "plots",
        ),
        {"return": 195.5, "nested": {"list": [1, None, True]}},
    )


def test_a_full_manifest_comes_back_as_it_was(run_dir: Path) -> None:
    manifest = full_manifest()
    manifest.save(run_dir / "analytics.json")
    assert WorkerAnalyticsManifest.load(run_dir / "analytics.json") == manifest
    assert WorkerAnalyticsManifest.from_dict(manifest.to_dict()) == manifest
    assert json.loads((run_dir / "analytics.json").read_text()) == manifest.to_dict()


def test_parts_that_are_none_are_left_out() -> None:
    manifest = WorkerAnalyticsManifest("r1", "w", ArtifactsMetadata(videos_dir="videos"))
    assert manifest.to_dict() == {
        "run_id": "r1",
        "worker_type": "w",
        "artifacts": {"videos_dir": "videos"},
        "metadata": {},
    }


def test_paths_are_accepted_and_kept_as_text() -> None:
    checkpoints = CheckpointMetadata(Path("checkpoints"), "npz", (Path("a.npz"), "b.npz"))  # type: ignore[arg-type]
    assert checkpoints.directory == "checkpoints"
    assert checkpoints.files == ["a.npz", "b.npz"]
    checkpoints.files.append(Path("c.npz"))  # type: ignore[arg-type]
    assert checkpoints.to_dict()["files"] == ["a.npz", "b.npz", "c.npz"]


def test_unknown_fields_of_every_level_are_kept_and_written_back(run_dir: Path) -> None:
    data = full_manifest().to_dict()
    data["format"] = 9
    data["artifacts"]["models"] = {"onnx": "m.onnx"}
    data["artifacts"]["tensorboard"]["plugins"] = ["hparams"]
    data["artifacts"]["checkpoints"]["sha256"] = {"1.pt": "00"}
    data["artifacts"]["wandb"]["unknown_fields"] = "a name of ours that the file may use as well"
    file = run_dir / "analytics.json"
    file.write_text(json.dumps(data))
    manifest = WorkerAnalyticsManifest.load(file)
    manifest.save(file)
    assert json.loads(file.read_text()) == data
    assert manifest == WorkerAnalyticsManifest.from_dict(data)
    assert manifest != full_manifest()
    assert copy.deepcopy(manifest) == replace(manifest) == manifest


def test_unknown_fields_cannot_shadow_known_ones() -> None:
    manifest = WorkerAnalyticsManifest("r1", "w", ArtifactsMetadata())
    manifest.unknown_fields["run_id"] = "other"
    assert manifest.to_dict()["run_id"] == "r1"


def test_nulls_and_missing_optional_parts_are_fine() -> None:
    minimal = WorkerAnalyticsManifest("r1", "w", ArtifactsMetadata())
    for data in (
        {"run_id": "r1", "worker_type": "w"},
        {"run_id": "r1", "worker_type": "w", "artifacts": None, "metadata": None},
        {"run_id": "r1", "worker_type": "w", "artifacts": {"wandb": None, "logs_dir": None}},
    ):
        assert WorkerAnalyticsManifest.from_dict(data) == minimal
    wandb = WandBMetadata.from_dict({"enabled": False, "url": None})
    assert wandb == WandBMetadata(None, None, None, None, None, False)
    assert CheckpointMetadata.from_dict({"directory": "d", "format": "f", "files": None}).files == []


FILES: list[str | int] = ["artifacts", "checkpoints", "files"]


def replaced(place: list[str | int], value: Any) -> dict[str, Any]:
    data = full_manifest().to_dict()
    inner: Any = data
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = value
    return data


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (
            [*FILES, 2],
            7,
            "artifacts.checkpoints.files[2]: expected a string, got 7",
        ),
        ([*FILES, 0], None, "files[0]: expected a string, got null"),
        (FILES, "a.pt", 'files: expected a list of strings, got "a.pt"'),
        (["artifacts", "checkpoints", "directory"], None, "directory: expected a string, got null"),
        (["artifacts", "checkpoints"], [], "artifacts.checkpoints: expected an object, got []"),
        (["artifacts", "tensorboard", "enabled"], 1, "tensorboard.enabled: expected true or false, got 1"),
        (["artifacts", "tensorboard", "port"], True, "tensorboard.port: expected a whole number, got true"),
        (["artifacts", "tensorboard", "port"], 6006.5, "expected a whole number, got 6006.5"),
        (["artifacts", "logs_dir"], {"a": 1}, 'artifacts.logs_dir: expected a string, got {"a": 1}'),
        (["artifacts"], "x" * 500, 'artifacts: expected an object, got "xxx'),
        (["metadata"], [1], "metadata: expected an object, got [1]"),
        (["run_id"], 5, "run_id: expected a string, got 5"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(
    run_dir: Path, place: list[str | int], value: Any, message: str
) -> None:
    file = run_dir / "analytics.json"
    file.write_text(json.dumps(replaced(place, value)))
    with pytest.raises(ValueError, match=r"analytics\.json") as caught:
        WorkerAnalyticsManifest.load(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert message in str(caught.value)
    assert len(str(caught.value)) < len(str(file)) + 200


def test_a_missing_required_field_is_named() -> None:
    with pytest.raises(ValueError, match=r"^worker_type: expected a string, got nothing$"):
        WorkerAnalyticsManifest.from_dict({"run_id": "r1"})
    with pytest.raises(ValueError, match=r"^artifacts\.tensorboard\.log_dir: .*got nothing$"):
        WorkerAnalyticsManifest.from_dict(
            {"run_id": "r1", "worker_type": "w", "artifacts": {"tensorboard": {"enabled": True}}}
        )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{\n  'run_id': 1}", "line 2 column 3: not valid JSON: "),
        (b"", "line 1 column 1: not valid JSON: the file is empty"),
        (b"[1, 2]", "expected a JSON object in braces, got [1, 2]"),
        (b'{"run_id": "\xff"}', "byte 12: not UTF-8 text"),
        (b"[" * 200_000, "not usable JSON"),
        (b'{"a": ' + b"9" * 10_000 + b"}", "not usable JSON"),
    ],
)
def test_a_file_that_is_no_manifest_says_where(run_dir: Path, content: bytes, message: str) -> None:
    file = run_dir / "analytics.json"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"analytics\.json") as caught:
        WorkerAnalyticsManifest.load(file)
    assert message in str(caught.value)


def test_a_missing_file_and_a_directory(run_dir: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"analytics\.json: there is no such file"):
        WorkerAnalyticsManifest.load(run_dir / "analytics.json")
    with pytest.raises(ValueError, match="is a directory"):
        WorkerAnalyticsManifest.load(run_dir)


def test_wrong_types_are_refused_on_construction_and_on_saving(run_dir: Path) -> None:
    with pytest.raises(TypeError, match=r"TensorBoardMetadata\.log_dir: expected a string, got 7"):
        TensorBoardMetadata(7, True)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"CheckpointMetadata\.files\[1\]: expected a string, got None"):
        CheckpointMetadata("d", "f", ["a", None])  # type: ignore[list-item]
    with pytest.raises(TypeError, match=r"WorkerAnalyticsManifest\.artifacts: expected an instance of Art"):
        WorkerAnalyticsManifest("r", "w", {})  # type: ignore[arg-type]
    manifest = WorkerAnalyticsManifest("r", "w", ArtifactsMetadata())
    manifest.artifacts.plots_dir = 3  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"ArtifactsMetadata\.plots_dir: expected a string, got 3"):
        manifest.save(run_dir / "analytics.json")
    assert list(run_dir.iterdir()) == []


def test_metadata_of_any_kind_gives_valid_json_and_numbers_come_back(run_dir: Path) -> None:
    numpy = pytest.importorskip("numpy")
    metadata = {
        "loss": math.nan,
        "best": [math.inf, -math.inf],
        "mean": numpy.float32(0.5),
        "at": Path("x"),
    }
    manifest = WorkerAnalyticsManifest("r1", "w", ArtifactsMetadata(), metadata)
    file = run_dir / "analytics.json"
    manifest.save(file)

    def no_constants(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    written = json.loads(file.read_text(), parse_constant=no_constants)
    assert written["metadata"] == {
        "loss": "NaN",
        "best": ["Infinity", "-Infinity"],
        "mean": 0.5,
        "at": "x",
    }
    loaded = WorkerAnalyticsManifest.load(file).metadata
    assert math.isnan(loaded["loss"])
    assert loaded["best"] == [math.inf, -math.inf]


def test_saving_creates_the_directory_and_leaves_no_temporary(tmp_path: Path) -> None:
    file = tmp_path / "new" / "run" / "analytics.json"
    full_manifest().save(file)
    full_manifest().save(str(file))
    assert [entry.name for entry in file.parent.iterdir()] == ["analytics.json"]


def test_a_failed_save_keeps_the_old_file_and_removes_the_temporary(
    run_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = run_dir / "analytics.json"
    full_manifest().save(file)
    before = file.read_bytes()

    def disk_full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_full)
    with pytest.raises(OSError, match="No space left"):
        WorkerAnalyticsManifest("other", "w", ArtifactsMetadata()).save(file)
    assert file.read_bytes() == before
    assert [entry.name for entry in run_dir.iterdir()] == ["analytics.json"]


def test_absolute_paths_inside_the_run_directory_are_written_relative(run_dir: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(run_dir, target_is_directory=True)
    manifest = WorkerAnalyticsManifest(
        "r1",
        "w",
        ArtifactsMetadata(
            TensorBoardMetadata(str(run_dir / "tensorboard"), True),
            checkpoints=CheckpointMetadata(
                str(link / "checkpoints"),
                "pt",
                [str(run_dir / "a" / ".." / "b.pt"), "c.pt", "/else/d.pt"],
            ),
            videos_dir="var/trainer/runs/r1/videos",
        ),
    )
    manifest.save(run_dir / "analytics.json")
    artifacts = WorkerAnalyticsManifest.load(run_dir / "analytics.json").artifacts
    assert artifacts.tensorboard is not None
    assert artifacts.tensorboard.log_dir == "tensorboard"
    assert artifacts.checkpoints is not None
    assert artifacts.checkpoints.directory == "checkpoints"
    assert artifacts.checkpoints.files == ["b.pt", "c.pt", "/else/d.pt"]
    assert artifacts.videos_dir == "videos"
    through_link = WorkerAnalyticsManifest("r1", "w", ArtifactsMetadata(logs_dir=str(run_dir / "logs")))
    through_link.save(link / "analytics.json")
    assert WorkerAnalyticsManifest.load(link / "analytics.json").artifacts.logs_dir == "logs"


@pytest.mark.parametrize(
    "stated", ["../secret", "/etc/passwd", "a/../../b", "leads_out/x", "", "nul\0", "C:\\x"]
)
def test_a_path_that_leaves_the_run_directory_is_refused(run_dir: Path, stated: str) -> None:
    (run_dir / "leads_out").symlink_to("/etc")
    manifest = WorkerAnalyticsManifest("r1", "w", ArtifactsMetadata())
    with pytest.raises(ValueError, match="path"):
        manifest.resolve(run_dir, stated)


def test_a_path_inside_is_resolved_however_it_is_stated(run_dir: Path) -> None:
    manifest = WorkerAnalyticsManifest("r1", "w", ArtifactsMetadata())
    expected = run_dir / "tensorboard" / "events"
    for stated in ("tensorboard/events", Path("tensorboard/events"), expected, str(expected)):
        assert manifest.resolve(run_dir, stated) == expected
    assert manifest.resolve(run_dir, "var/trainer/runs/r1/tensorboard/events") == expected
    (run_dir / "leads_out").symlink_to("/etc")
    with pytest.raises(ValueError, match="symbolic link"):
        manifest.resolve(run_dir, run_dir / "leads_out" / "passwd")


def test_every_named_artifact_is_listed_with_its_path_or_refusal(run_dir: Path) -> None:
    (run_dir / "checkpoints").mkdir()
    (run_dir / "checkpoints" / "by_name.pt").touch()
    checkpoints = CheckpointMetadata("checkpoints", "pt", ["checkpoints/1.pt", "../2.pt"], "by_name.pt")
    manifest = WorkerAnalyticsManifest(
        "r1",
        "w",
        ArtifactsMetadata(
            TensorBoardMetadata("tensorboard", True), checkpoints=checkpoints, plots_dir="/etc"
        ),
    )
    listed = {artifact.place: artifact for artifact in manifest.artifact_paths(run_dir)}
    assert {place: artifact.path for place, artifact in listed.items()} == {
        "artifacts.tensorboard.log_dir": run_dir / "tensorboard",
        "artifacts.checkpoints.directory": run_dir / "checkpoints",
        "artifacts.checkpoints.files[0]": run_dir / "checkpoints" / "1.pt",
        "artifacts.checkpoints.files[1]": None,
        "artifacts.checkpoints.best_checkpoint": run_dir / "checkpoints" / "by_name.pt",
        "artifacts.plots_dir": None,
    }
    assert "'..'" in listed["artifacts.checkpoints.files[1]"].refusal
    assert "outside the run directory" in listed["artifacts.plots_dir"].refusal
    assert listed["artifacts.plots_dir"].stated == "/etc"
    assert listed["artifacts.tensorboard.log_dir"].refusal == ""


def test_a_file_name_that_is_no_text_survives(run_dir: Path) -> None:
    name = os.fsdecode(b"caf\xe9.pt")
    checkpoints = CheckpointMetadata(".", "pt", [name])
    WorkerAnalyticsManifest("r1", "w", ArtifactsMetadata(checkpoints=checkpoints)).save(
        run_dir / "analytics.json"
    )
    loaded = WorkerAnalyticsManifest.load(run_dir / "analytics.json")
    assert loaded.artifacts.checkpoints == checkpoints
