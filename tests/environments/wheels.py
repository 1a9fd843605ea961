"""Wheels made here from nothing but this environment, so that real installs need no network."""

from __future__ import annotations

import base64
import hashlib
import textwrap
import zipfile
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path

WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def make_wheel(
    folder: Path,
    name: str,
    version: str,
    modules: Mapping[str, str],
    *,
    requires: tuple[str, ...] = (),
    entry_points: str = "",
) -> Path:
    """A pure wheel with these modules, by path."""
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    files = {path: textwrap.dedent(text).encode() for path, text in modules.items()}
    files[f"{info}/METADATA"] = "\n".join([*lines, ""]).encode()
    files[f"{info}/WHEEL"] = WHEEL.encode()
    if entry_points:
        files[f"{info}/entry_points.txt"] = entry_points.encode()
    return _write(folder, f"{name.replace('-', '_')}-{version}-py3-none-any.whl", info, files)


def wheel_of_installed(folder: Path, name: str) -> Path:
    """The wheel an installed distribution came from, put together again from its files."""
    home = distribution(name)
    info = f"{home.name.replace('-', '_')}-{home.version}.dist-info"
    files = {}
    for file in home.files or ():
        path = Path(str(home.locate_file(file)))
        if ".." not in file.parts and path.suffix != ".pyc" and path.is_file() and file.name != "RECORD":
            files[str(file)] = path.read_bytes()
    tag = next(
        line.removeprefix("Tag: ")
        for line in (home.read_text("WHEEL") or "").splitlines()
        if line.startswith("Tag: ")
    )
    return _write(folder, f"{home.name.replace('-', '_')}-{home.version}-{tag}.whl", info, files)


def _write(folder: Path, file_name: str, info: str, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    record = "".join(f"{path},{_hash(data)},{len(data)}\n" for path, data in files.items())
    wheel = folder / file_name
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return wheel


def _hash(data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"sha256={digest}"
