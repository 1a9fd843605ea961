"""Command lines pasted from a terminal: read as argparse and tyro would, and never executed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.forms.cli_line import read_cli_line
from gym_gui.core.forms.fields import FieldKind, FormField

FIELDS = (
    FormField(name="run_id", title="Run id", kind=FieldKind.STRING, managed=True),
    FormField(name="env_id", title="Environment", kind=FieldKind.STRING, default="CartPole-v1"),
    FormField(name="total_timesteps", title="Steps", kind=FieldKind.INTEGER, default=10, minimum=1),
    FormField(name="learning_rate", title="Learning rate", kind=FieldKind.NUMBER, default=0.1),
    FormField(name="cuda", title="Cuda", kind=FieldKind.BOOLEAN, default=True),
    FormField(name="layers", title="Layers", kind=FieldKind.JSON, default=[]),
)


@pytest.mark.parametrize(
    ("line", "values"),
    [
        (
            "python ppo.py --env-id Taxi-v3 --total-timesteps 500",
            {"env_id": "Taxi-v3", "total_timesteps": 500},
        ),
        ("--learning_rate=2.5e-4 --no-cuda", {"learning_rate": 2.5e-4, "cuda": False}),
        ("python -m cleanrl.ppo --cuda False", {"cuda": False}),
        ("train --cuda --env-id A", {"cuda": True, "env_id": "A"}),
        ("tyro.py --args.env-id B --args.no-cuda", {"env_id": "B", "cuda": False}),
        ("gym-gui run tabular env_id='a b' layers='[64, 64]'", {"env_id": "a b", "layers": [64, 64]}),
        ("x --learning-rate -0.5", {"learning_rate": -0.5}),
        ("x --learning-rate -.5", {"learning_rate": -0.5}),
        ("x --env-id A --env-id B", {"env_id": "B"}),
        ("x \\\n  --env-id \\\n  C", {"env_id": "C"}),
        ("x --env-id '$(rm -rf /)'", {"env_id": "$(rm -rf /)"}),
    ],
)
def test_what_argparse_and_tyro_take(line: str, values: dict[str, object]) -> None:
    assert read_cli_line(line, FIELDS).values == values


def test_a_wrong_value_is_told_by_its_field_and_the_rest_is_taken() -> None:
    found = read_cli_line("x --total-timesteps many --env-id A", FIELDS)
    assert found.values == {"env_id": "A"}
    assert list(found.problems) == ["total_timesteps"]


def test_a_later_right_value_mends_an_earlier_wrong_one() -> None:
    found = read_cli_line("x --total-timesteps many --total-timesteps 3", FIELDS)
    assert (found.values, found.problems) == ({"total_timesteps": 3}, {})


def test_flags_that_are_no_field_are_named_with_what_may_be_meant() -> None:
    found = read_cli_line("x --total-timestep 5 --verbose --run-id stolen", FIELDS)
    assert found.unknown[0] == "total-timestep (did you mean total_timesteps?)"
    assert "verbose" in found.unknown
    assert "run_id" not in found.values


@pytest.mark.parametrize("line", ["", "python train.py", "--", "x 'unclosed", "x" * 200_000])
def test_what_holds_nothing_says_why(line: str) -> None:
    found = read_cli_line(line, FIELDS)
    assert found.failure
    assert not found.values


@given(st.text(max_size=200))
def test_nothing_typed_makes_it_raise(line: str) -> None:
    read_cli_line(line, FIELDS)
