"""Checkpoints that are directories (Orbax, RLlib, TensorFlow): their files, and what the plain ones tell."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from gym_gui.core.artifacts.checkpoints.limits import (
    DEEPEST_DIRECTORY,
    LARGEST_JSON,
    LONGEST_NAME,
    MOST_DIRECTORY_FILES,
    MOST_TENSORS,
)
from gym_gui.core.artifacts.checkpoints.model import CheckpointFormat, Findings, Member, Tensor
from gym_gui.core.artifacts.checkpoints.pickle_arrays import shape_of
from gym_gui.core.artifacts.checkpoints.pickle_findings import add_globals, add_structure
from gym_gui.core.artifacts.checkpoints.pickle_opcodes import read_pickle
from gym_gui.core.artifacts.checkpoints.position import add_position
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor, PlainSource
from gym_gui.core.artifacts.checkpoints.structure import role_of
from gym_gui.core.artifacts.stopping import StopAsked, stop_if
from gym_gui.core.events.regular import open_regular

_ORBAX = ("_CHECKPOINT_METADATA", "_METADATA", "checkpoint_metadata")
_RLLIB = ("rllib_checkpoint.json", "algorithm_state.pkl", "class_and_ctor_args.pkl")
_PICKLES = (".pkl", ".pickle")
_MOST_PICKLES = 200


def format_of_directory(path: Path) -> CheckpointFormat | None:
    """What kind of checkpoint a directory is, None when it is none."""
    try:
        with os.scandir(path) as entries:
            names = {entry.name for entry in islice(entries, MOST_DIRECTORY_FILES)}
    except OSError:
        return None
    if names.intersection(_ORBAX) or "manifest.ocdbt" in names:
        return CheckpointFormat.ORBAX
    if names.intersection(_RLLIB):
        return CheckpointFormat.RLLIB
    if "saved_model.pb" in names or any(name.endswith(".index") for name in names):
        return CheckpointFormat.TENSORFLOW
    return None


def read_directory(path: Path, findings: Findings, asked: StopAsked) -> None:
    """Adds the files of a checkpoint directory, and what its plain parts and its pickles tell."""
    for name, size, stored in _files(path, findings, asked):
        findings.members.append(Member(name, size, stored))
    reader = {CheckpointFormat.ORBAX: _read_orbax, CheckpointFormat.RLLIB: _read_rllib}.get(findings.format)
    if reader is not None:
        reader(path, findings)
    else:
        findings.problems.append(f"a {findings.format} checkpoint is listed, its tensors are not read")
    pickles = [member for member in findings.members if member.name.endswith(_PICKLES)]
    for member in pickles[:_MOST_PICKLES]:
        _read_pickle(path, member, findings, asked)
    if len(pickles) > _MOST_PICKLES:
        findings.missed(f"only the first {_MOST_PICKLES} pickles of {len(pickles):,} were looked into")


def _files(root: Path, findings: Findings, asked: StopAsked) -> Iterator[tuple[str, int, int]]:
    """Regular files below the directory: name, size, bytes on disk; links and special files are told."""
    waiting = [("", 0)]
    count = passed_over = 0
    while waiting:
        stop_if(asked)
        folder, depth = waiting.pop()
        try:
            with os.scandir(root / folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as problem:
            findings.missed(f"{folder or root.name}: cannot be listed: {problem.strerror}")
            continue
        for entry in found:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if depth < DEEPEST_DIRECTORY:
                    waiting.append((name, depth + 1))
                else:
                    passed_over += 1
            elif entry.is_file(follow_symlinks=False):
                count += 1
                if count > MOST_DIRECTORY_FILES:
                    findings.missed(f"only the first {MOST_DIRECTORY_FILES:,} files are listed")
                    return
                status = entry.stat(follow_symlinks=False)
                yield name, status.st_size, status.st_blocks * 512
            else:
                passed_over += 1
    if passed_over:
        findings.missed(f"{passed_over} links, special files or directories too deep were passed over")


def _read_orbax(path: Path, findings: Findings) -> None:
    tree = _json(path / "_METADATA", findings).get("tree_metadata")
    if not isinstance(tree, dict):
        findings.problems.append("tells no tree of its arrays; its files are listed")
        return
    types = _orbax_types(path)
    for key, node in tree.items():
        if len(findings.tensors) >= MOST_TENSORS:
            findings.missed(f"only the first {MOST_TENSORS:,} arrays are listed")
            return
        parts = node.get("key_metadata") if isinstance(node, dict) else None
        keys = (
            [str(part.get("key")) for part in parts if isinstance(part, dict)]
            if isinstance(parts, list)
            else [key]
        )
        value = node.get("value_metadata") if isinstance(node, dict) else None
        stated = value.get("write_shape") if isinstance(value, dict) else None
        name = "/".join(keys)[:LONGEST_NAME]
        if len(keys) == 1 or keys[0] not in findings.top_level:
            findings.top_level.append(keys[0][:LONGEST_NAME])
        told_shape, dtype = types.get(".".join(keys), (None, ""))
        shape = shape_of(tuple(stated)) if isinstance(stated, list) else told_shape
        kind = str(value.get("value_type", ""))[:80] if isinstance(value, dict) else ""
        if shape is not None:
            findings.tensors.append(
                Tensor(name, shape, dtype, role=role_of(name), note="" if dtype else kind)
            )
        else:
            findings.metadata.setdefault(name, kind)


def _orbax_types(path: Path) -> dict[str, tuple[tuple[int, ...] | None, str]]:
    """Shapes and types by dotted name, as the first process that wrote the checkpoint tells them."""
    quiet = Findings(CheckpointFormat.ORBAX)
    listed = _json(path / "array_metadatas" / "process_0", quiet).get("array_metadatas")
    types: dict[str, tuple[tuple[int, ...] | None, str]] = {}
    for entry in listed if isinstance(listed, list) else ():
        stated = entry.get("array_metadata", entry) if isinstance(entry, dict) else None
        if isinstance(stated, dict) and isinstance(stated.get("param_name"), str):
            shape = stated.get("write_shape")
            known = shape_of(tuple(shape)) if isinstance(shape, list) else None
            types[stated["param_name"]] = known, str(stated.get("dtype") or "")[:40]
    return types


def _read_rllib(path: Path, findings: Findings) -> None:
    told = _json(path / "rllib_checkpoint.json", findings)
    add_position(findings, told)
    add_position(findings, _json(path / "metadata.json", Findings(findings.format)))


def _json(path: Path, findings: Findings) -> dict[str, Any]:
    try:
        with open_regular(path) as file:
            text = file.read(LARGEST_JSON + 1)
        if len(text) > LARGEST_JSON:
            findings.missed(f"{path.name}: is larger than the {LARGEST_JSON:,} bytes that are read")
            return {}
        value = json.loads(text)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as problem:
        findings.missed(f"{path.name}: cannot be read: {problem}")
        return {}
    return value if isinstance(value, dict) else {}


def _read_pickle(root: Path, member: Member, findings: Findings, asked: StopAsked) -> None:
    try:
        with open_regular(root / member.name) as file:
            reading = read_pickle(ByteCursor(PlainSource(file, 0, member.size)), asked_to_stop=asked)
    except OSError as problem:
        findings.missed(f"{member.name}: {problem}")
        return
    add_globals(findings, reading, member.name)
    prefix = member.name.rpartition(".")[0]
    add_structure(findings, reading.root, member.name, prefix=f"{prefix}/")
