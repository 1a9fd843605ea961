from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from gym_gui.core.artifacts.manifest import Artifact, ManifestView, Mark, read_manifest
from gym_gui.core.runs.directory import RunDirectory


def make_run(tmp_path: Path) -> RunDirectory:
    (tmp_path / "runs" / "one").mkdir(parents=True)
    return RunDirectory(tmp_path / "runs" / "one")


def write_manifest(run: RunDirectory, artifacts: dict[str, Any], **more: Any) -> None:
    content = {"run_id": run.run_id, "worker_type": "tabular", "artifacts": artifacts, "metadata": {}, **more}
    run.manifest_file.write_text(json.dumps(content))


def group(view: ManifestView, title: str) -> tuple[Artifact, ...]:
    return next(found.artifacts for found in view.groups if found.title == title)


def put(path: Path, content: bytes = b"x") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_no_manifest_is_no_problem(tmp_path: Path) -> None:
    view = read_manifest(make_run(tmp_path).path)
    assert not view.found
    assert view.problem == ""


def test_a_broken_manifest_names_file_and_field(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    write_manifest(run, {"checkpoints": {"directory": "checkpoints", "format": "npz", "files": [1]}})
    view = read_manifest(run.path)
    assert view.found
    assert "files[0]" in view.problem
    assert "analytics.json" in view.problem


def test_checkpoints_carry_marks_and_sizes_and_appear_once(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    for name in ("a.npz", "best.npz"):
        put(run.path / "checkpoints" / name, b"12345")
    files = ["checkpoints/a.npz", "checkpoints/best.npz", "checkpoints/gone.npz"]
    checkpoints = {
        "directory": "checkpoints",
        "format": "npz",
        "files": files,
        "best_checkpoint": "checkpoints/best.npz",
        "final_checkpoint": "checkpoints/best.npz",
    }
    write_manifest(run, {"checkpoints": checkpoints})
    found = {artifact.label: artifact for artifact in group(read_manifest(run.path), "Checkpoints")}
    assert list(found) == files
    assert found["checkpoints/best.npz"].marks == (Mark.BEST, Mark.FINAL)
    assert found["checkpoints/a.npz"].size == 5
    assert not found["checkpoints/gone.npz"].exists


def test_paths_that_lead_out_are_refused_with_the_reason(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    outside = tmp_path / "outside"
    put(outside / "secret.txt")
    (run.path / "link").symlink_to(outside)
    checkpoints = {
        "directory": ".",
        "format": "npz",
        "files": ["../../secret", "/etc/passwd", "link/secret.txt"],
    }
    write_manifest(run, {"checkpoints": checkpoints, "videos_dir": "../videos"})
    view = read_manifest(run.path)
    for artifact in (*group(view, "Checkpoints"), *group(view, "Videos")):
        assert artifact.path is None
        assert artifact.refusal
        assert artifact.size is None


def test_folders_are_listed_without_their_links(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    put(run.path / "videos" / "b" / "two.mp4")
    put(run.path / "videos" / "one.gif", b"123")
    put(tmp_path / "secret.mp4")
    (run.path / "videos" / "escape.mp4").symlink_to(tmp_path / "secret.mp4")
    (run.path / "videos" / "loop").symlink_to(run.path / "videos")
    write_manifest(run, {"videos_dir": "videos"})
    found = group(read_manifest(run.path), "Videos")
    assert [artifact.label for artifact in found] == ["videos/one.gif", "videos/b/two.mp4"]
    assert found[0].size == 3


def test_a_folder_with_too_many_files_is_cut_and_says_so(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    (run.path / "logs").mkdir()
    for number in range(1_100):
        (run.path / "logs" / f"{number:04}.txt").touch()
    write_manifest(run, {"logs_dir": "logs"})
    logs = next(found for found in read_manifest(run.path).groups if found.title == "Logs")
    assert len(logs.artifacts) == 1_000
    assert logs.note == "the first 1,000 files"


def test_wandb_is_a_link_and_metadata_is_kept(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    wandb = {
        "project": "lake", "entity": "me", "run_id": "abc", "run_name": None,
        "url": "https://wandb.ai/me/lake/runs/abc", "enabled": True,
    }  # fmt: skip
    write_manifest(run, {"wandb": wandb}, metadata={"return": 1.0})
    view = read_manifest(run.path)
    (link,) = group(view, "W&B")
    assert link.link == wandb["url"]
    assert link.label == "me/lake/abc"
    assert view.metadata == {"return": 1.0}


def test_a_pipe_or_a_link_in_its_place_is_not_opened(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    os.mkfifo(run.manifest_file)
    assert "plain file" in read_manifest(run.path).problem
    run.manifest_file.unlink()
    run.manifest_file.symlink_to("/etc/passwd")
    assert read_manifest(run.path).problem


def test_a_manifest_of_a_gigabyte_is_not_read(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    with run.manifest_file.open("wb") as file:
        file.truncate(2**30)
    assert "too many" in read_manifest(run.path).problem
