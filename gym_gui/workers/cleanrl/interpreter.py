"""The interpreter that scripts run in: what it has, asked in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_gui.workers.cleanrl.children.facts import collect

ANSWER_WITHIN_S = 30.0
_ASKED = Path(__file__).parent / "children" / "facts.py"


class InterpreterError(ValueError):
    """An interpreter cannot be asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python and the folders that it looks for modules in first."""

    executable: str = sys.executable
    folders: tuple[str, ...] = ()

    def environment(self) -> dict[str, str]:
        """The environment of a process of it."""
        inherited = [part for part in os.environ.get("PYTHONPATH", "").split(os.pathsep) if part]
        path = os.pathsep.join([*self.folders, *inherited])
        return {**os.environ, **({"PYTHONPATH": path} if path else {})}


@dataclass(frozen=True, slots=True)
class Facts:
    """What an interpreter answered.

    Attributes:
        missing: Of the modules asked for, those it does not have.
        versions: By distribution; None for one that is not installed.
        folders: By package: where it lies.
        commands: Of the commands asked for, those it would find.
    """

    python: str
    missing: tuple[str, ...]
    versions: Mapping[str, str | None]
    folders: Mapping[str, Sequence[str]]
    commands: tuple[str, ...]


def ask(
    interpreter: Interpreter,
    *,
    modules: Iterable[str] = (),
    distributions: Iterable[str] = (),
    packages: Iterable[str] = (),
    commands: Iterable[str] = (),
) -> Facts:
    """What the interpreter has of these.

    Raises:
        InterpreterError: It cannot be started, or gives no answer.
    """
    question = {
        "modules": sorted(modules),
        "distributions": sorted(distributions),
        "packages": sorted(packages),
        "commands": sorted(commands),
    }
    return _as_facts(interpreter, _answer(interpreter, question))


def _answer(interpreter: Interpreter, question: dict[str, list[str]]) -> object:
    if interpreter == Interpreter():
        return collect(question)  # this very process is it
    try:
        done = subprocess.run(
            [interpreter.executable, str(_ASKED), json.dumps(question)],
            env=interpreter.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_WITHIN_S,
            check=False,
        )
    except OSError as error:
        reason = error.strerror or str(error)
        raise InterpreterError(f"{interpreter.executable} cannot be started: {reason}") from error
    except subprocess.TimeoutExpired as error:
        raise InterpreterError(f"{interpreter.executable} gave no answer in {ANSWER_WITHIN_S:g} s") from error
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        said = (done.stderr.strip() or done.stdout.strip() or "nothing")[-300:]
        raise InterpreterError(
            f"{interpreter.executable} is no Python 3.8 or later that answers; it said: {said}"
        ) from error


def _as_facts(interpreter: Interpreter, answer: Any) -> Facts:
    try:
        return Facts(
            str(answer["python"]),
            tuple(answer["missing"]),
            dict(answer["versions"]),
            dict(answer["folders"]),
            tuple(answer["commands"]),
        )
    except (KeyError, TypeError) as error:
        raise InterpreterError(f"{interpreter.executable} gave an answer that is none") from error
