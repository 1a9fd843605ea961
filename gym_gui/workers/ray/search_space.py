"""What a search tries: the plain data of `search_space`, checked, counted, and as Tune has it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from gym_gui.workers.ray.choices import Search

LARGEST_GRID = 10_000
_DISTRIBUTIONS = {"uniform": 2, "loguniform": 2, "randint": 2, "quniform": 3}


def check_space(space: Mapping[str, Any], search: Search) -> None:
    """Returns when the space can be searched.

    Raises:
        ValueError: It cannot; the message names the option and says what may stand there.
    """
    if not space:
        raise ValueError('nothing to search; name options with values, {"lr": [0.001, 0.0001]}')
    for name, values in space.items():
        if not name.isidentifier():
            raise ValueError(f"{name!r} is no option of an algorithm")
        if isinstance(values, list):
            if not values:
                raise ValueError(f"{name}: the list is empty")
        elif isinstance(values, dict):
            _check_distribution(name, values, search)
        else:
            raise ValueError(f"{name}: give a list of values or a distribution, not {values!r}")
    if search is Search.GRID and grid_size(space) > LARGEST_GRID:
        raise ValueError(f"the grid has {grid_size(space):,} trials; {LARGEST_GRID:,} are the most")


def grid_size(space: Mapping[str, Any]) -> int:
    """How many combinations a grid of lists has."""
    return math.prod(len(values) for values in space.values())


def tune_space(space: Mapping[str, Any], search: Search) -> dict[str, Any]:
    """The space in Tune's own words; imports Ray."""
    from ray import tune

    if search is Search.GRID:
        return {name: tune.grid_search(list(values)) for name, values in space.items()}
    makers: dict[str, Callable[..., Any]] = {
        "uniform": tune.uniform,
        "loguniform": tune.loguniform,
        "randint": tune.randint,
        "quniform": tune.quniform,
    }
    drawn: dict[str, Any] = {}
    for name, values in space.items():
        if isinstance(values, list):
            drawn[name] = tune.choice(values)
        else:
            kind, arguments = next(iter(values.items()))
            drawn[name] = makers[kind](*arguments)
    return drawn


def _check_distribution(name: str, values: Mapping[str, Any], search: Search) -> None:
    if search is Search.GRID:
        raise ValueError(f"{name}: a grid tries lists of values; search random draws from distributions")
    if len(values) != 1:
        raise ValueError(f'{name}: name one distribution, {{"loguniform": [1e-5, 1e-2]}}')
    kind, arguments = next(iter(values.items()))
    if kind not in _DISTRIBUTIONS:
        raise ValueError(f"{name}: {kind!r} is unknown; there are {', '.join(_DISTRIBUTIONS)}")
    if (
        not isinstance(arguments, list)
        or len(arguments) != _DISTRIBUTIONS[kind]
        or not all(_is_finite(argument) for argument in arguments)
    ):
        raise ValueError(f"{name}: {kind} takes a list of {_DISTRIBUTIONS[kind]} numbers")
    _check_bounds(name, kind, arguments)


def _check_bounds(name: str, kind: str, arguments: list[float]) -> None:
    low, high = arguments[:2]
    if low >= high:
        raise ValueError(f"{name}: {kind} from {low} to {high}: the first must be below the second")
    if kind == "loguniform" and low <= 0:
        raise ValueError(f"{name}: loguniform needs bounds above 0, not {low}")
    if kind == "randint" and not all(isinstance(argument, int) for argument in arguments):
        raise ValueError(f"{name}: randint takes whole numbers")
    if kind == "quniform" and arguments[2] <= 0:
        raise ValueError(f"{name}: quniform needs a step above 0, not {arguments[2]}")


def _is_finite(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
