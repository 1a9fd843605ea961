"""What is typed on the page for several runs -> the sweep it means, and what is wrong with it."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.values import unknown_key
from gym_gui.core.runs.sweep.sampling import SamplingRule
from gym_gui.core.runs.sweep.sweep import MOST_RUNS, SEED_FIELD, SweepSpec, count_runs
from gym_gui.core.runs.sweep.text import parse_sampling, parse_seeds, parse_values

_WAYS_TO_DRAW = ("uniform:", "loguniform:", "choice:")
_MANY_TO_ASK = 200


@dataclass(frozen=True, slots=True)
class TypedSweep:
    """What was typed.

    Attributes:
        seeds: "1-5", or "".
        varied: For each row its field and its values.
        draws: How often fields are drawn, as text.
        draw_seed: Of the draws, as text.
    """

    seeds: str = ""
    varied: tuple[tuple[str, str], ...] = ()
    draws: str = "10"
    draw_seed: str = "0"


@dataclass(frozen=True, slots=True)
class SweepReading:
    """What it means.

    Attributes:
        sweep: None when it is a single run, or something is wrong.
        problems: By row; "seeds", "draws" and "" for the others.
        first: The values of the first run, of fields that vary.
    """

    sweep: SweepSpec | None = None
    problems: Mapping[int | str, str] = field(default_factory=dict)
    first: Mapping[str, Any] = field(default_factory=dict)
    draws_any: bool = False


def read_sweep(typed: TypedSweep, fields: Sequence[FormField], group: str) -> SweepReading:
    """The sweep; rows that are empty do not count."""
    known = {item.name: item for item in fields if item.name}
    problems: dict[int | str, str] = {}
    grid: dict[str, tuple[Any, ...]] = {}
    samples: dict[str, SamplingRule] = {}
    seeds: tuple[int, ...] = ()
    if typed.seeds.strip():
        try:
            seeds = parse_seeds(typed.seeds)
        except ValueError as error:
            problems["seeds"] = str(error).removeprefix("seeds: ")
        if known and SEED_FIELD not in known:
            problems["seeds"] = f"this worker has no field {SEED_FIELD!r}"
    for row, (name, text) in enumerate(typed.varied):
        if not name.strip() and not text.strip():
            continue
        try:
            _take(name.strip(), text.strip(), known, grid, samples)
            if name.strip() == SEED_FIELD and seeds:
                raise ValueError("the seeds are given above already")
        except ValueError as error:
            problems[row] = str(error).removeprefix(f"{name.strip()}: ")
    sweep = SweepSpec(
        seeds=seeds,
        grid=grid,
        samples=samples,
        sample_count=_whole(typed.draws, "draws", 1, problems) if samples else 0,
        sample_seed=_whole(typed.draw_seed, "draws", 0, problems) if samples else 0,
        group=group,
    )
    if not problems and count_runs(sweep) > MOST_RUNS:
        problems[""] = f"{count_runs(sweep):,} runs are more than the {MOST_RUNS:,} a sweep may have"
    is_sweep = bool(sweep.varied) and not problems
    return SweepReading(sweep if is_sweep else None, problems, _first(sweep, known), bool(samples))


def _take(
    name: str,
    text: str,
    known: Mapping[str, FormField],
    grid: dict[str, tuple[Any, ...]],
    samples: dict[str, SamplingRule],
) -> None:
    if not name:
        raise ValueError("choose the field that varies")
    if known and name not in known:
        raise ValueError(unknown_key(name, known))
    if name in grid or name in samples:
        raise ValueError("is varied in another row already; list all its values in one")
    if not text:
        raise ValueError("give its values, separated by commas")
    if text.startswith(_WAYS_TO_DRAW):
        rule = parse_sampling(known.get(name), text)
        problem = rule.problem(known.get(name))
        if problem:
            raise ValueError(problem)
        samples[name] = rule
        return
    values = parse_values(known.get(name), text)
    # Values are looked through for twins one by one, which a list pasted by mistake makes slow.
    twice = next((v for i, v in enumerate(values[:_MANY_TO_ASK]) if v in values[:i]), None)
    if twice is not None:
        raise ValueError(f"has the value {twice} twice")
    grid[name] = values


def _whole(text: str, where: str, least: int, problems: dict[int | str, str]) -> int:
    if text.strip().isdecimal() and least <= int(text) <= MOST_RUNS * 1000:
        return int(text)
    problems[where] = f"{text.strip() or 'nothing'} is no whole number of at least {least}"
    return least


def _first(sweep: SweepSpec, known: Mapping[str, FormField]) -> dict[str, Any]:
    dice = random.Random(sweep.sample_seed)  # noqa: S311  values of an experiment, not secrets
    first: dict[str, Any] = {name: rule.draw(dice, known.get(name)) for name, rule in sweep.samples.items()}
    first.update({name: values[0] for name, values in sweep.grid.items()})
    if sweep.seeds:
        first[SEED_FIELD] = sweep.seeds[0]
    return first
