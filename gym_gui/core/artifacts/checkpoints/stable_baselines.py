"""Stable-Baselines3's zip: settings as JSON with pickles inside, and torch files beside it."""

from __future__ import annotations

import base64
import binascii
import json
from typing import BinaryIO

from gym_gui.core.artifacts.checkpoints.limits import LARGEST_JSON, MOST_TOP_LEVEL
from gym_gui.core.artifacts.checkpoints.model import CheckpointFormat, Findings, Role
from gym_gui.core.artifacts.checkpoints.pickle_findings import add_globals, add_structure
from gym_gui.core.artifacts.checkpoints.pickle_opcodes import read_pickle
from gym_gui.core.artifacts.checkpoints.position import add_position
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor
from gym_gui.core.artifacts.checkpoints.torch_files import is_legacy, pickles_of, read_torch_zip
from gym_gui.core.artifacts.checkpoints.zip_directory import STORED, ZipDirectory, ZipError
from gym_gui.core.artifacts.stopping import StopAsked

_PICKLED = ":serialized:"
_VERSION_PART = "_stable_baselines3_version"


class _Bytes:
    """Bytes in memory as a source."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def read(self, count: int) -> bytes:
        data = self._data[self._at : self._at + count]
        self._at += len(data)
        return data

    def skip(self, count: int) -> None:
        self._at = min(self._at + count, len(self._data))


def is_stable_baselines(archive: ZipDirectory) -> bool:
    """Whether an archive has the parts that Stable-Baselines3 writes."""
    return "data" in archive.entries and (_VERSION_PART in archive.entries or "policy.pth" in archive.entries)


def read_stable_baselines(
    file: BinaryIO, archive: ZipDirectory, findings: Findings, asked: StopAsked
) -> None:
    """Adds settings, pickles within them, and the tensors of its torch files."""
    _read_settings(archive, findings, asked)
    if _VERSION_PART in archive.entries:
        try:
            version = archive.read(_VERSION_PART, 100).decode("utf-8", "replace").strip()
            findings.metadata["stable_baselines3"] = version
        except ZipError as problem:
            findings.missed(str(problem))
    for name, entry in archive.entries.items():
        if not name.endswith(".pth"):
            continue
        findings.top_level.append(name)
        if entry.method != STORED:
            findings.missed(f"{name}: is compressed, so what it holds is not read")
            continue
        try:
            span = archive.span(entry)
            inner = ZipDirectory(file, span.start, span.length)
        except ZipError as problem:
            _say_why(archive, name, str(problem), findings)
            continue
        _read_torch(inner, name, findings, asked)


def _read_torch(inner: ZipDirectory, name: str, findings: Findings, asked: StopAsked) -> None:
    """The torch archive inside the archive, its tensors and imports named after it."""
    pickled = pickles_of(inner)
    if not pickled:
        findings.missed(f"{name}: holds no pickle of torch")
        return
    part = Findings(CheckpointFormat.TORCH_ZIP)
    read_torch_zip(inner, pickled[0], part, asked, prefix=f"{name.removesuffix('.pth')}/", member=name)
    findings.tensors += part.tensors
    findings.globals += part.globals
    findings.problems += part.problems
    findings.is_complete = findings.is_complete and part.is_complete


def _say_why(archive: ZipDirectory, name: str, problem: str, findings: Findings) -> None:
    entry = archive.entries[name]
    try:
        head = archive.source(entry).read(64)
    except ValueError:
        head = b""
    legacy = " It is a file of torch before 1.6." if is_legacy(head) else ""
    findings.missed(f"{name}: {problem}.{legacy}")


def _read_settings(archive: ZipDirectory, findings: Findings, asked: StopAsked) -> None:
    try:
        settings = json.loads(archive.read("data", LARGEST_JSON))
    except ZipError as problem:
        findings.missed(str(problem))
        return
    except (ValueError, RecursionError) as problem:
        findings.missed(f"data: is no JSON: {problem}")
        return
    if not isinstance(settings, dict):
        findings.missed("data: is no JSON object")
        return
    findings.top_level.extend(str(name)[:200] for name in list(settings)[:MOST_TOP_LEVEL])
    add_position(findings, settings)
    for name, value in settings.items():
        if isinstance(value, dict) and isinstance(value.get(_PICKLED), str):
            _read_setting(str(name)[:200], value[_PICKLED], findings, asked)


def _read_setting(name: str, text: str, findings: Findings, asked: StopAsked) -> None:
    try:
        data = base64.b64decode(text)
    except (binascii.Error, ValueError) as problem:
        findings.missed(f"data: {name}: is no base64: {problem}")
        return
    reading = read_pickle(ByteCursor(_Bytes(data)), asked_to_stop=asked)
    add_globals(findings, reading, f"data: {name}")
    add_structure(findings, reading.root, f"data: {name}", prefix=f"data/{name}/", role=Role.OTHER)
