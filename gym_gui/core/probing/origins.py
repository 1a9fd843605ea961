"""The files that a worker's description was read from. Runs in the worker's interpreter."""

from __future__ import annotations

import os
import sys
from importlib.machinery import PathFinder
from importlib.metadata import EntryPoint
from pathlib import Path

_METADATA = ("entry_points.txt", "RECORD", "METADATA", "PKG-INFO")
_MOST_FILES = 500


def package_folders() -> tuple[str, ...]:
    """Where this interpreter looks for packages; a worker that is installed changes one of them."""
    here = Path.cwd()
    folders = (Path(entry).absolute() for entry in sys.path if entry)
    return tuple(dict.fromkeys(str(folder) for folder in folders if folder.is_dir() and folder != here))


def metadata_files(entry: EntryPoint) -> tuple[str, ...]:
    """The files of the distribution's metadata; none when it does not say where they are."""
    # importlib.metadata has no public name for that folder.
    folder = getattr(entry.dist, "_path", None)
    if not isinstance(folder, os.PathLike):
        return ()
    paths = (Path(folder) / name for name in _METADATA)
    return tuple(str(path) for path in paths if path.is_file())


def module_files(module: str) -> tuple[str, ...]:
    """The files of the worker's modules as far as they were loaded, and the folders they are in.

    Of one that could not be imported at least the file it starts with; nothing is imported here.
    """
    loaded = sys.modules.get(module)
    package = module if loaded is None or hasattr(loaded, "__path__") else module.rpartition(".")[0] or module
    files = sorted(
        file
        for name, part in list(sys.modules.items())
        if (name == package or name.startswith(f"{package}."))
        and isinstance(file := getattr(part, "__file__", None), str)
    )
    paths = [*_first_file(module), *files[:_MOST_FILES]]
    return tuple(dict.fromkeys((*paths, *(str(Path(path).parent) for path in paths))))


def _first_file(module: str) -> list[str]:
    spec = PathFinder.find_spec(module.partition(".")[0])
    return [spec.origin] if spec is not None and spec.origin and spec.has_location else []
