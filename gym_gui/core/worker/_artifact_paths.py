"""The paths a manifest names: found in its data, stated relative to the run directory, resolved inside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

from gym_gui.config.confinement import confine
from gym_gui.constants import RUNS_DIR_NAME, TRAINER_DIR_NAME
from gym_gui.core.worker._json_files import dotted

_PATH_FIELDS = {
    "tensorboard": ("log_dir",),
    "checkpoints": ("directory", "files", "best_checkpoint", "final_checkpoint"),
    "": ("logs_dir", "videos_dir", "plots_dir"),
}


@dataclass(frozen=True, slots=True)
class ArtifactPath:
    """One path of a manifest.

    Attributes:
        place: Where the manifest names it, e.g. `artifacts.checkpoints.files[2]`.
        stated: The path as the worker wrote it.
        path: Where that is, inside the run directory; it need not exist. None when refused.
        refusal: Why it was refused, "" when it was not.
    """

    place: str
    stated: str
    path: Path | None
    refusal: str = ""


def resolve_artifact(run_dir: Path, stated: str | os.PathLike[str]) -> Path:
    """Where a path of the manifest is, inside the run directory.

    An absolute path is accepted when it lies inside.

    Raises:
        ValueError: It leaves the run directory, or is no path.
    """
    return confine(run_dir, _from_run_dir(run_dir, os.fspath(stated)))


def artifact_paths(artifacts: dict[str, Any], run_dir: Path) -> tuple[ArtifactPath, ...]:
    """Every path in a manifest's `artifacts`, in the manifest's order, resolved or refused."""
    directory = artifacts.get("checkpoints", {}).get("directory", "")
    return tuple(_judged(run_dir, slot.place, slot.stated, directory) for slot in _slots(artifacts))


def state_relative(artifacts: dict[str, Any], run_dir: Path) -> None:
    """Nothing; the paths in `artifacts` that lie inside the run directory are now relative to it."""
    for slot in _slots(artifacts):
        try:
            slot.container[slot.key] = _from_run_dir(run_dir, slot.stated)
        except ValueError:
            continue  # it lies elsewhere: kept as the worker says it, and refused on reading


@dataclass(frozen=True, slots=True)
class _Slot:
    """A path in the plain data of a manifest, and what holds it."""

    place: str
    container: Any
    key: Any

    @property
    def stated(self) -> str:
        return str(self.container[self.key])


def _slots(artifacts: dict[str, Any]) -> Iterator[_Slot]:
    for part, names in _PATH_FIELDS.items():
        holder = artifacts.get(part, {}) if part else artifacts
        for name in names:
            place = dotted(dotted("artifacts", part) if part else "artifacts", name)
            value = holder.get(name)
            if isinstance(value, list):
                yield from (_Slot(f"{place}[{number}]", value, number) for number in range(len(value)))
            elif value is not None:
                yield _Slot(place, holder, name)


def _judged(run_dir: Path, place: str, stated: str, checkpoint_directory: str) -> ArtifactPath:
    try:
        path = resolve_artifact(run_dir, stated)
    except ValueError as refusal:
        return ArtifactPath(place, stated, None, str(refusal))
    if place.startswith("artifacts.checkpoints.") and not _exists(path):
        path = _beside_the_others(run_dir, checkpoint_directory, stated) or path
    return ArtifactPath(place, stated, path)


def _beside_the_others(run_dir: Path, directory: str, stated: str) -> Path | None:
    """The checkpoint in the checkpoint directory, for workers that state only its name there."""
    try:
        path = confine(resolve_artifact(run_dir, directory), stated)
    except ValueError:
        return None
    return path if _exists(path) else None


def _exists(path: Path) -> bool:
    return os.access(path, os.F_OK)  # Path.exists raises where a parent may not be entered


def _from_run_dir(run_dir: Path, stated: str) -> str:
    """The path relative to the run directory, which `confine` has yet to follow.

    Raises:
        ValueError: It is absolute and lies elsewhere.
    """
    if not Path(stated).is_absolute():
        return _without_runs_folder(run_dir, stated)
    try:
        roots = run_dir.absolute(), Path(os.path.realpath(run_dir))
        spellings = Path(os.path.normpath(stated)), Path(os.path.realpath(stated))
    except OSError as problem:
        raise ValueError(f"path {stated!r} cannot be followed: {problem}") from None
    # As spelled first: where a link inside the run directory leads is for `confine` to judge.
    for spelling, root in product(spellings, roots):
        if spelling.is_relative_to(root):
            return spelling.relative_to(root).as_posix()
    raise ValueError(f"path {stated!r} lies outside the run directory {run_dir}")


def _without_runs_folder(run_dir: Path, stated: str) -> str:
    """The path without `var/trainer/runs/<run id>/`, which some workers state before it."""
    prefix = f"var/{TRAINER_DIR_NAME}/{RUNS_DIR_NAME}/{run_dir.absolute().name}/"
    return stated.removeprefix(prefix)
