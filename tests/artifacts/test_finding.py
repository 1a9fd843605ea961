"""What is found in directories of all sorts, and what is never opened."""

from __future__ import annotations

import os
import shutil
import socket
import tracemalloc
from pathlib import Path

import pytest

from gym_gui.core.artifacts import finding
from gym_gui.core.artifacts.finding import Found, FoundKind, find_artifacts
from gym_gui.core.artifacts.stopping import StoppedError

DATA = Path(__file__).parent / "data"


def put(path: Path, content: bytes = b"x") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def names(found: Found, kind: FoundKind) -> list[str]:
    return [artifact.relative for artifact in found.of(kind)]


def make_run(root: Path) -> Path:
    for name in ("run.json", "analytics.json", "stdout.log", "tensorboard/events.out.tfevents.1.host"):
        put(root / name)
    put(root / "checkpoints" / "step_1.pt")
    put(root / "videos" / "episode.mp4")
    put(root / "plots" / "loss.svg")
    put(root / "notes.bin2")
    shutil.copytree(DATA / "orbax", root / "checkpoints" / "7")
    shutil.copytree(DATA / "wandb", root / "wandb")
    return root


def test_everything_is_named_by_what_it_is(tmp_path: Path) -> None:
    found = find_artifacts(make_run(tmp_path / "run"))
    assert names(found, FoundKind.EVENTS) == ["tensorboard/events.out.tfevents.1.host"]
    assert names(found, FoundKind.CHECKPOINT) == ["checkpoints/7", "checkpoints/step_1.pt"]
    assert sorted(names(found, FoundKind.MEDIA)) == ["plots/loss.svg", "videos/episode.mp4"]
    assert names(found, FoundKind.WANDB) == ["wandb/offline-run-20260101_120000-abc12345"]
    assert names(found, FoundKind.LOG) == ["stdout.log"]
    assert names(found, FoundKind.RECORD) == ["run.json"]
    assert names(found, FoundKind.OTHER) == ["notes.bin2"]
    assert found.manifests == ["analytics.json"]
    assert not found.is_empty


def test_a_manifest_is_opened_by_its_file(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    assert find_artifacts(run / "analytics.json").root == run
    with pytest.raises(NotADirectoryError):
        find_artifacts(run / "stdout.log")
    with pytest.raises(FileNotFoundError):
        find_artifacts(tmp_path / "nothing")


def test_a_directory_of_several_runs_names_their_manifests(tmp_path: Path) -> None:
    for name in ("b", "a"):
        make_run(tmp_path / name)
    assert find_artifacts(tmp_path).manifests == ["a/analytics.json", "b/analytics.json"]


def test_links_and_special_files_are_passed_over_and_counted(tmp_path: Path) -> None:
    put(tmp_path / "outside" / "secret.pt")
    root = tmp_path / "run"
    put(root / "mine.pt")
    (root / "loop").symlink_to(root)
    (root / "up").symlink_to("..")
    (root / "secret.pt").symlink_to(tmp_path / "outside" / "secret.pt")
    os.mkfifo(root / "pipe.pt")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(os.path.relpath(root / "socket.pt"))
        found = find_artifacts(root)
    assert [artifact.relative for artifact in found.artifacts] == ["mine.pt"]
    assert (found.links, found.special) == (3, 2)


def test_a_link_that_a_person_opens_is_followed(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    (tmp_path / "latest").symlink_to(run)
    assert find_artifacts(tmp_path / "latest").root == run


def test_trash_and_environments_are_not_looked_into(tmp_path: Path) -> None:
    for name in (".trash", ".venv", ".git"):
        put(tmp_path / name / "a.pt")
    assert find_artifacts(tmp_path).is_empty


def test_limits_are_kept_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_FILES", 50)
    for number in range(40):
        put(tmp_path / "a" / f"{number:03}.pt")
        put(tmp_path / "b" / f"{number:03}.pt")
    found = find_artifacts(tmp_path)
    assert len(found.artifacts) == 50
    assert found.problems == ["only the first 50 files are listed"]
    deep = tmp_path / "deep"
    for _ in range(40):
        deep /= "d"
    put(deep / "a.pt")
    assert any("deep" in problem for problem in find_artifacts(tmp_path / "deep").problems)


def test_a_hundred_thousand_files_take_bounded_memory(tmp_path: Path) -> None:
    source = put(tmp_path / "run" / "0.png")
    for number in range(1, 4_000):
        os.link(source, tmp_path / "run" / f"{number}.png")
    tracemalloc.start()
    found = find_artifacts(tmp_path / "run")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.artifacts) == 4_000
    assert peak < 4_000 * 1_500, "no more than 150 MB for the 100,000 of the limit"


def test_looking_can_be_stopped(tmp_path: Path) -> None:
    make_run(tmp_path / "run")
    asked = iter([False, False, True])
    with pytest.raises(StoppedError):
        find_artifacts(tmp_path / "run", lambda: next(asked))


def test_a_directory_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path / "run" / "a" / "x.pt")
    put(tmp_path / "run" / "y.pt")
    scandir = os.scandir

    def refuse(path: os.PathLike[str]) -> object:
        if os.fspath(path).endswith("/a"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find_artifacts(tmp_path / "run")
    assert names(found, FoundKind.CHECKPOINT) == ["y.pt"]
    assert found.problems == ["a: cannot be listed: Permission denied"]
