"""Which arguments a script takes, asked in a bounded process of its own interpreter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_gui.core.probing.isolation import IsolatedChild
from gym_gui.core.scripts import flags_child

_PATIENCE_S = 30.0
_LARGEST_SCRIPT = 1024 * 1024
_READS_ARGUMENTS = re.compile(rb"argparse|tyro")


@dataclass(frozen=True, slots=True)
class FoundFlags:
    """JSON Schema of a script's arguments, or None and the reason."""

    schema: dict[str, Any] | None
    problem: str = ""


class _ScriptChild(IsolatedChild):
    """Runs a file of ours over the script: its interpreter need not have the SDK."""

    def __init__(self, python: str, script: str) -> None:
        super().__init__(python, "")
        self._script = script

    def _argv(self, answers: Path) -> list[str]:
        return [self._interpreter, "-X", "faulthandler", flags_child.__file__, str(answers), self._script]


def ask_flags(python: str, script: str) -> FoundFlags:
    """The arguments a script with argparse or tyro takes; never raises for what the script does.

    It runs up to where it reads them, and is ended there. One that mentions neither is not run at all: its
    training would begin.
    """
    try:
        with Path(script).open("rb") as file:
            text = file.read(_LARGEST_SCRIPT)
    except OSError as error:
        return FoundFlags(None, f"{script}: cannot be read: {error.strerror or error}")
    if not _READS_ARGUMENTS.search(text):
        return FoundFlags(None, "it reads its arguments neither with argparse nor with tyro")
    try:
        child = _ScriptChild(python, script)
        with child:
            ending = child.listen(lambda _record: False, lambda: _PATIENCE_S)
            answer, output = _answer_of(child.folder), child.output()
    except OSError as error:
        return FoundFlags(None, f"{python} cannot be started: {error.strerror or error}")
    if answer is not None:
        return FoundFlags(answer)
    last_line = output.splitlines()[-1][:500] if output else ""
    reason = f"asked for its arguments, it {ending.reason}"
    return FoundFlags(None, f"{reason}: {last_line}" if last_line else reason)


def _answer_of(folder: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((folder / "answers.jsonl").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("properties"), dict) else None
