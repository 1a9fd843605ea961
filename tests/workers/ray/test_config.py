"""What a configuration takes and refuses; no Ray needed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from gym_gui.workers.ray.child_runs import child_config
from gym_gui.workers.ray.config import RayConfig
from gym_gui.workers.ray.iteration import iteration_of
from gym_gui.workers.ray.search_space import grid_size
from gym_gui.workers.ray.trials import TrialRecord


def test_a_config_comes_back_through_json() -> None:
    config = RayConfig.from_dict(
        {
            "run_id": "r",
            "mode": "tune",
            "search": "asha",
            "search_space": {"lr": {"loguniform": [1e-5, 1e-2]}},
        }
    )
    assert RayConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"total_timesteps": 0}, "total_timesteps"),
        ({"total_step": 5}, "total_step"),
        ({"env_id": "no such id"}, "CartPole-v1"),
        ({"env_source": "pettingzoo", "env_id": "CartPole-v1"}, "classic/rps_v2"),
        ({"address": "nowhere"}, "host:port"),
        ({"algorithm_options": {"lr": 0.1}}, "learning_rate"),
        ({"mode": "tune"}, "nothing to search"),
        ({"mode": "tune", "search": "grid", "search_space": {"lr": {"uniform": [0, 1]}}}, "random"),
        ({"mode": "tune", "search_space": {"lr": {"uniform": [1, 0]}}}, "below"),
        ({"mode": "tune", "search_space": {"lr": {"loguniform": [0, 1]}}}, "above 0"),
        ({"mode": "tune", "search_space": {"lr": {"normal": [0, 1]}}}, "unknown"),
        ({"mode": "tune", "search_space": {"lr": []}}, "empty"),
        ({"mode": "tune", "search_space": {"lr": [1]}, "resume_from": "x"}, "starts anew"),
    ],
)
def test_what_is_wrong_is_said(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        RayConfig.from_dict({"run_id": "r", **fields})


def test_a_grid_counts_its_combinations() -> None:
    assert grid_size({"lr": [1, 2, 3], "gamma": [0.9, 0.99]}) == 6


def test_a_trial_becomes_a_training_of_its_own() -> None:
    config = RayConfig.from_dict(
        {"run_id": "s", "mode": "tune", "search_space": {"lr": [0.1]}, "algorithm_options": {"num_epochs": 3}}
    )
    trial = TrialRecord("t_00000", {"lr": 0.1, "gamma": 0.5, "entropy_coeff": 0.01}, Path("t"))
    child = child_config(config, trial, seed=7)
    assert (child.run_id, child.mode, child.seed) == ("s-t_00000", "train", 7)
    assert (child.learning_rate, child.gamma) == (0.1, 0.5)
    assert child.algorithm_options == {"num_epochs": 3, "entropy_coeff": 0.01}
    assert child.search_space == {}


def test_numbers_that_are_none_are_left_out() -> None:
    now = iteration_of(
        {
            "training_iteration": 2,
            "num_env_steps_sampled_lifetime": 1000.0,
            "env_runners": {"episode_return_mean": float("nan"), "episode_len_mean": 3.0},
            "learners": {"p": {"loss": 1.5, "bad": float("inf"), "text": "x"}, "__all_modules__": {"n": 1}},
        }
    )
    assert (now.number, now.step, now.return_mean) == (2, 1000, None)
    assert now.losses == {"p/loss": 1.5}
    assert now.scalars()["learners/p/loss"] == 1.5
