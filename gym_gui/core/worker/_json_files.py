"""JSON files read with errors that say where, and written so that a reader never sees half of one."""

from __future__ import annotations

import json
import math
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_NON_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def read_json_object(path: Path, *, finite: bool = False) -> dict[str, Any]:
    """The JSON object that is the content of the file.

    Args:
        path: The file.
        finite: Refuse NaN and Infinity, which Python reads although JSON has neither, and numbers that
            are too large for a float.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: Anything else; the message starts with the file and says where in it and what is wrong.
    """
    text = _read_text(path)
    with_repeats: list[tuple[dict[str, Any], str]] = []

    def as_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        items = dict(pairs)
        if len(items) < len(pairs):
            with_repeats.append((items, _first_repeated(pairs)))
        return items

    try:
        value = json.loads(text, object_pairs_hook=as_dict)
    except json.JSONDecodeError as problem:
        cause = problem.msg if text.strip() else "the file is empty"
        place = f"line {problem.lineno} column {problem.colno}"
        raise ValueError(f"{path}: {place}: not valid JSON: {cause}") from None
    except (ValueError, RecursionError) as problem:  # a number of thousands of digits, bottomless nesting
        raise ValueError(f"{path}: not usable JSON: {problem}") from None
    for items, key in with_repeats:
        place = dotted(_place_of(items, value), key)
        raise ValueError(f"{path}: {place}: the key {key!r} is there more than once; keep one of them")
    if not isinstance(value, dict):
        raise ValueError(f"{path}: expected a JSON object in braces, got {shown_as_json(value)}")
    if finite and (place := _first_not_finite(value)):
        raise ValueError(f"{path}: {place}: not a finite number, which JSON has not; use null or a number")
    return value


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise FileNotFoundError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise ValueError(f"{path}: is a directory, expected a JSON file") from None
    except UnicodeDecodeError as problem:
        raise ValueError(f"{path}: byte {problem.start}: not UTF-8 text; save the file as UTF-8") from None
    except (OSError, ValueError) as problem:
        cause = getattr(problem, "strerror", None) or problem
        raise ValueError(f"{path}: cannot be read: {cause}") from None


def _first_repeated(pairs: list[tuple[str, Any]]) -> str:
    keys = [key for key, _ in pairs]
    return next(key for position, key in enumerate(keys) if key in keys[:position])


def _place_of(wanted: object, root: object) -> str:
    """Where the very object stands below the root; "" for the root, or when nothing holds it any more."""
    waiting: list[tuple[str, object]] = [("", root)]
    while waiting:
        place, value = waiting.pop()
        if value is wanted:
            return place
        waiting.extend(_children(place, value))
    return ""


def _first_not_finite(root: object) -> str:
    """Where a number is NaN or infinite; "" when all are finite."""
    waiting: list[tuple[str, object]] = [("", root)]
    while waiting:
        place, value = waiting.pop()
        if isinstance(value, float) and not math.isfinite(value):
            return place
        waiting.extend(_children(place, value))
    return ""


def _children(place: str, value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        yield from ((dotted(place, key), item) for key, item in value.items())
    elif isinstance(value, list):
        yield from ((f"{place}[{position}]", item) for position, item in enumerate(value))


def dotted(place: str, name: str) -> str:
    """The place of a member: `artifacts` and `wandb` give `artifacts.wandb`."""
    return f"{place}.{name}" if place else name


def shown_as_json(value: object) -> str:
    """The value as a message about a JSON file can show it: short and on one line."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except (TypeError, ValueError):
        text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def json_ready(values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy that JSON can hold: arrays as lists, paths as text, NaN and infinities by their names."""
    from gym_gui.core.worker._encoding import PlainCopy

    ready: dict[str, Any] = _named(PlainCopy().mapping(values))
    return ready


def numbers_again(value: Any) -> Any:
    """The value with the names that `json_ready` gave to NaN and infinities turned back into numbers."""
    if isinstance(value, dict):
        return {key: numbers_again(item) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers_again(item) for item in value]
    return _NON_FINITE.get(value, value) if isinstance(value, str) else value


def _named(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _named(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_named(item) for item in value]
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def write_json_atomically(path: Path, value: Mapping[str, Any]) -> None:
    """Nothing, once the file holds the value for good; it held the old content until then.

    The parent directory is created. The text is written beside the file and moved over it,
    and a failure takes the half-written text away again.

    Raises:
        OSError: The disk is full, the directory cannot be written, and so on.
    """
    text = json.dumps(value, indent=2, allow_nan=False) + "\n"
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(text.encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:  # an interrupt in between must not leave the temporary either
        temporary.unlink(missing_ok=True)
        raise
