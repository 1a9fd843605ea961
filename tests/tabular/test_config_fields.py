"""The configuration: what it accepts, what it refuses and how it says so, and what the form gets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from gym_gui.core.forms.fields import FieldKind
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.worker import WorkerConfig
from gym_gui.workers.tabular.config import TabularConfig


def problems(**fields: Any) -> dict[str, str]:
    """Message by field of a configuration that is refused."""
    with pytest.raises(ValidationError) as refused:
        TabularConfig.from_dict({"run_id": "run", **fields})
    return {".".join(str(part) for part in e["loc"]): e["msg"] for e in refused.value.errors()}


def test_satisfies_the_protocol_and_survives_the_way_through_json() -> None:
    config = TabularConfig.from_dict(
        {
            "run_id": "run",
            "seed": 3,
            "algorithm": "sarsa",
            "resume_from": "a/b.npz",
            "env_options": {"x": [1]},
        }
    )
    assert isinstance(config, WorkerConfig)
    assert TabularConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_only_the_run_id_has_to_be_given() -> None:
    config = TabularConfig.from_dict({"run_id": "run"})
    assert (config.algorithm, config.environment, config.slippery) == ("q_learning", "FrozenLake8x8", False)
    with pytest.raises(ValidationError, match="run_id"):
        TabularConfig.from_dict({})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("run_id", "../elsewhere"),
        ("episodes", 0),
        ("learning_rate", 0),
        ("learning_rate", float("nan")),
        ("gamma", 1.01),
        ("seed", -1),
        ("seed", 2**32),
        ("epsilon_start", 1.5),
        ("algorithm", "dqn"),
        ("environment", "CartPole"),
        ("heartbeat_interval_s", 0),
        ("checkpoints_to_keep", 0),
        ("env_id", "no spaces please"),
        ("nonsense", 1),
    ],
)
def test_a_wrong_value_is_refused_under_its_own_field(field: str, value: object) -> None:
    assert list(problems(**{field: value})) == [field]


def test_slippery_is_refused_where_there_is_no_slippery_variant() -> None:
    assert "Taxi has no slippery variant" in problems(environment="Taxi", slippery=True)["slippery"]
    assert "env_options" in problems(env_id="Taxi-v4", slippery=True)["env_id"]


def test_epsilon_may_not_grow() -> None:
    assert "epsilon_start, which is 0.1" in problems(epsilon_start=0.1, epsilon_end=0.2)["epsilon_end"]


def test_an_unregistered_environment_is_refused_with_the_nearest_one() -> None:
    assert "did you mean 'FrozenLake-v1'?" in problems(env_id="FrozenLak-v1")["env_id"]


def test_options_that_the_worker_settles_itself_are_refused() -> None:
    assert (
        "'render_mode' is settled by the worker"
        in problems(env_options={"render_mode": "human"})["env_options"]
    )


def test_unset_intervals_are_shares_of_the_episodes() -> None:
    config = TabularConfig.from_dict({"run_id": "run", "episodes": 1001})
    assert (config.evaluation_interval(), config.checkpoint_interval(), config.scalar_interval()) == (
        101,
        201,
        3,
    )
    never = TabularConfig.from_dict({"run_id": "run", "eval_every": 0, "checkpoint_every": 0})
    assert (never.evaluation_interval(), never.checkpoint_interval()) == (0, 0)


def test_the_form_has_a_label_help_and_bounds_for_every_field() -> None:
    fields = {field.name: field for field in form_fields(TabularConfig.model_json_schema())}
    assert set(fields) == set(TabularConfig.model_fields)
    assert all(field.title and field.description.endswith(".") for field in fields.values())
    assert [name for name, field in fields.items() if field.required] == ["run_id"]
    assert fields["run_id"].managed
    assert fields["algorithm"].choices == ("q_learning", "sarsa", "expected_sarsa", "monte_carlo")
    assert fields["environment"].kind is FieldKind.CHOICE
    assert fields["resume_from"].kind is FieldKind.PATH
    assert fields["seed"].nullable
    assert (fields["learning_rate"].exclusive_minimum, fields["learning_rate"].maximum) == (0, 1)
    numbers = [f for f in fields.values() if f.kind in (FieldKind.INTEGER, FieldKind.NUMBER)]
    assert all((f.minimum, f.exclusive_minimum) != (None, None) and f.maximum is not None for f in numbers), [
        f.name for f in numbers if f.maximum is None
    ]


def test_the_everyday_fields_come_first_and_the_rest_are_folded_away() -> None:
    advanced = [field.advanced for field in form_fields(TabularConfig.model_json_schema())]
    assert advanced == sorted(advanced)
    assert advanced.count(False) <= 12
