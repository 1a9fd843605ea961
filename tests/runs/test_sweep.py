"""Sweeps: what is typed, what is checked against the worker's schema, and the launches it comes to."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.forms.fields import FormField
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.sweep.sampling import Choice, LogUniform, SamplingRule, Uniform
from gym_gui.core.runs.sweep.sweep import SweepError, SweepSpec, count_runs, describe, plan_sweep, value_text
from gym_gui.core.runs.sweep.text import parse_sampling, parse_seeds, parse_values, split_list

SCHEMA = {
    "properties": {
        "run_id": {"type": "string"},
        "seed": {"type": "integer", "minimum": 0, "default": 1},
        "learning_rate": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "default": 0.1},
        "batch": {"type": "integer", "minimum": 1, "default": 8},
        "rounds": {"type": "integer", "multipleOf": 2, "default": 2},
        "algo": {"enum": ["ppo", "dqn"], "default": "ppo"},
        "layers": {"type": "array", "default": [64]},
    },
    "required": ["run_id"],
}
FIELDS = form_fields(SCHEMA)
BY_NAME = {field.name: field for field in FIELDS}
BASE = LaunchSpec(
    worker_id="w",
    command=("train",),
    config={"seed": 1, "learning_rate": 0.1, "batch": 8, "algo": "ppo", "layers": [64]},
    name="try",
    tags=("t",),
)


def plan(base: LaunchSpec = BASE, fields: tuple[FormField, ...] = FIELDS, **sweep: Any) -> list[LaunchSpec]:
    return list(plan_sweep(base, SweepSpec(**sweep), fields))


def test_every_combination_once_with_the_seeds_of_a_configuration_together() -> None:
    specs = plan(seeds=(1, 2), grid={"learning_rate": (0.1, 0.01), "algo": ("ppo", "dqn")})
    varied = [(s.config["learning_rate"], s.config["algo"], s.config["seed"]) for s in specs]
    assert varied == [
        (0.1, "ppo", 1), (0.1, "ppo", 2), (0.1, "dqn", 1), (0.1, "dqn", 2),
        (0.01, "ppo", 1), (0.01, "ppo", 2), (0.01, "dqn", 1), (0.01, "dqn", 2),
    ]  # fmt: skip
    assert specs[0].name == "try learning_rate=0.1 algo=ppo seed=1"
    assert {spec.group for spec in specs} == {"try"}
    assert all(spec.config["batch"] == 8 and spec.tags == ("t",) for spec in specs)
    assert len({spec.name for spec in specs}) == 8
    assert BASE.config["seed"] == 1, "the launch they are made from is untouched"


@pytest.mark.parametrize(
    ("sweep", "count", "text"),
    [
        ({}, 1, "1 run"),
        ({"seeds": (1,)}, 1, "1 run: 1 seed"),
        ({"seeds": (1, 2, 3)}, 3, "3 runs: 3 seeds"),
        ({"seeds": (1, 2), "grid": {"batch": (1, 2, 4)}}, 6, "6 runs: 3 values of batch x 2 seeds"),
        (
            {"samples": {"learning_rate": Uniform(0.1, 0.2)}, "sample_count": 5, "grid": {"batch": (1, 2)}},
            10,
            "10 runs: 5 draws x 2 values of batch",
        ),
    ],
)
def test_the_number_is_told_before_anything_is_made(sweep: dict[str, Any], count: int, text: str) -> None:
    spec = SweepSpec(**sweep)
    assert (count_runs(spec), describe(spec)) == (count, text)
    assert len(plan(**sweep)) == count


@pytest.mark.parametrize(
    ("sweep", "problems"),
    [
        ({"grid": {"lr": (0.1,)}}, {"lr": "is not a field of this worker: did you mean 'learning_rate'?"}),
        ({"grid": {"learning_rate": (0.1, 2.0)}}, {"learning_rate": "must be at most 1, got 2"}),
        ({"grid": {"algo": ("ppo", "sac")}}, {"algo": "must be one of ppo, dqn, got 'sac'"}),
        ({"grid": {"batch": (1.5,)}}, {"batch": "must be a whole number, got 1.5"}),
        ({"grid": {"batch": ()}}, {"batch": "has no values to vary over"}),
        ({"grid": {"batch": (1, 2, 1)}}, {"batch": "has the value 1 twice"}),
        ({"grid": {"run_id": ("a",)}}, {"run_id": "is filled in by the launcher and cannot vary"}),
        ({"seeds": (-1,)}, {"seed": "must be at least 0, got -1"}),
        (
            {"seeds": (1,), "grid": {"seed": (1, 2)}},
            {"seed": "is varied in more than one way; choose one of seeds, grid and samples"},
        ),
        (
            {"grid": {"batch": tuple(range(1, 103))}, "seeds": tuple(range(100))},
            {"": "10200 runs are more than the 10000 a sweep may have"},
        ),
        ({"samples": {"batch": Uniform(1, 3)}}, {"": "say how many draws are wanted, at least one"}),
        (
            {"samples": {"batch": Uniform(1, 3)}, "sample_count": 9},
            {
                "": "only 3 different draws were found, 9 are wanted: "
                "ask for fewer, or list the values in a grid"
            },
        ),
        (
            {"samples": {"learning_rate": LogUniform(0, 1)}, "sample_count": 1},
            {"learning_rate": "must be drawn from numbers above 0 to spread over magnitudes, got 0"},
        ),
        (
            {"samples": {"learning_rate": Uniform(0.5, 3)}, "sample_count": 1},
            {"learning_rate": "must be at most 1, got 3"},
        ),
        (
            {"samples": {"algo": Uniform(0, 1)}, "sample_count": 1},
            {"algo": "is not a number, so it cannot be drawn from 0 to 1; list its values"},
        ),
        (
            {"samples": {"batch": Uniform(1.2, 1.8)}, "sample_count": 1},
            {"batch": "has no whole number from 1.2 to 1.8"},
        ),
        (
            {"samples": {"batch": Uniform(5, 2)}, "sample_count": 1},
            {"batch": "must be drawn from a lower to a higher number, got 5 to 2"},
        ),
        (
            {"samples": {"rounds": Uniform(2, 8)}, "sample_count": 1},
            {"rounds": "must be a multiple of 2; list its values"},
        ),
        (
            {"samples": {"algo": Choice(("x",))}, "sample_count": 1},
            {"algo": "must be one of ppo, dqn, got 'x'"},
        ),
    ],
)
def test_what_cannot_be_run_is_refused_by_field(sweep: dict[str, Any], problems: dict[str, str]) -> None:
    with pytest.raises(SweepError) as caught:
        plan(**sweep)
    assert caught.value.problems == problems


def test_several_problems_are_told_at_once() -> None:
    with pytest.raises(SweepError) as caught:
        plan(grid={"lr": (1,), "batch": (0,)})
    assert set(caught.value.problems) == {"lr", "batch"}
    assert "lr: is not a field" in str(caught.value)


@given(
    seed=st.integers(0, 2**32),
    rule=st.one_of(
        st.tuples(st.floats(0.001, 0.5), st.floats(0.501, 1)).map(lambda ends: Uniform(*ends)),
        st.tuples(st.floats(1e-9, 1e-3), st.floats(0.002, 1)).map(lambda ends: LogUniform(*ends)),
    ),
)
def test_draws_are_within_bounds_and_the_same_for_the_same_seed(seed: int, rule: SamplingRule) -> None:
    sweep = {"samples": {"learning_rate": rule}, "sample_count": 5, "sample_seed": seed}
    specs = plan(**sweep)
    drawn = [spec.config["learning_rate"] for spec in specs]
    assert isinstance(rule, (Uniform, LogUniform))
    assert all(rule.low <= value <= rule.high for value in drawn) and len(set(drawn)) == 5
    assert drawn == [spec.config["learning_rate"] for spec in plan(**sweep)]


def test_whole_numbers_are_drawn_for_whole_fields_and_reach_both_ends() -> None:
    for rule in (Uniform(1, 4), LogUniform(1, 4), Choice((1, 2, 3, 4))):
        specs = plan(samples={"batch": rule}, sample_count=4)
        assert sorted(spec.config["batch"] for spec in specs) == [1, 2, 3, 4]
        assert all(isinstance(spec.config["batch"], int) for spec in specs)


def test_magnitudes_are_equally_likely() -> None:
    specs = plan(samples={"learning_rate": LogUniform(1e-6, 1)}, sample_count=600, sample_seed=3)
    below = sum(spec.config["learning_rate"] < 1e-3 for spec in specs)
    assert 240 < below < 360


def test_without_a_schema_anything_that_json_holds_goes() -> None:
    specs = plan(fields=(), grid={"whatever": ("a", [1], None)})
    assert [spec.config["whatever"] for spec in specs] == ["a", [1], None]
    with pytest.raises(SweepError, match="whatever: cannot be written as JSON"):
        plan(fields=(), grid={"whatever": (float("nan"),)})


def test_where_the_group_comes_from() -> None:
    nameless = LaunchSpec(worker_id="w", command=("x",), config=BASE.config)
    assert plan(nameless, seeds=(1,))[0].group == "w sweep"
    assert plan(seeds=(1,), group="g")[0].group == "g"
    assert plan(nameless, seeds=(7,))[0].name == "seed=7"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1e-05, "1e-05"),
        (0.1, "0.1"),
        ("a\nb", "a b"),
        ([1, 2], "[1,2]"),
        (True, "true"),
        ("x" * 99, "x" * 39 + "…"),
    ],
)
def test_values_in_names_are_short(value: object, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("text", "seeds"),
    [("1-5", (1, 2, 3, 4, 5)), ("3", (3,)), ("1, 2 ,9", (1, 2, 9)), ("8,1-2", (8, 1, 2)), ("0-0", (0,))],
)
def test_seeds_as_typed(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is no seed"),
        ("1-", "'1-' is no seed"),
        ("5-1", "ends before it begins; write 1-5"),
        ("1,a", "'a' is no seed"),
        ("-3", "'-3' is no seed"),
        ("1-3,2", "2 is there twice"),
        ("1-99999999", "more than 10000 seeds"),
    ],
)
def test_what_is_no_seeds(text: str, said: str) -> None:
    with pytest.raises(ValueError, match="seeds: ") as caught:
        parse_seeds(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0.1,0.01", ["0.1", "0.01"]),
        ("[64,64],[128]", ["[64,64]", "[128]"]),
        ('"a,b",c', ['"a,b"', "c"]),
        (r'"a\",b",c', [r'"a\",b"', "c"]),
        ('{"a": [1, 2]}, {}', ['{"a": [1, 2]}', "{}"]),
        ("", [""]),
        ("a,", ["a", ""]),
    ],
)
def test_lists_as_typed(text: str, parts: list[str]) -> None:
    assert split_list(text) == parts


@given(st.lists(st.lists(st.integers() | st.text(max_size=5), max_size=3), min_size=1, max_size=5))
def test_json_values_survive_being_typed(values: list[Any]) -> None:
    text = ",".join(json.dumps(value) for value in values)
    assert list(parse_values(BY_NAME["layers"], text)) == values


def test_grid_values_as_typed() -> None:
    assert parse_values(BY_NAME["learning_rate"], "0.1,1e-3") == (0.1, 0.001)
    assert parse_values(BY_NAME["algo"], "ppo,dqn") == ("ppo", "dqn")
    assert parse_values(None, "1,x,[2]") == (1, "x", [2])
    with pytest.raises(ValueError, match="learning_rate: must be greater than 0"):
        parse_values(BY_NAME["learning_rate"], "0.1,0")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("uniform:0.1:0.2", Uniform(0.1, 0.2)),
        ("loguniform:1e-5:1e-2", LogUniform(1e-5, 1e-2)),
        ("choice:1,2", Choice((1, 2))),
    ],
)
def test_draws_as_typed(text: str, rule: SamplingRule) -> None:
    assert parse_sampling(BY_NAME["batch"], text) == rule


@pytest.mark.parametrize("text", ["", "uniform", "uniform:1", "normal:0:1", "uniform:a:b", "choice:x"])
def test_what_is_no_way_to_draw(text: str) -> None:
    with pytest.raises(ValueError):
        parse_sampling(BY_NAME["batch"], text)
