"""The algorithms learn, the same seed learns the same, and the default form solves its lake."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from gym_gui.workers.tabular.checkpoint import load_checkpoint
from gym_gui.workers.tabular.config import TabularConfig
from tests.tabular.conftest import TINY_LAKE, Outcome, config, scalars_of

Run = Callable[[TabularConfig], Outcome]
ALGORITHMS = ("q_learning", "sarsa", "expected_sarsa", "monte_carlo")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("step_size", ["constant", "visits"])
def test_each_algorithm_learns_a_tiny_lake(run: Run, algorithm: str, step_size: str) -> None:
    outcome = run(
        config(algorithm=algorithm, step_size=step_size, episodes=600, env_options=TINY_LAKE, gamma=0.9)
    )
    assert outcome.results["eval_return_mean"] == 1.0
    assert outcome.results["eval_length_mean"] == 2.0
    values = load_checkpoint(outcome.run_dir / "checkpoints/final.npz").values
    assert values[1].argmax() == 1  # down, onto the goal
    assert values[0].argmax() == 2  # right, past the hole
    assert values[1, 1] == pytest.approx(1.0)
    # An average keeps the targets of the days before anything was known.
    assert values[0, 2] == pytest.approx(0.9, abs=0.03 if step_size == "constant" else 0.1)


@pytest.mark.parametrize(
    ("environment", "algorithm", "at_least"),
    [("CliffWalking", "q_learning", -13.0), ("CliffWalking", "sarsa", -17.0), ("Taxi", "q_learning", 6.5)],
)
def test_the_other_worlds_are_learned_too(
    run: Run, environment: str, algorithm: str, at_least: float
) -> None:
    outcome = run(
        config(
            environment=environment, algorithm=algorithm, episodes=4000, learning_rate=0.3, epsilon_start=0.3
        )
    )
    assert outcome.results["return_mean_last_100"] >= at_least
    assert outcome.results["solved"] in (True, outcome.results["return_mean_last_100"] >= 7.0)


def test_blackjack_is_played_better_than_by_chance(run: Run) -> None:
    outcome = run(
        config(
            environment="Blackjack",
            algorithm="monte_carlo",
            step_size="visits",
            episodes=20_000,
            eval_every=0,
            eval_episodes=3000,
        )
    )
    # Random play loses 0.4 a hand, the best play 0.05; three deviations of a mean of 3000 hands are 0.05.
    assert outcome.results["eval_return_mean"] > -0.15
    assert outcome.results["solved"] is None


def test_the_same_seed_gives_the_same_run_and_another_seed_another(run: Run) -> None:
    runs = {
        name: run(config(name, seed=seed, slippery=True)) for name, seed in (("a", 1), ("b", 1), ("c", 2))
    }
    curves = {name: scalars_of(outcome.run_dir) for name, outcome in runs.items()}
    assert curves["a"] == curves["b"]
    assert curves["a"] != curves["c"]
    values = {
        name: load_checkpoint(outcome.run_dir / "checkpoints/final.npz").values
        for name, outcome in runs.items()
    }
    np.testing.assert_array_equal(values["a"], values["b"])


def test_a_run_without_a_seed_says_which_one_it_drew_and_that_repeats_it(run: Run) -> None:
    drawn = run(config("drawn", seed=None, slippery=True))
    seed = drawn.named("run_started")[0]["seed"]
    assert seed == drawn.results["seed"]
    again = run(config("again", seed=seed, slippery=True))
    assert scalars_of(again.run_dir) == scalars_of(drawn.run_dir)


def test_evaluating_leaves_no_trace_in_training(run: Run) -> None:
    often = run(config("often", slippery=True, eval_every=10))
    never = run(config("never", slippery=True, eval_episodes=0))
    assert scalars_of(often.run_dir)["rollout/return"] == scalars_of(never.run_dir)["rollout/return"]
    assert "eval_return_mean" not in never.results


# With the form's defaults 100 of 100 seeds reached 1.0 when this was written: 0 to 74 and 25 drawn by chance.
# So did 25 of 25 with each of the other algorithms. Here the seed is drawn, as the form leaves it.
def test_the_default_form_solves_the_lake(run: Run) -> None:
    outcome = run(TabularConfig.from_dict({"run_id": "default"}))
    assert outcome.results["return_mean_last_100"] == 1.0, f"seed {outcome.results['seed']}"
    assert outcome.results["solved"] is True
    assert outcome.results["eval_return_mean"] == 1.0


@pytest.mark.parametrize("algorithm", ["q_learning", "sarsa", "expected_sarsa"])
def test_a_tenth_of_the_default_episodes_is_enough(run: Run, algorithm: str) -> None:
    seeds = random.Random(5).sample(range(2**32), 2)
    for number, seed in enumerate(seeds):
        outcome = run(
            config(f"seed-{number}", algorithm=algorithm, seed=seed, episodes=4000, eval_episodes=0)
        )
        assert outcome.results["return_mean_last_100"] == 1.0, f"seed {seed}"
