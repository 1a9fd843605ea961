"""What is typed for a sweep: "1-5,8" for seeds, "0.1,0.01" for a grid, "loguniform:1e-5:1e-2" for draws."""

from __future__ import annotations

import json
import re
from typing import Any

from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.lists import split_list
from gym_gui.core.forms.values import FieldError, parse_text
from gym_gui.core.runs.sweep.sampling import Choice, LogUniform, SamplingRule, Uniform

_RANGE = re.compile(r"(?P<first>\d{1,18})(?:-(?P<last>\d{1,18}))?")
_MOST_SEEDS = 10_000
_RANGES: dict[str, type[Uniform] | type[LogUniform]] = {"uniform": Uniform, "loguniform": LogUniform}


def parse_seeds(text: str) -> tuple[int, ...]:
    """The seeds that "1-5", "3,7" or "1-3,10" means, in that order.

    Raises:
        ValueError: The text means no seeds; the message says what would.
    """
    seeds: list[int] = []
    for part in text.split(","):
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"seeds: {part.strip()!r} is no seed or range of seeds; write 1-5 or 1,2,7")
        first, last = int(match["first"]), int(match["last"] or match["first"])
        if last < first:
            raise ValueError(f"seeds: {part.strip()!r} ends before it begins; write {last}-{first}")
        if last - first + len(seeds) >= _MOST_SEEDS:
            raise ValueError(f"seeds: {text!r} are more than {_MOST_SEEDS} seeds")
        seeds.extend(range(first, last + 1))
    twice = (
        next((seed for seed in seeds if seeds.count(seed) > 1), None)
        if len(set(seeds)) < len(seeds)
        else None
    )
    if twice is not None:
        raise ValueError(f"seeds: {twice} is there twice")
    return tuple(seeds)


def parse_values(field: FormField | None, text: str) -> tuple[Any, ...]:
    """The values of a field that a list like "0.1,0.01" or "[64,64],[128]" means.

    Args:
        field: What each has to be; None when nothing is known of it.
        text: Separated by commas, those inside brackets and quotes excepted.

    Raises:
        ValueError: One of them means no value of the field; the message begins with its name.
    """
    return tuple(_value(field, part) for part in split_list(text))


def parse_sampling(field: FormField | None, text: str) -> SamplingRule:
    """The rule that "uniform:0.9:0.999", "loguniform:1e-5:1e-2" or "choice:64,128" means.

    Raises:
        ValueError: The text means no rule; the message says what would.
    """
    kind, _, rest = text.partition(":")
    if kind == "choice":
        return Choice(parse_values(field, rest))
    low, colon, high = rest.partition(":")
    if kind not in _RANGES or not colon:
        raise ValueError(
            f"{text!r} is no way to draw; write uniform:LOW:HIGH, loguniform:LOW:HIGH or choice:A,B,C"
        )
    try:
        return _RANGES[kind](float(low), float(high))
    except ValueError:
        raise ValueError(f"{text!r}: {low!r} to {high!r} are not two numbers") from None


def _value(field: FormField | None, text: str) -> Any:
    if field is None:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text
    try:
        return parse_text(field, text)
    except FieldError as error:
        raise ValueError(str(error)) from error
