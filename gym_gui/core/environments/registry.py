"""The user's list of environments: one JSON file, read anew each time and replaced whole."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import msgspec

from gym_gui.config.paths import config_root
from gym_gui.core.environments.interpreters import interpreter_at, short_name
from gym_gui.core.environments.model import Environment, EnvironmentProblem
from gym_gui.core.kept_list import KeptList

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class _Entry(msgspec.Struct, frozen=True):
    name: str
    python: str
    created: bool = False


def check_environment_name(name: str) -> str:
    """The name itself, when an environment can be called so.

    Raises:
        EnvironmentProblem: It cannot.
    """
    if _NAME.fullmatch(name):
        return name
    raise EnvironmentProblem(
        f"name {name!r:.100}: use 1 to 64 letters, digits, '.', '_' or '-', and start with a letter or digit"
    )


class EnvironmentRegistry:
    """The environments whose workers are offered; the one this program runs in is always the first."""

    def __init__(self, file: Path | None = None, own_python: str = sys.executable) -> None:
        self.file = file or config_root() / "environments.json"
        self._kept = KeptList(self.file, "environments", _Entry, EnvironmentProblem)
        self.own_python = own_python

    def environments(self) -> tuple[Environment, ...]:
        """All of them, in the order they were added.

        Raises:
            EnvironmentProblem: The file cannot be read; it is left as it is.
        """
        own = Environment("this", self.own_python, is_own=True)
        return (own, *(Environment(entry.name, entry.python, entry.created) for entry in self._kept.read()))

    def get(self, name: str) -> Environment:
        """The environment of that name.

        Raises:
            EnvironmentProblem: There is none.
        """
        known = self.environments()
        for environment in known:
            if environment.name == name:
                return environment
        names = ", ".join(environment.name for environment in known)
        raise EnvironmentProblem(f"there is no environment {name!r}; there are: {names}")

    def add(self, path: str, name: str = "", *, created: bool = False) -> Environment:
        """Add the environment at a path: a venv's or conda environment's folder, or an interpreter.

        Raises:
            EnvironmentProblem: There is none, or the name or the interpreter is in the list already.
        """
        python = interpreter_at(path)
        wanted = check_environment_name(name) if name else ""
        with self._kept.changing() as known:
            for other in (_Entry("this", self.own_python), *known):
                if other.python == python:
                    raise EnvironmentProblem(f"{python}: is in the list already, as {other.name!r}")
                if other.name == wanted:
                    raise EnvironmentProblem(f"name {wanted!r}: is taken by {other.python}; choose another")
            made = Environment(wanted or _free_name(short_name(python), known), python, created)
            known.append(_Entry(made.name, python, created))
        return made

    def remove(self, name: str) -> Environment:
        """Take an environment off the list; nothing of it is deleted.

        Raises:
            EnvironmentProblem: There is none of that name, or it is the one this program runs in.
        """
        environment = self.get(name)
        if environment.is_own:
            raise EnvironmentProblem("the environment this program runs in cannot be removed")
        with self._kept.changing() as known:
            known[:] = [other for other in known if other.name != name]
        return environment

    def rename(self, name: str, wanted: str) -> Environment:
        """Give an environment another name.

        Raises:
            EnvironmentProblem: There is none of that name, or the new one cannot be given.
        """
        environment = self.get(name)
        check_environment_name(wanted)
        if environment.is_own:
            raise EnvironmentProblem("the environment this program runs in keeps its name")
        if any(other.name == wanted for other in self.environments()):
            raise EnvironmentProblem(f"name {wanted!r}: is taken; choose another")
        with self._kept.changing() as known:
            known[:] = [
                _Entry(wanted, other.python, other.created) if other.name == name else other
                for other in known
            ]
        return replace(environment, name=wanted)


def _free_name(wanted: str, known: Iterable[_Entry]) -> str:
    base = re.sub(r"[^A-Za-z0-9._-]+", "-", wanted).lstrip("._-")[:56] or "environment"
    taken = {"this", *(other.name for other in known)}
    if base not in taken:
        return base
    return next(name for number in range(2, 1_000) if (name := f"{base}-{number}") not in taken)
