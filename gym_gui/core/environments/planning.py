"""A new environment before it is made: where it goes and the commands that make it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gym_gui.config.paths import data_root
from gym_gui.core.environments.interpreters import interpreter_at
from gym_gui.core.environments.model import EnvironmentProblem
from gym_gui.core.environments.registry import check_environment_name
from gym_gui.core.probing.sdk_source import DISTRIBUTION, sdk_requirement

_OPTION = re.compile(r"\s*-")
_SDK = re.compile(rf"\s*{DISTRIBUTION.replace('-', '[-_.]')}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CreationPlan:
    """Everything that will be done, to be shown before it is.

    Attributes:
        folder: Where the environment will be; not there yet.
        base_python: The interpreter it is made from.
        requirements: What is installed, the SDK included, as pip takes it.
        commands: Argument vectors, run one after the other.
        tool: "uv" or "venv and pip".
    """

    name: str
    folder: Path
    base_python: str
    requirements: tuple[str, ...]
    commands: tuple[tuple[str, ...], ...]
    tool: str

    @property
    def python(self) -> str:
        """The interpreter it will have."""
        return str(_python_in(self.folder))

    def as_text(self) -> str:
        """The commands as a shell would take them, one a line."""
        return "\n".join(shlex.join(command) for command in self.commands)


def environments_root() -> Path:
    """The folder of the environments that are made here."""
    return data_root() / "environments"


def plan_environment(
    name: str,
    requirements: Sequence[str],
    *,
    base_python: str = "",
    find_links: Sequence[str] = (),
    use_index: bool = True,
    uv: str | None = None,
) -> CreationPlan:
    """The plan of an environment with these packages and the SDK.

    Args:
        name: What it will be called; also names its folder.
        requirements: As pip takes them: names with versions, paths of projects or wheels, addresses.
        base_python: The interpreter to make it from; by default the one this program runs on.
        find_links: Folders to look for packages in, besides the index.
        use_index: Whether the package index may be asked.
        uv: Path of uv, "" to do without; by default the one on the search path, if there is one.

    Raises:
        EnvironmentProblem: It cannot be made so; the message names the argument.
    """
    check_environment_name(name)
    if name == "this":
        raise EnvironmentProblem("name 'this': stands for the environment the panel runs in; choose another")
    wanted = tuple(_checked(requirement) for requirement in requirements if requirement.strip())
    if not any(_SDK.match(requirement) for requirement in wanted):
        wanted = (sdk_requirement(), *wanted)
    base = interpreter_at(base_python) if base_python else _own_base()
    folder = environments_root() / name
    chosen_uv = shutil.which("uv") or "" if uv is None else uv
    sources = [*(f"--find-links={Path(link).absolute()}" for link in find_links)]
    sources += [] if use_index else ["--no-index"]
    python = str(_python_in(folder))
    if chosen_uv:
        make: tuple[str, ...] = (chosen_uv, "venv", "--python", base, str(folder))
        install: tuple[str, ...] = (chosen_uv, "pip", "install", "--python", python, *sources, "--", *wanted)
    else:
        make = (base, "-m", "venv", str(folder))
        install = (python, "-m", "pip", "install", *sources, "--", *wanted)
    return CreationPlan(name, folder, base, wanted, (make, install), "uv" if chosen_uv else "venv and pip")


def _checked(requirement: str) -> str:
    if _OPTION.match(requirement) or "\0" in requirement or "\n" in requirement:
        raise EnvironmentProblem(f"package {requirement!r:.100}: is no package; options cannot be given here")
    path = Path(requirement.strip()).expanduser()
    is_path = os.sep in requirement and "://" not in requirement and "@" not in requirement
    return str(path.absolute()) if is_path and path.exists() else requirement.strip()


def _own_base() -> str:
    """The interpreter behind the venv this program runs in, so that the new one does not hang on the old."""
    base: str | None = getattr(sys, "_base_executable", None)
    return base if base and Path(base).exists() else sys.executable


def _python_in(folder: Path) -> Path:
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
