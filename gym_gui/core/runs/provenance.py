"""Where a run comes from: the commit of its source, the packages of its interpreter, the host."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path

from gym_gui.core.runs.record import Provenance

_GIT_TIMEOUT_S = 3.0
_DIST_INFO = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.dist-info")
_PYTHON_DIRECTORY = re.compile(r"python(\d+\.\d+)")
_MOST_PACKAGES = 2000


def provenance_of(interpreter: str, source_dir: Path | None) -> Provenance:
    """What can be known without running anything of the worker's; unknown parts are None or empty."""
    commit, dirty = _git_state(source_dir) if source_dir else (None, None)
    site_packages = _site_packages(interpreter)
    return Provenance(
        source_dir=str(source_dir) if source_dir else None,
        git_commit=commit,
        git_dirty=dirty,
        python_version=_python_version(interpreter, site_packages),
        packages=_packages(site_packages),
        host=platform.node() or None,
        platform=platform.platform(terse=True),
    )


def _git_state(directory: Path) -> tuple[str | None, bool | None]:
    commit = _git(directory, "rev-parse", "--verify", "HEAD")
    changes = _git(directory, "status", "--porcelain", "--untracked-files=no") if commit else None
    return commit, None if changes is None else bool(changes)


def _git(directory: Path, *arguments: str) -> str | None:
    # A repository's own configuration may name programs to run; a look at it must not start them.
    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", *arguments]
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_TIMEOUT_S,
            check=True,
            text=True,
            errors="replace",
        )
    except (OSError, subprocess.SubprocessError):
        return None  # no git, no repository, or one too slow to wait for
    return done.stdout.strip()


def _site_packages(interpreter: str) -> Path | None:
    """The package directory of a virtual or conda environment, found by its layout."""
    if not interpreter:
        return None
    prefix = Path(interpreter).absolute().parent.parent
    found = sorted(prefix.glob("lib/python3*/site-packages"))
    return found[-1] if found else None


def _python_version(interpreter: str, site_packages: Path | None) -> str | None:
    if interpreter == sys.executable:
        return platform.python_version()
    match = _PYTHON_DIRECTORY.fullmatch(site_packages.parent.name) if site_packages else None
    return match[1] if match else None


def _packages(site_packages: Path | None) -> dict[str, str]:
    """Names and versions as the installed metadata directories are named: one listing, nothing read."""
    if site_packages is None:
        return {}
    try:
        names = sorted(os.listdir(site_packages))
    except OSError:
        return {}
    matches = [match for match in map(_DIST_INFO.fullmatch, names) if match]
    return {match["name"]: match["version"] for match in matches[:_MOST_PACKAGES]}
