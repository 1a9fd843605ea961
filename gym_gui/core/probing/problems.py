"""The exception a config class raised -> what is wrong with which field."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from gym_gui.core.probing.wire import Problem

_MOST_PROBLEMS = 100
_LONGEST = 2_000
_UNEXPECTED = re.compile(r"unexpected keyword argument '(\w+)'")
_NOT_GIVEN = re.compile(r"missing \d+ required (?:positional|keyword-only) arguments?: (.+)")
_STRUCT_PATH = re.compile(r"^(.*) - at `\$\.(\w+)([^`]*)`$", re.DOTALL)


def problems_of(error: BaseException, known: Collection[str]) -> tuple[Problem, ...]:
    """The problems that the exception, or the one it was raised from, tells of.

    Args:
        error: What `from_dict` raised.
        known: Names of the fields.
    """
    detailed = next((link for link in _chain(error) if _validation_errors(link)), None)
    if detailed is not None:
        entries = _validation_errors(detailed)[:_MOST_PROBLEMS]
        return tuple(_from_validation(entry, known) for entry in entries)
    text = _text(error)
    if isinstance(error, TypeError):
        named = _from_signature(text)
        if named:
            return named
    if isinstance(error, KeyError) and error.args and error.args[0] in known:
        return (_problem(str(error.args[0]), "is required"),)
    struct = _STRUCT_PATH.match(text)
    if struct is not None and struct[2] in known:
        return (_problem(struct[2], f"{struct[3].lstrip('.')}: {struct[1]}" if struct[3] else struct[1]),)
    return (_guessed(text, known),)


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(8):
        if link is None:
            return
        yield link
        link = link.__cause__


def _validation_errors(error: BaseException) -> list[Mapping[str, Any]]:
    """The entries of an exception shaped like pydantic's `ValidationError`."""
    errors = getattr(error, "errors", None)
    entries = errors() if callable(errors) else None
    if not isinstance(entries, list):
        return []
    return [entry for entry in entries if isinstance(entry, Mapping) and "loc" in entry and "msg" in entry]


def _from_validation(entry: Mapping[str, Any], known: Collection[str]) -> Problem:
    message = str(entry["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
    loc = entry["loc"]
    steps = list(loc) if isinstance(loc, Sequence) and not isinstance(loc, str) else [loc]
    if not steps or not isinstance(steps[0], str):
        return _guessed(message, known)
    inside = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps[1:])
    return _problem(steps[0], f"{inside.lstrip('.')}: {message}" if inside else message)


def _from_signature(text: str) -> tuple[Problem, ...]:
    """What a constructor says of arguments it does not know or was not given."""
    unexpected = _UNEXPECTED.search(text)
    if unexpected is not None:
        return (_problem(unexpected[1], "is not a field of this worker"),)
    lacking = _NOT_GIVEN.search(text)
    if lacking is not None:
        return tuple(_problem(name, "is required") for name in re.findall(r"'(\w+)'", lacking[1]))
    return ()


def _guessed(text: str, known: Collection[str]) -> Problem:
    """The message under the first field it mentions, or under none."""
    mentioned = next((word for word in re.findall(r"\w+", text) if word in known), "")
    return _problem(mentioned, text)


def _text(error: BaseException) -> str:
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 (a boundary: the exception is the worker's and its __str__ may raise)
        text = ""
    name = type(error).__name__
    if not text:
        return name
    return text if isinstance(error, (ValueError, TypeError)) else f"{name}: {text}"


def _problem(field: str, message: str) -> Problem:
    return Problem(field=field, message=message[:_LONGEST].encode(errors="backslashreplace").decode())
