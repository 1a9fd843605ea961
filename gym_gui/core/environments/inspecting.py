"""What is in an environment, asked of its interpreter in a way that any Python 3 can answer."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from gym_gui.core.environments.model import EnvironmentFacts

PACKAGES_THAT_MATTER = (
    "mosaic-panel",
    "torch",
    "jax",
    "tensorflow",
    "numpy",
    "gymnasium",
    "gym",
    "pettingzoo",
    "ray",
    "cleanrl",
    "stable-baselines3",
    "sb3-contrib",
    "tensorboard",
    "tensorboardX",
    "wandb",
    "mlflow",
)
_TIMEOUT_S = 15.0
_MARK = "mosaic-environment:"
# Runs in interpreters of any age, in which nothing of ours needs to be installed.
_QUESTION = f"""
import json, platform, sys
found = {{}}
try:
    from importlib import metadata
    for name in {PACKAGES_THAT_MATTER!r}:
        try:
            found[name] = str(metadata.version(name))
        except Exception:
            pass
except ImportError:
    pass
try:
    from importlib.util import find_spec
    pip, sdk = find_spec("pip") is not None, find_spec("gym_gui") is not None
except Exception:
    pip, sdk = False, False
print({_MARK!r} + json.dumps({{"python": platform.python_version(),
    "implementation": platform.python_implementation(), "packages": found, "pip": pip, "sdk": sdk}}))
"""


def inspect_environment(python: str) -> EnvironmentFacts:
    """The facts; blocks for about as long as the interpreter takes to start, and never raises."""
    try:
        done = subprocess.run(
            [python, "-c", _QUESTION],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
            cwd=os.sep,
        )
    except subprocess.TimeoutExpired:
        return EnvironmentFacts(python, problem=f"gave no answer within {_TIMEOUT_S:g} s")
    except OSError as error:
        return EnvironmentFacts(python, problem=f"cannot be started: {error.strerror or error}")
    answer = _answer(done.stdout.decode(errors="replace"))
    if answer is None:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        return EnvironmentFacts(python, problem=f"does not answer as Python does: {last[0][:300]}")
    packages = {str(name): str(version) for name, version in answer["packages"].items()}
    sdk = packages.get("mosaic-panel", "unknown") if answer["sdk"] else ""
    return EnvironmentFacts(
        python,
        python_version=str(answer["python"]),
        implementation=str(answer["implementation"]),
        packages=packages,
        sdk_version=sdk,
        has_pip=bool(answer["pip"]),
    )


def _answer(output: str) -> dict[str, Any] | None:
    for line in output.splitlines():
        if line.startswith(_MARK):
            try:
                answer = json.loads(line.removeprefix(_MARK))
            except ValueError:
                return None
            wanted = {"python", "implementation", "packages", "pip", "sdk"}
            is_whole = isinstance(answer, dict) and wanted <= set(answer)
            return answer if is_whole and isinstance(answer["packages"], dict) else None
    return None
