"""Environments that are on this machine, looked for where the usual tools put them; nothing is run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from gym_gui.core.environments.interpreters import interpreter_of
from gym_gui.core.environments.model import FoundEnvironment

_OLDEST = (3, 11)
_MOST_IN_A_FOLDER = 200
_LONGEST_LIST = 256 * 1024


def find_environments(
    folder: Path, environ: Mapping[str, str], known: Iterable[str] = ()
) -> tuple[FoundEnvironment, ...]:
    """Environments that could be added, each once, without those whose interpreters are `known`.

    Args:
        folder: Where the user is; a `.venv` there is offered first.
        environ: The environment variables that say where the tools keep theirs.
        known: Interpreters that are in the list already.
    """
    seen = {os.path.realpath(Path(python).parent) for python in known}
    found = []
    for kind, prefix in _candidates(folder, environ):
        python = interpreter_of(prefix)
        home = os.path.realpath(prefix / "bin")
        if python is not None and home not in seen:
            seen.add(home)
            name = prefix.parent.name if prefix.name in {".venv", "venv"} else prefix.name
            found.append(FoundEnvironment(name, python, kind))
    return tuple(found)


def _candidates(folder: Path, environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    home = Path(environ.get("HOME") or Path.home())
    for name in (".venv", "venv"):
        yield f"{name} in {folder}", folder / name
    for variable, kind in (("VIRTUAL_ENV", "active environment"), ("CONDA_PREFIX", "active conda")):
        if environ.get(variable):
            yield kind, Path(environ[variable])
    for prefix in _conda(home):
        yield "conda", prefix
    workon = Path(environ.get("WORKON_HOME") or home / ".virtualenvs")
    pyenv = Path(environ.get("PYENV_ROOT") or home / ".pyenv")
    uv_data = Path(environ.get("XDG_DATA_HOME") or home / ".local" / "share") / "uv"
    folders = (
        ("virtualenvwrapper", workon),
        ("pyenv", pyenv / "versions"),
        ("Poetry", home / ".cache" / "pypoetry" / "virtualenvs"),
        ("uv Python", Path(environ.get("UV_PYTHON_INSTALL_DIR") or uv_data / "python")),
        ("uv tool", Path(environ.get("UV_TOOL_DIR") or uv_data / "tools")),
    )
    for kind, parent in folders:
        for prefix in _subfolders(parent):
            if not _is_too_old(prefix.name):
                yield kind, prefix


def _is_too_old(name: str) -> bool:
    """Whether a folder that is called after its version of Python, as pyenv's are, is of no use here."""
    version = re.match(r"(\d+)\.(\d+)", name)
    return version is not None and (int(version[1]), int(version[2])) < _OLDEST


def _conda(home: Path) -> Iterator[Path]:
    """The prefixes conda notes when it makes an environment, one a line."""
    try:
        with (home / ".conda" / "environments.txt").open(encoding="utf-8", errors="replace") as file:
            lines = file.read(_LONGEST_LIST).splitlines()
    except OSError:
        return
    for line in lines:
        prefix = Path(line.strip())
        if line.strip() and prefix.is_absolute():
            yield prefix


def _subfolders(parent: Path) -> list[Path]:
    try:
        return [path for path in sorted(parent.iterdir())[:_MOST_IN_A_FOLDER] if path.is_dir()]
    except OSError:
        return []
