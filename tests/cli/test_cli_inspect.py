"""`gym-gui inspect`: checkpoints, manifests, directories, W&B runs; nothing in them is ever run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.artifacts.hostile import WRAPPINGS, evil_pickle, rllib_directory
from tests.artifacts.wandb_logs import copy_of_run, history, log_of
from tests.cli.conftest import Gym

DATA = Path(__file__).parent.parent / "artifacts" / "data"


def test_a_checkpoint_in_words(gym: Gym) -> None:
    said = gym("inspect", str(DATA / "training_100.pt"), "--sha256")
    assert said.code == 0
    assert "PyTorch" in said.out
    assert "model/0.weight" in said.out
    assert "float32 3 x 4" in said.out
    assert "imports only what is known to be harmless" in said.out
    assert "nothing is lacking that can be told" in said.out


def test_a_checkpoint_as_json(gym: Gym) -> None:
    document = gym("inspect", "--json", str(DATA / "model.safetensors")).document
    assert document["kind"] == "checkpoint"
    assert document["parameter_count"] == 9
    assert document["tensors"][0]["shape"] == [3, 2]


def test_two_checkpoints(gym: Gym) -> None:
    paths = (str(DATA / "training_100.pt"), "--compare", str(DATA / "training_200.pt"))
    assert gym("inspect", "--json", *paths).document["counts"] == {
        "removed": 3,
        "other values": 9,
        "same values": 5,
    }
    assert "other values" in gym("inspect", *paths).out


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("name", WRAPPINGS)
def test_nothing_is_run_and_the_danger_is_said(gym: Gym, tmp_path: Path, name: str, as_json: bool) -> None:
    canary, path = tmp_path / "canary", tmp_path / name
    path.write_bytes(WRAPPINGS[name](evil_pickle(canary)))
    said = gym("inspect", *(["--json"] if as_json else []), str(path))
    assert not canary.exists()
    assert said.code == 0
    if as_json:
        assert said.document["worst"] == "dangerous"
    else:
        assert "DANGEROUS" in said.out
        assert "posix.system" in said.out


def test_a_directory_names_what_is_in_it(gym: Gym) -> None:
    said = gym("inspect", str(DATA))
    for text in ("training_100.pt", "clip.webm", "offline-run-20260101_120000-abc12345"):
        assert text in said.out
    document = gym("inspect", "--json", str(DATA)).document
    assert document["kind"] == "directory"
    assert document["disk"]["files"] > 20


def test_a_checkpoint_directory(gym: Gym, tmp_path: Path) -> None:
    root = rllib_directory(tmp_path / "checkpoint_000001", evil_pickle(tmp_path / "canary"))
    said = gym("inspect", str(root))
    assert "RLlib" in said.out and "DANGEROUS" in said.out
    assert not (tmp_path / "canary").exists()


def test_a_manifest(gym: Gym, tmp_path: Path) -> None:
    checkpoints = {
        "directory": "checkpoints",
        "format": "npz",
        "files": ["checkpoints/gone.npz", "../out.npz"],
    }
    content = {
        "run_id": "r1",
        "worker_type": "tabular",
        "artifacts": {"checkpoints": checkpoints},
        "metadata": {},
    }
    path = tmp_path / "analytics.json"
    path.write_text(json.dumps(content))
    said = gym("inspect", str(path))
    assert "missing" in said.out and "refused" in said.out
    assert gym("inspect", "--json", str(path)).document["worker_type"] == "tabular"
    path.write_text("{")
    broken = gym("inspect", str(path))
    assert broken.code == 6
    assert "analytics.json" in broken.err


def test_a_wandb_run(gym: Gym) -> None:
    run = DATA / "wandb" / "offline-run-20260101_120000-abc12345"
    said = gym("inspect", str(run))
    assert "team/lake/first" in said.out and "learning_rate" in said.out
    document = gym("inspect", "--json", str(run)).document
    assert document["facts"]["exit_code"] == 3
    assert document["history"][0] == {"name": "loss", "points": 150, "last_step": 1490.0, "last": 1 / 150}


def test_what_a_wandb_run_logged_with_a_file_is_listed(gym: Gym, tmp_path: Path) -> None:
    image = {"_type": "image-file", "path": "media/images/a.png"}
    run = copy_of_run(tmp_path, log_of(history(_step=4, loss=1.0, frame=image)))
    assert "media/images/a.png" in gym("inspect", str(run)).out
    (logged,) = gym("inspect", "--json", str(run)).document["media"]
    assert logged == {"name": "frame", "step": 4, "kind": "image-file", "path": "media/images/a.png"}


def test_pictures_and_texts(gym: Gym, tmp_path: Path) -> None:
    assert "64 x 48" in gym("inspect", str(DATA / "clip.mp4")).out
    (tmp_path / "notes.txt").write_text("hello\n")
    assert "text" in gym("inspect", str(tmp_path / "notes.txt")).out


def test_names_cannot_steer_the_terminal(gym: Gym, tmp_path: Path) -> None:
    import numpy as np

    np.savez(tmp_path / "a.npz", **{"\x1b[2Jname": np.ones(2)})
    assert "\x1b" not in gym("inspect", str(tmp_path / "a.npz")).out


def test_what_is_not_there_or_no_file(gym: Gym, tmp_path: Path) -> None:
    assert gym("inspect", str(tmp_path / "nothing")).code == 3
    os.mkfifo(tmp_path / "pipe.pt")
    said = gym("inspect", str(tmp_path / "pipe.pt"))
    assert said.code == 6
    assert "plain file" in said.err
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert gym("inspect", str(tmp_path / "loop")).code in (3, 6)
