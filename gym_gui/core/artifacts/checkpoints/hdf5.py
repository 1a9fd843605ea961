"""HDF5 files and Keras archives: their datasets where h5py is installed, and what can be told without it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from gym_gui.core.artifacts.checkpoints.limits import LARGEST_JSON, MIB, SECONDS_FOR_HDF5
from gym_gui.core.artifacts.checkpoints.model import Findings, GlobalUse, Span, Tensor
from gym_gui.core.artifacts.checkpoints.pickle_arrays import item_size, shape_of
from gym_gui.core.artifacts.checkpoints.pickle_globals import Danger
from gym_gui.core.artifacts.checkpoints.position import add_position
from gym_gui.core.artifacts.checkpoints.structure import role_of
from gym_gui.core.artifacts.checkpoints.zip_directory import STORED, ZipDirectory, ZipError

MAGIC = b"\x89HDF\r\n\x1a\n"
_CHILD = "gym_gui.core.artifacts.checkpoints.hdf5_child"
_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_LARGEST_ANSWER = 16 * MIB


def is_keras(archive: ZipDirectory) -> bool:
    """Whether an archive has the parts that Keras writes."""
    return _CONFIG in archive.entries and _METADATA in archive.entries


def read_hdf5(path: Path, span: Span, findings: Findings, prefix: str = "") -> None:
    """Adds the datasets of the HDF5 file in this span of the file at `path`, by h5py in another process."""
    answer = _ask(path, span)
    if answer.get("missing"):
        findings.missed(
            f"{prefix or path.name}: its datasets are listed where h5py is installed (`pip install h5py`)"
        )
        return
    if isinstance(answer.get("problem"), str):
        findings.missed(f"{prefix or path.name}: {answer['problem']}")
    for dataset in answer.get("datasets", ()):
        shape = shape_of(tuple(dataset["shape"]))
        if shape is None:
            continue
        name = f"{prefix}{dataset['name']}"
        tensor = Tensor(name, shape, dataset["dtype"], role=role_of(name))
        size = item_size(tensor.dtype)
        bytes_ = None if size is None else size * tensor.elements
        findings.tensors.append(Tensor(name, shape, tensor.dtype, bytes_, tensor.role))
    if answer.get("cut"):
        findings.missed(
            f"{prefix or path.name}: only the first {len(findings.tensors):,} datasets are listed"
        )
    add_position(findings, answer.get("attributes", {}))


def _ask(path: Path, span: Span) -> dict[str, Any]:
    argv = [sys.executable, "-m", _CHILD, os.fspath(path), str(span.start), str(span.length)]
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS_FOR_HDF5, check=False
        )
    except subprocess.TimeoutExpired:
        return {"problem": f"h5py took longer than {SECONDS_FOR_HDF5:.0f} s and was ended"}
    except OSError as problem:
        return {"problem": f"h5py could not be started: {problem}"}
    if done.returncode != 0 or len(done.stdout) > _LARGEST_ANSWER:
        how = f"signal {-done.returncode}" if done.returncode < 0 else f"code {done.returncode}"
        return {"problem": f"h5py ended with {how} while reading it"}
    answer = json.loads(done.stdout)
    return answer if isinstance(answer, dict) else {}


def read_keras(path: Path, archive: ZipDirectory, findings: Findings) -> None:
    """Adds what the JSON parts of a Keras archive tell, and the datasets of its weights."""
    for part in (_METADATA, _CONFIG):
        try:
            stated = json.loads(archive.read(part, LARGEST_JSON))
        except ZipError as problem:
            findings.missed(str(problem))
            continue
        except (ValueError, RecursionError) as problem:
            findings.missed(f"{part}: is no JSON: {problem}")
            continue
        if part == _METADATA and isinstance(stated, dict):
            add_position(findings, stated)
        elif isinstance(stated, dict):
            findings.metadata["model"] = str(stated.get("class_name", ""))[:200]
            _add_code(stated, findings)
    weights = archive.entries.get(_WEIGHTS)
    if weights is None:
        return
    if weights.method != STORED:
        findings.missed(f"{_WEIGHTS}: is compressed, so its datasets are not listed")
        return
    try:
        read_hdf5(path, archive.span(weights), findings, "weights/")
    except ZipError as problem:
        findings.missed(str(problem))


def _add_code(config: dict[str, Any], findings: Findings) -> None:
    """Adds the layers that bring code or classes of others with them."""
    counts: dict[tuple[str, Danger, str], int] = {}
    waiting: list[Any] = [config]
    while waiting:
        value = waiting.pop()
        waiting.extend(
            value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        )
        if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
            continue
        module = str(value.get("module") or "keras")
        if value["class_name"] in ("Lambda", "__lambda__"):
            use = (value["class_name"], Danger.DANGEROUS, "a layer made of byte code inside the file")
        elif module.partition(".")[0] not in ("keras", "builtins"):
            name = f"{module}.{value['class_name']}"[:300]
            use = (name, Danger.UNKNOWN, f"imports {module.partition('.')[0][:80]}, which may do anything")
        else:
            continue
        counts[use] = counts.get(use, 0) + 1
    for (name, danger, why), count in counts.items():
        findings.globals.append(GlobalUse(name, danger, why, count, True, _CONFIG))
