"""A walk over what a pickle would build, that finds tensors with their names and plain values at the root."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from gym_gui.core.artifacts.checkpoints.limits import (
    DEEPEST_STRUCTURE,
    LONGEST_NAME,
    MOST_TENSORS,
    MOST_VALUES,
)
from gym_gui.core.artifacts.checkpoints.model import Role
from gym_gui.core.artifacts.checkpoints.pickle_arrays import FoundArray, found_array
from gym_gui.core.artifacts.checkpoints.pickle_values import Called, DictValue, GlobalName, Items

_WORDS = re.compile(r"[/._]+")
_OF_OPTIMIZERS = ("optimizer", "opt_state", "exp_avg", "momentum_buffer")
_OPTIMIZER_WORDS = frozenset({"optim", "optims", "adam", "rmsprop"})
_RANDOM_WORDS = frozenset({"rng", "rngs", "random", "mt19937", "pcg64"})
_REPLAY_WORDS = frozenset({"replay", "replaybuffer", "rollout", "transitions"})
_MODULE_PARTS = ("_parameters", "_buffers", "_modules")


@dataclass(frozen=True, slots=True)
class Named:
    """An array and its name in the structure."""

    name: str
    array: FoundArray


@dataclass(slots=True)
class Walk:
    """What a walk found; `cut` says which limit ended it, or "".

    Attributes:
        top_level: Names at the root, if the root has names.
        plain: Plain values of the root by name.
    """

    arrays: list[Named]
    top_level: list[str]
    plain: dict[str, str | int | float | bool]
    cut: str = ""


def walk(root: Any) -> Walk:
    """Everything of interest below the root of a pickle."""
    found = Walk([], [], {})
    for name, value in _children(root):
        found.top_level.append(name)
        if isinstance(value, str | int | float | bool) and len(found.plain) < MOST_TENSORS:
            found.plain[name] = value
    seen: set[int] = set()
    waiting: list[tuple[str, Any, int]] = [("", root, 0)]
    looked_at = 0
    while waiting:
        name, value, depth = waiting.pop()
        looked_at += 1
        if looked_at > MOST_VALUES or len(found.arrays) >= MOST_TENSORS:
            found.cut = f"only the first {min(looked_at, MOST_VALUES):,} values in it were looked at"
            break
        array = found_array(value)
        if array is not None:
            found.arrays.append(Named(name or "array", array))
        elif _is_container(value) and id(value) not in seen:
            seen.add(id(value))
            if depth >= DEEPEST_STRUCTURE:
                found.cut = f"what is nested more than {DEEPEST_STRUCTURE} deep was not looked at"
                continue
            inner = [(_joined(name, key, value), child, depth + 1) for key, child in _children(value)]
            waiting.extend(reversed(inner))
    return found


def role_of(name: str) -> Role:
    """What a tensor of this name is most likely for."""
    lower = name.lower()
    words = frozenset(_WORDS.split(lower))
    if any(part in lower for part in _OF_OPTIMIZERS) or words & _OPTIMIZER_WORDS:
        return Role.OPTIMIZER
    if words & _REPLAY_WORDS:
        return Role.REPLAY
    return Role.RANDOM if words & _RANDOM_WORDS else Role.WEIGHTS


def _is_container(value: Any) -> bool:
    return isinstance(value, DictValue | Items | tuple | Called)


def _children(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, DictValue):
        yield from _pairs(value.pairs)
    elif isinstance(value, Items | tuple):
        values = value.values if isinstance(value, Items) else value
        yield from ((str(index), child) for index, child in enumerate(values))
    elif isinstance(value, Called):
        yield from _of_object(value)


def _pairs(pairs: list[tuple[Any, Any]]) -> Iterator[tuple[str, Any]]:
    for key, child in pairs:
        yield (str(key)[:LONGEST_NAME] if isinstance(key, str | int | float) else "?"), child


def _of_object(value: Called) -> Iterator[tuple[str, Any]]:
    yield from _pairs(value.pairs)
    yield from ((str(index), child) for index, child in enumerate(value.items))
    state = value.state
    if isinstance(state, tuple) and len(state) == 2 and any(isinstance(part, DictValue) for part in state):
        # `__dict__` and slots; and numpy's and cloudpickle's pairs of states look alike.
        for part in state:
            yield from _children(part) if isinstance(part, DictValue) else ()
    elif state is not None:
        yield from _children(state)
    if isinstance(value.arguments, tuple) and not isinstance(value.function, GlobalName):
        yield from ((f"argument {index}", child) for index, child in enumerate(value.arguments))
    elif isinstance(value.arguments, tuple) and not _is_class_only(value):
        yield from ((str(index), child) for index, child in enumerate(value.arguments))


def _is_class_only(value: Called) -> bool:
    return all(isinstance(argument, GlobalName) for argument in value.arguments)


def _joined(parent: str, key: str, holder: Any) -> str:
    if key in _MODULE_PARTS and isinstance(holder, Called):
        return f"{parent}\0"  # a part of a module: its names go on with a dot, as `state_dict` writes them
    if parent.endswith("\0"):
        stem = parent[:-1]
        joined = f"{stem}.{key}" if stem else key
    else:
        joined = f"{parent}/{key}" if parent else key
    return joined if len(joined) <= LONGEST_NAME else joined[: LONGEST_NAME - 1] + "…"
