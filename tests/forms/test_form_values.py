"""Typed text and values against a field: what they mean and what is said when they mean nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.patterns import is_cheap
from gym_gui.core.forms.values import FieldError, check_value, check_values, nearest, parse_text


def field(kind: FieldKind, **more: Any) -> FormField:
    return FormField(name="x", title="X", kind=kind, **more)


INTEGER = field(FieldKind.INTEGER, minimum=1)
NUMBER = field(FieldKind.NUMBER, exclusive_minimum=0.0, maximum=1.0)
CHOICE = field(FieldKind.CHOICE, choices=("q_learning", "sarsa"))


@pytest.mark.parametrize(
    ("where", "text", "value"),
    [
        (INTEGER, "7", 7),
        (INTEGER, " 1e6 ", 1_000_000),
        (INTEGER, "1_000_000", 1_000_000),
        (INTEGER, "12.0", 12),
        (NUMBER, "3e-4", 3e-4),
        (NUMBER, "1", 1.0),
        (field(FieldKind.INTEGER, nullable=True), "none", None),
        (field(FieldKind.INTEGER, nullable=True), "", None),
        (field(FieldKind.STRING, nullable=True), "", None),
        (field(FieldKind.STRING), "", ""),
        (field(FieldKind.STRING), " none ", " none "),
        (field(FieldKind.BOOLEAN), "Yes", True),
        (field(FieldKind.BOOLEAN), "off", False),
        (CHOICE, "SARSA", "sarsa"),
        (field(FieldKind.CHOICE, choices=("none", "all"), nullable=True), "none", "none"),
        (field(FieldKind.CHOICE, choices=("a",), nullable=True), "none", None),
        (field(FieldKind.CHOICE, choices=(1, 2)), "2", 2),
        (field(FieldKind.CHOICE, choices=(True, "b")), "true", True),
        (field(FieldKind.JSON), "[64, 64]", [64, 64]),
        (field(FieldKind.PATH), "a b/c", "a b/c"),
    ],
)
def test_text_means(where: FormField, text: str, value: object) -> None:
    read = parse_text(where, text)
    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize(
    ("where", "text", "message"),
    [
        (INTEGER, "0", "must be at least 1, got 0"),
        (INTEGER, "1.5", "must be a whole number, got '1.5'"),
        (INTEGER, "many", "must be a whole number, got 'many'"),
        (INTEGER, "none", "must be a whole number, got 'none'"),
        (INTEGER, "nan", "must be a whole number, got 'nan'"),
        (INTEGER, "1e1000000000", "must be a whole number of at most 300 digits"),
        (NUMBER, "0", "must be greater than 0, got 0"),
        (NUMBER, "1.5", "must be at most 1, got 1.5"),
        (NUMBER, "nan", "must be a finite number, got 'nan'"),
        (NUMBER, "inf", "must be a finite number, got 'inf'"),
        (NUMBER, "1e999", "must be a finite number, got '1e999'"),
        (CHOICE, "ppo", "must be one of q_learning, sarsa, got 'ppo'"),
        (field(FieldKind.BOOLEAN), "maybe", "must be true or false, got 'maybe'"),
        (field(FieldKind.STRING, min_length=1), "", "must have at least 1 character, got 0"),
        (field(FieldKind.STRING, max_length=2), "abc", "must have at most 2 characters, got 3"),
        (field(FieldKind.STRING, pattern="^[a-z]+$"), "A1", "must match the pattern ^[a-z]+$, got 'A1'"),
        (field(FieldKind.STRING), "bad\udcff", "must be valid Unicode text without null characters"),
        (field(FieldKind.PATH), "  ", "must name a path"),
        (field(FieldKind.INTEGER, multiple_of=8), "12", "must be a multiple of 8, got 12"),
    ],
)
def test_text_means_nothing(where: FormField, text: str, message: str) -> None:
    with pytest.raises(FieldError) as caught:
        parse_text(where, text)
    assert caught.value.message == message
    assert str(caught.value) == f"x: {message}"


@pytest.mark.parametrize("text", ["{", "hello", "NaN", "[Infinity]", "[" * 100_000])
def test_text_that_is_not_json(text: str) -> None:
    with pytest.raises(FieldError, match="must be JSON"):
        parse_text(field(FieldKind.JSON), text)


@pytest.mark.parametrize(
    ("where", "value", "message"),
    [
        (INTEGER, True, "must be a whole number, got true"),
        (INTEGER, 1e6, "must be a whole number, got 1000000"),
        (INTEGER, None, "must be set"),
        (NUMBER, float("nan"), "must be a finite number, got nan"),
        (NUMBER, "0.5", "must be a number, got '0.5'"),
        (field(FieldKind.BOOLEAN), 1, "must be true or false, got 1"),
        (field(FieldKind.CHOICE, choices=(1, 2)), True, "must be one of 1, 2, got true"),
        (field(FieldKind.STRING), 5, "must be text, got 5"),
        (field(FieldKind.JSON), {"a": [float("inf")]}, "must not hold inf: JSON has no such number"),
        (field(FieldKind.JSON), {1: 2}, "must have text for keys"),
        (field(FieldKind.JSON), {"a": {1, 2}}, "must be a JSON value, got set"),
        (field(FieldKind.JSON), None, "must be set"),
        (field(FieldKind.JSON, nullable=True), None, ""),
        (field(FieldKind.NUMBER, multiple_of=0.1), 0.7, ""),
        (field(FieldKind.NUMBER, multiple_of=0.1), 0.75, "must be a multiple of 0.1, got 0.75"),
    ],
)
def test_a_value_is_checked(where: FormField, value: object, message: str) -> None:
    assert check_value(where, value) == message


def test_long_choices_are_cut_and_the_nearest_is_named() -> None:
    envs = (*(f"Env{n}-v1" for n in range(900)), "FrozenLake-v1")
    message = check_value(field(FieldKind.CHOICE, choices=envs), "FrozenLak-v1")
    assert "and 889 more" in message
    assert message.endswith("(did you mean 'FrozenLake-v1'?)")


def test_missing_and_unknown_keys_are_problems_of_their_own() -> None:
    fields = (
        FormField(name="run_id", title="", kind=FieldKind.STRING, required=True, managed=True),
        FormField(name="episodes", title="", kind=FieldKind.INTEGER, required=True),
        FormField(name="learning_rate", title="", kind=FieldKind.NUMBER, default=0.1),
    )
    assert check_values(fields, {"lr": 1, "zzz": 2}) == {
        "episodes": "is required",
        "lr": "is not a field of this worker: did you mean 'learning_rate'?",
        "zzz": "is not a field of this worker",
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("lr", "learning_rate"),
        ("env", "env_id"),
        ("EnvId", "env_id"),
        ("sed", "seed"),
        ("total-steps", "total_steps"),
        ("gama", "gamma"),
        ("zzz", None),
        ("", None),
        ("total", "total_steps"),
    ],
)
def test_nearest(name: str, expected: str | None) -> None:
    known = ["learning_rate", "env_id", "seed", "total_steps", "total_episodes", "gamma"]
    assert nearest(name, known) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a|a)*$",
        r"(\d+)*x",
        "(a{1,9}){9}",
        "a?a?a?a?aaaa",
        ".*.*.*.*x",
        "[",
        r"(a)\1",
        "(?=a)a",
        "a" * 300,
        "(a|a)" * 20,
        "((a*)b)*c",
    ],
)
def test_patterns_that_may_hang_are_not_tried(pattern: str) -> None:
    assert not is_cheap(pattern)


@pytest.mark.parametrize(
    "pattern", ["^[a-z]+$", r"^[A-Za-z0-9][\w.-]{0,127}$", r"^[a-z]+(-[a-z]+)?$", "^(a|b|c)$"]
)
def test_common_patterns_are_tried(pattern: str) -> None:
    assert is_cheap(pattern)


_PIECES = st.sampled_from(
    ["a", ".", "(", ")", "*", "+", "?", "|", "[a]", r"\d", "$", "{1,9}", "a*", "(a|aa)", "(a*)"]
)


@given(st.lists(_PIECES, max_size=12).map("".join))
def test_what_is_tried_never_hangs(pattern: str) -> None:
    """Hypothesis fails it after its deadline when an accepted pattern backtracks without end."""
    if is_cheap(pattern):
        check_value(field(FieldKind.STRING, pattern=pattern), "a" * 99 + "!")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
        max_leaves=10,
    )
)
def test_json_that_is_accepted_survives_the_trip(value: object) -> None:
    if not check_value(field(FieldKind.JSON, nullable=True), value):
        assert json.loads(json.dumps(value, allow_nan=False).encode()) == value


def test_a_deep_value_is_refused_not_crashed_on() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert check_value(field(FieldKind.JSON), deep) == "is nested too deeply"
