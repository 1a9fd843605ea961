"""What an interpreter has, told as JSON: `facts.py '{"modules": [...], "distributions": [...]}'`.

It runs in the interpreter of the script, which need not have this project: standard library only,
and nothing is imported to find out whether it is there.
"""

import importlib.metadata
import importlib.util
import json
import os
import shutil
import sys


def _is_there(name: str) -> bool:
    if name in sys.modules or name in sys.builtin_module_names:
        return True
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def _version(name: str) -> "str | None":
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _folders(package: str) -> "list[str]":
    """Where a package lies; finding a top-level one imports nothing."""
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return []
    places = spec.submodule_search_locations if spec is not None else None
    return [os.path.abspath(place) for place in places or ()]  # noqa: PTH100 (old interpreters as well)


def collect(question: "dict[str, list[str]]") -> "dict[str, object]":
    """The answer: missing modules, versions by distribution, folders by package, commands on the path."""
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "missing": [name for name in question["modules"] if not _is_there(name)],
        "versions": {name: _version(name) for name in question["distributions"]},
        "folders": {name: _folders(name) for name in question["packages"]},
        "commands": [name for name in question["commands"] if shutil.which(name)],
    }


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file, which is no place to find modules in
    print(json.dumps(collect(json.loads(sys.argv[1]))))
