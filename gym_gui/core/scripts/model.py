"""A registered script as a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any


class ScriptProblem(ValueError):
    """A script that cannot be registered or found; the message says why and how to mend it."""


def usual_name(file: Path) -> str:
    """What a script is called that nobody named: its file's name, as far as an id can hold it."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", file.stem).strip("._-")[:64] or "script"


class Passing(StrEnum):
    """How the values of a config reach a script."""

    FLAGS = "flags"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A Python file that is offered as a worker.

    Attributes:
        name: What people call it; its worker id.
        file: Absolute path of the script.
        python: Absolute path of the interpreter that runs it.
        arguments: Those that always come first.
        passing: As `--name value` flags, or as `--config FILE`.
        schema_file: A JSON Schema of its config, "" for none.
        cwd: Where it runs, "" for the run's own directory.
        flags: JSON Schema of the arguments it was found to take, None when they are not known.
        flags_problem: Why they are not known, or "".
        asked: What the script's file looked like when it was asked.
    """

    name: str
    file: str
    python: str
    arguments: tuple[str, ...] = ()
    passing: Passing = Passing.FLAGS
    schema_file: str = ""
    cwd: str = ""
    flags: Mapping[str, Any] | None = None
    flags_problem: str = ""
    asked: str = ""
