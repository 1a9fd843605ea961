"""The interpreter that a path a person gives stands for."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from gym_gui.core.environments.model import EnvironmentProblem

_IN_PREFIX = ("bin/python", "bin/python3", "Scripts/python.exe", "python.exe")


def interpreter_at(path: str) -> str:
    """The absolute path of the interpreter: of a venv's or a conda environment's folder, or itself.

    Raises:
        EnvironmentProblem: There is none.
    """
    if os.sep not in path and not Path(path).exists():
        on_search_path = shutil.which(path)
        if on_search_path is None:
            raise EnvironmentProblem(f"{path}: is neither a path nor a program on the search path")
        return on_search_path
    try:
        place = Path(path).expanduser().absolute()
    except RuntimeError as error:
        raise EnvironmentProblem(f"{path}: {error}; give a full path instead") from error
    if place.is_dir():
        found = interpreter_of(place)
        if found is None:
            hint = f"no {_IN_PREFIX[0]} is in it; give a venv, a conda environment or an interpreter"
            raise EnvironmentProblem(f"{place}: is no Python environment: {hint}")
        return found
    if not place.exists():
        raise EnvironmentProblem(
            f"{place}: does not exist; give a venv, a conda environment or an interpreter"
        )
    if not os.access(place, os.X_OK):
        raise EnvironmentProblem(f"{place}: cannot be run; give the interpreter, e.g. .venv/bin/python")
    return str(place)


def interpreter_of(prefix: Path) -> str | None:
    """The interpreter of the environment in this folder, or None when it holds none."""
    for name in _IN_PREFIX:
        place = prefix / name
        if place.is_file() and os.access(place, os.X_OK):
            return str(place)
    return None


def prefix_of(python: str) -> Path:
    """The folder of the environment an interpreter belongs to, by its place."""
    return Path(python).parent.parent


def short_name(python: str) -> str:
    """What to call an environment after its folder: of `project/.venv` that is the project."""
    prefix = prefix_of(python)
    if prefix.name in {".venv", "venv", "env", ".env"}:
        return prefix.parent.name or prefix.name
    if prefix.name in {"usr", "local", ""}:
        return Path(python).name
    return prefix.name
