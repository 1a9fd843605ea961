"""A run that goes on from a checkpoint is the run that was never interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gym_gui.workers.tabular.checkpoint import Checkpoint, CheckpointError, load_checkpoint
from gym_gui.workers.tabular.config import TabularConfig
from tests.tabular.conftest import Outcome, config, scalars_of

Run = Callable[[TabularConfig], Outcome]


def assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert one.state == other.state
    for name in ("values", "visits", "returns", "agent_random"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize(
    "fields",
    [
        {"algorithm": "q_learning"},
        {"algorithm": "sarsa", "slippery": True},
        {"algorithm": "expected_sarsa", "environment": "Taxi"},
        {"algorithm": "monte_carlo", "environment": "Blackjack", "step_size": "visits"},
    ],
    ids=lambda fields: fields["algorithm"],
)
def test_a_resumed_run_equals_an_uninterrupted_one(run: Run, fields: dict[str, Any]) -> None:
    common = {**fields, "episodes": 60, "checkpoint_every": 25, "eval_every": 10, "scalar_every": 1}
    whole = run(config("whole", **common))
    rest = run(
        config("rest", **common, resume_from=str(whole.run_dir / "checkpoints" / "episode_000000025.npz"))
    )
    assert_same(
        load_checkpoint(whole.run_dir / "checkpoints/final.npz"),
        load_checkpoint(rest.run_dir / "checkpoints/final.npz"),
    )
    assert rest.named("checkpoint_loaded")[0]["episode"] == 25
    whole_curves, rest_curves = scalars_of(whole.run_dir), scalars_of(rest.run_dir)
    for tag, curve in rest_curves.items():
        assert curve == whole_curves[tag][-len(curve) :], tag
    assert len(rest_curves["rollout/return"]) == 35
    same = set(whole.results) - {"train_seconds"}
    assert {name: rest.results[name] for name in same} == {name: whole.results[name] for name in same}


def test_a_resumed_run_without_a_seed_takes_the_checkpoint_s(run: Run) -> None:
    run(config("first", episodes=20, seed=41, checkpoint_every=10))
    second = run(config("second", episodes=30, seed=None, resume_from="first/checkpoints/final.npz"))
    assert second.results["seed"] == 41
    assert second.manifest["metadata"]["seed"] == 41
    assert second.named("run_completed")[0]["episodes"] == 30


def test_a_relative_path_is_looked_for_in_the_working_directory_first(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(config("first", episodes=20))
    (first.run_dir / "checkpoints" / "final.npz").rename(tmp_path / "mine.npz")
    monkeypatch.chdir(tmp_path)
    assert run(config("second", episodes=21, resume_from="mine.npz")).results["episodes"] == 21


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"algorithm": "sarsa"},
            r"resume_from: .* made with q_learning and the run asks for sarsa \(algorithm\)",
        ),
        (
            {"environment": "Taxi"},
            r"resume_from: .* made with FrozenLake8x8-v1 .* asks for Taxi-v.*\(environment\)",
        ),
        ({"slippery": True}, r"resume_from: .*\(env_options\)"),
        ({"seed": 8}, r"seed: .* a run of seed 7.*leave the seed unset or set it to 7"),
        ({"episodes": 20}, r"episodes: .* has 20 of 20 episodes behind it; ask for more than 20"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused_by_field(
    run: Run, fields: dict[str, Any], message: str
) -> None:
    run(config("first", episodes=20))
    wanted = {"episodes": 40, **fields}
    with pytest.raises(CheckpointError, match=message):
        run(config("second", resume_from="first/checkpoints/final.npz", **wanted))


def test_another_shape_of_the_same_environment_is_refused(run: Run) -> None:
    run(config("first", episodes=5, env_options={"desc": ["SF", "HG"]}))
    with pytest.raises(CheckpointError, match=r"env_options"):
        run(config("second", env_options={"desc": ["SFF", "HFG"]}, resume_from="first/checkpoints/final.npz"))
