"""A checkpoint looked into: which format it is, by its bytes, and what it holds."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from gym_gui.core.artifacts.checkpoints.directories import format_of_directory, read_directory
from gym_gui.core.artifacts.checkpoints.hdf5 import MAGIC as HDF5_MAGIC
from gym_gui.core.artifacts.checkpoints.hdf5 import is_keras, read_hdf5, read_keras
from gym_gui.core.artifacts.checkpoints.model import CheckpointFormat, Findings, Inspection, Member, Span
from gym_gui.core.artifacts.checkpoints.numpy_files import MAGIC as NUMPY_MAGIC
from gym_gui.core.artifacts.checkpoints.numpy_files import read_npy, read_npz
from gym_gui.core.artifacts.checkpoints.pickle_findings import add_globals, add_structure
from gym_gui.core.artifacts.checkpoints.pickle_opcodes import read_pickle
from gym_gui.core.artifacts.checkpoints.safetensors import header_length, read_safetensors
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor, PlainSource
from gym_gui.core.artifacts.checkpoints.stable_baselines import is_stable_baselines, read_stable_baselines
from gym_gui.core.artifacts.checkpoints.torch_files import (
    is_legacy,
    pickles_of,
    read_legacy,
    read_torch_tar,
    read_torch_zip,
)
from gym_gui.core.artifacts.checkpoints.zip_directory import ZipDirectory, ZipError
from gym_gui.core.artifacts.stopping import StopAsked, never
from gym_gui.core.events.regular import open_regular

_HEAD_BYTES = 512
_PICKLE_NAMES = (".pkl", ".pickle", ".p", ".pt", ".pth", ".cleanrl_model", ".joblib")


def inspect_checkpoint(path: Path, asked_to_stop: StopAsked = never) -> Inspection:
    """What the checkpoint at `path`, a file or a directory, holds and would do when it is loaded.

    Nothing is unpickled, no framework is imported, links and special files are refused. A file that is
    cut, broken or larger than the limits is told as far as it could be read, with `problems` saying so.

    Raises:
        OSError: When it cannot be opened, or is no plain file or directory.
        StoppedError: When asked to stop.
    """
    if stat.S_ISDIR(os.lstat(path).st_mode):
        return _inspect_directory(path, asked_to_stop)
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
        findings = Findings(CheckpointFormat.UNKNOWN)
        _read(path, file, findings, asked_to_stop)
    return _finished(path, findings, status.st_size, status.st_mtime)


def _inspect_directory(path: Path, asked: StopAsked) -> Inspection:
    findings = Findings(format_of_directory(path) or CheckpointFormat.DIRECTORY)
    read_directory(path, findings, asked)
    size = sum(member.size for member in findings.members)
    return _finished(path, findings, size, path.stat().st_mtime)


def _finished(path: Path, findings: Findings, size: int, modified: float) -> Inspection:
    worst_first = sorted(findings.globals, key=lambda use: (-use.danger.rank, use.name))
    return Inspection(
        path,
        findings.format,
        size,
        modified,
        tuple(findings.tensors),
        tuple(worst_first),
        tuple(findings.members),
        findings.metadata,
        tuple(findings.top_level),
        findings.step,
        findings.episode,
        tuple(findings.problems),
        findings.is_complete,
    )


def _read(path: Path, file: BinaryIO, findings: Findings, asked: StopAsked) -> None:
    head = os.pread(file.fileno(), _HEAD_BYTES, 0)
    size = os.fstat(file.fileno()).st_size
    if not head:
        findings.missed("the file is empty")
    elif head.startswith(b"PK"):
        _read_zip(path, file, findings, asked)
    elif head.startswith(NUMPY_MAGIC):
        findings.format = CheckpointFormat.NUMPY_ARRAY
        read_npy(file, path.stem, findings, asked)
    elif head.startswith(HDF5_MAGIC):
        findings.format = CheckpointFormat.HDF5
        read_hdf5(path, Span(0, size), findings)
    elif header_length(head, size) is not None:
        findings.format = CheckpointFormat.SAFETENSORS
        read_safetensors(file, findings)
    elif is_legacy(head):
        findings.format = CheckpointFormat.TORCH_LEGACY
        read_legacy(file, findings, asked)
    elif head[257:262] == b"ustar":
        findings.format = CheckpointFormat.TORCH_TAR
        read_torch_tar(file, findings, asked)
    elif head[:1] == b"\x80" or path.suffix.lower() in _PICKLE_NAMES:
        findings.format = CheckpointFormat.PICKLE
        reading = read_pickle(ByteCursor(PlainSource(file, 0, size)), asked_to_stop=asked)
        add_globals(findings, reading, path.name)
        add_structure(findings, reading.root, path.name, base=0)
    else:
        findings.missed("is of no format that is known here")


def _read_zip(path: Path, file: BinaryIO, findings: Findings, asked: StopAsked) -> None:
    findings.format = CheckpointFormat.ZIP
    try:
        archive = ZipDirectory(file)
    except ZipError as problem:
        findings.missed(f"the archive {problem}")
        return
    findings.problems += (f"the archive {warning}" for warning in archive.warnings())
    findings.members += (Member(e.name[:500], e.size, e.stored) for e in archive.entries.values())
    pickled = pickles_of(archive)
    if pickled:
        findings.format = CheckpointFormat.TORCH_ZIP
        if len(pickled) > 1:
            findings.problems.append(f"has {len(pickled)} pickles to choose from; the first is shown")
        read_torch_zip(archive, pickled[0], findings, asked)
    elif is_stable_baselines(archive):
        findings.format = CheckpointFormat.STABLE_BASELINES
        read_stable_baselines(file, archive, findings, asked)
    elif is_keras(archive):
        findings.format = CheckpointFormat.KERAS
        read_keras(path, archive, findings)
    elif any(name.endswith(".npy") for name in archive.entries):
        findings.format = CheckpointFormat.NUMPY_ARCHIVE
        read_npz(archive, findings, asked)
    else:
        findings.missed("holds nothing that is known here; its parts are listed")
