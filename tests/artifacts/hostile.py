"""Pickles that would leave a mark if anything ran them, and zip archives that lie."""

from __future__ import annotations

import base64
import io
import json
import os
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Canary:
    """Something whose pickle makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, (f"touch {self.path}",)


def evil_pickle(path: Path, protocol: int = 2) -> bytes:
    return pickle.dumps({"step": 5, "weights": Canary(path)}, protocol)


def torch_zip(data: bytes, **parts: bytes) -> bytes:
    """An archive as torch writes it, around any pickle."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", data)
        archive.writestr("archive/version", b"3\n")
        for name, content in parts.items():
            archive.writestr(f"archive/data/{name}", content)
    return buffer.getvalue()


def legacy_chain(data: bytes) -> bytes:
    head = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
    return head + data + pickle.dumps([], 2)


def baselines_zip(data: bytes) -> bytes:
    buffer = io.BytesIO()
    settings = {"num_timesteps": 7, "policy_class": {":serialized:": base64.b64encode(data).decode()}}
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("data", json.dumps(settings))
        archive.writestr("_stable_baselines3_version", "2.9.2")
        archive.writestr("policy.pth", torch_zip(data))
    return buffer.getvalue()


def object_npy(data: bytes) -> bytes:
    header = b"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + data


def object_npz(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("values.npy", object_npy(data))
    return buffer.getvalue()


def torch_tar(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("sys_info", "pickle", "tensors", "storages"):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


WRAPPINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain.pkl": bytes,
    "zip.pt": torch_zip,
    "agent.cleanrl_model": torch_zip,
    "legacy.pth": legacy_chain,
    "tar.pth": torch_tar,
    "baselines.zip": baselines_zip,
    "objects.npy": object_npy,
    "objects.npz": object_npz,
}


def rllib_directory(root: Path, data: bytes) -> Path:
    root.mkdir()
    (root / "rllib_checkpoint.json").write_text('{"type": "Algorithm"}')
    (root / "algorithm_state.pkl").write_bytes(data)
    return root


def deep_pickle(depth: int) -> bytes:
    """Lists within lists."""
    return b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b"."


def laughs(levels: int) -> bytes:
    """A list that holds the same list ten times, and so on: 10 ** levels items when copied out."""
    value: list[Any] = []
    for _ in range(levels):
        value = [value] * 10
    return pickle.dumps(value, 2)
