"""A new worker's files, all of them or none."""

from __future__ import annotations

import json
import os
import shutil
import string
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from gym_gui.scaffold.names import WorkerNames

_SUFFIX = ".template"
_PACKAGE = "package"


@dataclass(frozen=True, slots=True)
class Template:
    """One way to begin.

    Attributes:
        about: What a worker made from it does, in a sentence.
        requirements: What it needs beside the SDK.
    """

    about: str
    family: str
    requirements: tuple[str, ...] = ()
    upstream: str | None = None
    memory_mb: int = 64


TEMPLATES: Mapping[str, Template] = {
    "minimal": Template("Learns which arm of a bandit pays best.", "custom"),
    "gymnasium": Template(
        "Q-learning on gymnasium environments with discrete spaces.",
        "gymnasium",
        ("gymnasium[toy-text]>=1.0",),
        "gymnasium",
        150,
    ),
}


class TargetExistsError(FileExistsError):
    """There is something where the worker is to be written."""


def render(names: WorkerNames, template: str) -> dict[str, str]:
    """The text of each file, by its path below the worker's folder."""
    chosen = TEMPLATES[template]
    values = {
        **asdict(names),
        "about": chosen.about,
        "family": chosen.family,
        "dependencies": json.dumps(["mosaic-panel", *chosen.requirements]),
        "upstream": json.dumps(chosen.upstream) if chosen.upstream else "None",
        "memory": str(chosen.memory_mb),
    }
    found = {**_texts("common"), **_texts(template)}
    return {
        path.replace(f"/{_PACKAGE}/", f"/{names.package}/"): string.Template(text).substitute(values)
        for path, text in found.items()
    }


def write_worker(names: WorkerNames, folder: Path, template: str, *, replace: bool = False) -> list[str]:
    """The paths written below `folder`; it holds every file, or, if anything went wrong, what it held before.

    Args:
        names: Of the worker.
        folder: The worker's own folder, e.g. `./my-agent-worker`.
        template: A key of `TEMPLATES`.
        replace: Overwrite files of the same names; others in the folder stay.

    Raises:
        TargetExistsError: The folder exists and is not empty, and `replace` was not said.
        OSError: It cannot be written.
    """
    texts = render(names, template)
    if not replace and (folder.is_symlink() or folder.exists()) and not _is_empty(folder):
        raise TargetExistsError(f"{folder} exists already")
    folder.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _write(texts, staged)
        staged.chmod(0o777 & ~_umask())
        if folder.exists() and not _is_empty(folder):
            _move_over(texts, staged, folder)
        else:
            staged.replace(folder)
    finally:
        shutil.rmtree(staged, ignore_errors=True)
    return sorted(texts)


def _is_empty(folder: Path) -> bool:
    return folder.is_dir() and not folder.is_symlink() and not any(folder.iterdir())


def _write(texts: Mapping[str, str], folder: Path) -> None:
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def _move_over(texts: Mapping[str, str], staged: Path, folder: Path) -> None:
    for path in texts:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (staged / path).replace(folder / path)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _texts(name: str) -> dict[str, str]:
    root = files("gym_gui.scaffold") / "templates" / name
    return {
        path.removesuffix(_SUFFIX): entry.read_text(encoding="utf-8") for path, entry in _files_below(root)
    }


def _files_below(folder: Traversable, prefix: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files_below(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            yield f"{prefix}{entry.name}", entry
