"""A worker's config from a JSON file, flat or nested, with errors that name file, place and cause."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gym_gui.core.worker._json_files import dotted, read_json_object, shown_as_json
from gym_gui.core.worker.config_faults import ConfigFault, explain_config_error

if TYPE_CHECKING:
    import os

Config = TypeVar("Config")

_NESTED = ("metadata", "worker", "config")
_NESTED_PLACE = ".".join(_NESTED)


def extract_worker_config(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The worker's config in a payload: what is at `metadata.worker.config` if that exists, else all of it.

    Raises:
        ValueError: The payload is no mapping, or what is at `metadata.worker.config` is none.

    Example:
        >>> extract_worker_config({"metadata": {"worker": {"config": {"seed": 1}}}})
        {'seed': 1}
        >>> extract_worker_config({"seed": 1})
        {'seed': 1}
    """
    return _located(payload)[0]


def load_worker_config_from_file(path: str | os.PathLike[str], config_class: type[Config]) -> Config:
    """The config that the file describes, made by the class's `from_dict`.

    Args:
        path: A JSON file: the fields themselves, or nested at `metadata.worker.config`.
        config_class: A class with `from_dict`.

    Raises:
        FileNotFoundError: There is no such file.
        TypeError: The class has no `from_dict`.
        ValueError: The file or a value in it is wrong; the message names file, place and cause.

    Example:
        `config = load_worker_config_from_file(arguments.config, MyConfig)`
    """
    from_dict = getattr(config_class, "from_dict", None)
    if not callable(from_dict):
        name = getattr(config_class, "__name__", repr(config_class))
        raise TypeError(f"{name} has no from_dict(data); a config class needs one to be loaded from a file")
    file = Path(path)
    payload = read_json_object(file, finite=True)
    try:
        data, place = _located(payload)
    except ValueError as problem:
        raise ValueError(f"{file}: {problem}") from None
    try:
        config = from_dict(data)
    except Exception as error:  # a boundary: from_dict is the worker's code
        faults = explain_config_error(config_class, data, error)
        listed = "; ".join(_at(place, fault) for fault in faults)
        raise ValueError(f"{file}: {listed}") from error
    if config is None:
        raise ValueError(f"{file}: {config_class.__name__}.from_dict returned None instead of a config")
    return config  # type: ignore[no-any-return]


def _located(payload: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The config in the payload, and its place there: "" when the payload is the config itself."""
    inner: object = payload
    if not isinstance(inner, Mapping):
        raise ValueError(f"expected an object with the fields of a config, got {shown_as_json(inner)}")
    for name in _NESTED:
        if not isinstance(inner, Mapping) or name not in inner:
            return dict(payload), ""
        inner = inner[name]
    if not isinstance(inner, Mapping):
        raise ValueError(f"{_NESTED_PLACE}: expected an object, got {shown_as_json(inner)}")
    return dict(inner), _NESTED_PLACE


def _at(place: str, fault: ConfigFault) -> str:
    where = dotted(place, fault.field) if fault.field else place
    return f"{where}: {fault.message}" if where else fault.message
