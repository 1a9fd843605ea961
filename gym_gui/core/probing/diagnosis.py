"""Why an interpreter could not be probed at all, asked in a way that any Python can answer."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

from gym_gui.core.probing.model import ProbeFailure
from gym_gui.core.probing.sdk_source import install_command, sdk_requirement

_OLDEST = (3, 11)
_TIMEOUT_S = 10.0
_NO_MODULE = re.compile(r"No module named '?(\w+)")
_MARK = "mosaic-diagnosis:"
_QUESTION = f"""
import json, sys
try:
    from importlib.util import find_spec
    found = [name for name in ("gym_gui", "pip") if find_spec(name)]
except Exception:
    found = []
version = ""
if "gym_gui" in found:
    try:
        import gym_gui
        version = str(getattr(gym_gui, "__version__", ""))
    except Exception:
        pass
print({_MARK!r} + json.dumps({{"python": list(sys.version_info[:3]), "found": found, "version": version}}))
"""


def not_startable(interpreter: str, error: OSError) -> ProbeFailure:
    """The failure of an interpreter that the system would not start."""
    path = Path(interpreter)
    if path.is_dir():
        found = path / "bin" / "python"
        return ProbeFailure(
            "NotAnInterpreter", f"{interpreter} is a directory", hint=f"Did you mean {found}?"
        )
    if not path.exists():
        hint = "The environment may have been moved or deleted: remove it from the list or create it again"
        return ProbeFailure("MissingInterpreter", f"{interpreter} does not exist", hint=hint)
    reason = error.strerror or str(error)
    return ProbeFailure("NotAnInterpreter", f"{interpreter} cannot be started: {reason}")


def no_answer(interpreter: str, how_it_ended: str, output: str) -> ProbeFailure:
    """The failure of an interpreter that started and did not say which workers it has."""
    facts = _ask(interpreter)
    if facts is None:
        return ProbeFailure(
            "NotAnInterpreter", f"{interpreter} does not run as Python: it {how_it_ended}", output
        )
    mend = install_command(interpreter, sdk_requirement(), has_pip="pip" in facts["found"])
    upgrade = mend.replace(" install ", " install --upgrade ", 1)
    version = ".".join(map(str, facts["python"]))
    if tuple(facts["python"]) < _OLDEST:
        wanted = ".".join(map(str, _OLDEST))
        return ProbeFailure(
            "OldPython",
            f"{interpreter} is Python {version}; the SDK needs {wanted} or later",
            hint=f"Create the environment with Python {wanted} or later",
        )
    if "gym_gui" not in facts["found"]:
        message = f"the SDK (gym_gui) is not installed in {interpreter}"
        return ProbeFailure("NoSdk", message, hint=mend)
    lacking = _NO_MODULE.search(output)
    if lacking is not None and lacking[1] == "gym_gui":
        named = facts["version"] or "of another make"
        message = f"the SDK in {interpreter} is {named} and cannot be asked for its workers"
        return ProbeFailure("OldSdk", message, output, hint=upgrade)
    if lacking is not None:
        message = f"{lacking[1]}, which the SDK needs, is not installed in {interpreter}"
        return ProbeFailure("NoSdk", message, output, hint=mend)
    return ProbeFailure("NoAnswer", f"{interpreter} could not list its workers: it {how_it_ended}", output)


def old_protocol(interpreter: str, sdk_version: str) -> ProbeFailure:
    """The failure of an interpreter whose SDK answers in a way of another version."""
    message = f"the SDK in {interpreter} is {sdk_version} and answers in a form this version cannot read"
    return ProbeFailure(
        "OtherSdk", message, hint=install_command(interpreter, sdk_requirement(), has_pip=True)
    )


def _ask(interpreter: str) -> dict[str, Any] | None:
    try:
        answer = subprocess.run(
            [interpreter, "-c", _QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            cwd=os.sep,
        )
        line = next(line for line in answer.stdout.decode(errors="replace").splitlines() if _MARK in line)
        facts = json.loads(line.partition(_MARK)[2])
    except (OSError, subprocess.SubprocessError, StopIteration, ValueError):
        return None
    return facts if isinstance(facts, dict) and {"python", "found", "version"} <= set(facts) else None
