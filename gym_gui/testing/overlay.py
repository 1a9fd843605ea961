"""An environment over another one: everything that one has, and one worker that is not installed in it."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

from gym_gui.testing.project import ProjectError, lay_out, worker_ids_in

_LIMIT_S = 60.0
_WHERE_PACKAGES_ARE = """
import json, site, sys
found = site.getsitepackages() + ([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])
print(json.dumps(found))
"""


class Overlay:
    """The scratch environment; whoever makes it removes its folder.

    Attributes:
        python: Its interpreter.
        worker_ids: The workers that the project registers.
    """

    def __init__(self, project: Path, folder: Path, base_python: str) -> None:
        """Makes the environment in `folder`, offline and without building anything.

        Raises:
            ProjectError: The project cannot be laid out, or no environment can be made.
        """
        underneath = _site_folders(base_python)
        _call([base_python, "-m", "venv", "--without-pip", str(folder)], "no environment can be made")
        self.python = str(folder / "bin" / "python")
        site_packages = Path(_site_folders(self.python)[0])
        sources: list[Path] = []
        scripts = lay_out(project.absolute(), site_packages, sources)
        # Through `addsitedir`, so that what is installed there in editable form is found as well.
        lines = [*map(str, sources), *(f"import site; site.addsitedir({path!r})" for path in underneath)]
        (site_packages / "_underneath.pth").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for name, target in scripts.items():
            self._write_script(folder / "bin" / Path(name).name, target)
        self.worker_ids = worker_ids_in(site_packages)
        if not self.worker_ids:
            raise ProjectError(f"{project}: registers no worker under the entry-point group 'mosaic.workers'")

    def _write_script(self, file: Path, target: str) -> None:
        module, _, attribute = target.partition(":")
        code = f"import sys; from {module} import {attribute.partition('.')[0]}; sys.exit({attribute}())"
        # The shell finds the interpreter, for a `#!` line may be neither long nor hold spaces.
        start = f'exec {shlex.quote(self.python)} -c {shlex.quote(code)} "$@"'
        file.write_text(f"#!/bin/sh\n{start}\n", encoding="utf-8")
        file.chmod(0o755)


def _site_folders(python: str) -> list[str]:
    said = _call([python, "-c", _WHERE_PACKAGES_ARE], "it cannot be asked for its packages")
    try:
        folders = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        raise ProjectError(f"{python}: it cannot be asked for its packages: it said {said!r:.200}") from None
    return [str(folder) for folder in folders]


def _call(argv: list[str], problem: str) -> str:
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_LIMIT_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        why = (error.stderr or error.stdout or "").strip().splitlines()[-1:] or [f"exit {error.returncode}"]
        raise ProjectError(f"{argv[0]}: {problem}: {why[0]}") from None
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ProjectError(f"{argv[0]}: {problem}: {error}") from None
    return done.stdout
