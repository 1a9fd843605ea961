"""What to install for an environment to have the SDK, and the command that does it."""

from __future__ import annotations

import json
import shlex
import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

DISTRIBUTION = "mosaic-panel"


def sdk_requirement() -> str:
    """The requirement that installs this very SDK elsewhere: where it came from, else its release."""
    try:
        home = distribution(DISTRIBUTION)
        origin = json.loads(home.read_text("direct_url.json") or "{}")
        return _source(origin) or f"{DISTRIBUTION}=={home.version}"
    except (PackageNotFoundError, ValueError, AttributeError):
        return DISTRIBUTION


def _source(origin: dict[str, Any]) -> str:
    """The checkout, file, address or commit that `direct_url.json` names; "" for none, or when it is gone."""
    address = str(origin.get("url") or "")
    if vcs := origin.get("vcs_info"):
        return f"{DISTRIBUTION} @ {vcs.get('vcs')}+{address}@{vcs.get('commit_id')}"
    url = urlsplit(address)
    if url.scheme != "file":
        return f"{DISTRIBUTION} @ {address}" if address else ""
    path = Path(unquote(url.path))
    return str(path) if path.is_file() or (path / "pyproject.toml").is_file() else ""


def install_command(python: str, requirement: str, *, has_pip: bool = True) -> str:
    """The shell command that installs the requirement, also where pip is not installed."""
    pip = f"{shlex.quote(python)} -m pip install {shlex.quote(requirement)}"
    if has_pip:
        return pip
    if shutil.which("uv"):
        return f"uv pip install --python {shlex.quote(python)} {shlex.quote(requirement)}"
    return f"{shlex.quote(python)} -m ensurepip && {pip}"
