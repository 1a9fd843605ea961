"""Where a worker keeps its config class and its runtime class, so that it needs no CLI of its own.

Named under the entry-point groups `mosaic.worker_configs` and `mosaic.worker_runtimes`, with the worker's
own entry-point name; else the one class of `package.config` or `package.runtime` that satisfies the protocol.
Used by the runner and by the probe, both of which run in the worker's own interpreter.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
from types import ModuleType

from gym_gui.config.entry_points import entry_points_of
from gym_gui.constants import (
    WORKER_CONFIG_ENTRY_POINT_GROUP,
    WORKER_RUNTIME_ENTRY_POINT_GROUP,
)
from gym_gui.core.worker.protocol import satisfies_worker_config, satisfies_worker_runtime


class WorkerPartError(LookupError):
    """A worker does not say which class is its config or its runtime; the message says how to say it."""


def find_config_class(worker_id: str, entry_point_module: str) -> type:
    """The worker's config class, imported.

    Args:
        worker_id: Name of its entry point under `mosaic.workers`.
        entry_point_module: Module that entry point leads to.

    Raises:
        WorkerPartError: None or several classes could be meant.
        Exception: Whatever the worker's own module raises when it is imported.
    """
    group = WORKER_CONFIG_ENTRY_POINT_GROUP
    return _find(worker_id, entry_point_module, "config", group, satisfies_worker_config)


def find_runtime_class(worker_id: str, entry_point_module: str) -> type:
    """The worker's runtime class, imported; see `find_config_class`."""
    group = WORKER_RUNTIME_ENTRY_POINT_GROUP
    return _find(worker_id, entry_point_module, "runtime", group, satisfies_worker_runtime)


def worker_package(entry_point_module: str) -> str:
    """The package a worker lives in: the module of its entry point if that is a package, else its parent.

    Raises:
        ImportError: The module is not there, or its parent cannot be imported.
    """
    spec = importlib.util.find_spec(entry_point_module)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {entry_point_module!r}", name=entry_point_module)
    if spec.submodule_search_locations is not None:
        return entry_point_module
    return entry_point_module.rpartition(".")[0] or entry_point_module


def _find(worker_id: str, module: str, part: str, group: str, satisfies: Callable[[object], bool]) -> type:
    for entry_point in entry_points_of(group):
        if entry_point.name != worker_id:
            continue
        named: object = entry_point.load()
        if not isinstance(named, type):
            raise WorkerPartError(
                f"entry point {worker_id!r} of {group!r} names {entry_point.value}: not a class"
            )
        return named
    name = f"{worker_package(module)}.{part}"
    try:
        home = importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # the module is there, something it imports is not
        raise WorkerPartError(f"there is no module {name}; {_mend(worker_id, part, group)}") from None
    return _only_class(home, worker_id, part, group, satisfies)


def _only_class(
    home: ModuleType, worker_id: str, part: str, group: str, satisfies: Callable[[object], bool]
) -> type:
    """The class meant: one the module defines rather than imports, and not a base of another one there."""
    found: dict[int, type] = {id(value): value for value in vars(home).values() if satisfies(value)}
    package = home.__name__.rpartition(".")[0] or home.__name__
    own = [cls for cls in found.values() if cls.__module__ == home.__name__]
    near = own or [cls for cls in found.values() if f"{cls.__module__}.".startswith(f"{package}.")]
    leaves = [cls for cls in near if not any(other is not cls and issubclass(other, cls) for other in near)]
    if len(leaves) == 1:
        return leaves[0]
    what = f"a Worker{part.capitalize()}"
    if not leaves:
        raise WorkerPartError(
            f"no class in {home.__name__} satisfies {what}; {_mend(worker_id, part, group)}"
        )
    names = ", ".join(cls.__name__ for cls in leaves)
    raise WorkerPartError(
        f"several classes in {home.__name__} satisfy {what}: {names}; {_mend(worker_id, part, group)}"
    )


def _mend(worker_id: str, part: str, group: str) -> str:
    return f"name its {part} class: [project.entry-points.{group!r}] {worker_id} = 'package.module:Class'"
