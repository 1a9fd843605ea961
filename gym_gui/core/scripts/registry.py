"""The user's list of scripts: one JSON file beside the list of environments, read anew each time."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from gym_gui.config.paths import config_root
from gym_gui.core.kept_list import KeptList
from gym_gui.core.scripts.model import Script, ScriptProblem

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class ScriptRegistry:
    """The scripts that are offered as workers."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or config_root() / "scripts.json"
        self._kept = KeptList(self.file, "scripts", Script, ScriptProblem)

    def scripts(self) -> tuple[Script, ...]:
        """All of them, in the order they were added.

        Raises:
            ScriptProblem: The file cannot be read; it is left as it is.
        """
        return self._kept.read()

    def get(self, name: str) -> Script:
        """The script of that name.

        Raises:
            ScriptProblem: There is none.
        """
        known = self.scripts()
        found = next((script for script in known if script.name == name), None)
        if found is None:
            names = ", ".join(script.name for script in known) or "none"
            raise ScriptProblem(f"there is no script {name!r}; there are: {names}")
        return found

    def check(self, script: Script) -> None:
        """Nothing, when the script could be added.

        Raises:
            ScriptProblem: Its name cannot be given or is taken, or what it names is not there.
        """
        _check(script)
        _with_another(self.scripts(), script)

    def add(self, script: Script) -> Script:
        """Add a script.

        Raises:
            ScriptProblem: Its name cannot be given or is taken, or what it names is not there.
        """
        _check(script)
        return self.put_back(script)

    def put_back(self, script: Script) -> Script:
        """Undo a removal, also of a script whose file is gone.

        Raises:
            ScriptProblem: Its name is taken meanwhile.
        """
        self._change(lambda known: _with_another(known, script))
        return script

    def remove(self, name: str) -> Script:
        """Take a script off the list; nothing of it is deleted.

        Raises:
            ScriptProblem: There is none of that name.
        """
        script = self.get(name)
        self._change(lambda known: [other for other in known if other.name != name])
        return script

    def note(self, script: Script) -> None:
        """Keep what was found out about a script, unless it was taken off the list meanwhile."""
        self._change(lambda known: [script if other.name == script.name else other for other in known])

    def _change(self, change: Callable[[list[Script]], list[Script]]) -> None:
        with self._kept.changing() as known:
            known[:] = change(known)


def _with_another(known: Sequence[Script], script: Script) -> list[Script]:
    if any(other.name == script.name for other in known):
        raise ScriptProblem(f"name {script.name!r}: is taken by another script; choose another")
    return [*known, script]


def _check(script: Script) -> None:
    if not _NAME.fullmatch(script.name):
        wanted = "use 1 to 64 letters, digits, '.', '_' or '-', and start with a letter or digit"
        raise ScriptProblem(f"name {script.name!r:.100}: {wanted}")
    if not Path(script.file).is_file():
        raise ScriptProblem(f"file {script.file}: there is no such file")
    if not os.access(script.python, os.X_OK):
        raise ScriptProblem(f"python {script.python}: there is no such interpreter")
    if script.schema_file and not Path(script.schema_file).is_file():
        raise ScriptProblem(f"schema {script.schema_file}: there is no such file")
    if script.cwd and not Path(script.cwd).is_dir():
        raise ScriptProblem(f"cwd {script.cwd}: there is no such folder")
