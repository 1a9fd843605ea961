"""Checkpoints that the frameworks themselves have written (data/regenerate_checkpoints.py)."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gym_gui.core.artifacts.checkpoints.comparing import Change, compare_checkpoints
from gym_gui.core.artifacts.checkpoints.hashing import sha256_of
from gym_gui.core.artifacts.checkpoints.inspecting import inspect_checkpoint
from gym_gui.core.artifacts.checkpoints.model import CheckpointFormat, Inspection, Role, Tensor
from gym_gui.core.artifacts.checkpoints.pickle_globals import Danger
from gym_gui.core.artifacts.checkpoints.resuming import Lack, lacks_to_resume
from gym_gui.core.artifacts.stopping import StoppedError

DATA = Path(__file__).parent / "data"


def inspected(name: str) -> Inspection:
    return inspect_checkpoint(DATA / name)


def tensor(inspection: Inspection, name: str) -> Tensor:
    return next(found for found in inspection.tensors if found.name == name)


def test_a_training_checkpoint_of_torch() -> None:
    found = inspected("training_100.pt")
    assert found.format is CheckpointFormat.TORCH_ZIP
    assert (found.step, found.episode) == (100, 3)
    assert found.parameter_count == 4 * 3 + 3 + 3 * 2 + 2
    assert found.worst is Danger.KNOWN
    assert found.is_complete and not found.problems
    assert found.top_level == ("model", "optimizer", "step", "episode", "rng")
    assert found.metadata["archive version"] == "3"  # of the layout: no PyTorch 3 wrote it
    weight = tensor(found, "model/0.weight")
    assert (weight.shape, weight.dtype, weight.size_bytes) == ((3, 4), "float32", 48)
    assert tensor(found, "optimizer/state/0/exp_avg").role is Role.OPTIMIZER
    assert tensor(found, "rng").role is Role.RANDOM


def test_the_place_of_a_tensor_in_the_file_is_where_its_numbers_are() -> None:
    """The bytes at the span are those that torch's own legacy and zip files hold for the same weights."""
    legacy, today = inspected("legacy.pth"), inspected("training_200.pt")

    def numbers(inspection: Inspection, name: str) -> list[float]:
        span = tensor(inspection, name).span
        assert span is not None
        raw = inspection.path.read_bytes()[span.start : span.start + span.length]
        return list(np.frombuffer(raw, "<f4"))

    for name in ("model/0.weight", "model/2.bias"):
        assert numbers(legacy, name) == numbers(today, name)
        assert len(set(numbers(today, name))) > 1


def test_the_legacy_format_and_a_storage_that_two_tensors_share() -> None:
    found = inspected("legacy.pth")
    assert found.format is CheckpointFormat.TORCH_LEGACY
    assert found.is_complete
    assert tensor(found, "tied/0").storage == tensor(found, "model/0.weight").storage
    assert found.parameter_count == 23 + 2  # the tied whole counts once, the slice of it is another shape


def test_a_whole_module_is_named_as_its_state_dict_would_name_it() -> None:
    found = inspected("module.pt")
    assert [entry.name for entry in found.tensors] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    assert {use.name for use in found.globals} >= {"torch.nn.modules.linear.Linear"}


def test_odd_tensors() -> None:
    found = inspected("odd.pt")
    assert {entry.name: (entry.shape, entry.dtype) for entry in found.tensors} == {
        "sparse": ((2, 2), "float32"),
        "bfloat": ((2,), "bfloat16"),
        "quantized": ((2,), "qint8"),
        "parameter": ((2,), "float32"),
        "float8": ((2,), "float8_e4m3fn"),
        "meta": ((3,), "float32"),
        "complex": ((2,), "complex64"),
        "uint16": ((2,), "uint16"),
        "turned": ((3, 2), "float32"),
    }
    assert tensor(found, "turned").span is None, "its elements are not in order"
    assert tensor(found, "meta").note == "no data"
    assert found.worst is Danger.KNOWN


def test_safetensors() -> None:
    found = inspected("model.safetensors")
    assert found.format is CheckpointFormat.SAFETENSORS
    assert found.step == 120
    assert found.parameter_count == 9
    assert tensor(found, "a.bias").dtype == "bfloat16"
    assert found.worst is None


def test_stable_baselines() -> None:
    found = inspected("baselines.zip")
    assert found.format is CheckpointFormat.STABLE_BASELINES
    assert (found.step, found.episode) == (40, 3)
    assert found.metadata["stable_baselines3"] == "2.9.2"
    assert found.metadata["start_time"] == "1795464517754760295"
    assert tensor(found, "policy/q_net.q_net.0.weight").shape == (4, 4)
    assert found.parameter_count == 2 * (4 * 4 + 4 + 4 * 2 + 2)
    assert tensor(found, "policy.optimizer/state/0/exp_avg").role is Role.OPTIMIZER
    schedule = next(use for use in found.globals if "Schedule" in use.name)
    assert schedule.danger is Danger.UNKNOWN
    assert schedule.member == "data: lr_schedule"


def test_a_replay_buffer_is_no_weights() -> None:
    found = inspected("replay.pkl")
    assert found.parameter_count == 0
    assert tensor(found, "observations").shape == (50, 1, 4)
    assert {entry.role for entry in found.tensors} == {Role.REPLAY}


def test_orbax_tells_its_tree() -> None:
    found = inspected("orbax")
    assert found.format is CheckpointFormat.ORBAX
    assert tensor(found, "params/w").shape == (3, 2)
    assert found.parameter_count == 8
    assert any(member.name == "manifest.ocdbt" for member in found.members)


@pytest.mark.parametrize("name", ["network.keras", "network.h5"])
def test_hdf5_says_what_it_takes_to_be_read(name: str) -> None:
    found = inspected(name)
    has_h5py = subprocess.run([sys.executable, "-c", "import h5py"], capture_output=True).returncode == 0
    if has_h5py:
        assert found.parameter_count >= 3 * 2 + 2
    else:
        assert any("pip install h5py" in problem for problem in found.problems)
        assert not found.is_complete


def test_keras_tells_of_code_in_its_layers(tmp_path: Path) -> None:
    import zipfile

    layers = [
        {"class_name": "Lambda", "module": "keras.layers"},
        {"class_name": "Mine", "module": "my.layers"},
    ]
    with zipfile.ZipFile(tmp_path / "a.keras", "w") as archive:
        archive.writestr("metadata.json", "{}")
        archive.writestr(
            "config.json", json.dumps({"class_name": "Sequential", "config": {"layers": layers}})
        )
    uses = {use.name: use.danger for use in inspect_checkpoint(tmp_path / "a.keras").globals}
    assert uses == {"Lambda": Danger.DANGEROUS, "my.layers.Mine": Danger.UNKNOWN}


def test_numpy_archives_and_what_they_say_of_themselves(tmp_path: Path) -> None:
    state = np.array(json.dumps({"step": 12, "episode": 4, "algorithm": "sarsa"}))
    for save, name in ((np.savez, "plain.npz"), (np.savez_compressed, "packed.npz")):
        save(tmp_path / name, values=np.ones((5, 2)), visits=np.zeros(5, np.int64), state=state)
        found = inspect_checkpoint(tmp_path / name)
        assert found.format is CheckpointFormat.NUMPY_ARCHIVE
        assert (found.step, found.episode) == (12, 4)
        assert found.metadata["algorithm"] == "sarsa"
        assert (tensor(found, "values").shape, tensor(found, "values").dtype) == ((5, 2), "float64")
        assert tensor(found, "visits").size_bytes == 40
    np.save(tmp_path / "one.npy", np.zeros((2, 3), np.float16))
    assert tensor(inspect_checkpoint(tmp_path / "one.npy"), "one").dtype == "float16"


def test_two_checkpoints_compared() -> None:
    compared = compare_checkpoints(inspected("training_100.pt"), inspected("training_200.pt"))
    became = {found.name: found.change for found in compared.changes}
    assert became["model/0.weight"] is Change.SAME
    assert became["model/2.bias"] is Change.CHANGED
    assert became["optimizer/state/0/exp_avg"] is Change.REMOVED
    assert ("step", "100", "200") in compared.metadata


def test_added_reshaped_and_retyped_tensors(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", kept=np.ones(3), grown=np.ones(2), cast=np.ones(2), gone=np.ones(1))
    np.savez(tmp_path / "b.npz", kept=np.ones(3), grown=np.ones(4), cast=np.ones(2, "f4"), new=np.ones(1))
    a, b = (inspect_checkpoint(tmp_path / name) for name in ("a.npz", "b.npz"))
    compared = compare_checkpoints(a, b)
    assert [(found.name, found.change) for found in compared.changes] == [
        ("kept", Change.SAME),
        ("grown", Change.RESHAPED),
        ("cast", Change.RETYPED),
        ("new", Change.ADDED),
        ("gone", Change.REMOVED),
    ]
    assert compare_checkpoints(a, a, budget=0).count(Change.SAME) == 4, "checksums tell without reading"


def test_a_file_that_changed_meanwhile_is_not_compared(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", kept=np.ones(3))
    before = inspect_checkpoint(tmp_path / "a.npz")
    np.savez(tmp_path / "a.npz", kept=np.zeros(300))
    compared = compare_checkpoints(before, before)
    assert "has changed" in compared.note


def test_what_is_lacking_to_resume() -> None:
    assert lacks_to_resume(inspected("training_100.pt")).lacks == ()
    assert lacks_to_resume(inspected("module.pt")).lacks == (Lack.OPTIMIZER, Lack.RANDOM, Lack.POSITION)
    assert lacks_to_resume(inspected("baselines.zip")).lacks == (Lack.RANDOM, Lack.REPLAY)
    assert lacks_to_resume(inspected("model.safetensors")).lacks == (Lack.OPTIMIZER, Lack.RANDOM)
    assert not lacks_to_resume(inspected("orbax")).can_be_told


def test_the_sum_is_told_with_progress_and_can_be_stopped(tmp_path: Path) -> None:
    content = bytes(range(256)) * 16_384  # 4 MiB
    (tmp_path / "a").write_bytes(content)
    seen: list[tuple[int, int]] = []
    assert (
        sha256_of(tmp_path / "a", lambda *how_far: seen.append(how_far))
        == hashlib.sha256(content).hexdigest()
    )
    assert [done for done, _ in seen] == [2**20 * n for n in (1, 2, 3, 4)]
    with pytest.raises(StoppedError):
        sha256_of(tmp_path / "a", asked_to_stop=lambda: len(seen) > 2)


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from gym_gui.core.artifacts.checkpoints.inspecting import inspect_checkpoint\n"
        f"for name in {[str(path) for path in sorted(DATA.iterdir())]!r}: inspect_checkpoint(Path(name))\n"
        "print(sorted({'numpy', 'torch', 'h5py', 'safetensors', 'pickle'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
