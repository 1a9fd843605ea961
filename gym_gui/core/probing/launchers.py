"""How a worker is started: the command without its `--config FILE`. Runs in the worker's interpreter."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import sysconfig
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint
from pathlib import Path

RUNNER_MODULE = "gym_gui.core.worker.run"


@dataclass(frozen=True, slots=True)
class LaunchCommand:
    """A command line and where it comes from."""

    argv: tuple[str, ...]
    kind: str


def find_command(worker_id: str, package: str, distribution: Distribution | None) -> LaunchCommand:
    """The worker's console script, else `python -m` of its `cli` or of itself, else the SDK's runner.

    Args:
        worker_id: Name of the entry point.
        package: The package the worker lives in.
        distribution: Where the entry point was declared.
    """
    script = _console_script(worker_id, package, distribution)
    if script is not None:
        return LaunchCommand((str(script),), "console script")
    for module, kind in ((f"{package}.cli", "package.cli"), (f"{package}.__main__", "package")):
        if _is_module(module):
            return LaunchCommand((sys.executable, "-m", module.removesuffix(".__main__")), kind)
    return LaunchCommand((sys.executable, "-m", RUNNER_MODULE, worker_id), "SDK runner")


def _console_script(worker_id: str, package: str, distribution: Distribution | None) -> Path | None:
    if distribution is None:
        return None
    scripts = list(distribution.entry_points.select(group="console_scripts"))
    plain = _normalised(worker_id)
    for name in (plain, f"{plain}-worker", f"mosaic-{plain}", f"mosaic-{plain}-worker"):
        for script in scripts:
            if _normalised(script.name) == name:
                return _script_file(script.name)
    if len(scripts) == 1 and _lives_in(scripts[0], package):
        return _script_file(scripts[0].name)
    return None


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _lives_in(script: EntryPoint, package: str) -> bool:
    return f"{script.module}.".startswith(f"{package}.")


def _script_file(name: str) -> Path | None:
    """The installed script of this interpreter, if the file is really there and can be run."""
    folders = [Path(sys.executable).parent, Path(sysconfig.get_path("scripts"))]
    if sys.prefix == sys.base_prefix:  # outside of a venv, pip may install for the user alone
        folders.append(Path(sysconfig.get_path("scripts", sysconfig.get_preferred_scheme("user"))))
    for folder in folders:
        for suffix in (".exe", "") if os.name == "nt" else ("",):
            file = folder / f"{name}{suffix}"
            if file.is_file() and os.access(file, os.X_OK):
                return file
    return None


def _is_module(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):  # its parent is no package, or has no spec
        return False
