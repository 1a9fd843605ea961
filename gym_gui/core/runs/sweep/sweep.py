"""Many runs from one: every combination of seeds, values and random draws, as launch specs of one group."""

from __future__ import annotations

import dataclasses
import itertools
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.values import check_value, unknown_key
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.sweep.sampling import SamplingRule

SEED_FIELD = "seed"
MOST_RUNS = 10_000
_LONGEST_VALUE = 40
# Draws that came out alike are drawn again this often for each that is wanted.
_MOST_DRAWS = 200


class SweepError(ValueError):
    """A sweep that cannot be made.

    Attributes:
        problems: What is wrong, by field; "" for the sweep as a whole.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        self.problems = dict(problems)
        super().__init__("; ".join(f"{name}: {text}" if name else text for name, text in problems.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepSpec:
    """What is to vary from run to run; everything else is the same.

    Attributes:
        seeds: Values of the field `seed`; each configuration is run with every one.
        grid: Values of fields; every combination is run.
        samples: How fields are drawn at random.
        sample_count: How many draws; each is combined with the whole grid.
        sample_seed: Of the random numbers: the same seed draws the same values.
        group: The group of all runs; by default that of the launch, or its name.
    """

    seeds: tuple[int, ...] = ()
    grid: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    samples: Mapping[str, SamplingRule] = field(default_factory=dict)
    sample_count: int = 0
    sample_seed: int = 0
    group: str = ""

    @property
    def varied(self) -> tuple[str, ...]:
        """The fields that differ from run to run, the seed last."""
        return (*self.samples, *self.grid, *((SEED_FIELD,) if self.seeds else ()))


def count_runs(sweep: SweepSpec) -> int:
    """How many runs the sweep is, told without making any."""
    return math.prod(_factors(sweep).values())


def describe(sweep: SweepSpec) -> str:
    """The number of runs and how it comes about, "12 runs: 4 values of batch x 3 seeds"."""
    count = count_runs(sweep)
    factors = {name: number for name, number in _factors(sweep).items() if name}
    parts = [_factor_text(name, number) for name, number in factors.items()]
    return f"{count} {'run' if count == 1 else 'runs'}{': ' if parts else ''}{' x '.join(parts)}"


def plan_sweep(base: LaunchSpec, sweep: SweepSpec, fields: Sequence[FormField]) -> tuple[LaunchSpec, ...]:
    """The launches of the sweep: those of one configuration together, one for each seed.

    Args:
        base: What all have in common; its config gives every field that does not vary.
        sweep: What varies.
        fields: Those of the worker's config; none when the worker names no schema, then nothing is checked
            but that the values can be written.

    Raises:
        SweepError: With everything that is wrong with it, by field.
    """
    problems = _problems(sweep, {field.name: field for field in fields})
    if problems:
        raise SweepError(problems)
    group = sweep.group or base.group or base.name or f"{base.worker_id} sweep"
    return tuple(_launch(base, values, group) for values in _combinations(sweep, fields))


def value_text(value: Any) -> str:
    """A value as the name of a run has it: short, on one line."""
    if isinstance(value, float):
        text = f"{value:g}"
    else:
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_VALUE else f"{line[: _LONGEST_VALUE - 1]}…"


def _launch(base: LaunchSpec, values: Mapping[str, Any], group: str) -> LaunchSpec:
    varied = " ".join(f"{name}={value_text(value)}" for name, value in values.items())
    name = " ".join(filter(None, (base.name, varied)))
    return dataclasses.replace(base, name=name, group=group, config={**base.config, **values})


def _combinations(sweep: SweepSpec, fields: Sequence[FormField]) -> Iterator[dict[str, Any]]:
    seeds = [{SEED_FIELD: seed} for seed in sweep.seeds] or [{}]
    cells = [dict(zip(sweep.grid, cell, strict=True)) for cell in itertools.product(*sweep.grid.values())]
    for drawn, cell, seed in itertools.product(_draws(sweep, fields), cells, seeds):
        yield {**drawn, **cell, **seed}


def _draws(sweep: SweepSpec, fields: Sequence[FormField]) -> list[dict[str, Any]]:
    """The draws, no two alike.

    Raises:
        SweepError: There are not so many different ones.
    """
    if not sweep.samples:
        return [{}]
    dice = random.Random(sweep.sample_seed)  # noqa: S311  values of an experiment, not secrets
    by_name = {field.name: field for field in fields}
    draws: dict[str, dict[str, Any]] = {}
    for _ in range(sweep.sample_count * _MOST_DRAWS):
        draw = {name: rule.draw(dice, by_name.get(name)) for name, rule in sweep.samples.items()}
        draws.setdefault(json.dumps(draw, sort_keys=True), draw)
        if len(draws) == sweep.sample_count:
            return list(draws.values())
    found = f"only {len(draws)} different draws were found, {sweep.sample_count} are wanted"
    raise SweepError({"": f"{found}: ask for fewer, or list the values in a grid"})


def _factors(sweep: SweepSpec) -> dict[str, int]:
    factors = {name: len(values) for name, values in sweep.grid.items()}
    if sweep.samples:
        factors = {"draws": sweep.sample_count, **factors}
    return {**factors, **({"seeds": len(sweep.seeds)} if sweep.seeds else {})}


def _factor_text(name: str, number: int) -> str:
    if name in ("draws", "seeds"):
        return f"{number} {name[:-1] if number == 1 else name}"
    return f"{number} {'value' if number == 1 else 'values'} of {name}"


def _problems(sweep: SweepSpec, fields: Mapping[str, FormField]) -> dict[str, str]:
    problems = {name: _problem_of(name, sweep, fields) for name in sweep.varied}
    if count_runs(sweep) > MOST_RUNS:
        problems[""] = f"{count_runs(sweep)} runs are more than the {MOST_RUNS} a sweep may have"
    elif sweep.samples and sweep.sample_count < 1:
        problems[""] = "say how many draws are wanted, at least one"
    return {name: text for name, text in problems.items() if text}


def _problem_of(name: str, sweep: SweepSpec, fields: Mapping[str, FormField]) -> str:
    """What is wrong with one field that varies, "" when nothing is."""
    ways = [name in sweep.samples, name in sweep.grid, bool(sweep.seeds) and name == SEED_FIELD]
    if sum(ways) > 1:
        return "is varied in more than one way; choose one of seeds, grid and samples"
    if fields and name not in fields:
        return unknown_key(name, fields)
    known = fields.get(name)
    if known is not None and known.managed:
        return "is filled in by the launcher and cannot vary"
    if name in sweep.samples:
        return sweep.samples[name].problem(known)
    values = sweep.seeds if name == SEED_FIELD and sweep.seeds else sweep.grid[name]
    return _problem_of_values(known, values)


def _problem_of_values(known: FormField | None, values: Sequence[Any]) -> str:
    if not values:
        return "has no values to vary over"
    if known is not None:
        wrong = next((text for text in (check_value(known, value) for value in values) if text), "")
        if wrong:
            return wrong
    try:
        written = [json.dumps(value, sort_keys=True, allow_nan=False) for value in values]
    except (TypeError, ValueError) as error:
        return f"cannot be written as JSON: {error}"
    twice = next((text for text in written if written.count(text) > 1), "")
    return f"has the value {twice} twice" if twice else ""
