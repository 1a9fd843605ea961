"""What to install for an environment to have the SDK, and the command that does it."""

from __future__ import annotations

import json
import shlex
import shutil
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from urllib.parse import unquote, urlsplit

DISTRIBUTION = "mosaic-panel"


def sdk_requirement() -> str:
    """The requirement that installs this very SDK elsewhere: the checkout it runs from, else its release."""
    try:
        home = distribution(DISTRIBUTION)
        origin = json.loads(home.read_text("direct_url.json") or "{}")
        url = urlsplit(str(origin.get("url", "")))
    except (PackageNotFoundError, ValueError, AttributeError):
        return DISTRIBUTION
    folder = Path(unquote(url.path))
    if url.scheme == "file" and (folder / "pyproject.toml").is_file():
        return str(folder)
    return f"{DISTRIBUTION}=={home.version}"


def install_command(python: str, requirement: str, *, has_pip: bool = True) -> str:
    """The shell command that installs the requirement, also where pip is not installed."""
    pip = f"{shlex.quote(python)} -m pip install {shlex.quote(requirement)}"
    if has_pip:
        return pip
    if shutil.which("uv"):
        return f"uv pip install --python {shlex.quote(python)} {shlex.quote(requirement)}"
    return f"{shlex.quote(python)} -m ensurepip && {pip}"
