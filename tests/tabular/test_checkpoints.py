"""Checkpoint files: written whole, read without trust, and refused with the reason."""

from __future__ import annotations

import io
import pickle
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gym_gui.workers.tabular.checkpoint import (
    Checkpoint,
    CheckpointError,
    CheckpointState,
    agent_words,
    load_checkpoint,
    save_checkpoint,
)
from gym_gui.workers.tabular.checkpoint_store import CheckpointStore


def checkpoint(episode: int = 12) -> Checkpoint:
    words, gauss = agent_words(random.Random(3))
    state = CheckpointState(
        algorithm="sarsa",
        env_id="Lake-v1",
        env_options={"is_slippery": False},
        seed=3,
        episode=episode,
        step=99,
        evaluated=0.25,
        best=None,
        env_random={"bit_generator": "PCG64", "state": {"state": 2**127 + 5, "inc": 7}},
        agent_gauss=gauss,
    )
    values = np.array([[0.1, -2.0], [1 / 3, 5e-324]])
    return Checkpoint(state, values, np.array([[1, 0], [3, 2**40]]), np.array([1.0, 0.5]), words)


def test_everything_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    saved = checkpoint()
    save_checkpoint(tmp_path / "a.npz", saved)
    loaded = load_checkpoint(tmp_path / "a.npz")
    assert loaded.state == saved.state
    for name in ("values", "visits", "returns", "agent_random"):
        np.testing.assert_array_equal(getattr(loaded, name), getattr(saved, name))
    ours = random.Random(3)
    assert [loaded.agent_rng().random()] == [ours.random()]


def test_the_file_opens_without_pickles(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "a.npz", checkpoint())
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        assert {name: archive[name].dtype.kind for name in archive.files} == {
            "values": "f", "visits": "i", "returns": "f", "agent_random": "u", "state": "U",
        }  # fmt: skip


def test_a_failed_save_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: Any) -> None:
    path = tmp_path / "a.npz"
    save_checkpoint(path, checkpoint())
    before = path.read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", full)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(path, checkpoint(13))
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.npz"]


def rewritten(path: Path, member: str, content: bytes) -> None:
    """The archive with one member replaced."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**members, member: content}.items():
            archive.writestr(name, data)


def npy(array: Any, **how: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **how)
    return buffer.getvalue()


def header_of(shape: str, dtype: str = "<f8") -> bytes:
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


class Bomb:
    """Leaves a trace if it is ever unpickled."""

    def __init__(self, trace: Path) -> None:
        self._trace = trace

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self._trace,)


def test_a_pickle_inside_is_refused_and_not_run(tmp_path: Path) -> None:
    path, trace = tmp_path / "a.npz", tmp_path / "trace"
    save_checkpoint(path, checkpoint())
    rewritten(path, "values.npy", npy(np.array([Bomb(trace)], dtype=object), allow_pickle=True))
    with pytest.raises(CheckpointError, match="values: holds object"):
        load_checkpoint(path)
    assert not trace.exists()
    path.write_bytes(pickle.dumps(Bomb(trace)))
    with pytest.raises(CheckpointError, match="not a zip file"):
        load_checkpoint(path)
    assert not trace.exists()


@pytest.mark.parametrize(
    ("member", "content", "reason"),
    [
        ("values.npy", header_of("(99999999999, 2)"), "values: claims"),
        ("values.npy", header_of("(100, 2)"), "values: claims 1,600 bytes"),
        ("values.npy", header_of("(-3, -2)"), "claims|shape"),
        ("values.npy", npy(np.zeros((3, 2))), "not two tables of one shape"),
        ("values.npy", npy(np.array([[np.nan, 0.0], [0.0, 0.0]])), "not finite"),
        ("visits.npy", npy(np.array([[-1, 0], [0, 0]])), "negative visits"),
        ("agent_random.npy", npy(np.zeros(3, dtype=np.uint32)), "state vector"),
        ("state.npy", npy(np.array("not json")), "Expecting value"),
        (
            "state.npy",
            npy(np.array('{"format_version": 2}')),
            "format version 2; this worker reads version 1",
        ),
        ("state.npy", npy(np.array('{"format_version": 1}')), "missing or unknown fields.*'algorithm'"),
        ("state.npy", npy(np.array("[" * 100_000)), "recursion|Expecting"),
    ],
)
def test_what_is_no_checkpoint_is_refused_with_field_file_and_cause(
    tmp_path: Path, member: str, content: bytes, reason: str
) -> None:
    path = tmp_path / "a.npz"
    save_checkpoint(path, checkpoint())
    rewritten(path, member, content)
    with pytest.raises(CheckpointError, match=reason) as refused:
        load_checkpoint(path)
    assert str(refused.value).startswith(f"resume_from: {path}: ")


def test_a_missing_member_a_missing_file_and_a_directory_are_named(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("values.npy", npy(np.zeros((1, 1))))
    with pytest.raises(CheckpointError, match="holds no 'visits'"):
        load_checkpoint(path)
    with pytest.raises(CheckpointError, match="No such file"):
        load_checkpoint(tmp_path / "none.npz")
    with pytest.raises(CheckpointError, match="Is a directory"):
        load_checkpoint(tmp_path)


@pytest.mark.parametrize("field", ["seed", "episode", "step"])
def test_counters_that_are_no_counts_are_refused(tmp_path: Path, field: str) -> None:
    good = checkpoint()
    save_checkpoint(tmp_path / "a.npz", replace(good, state=replace(good.state, **{field: -1})))
    with pytest.raises(CheckpointError, match=rf"state\.{field}: not a count: -1"):
        load_checkpoint(tmp_path / "a.npz")


def test_only_the_newest_periodic_checkpoints_stay(tmp_path: Path) -> None:
    directory = tmp_path / "checkpoints"
    directory.mkdir()
    store = CheckpointStore(tmp_path, directory, keep=2)
    assert store.save_best(checkpoint(1)) == "checkpoints/best.npz"
    names = [store.save_periodic(checkpoint(number)) for number in (1, 2, 3)]
    store.save_final(checkpoint(3))
    assert names[0] == "checkpoints/episode_000000001.npz"
    assert sorted(entry.name for entry in directory.iterdir()) == [
        "best.npz", "episode_000000002.npz", "episode_000000003.npz", "final.npz",
    ]  # fmt: skip
