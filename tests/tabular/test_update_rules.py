"""Each update rule against numbers worked out by hand."""

from __future__ import annotations

import random

import pytest

from gym_gui.workers.tabular.algorithms import (
    Bootstrap,
    MonteCarlo,
    TemporalDifference,
    expected_sarsa_value,
    q_learning_value,
    sarsa_value,
)
from gym_gui.workers.tabular.stopping import StopRequest
from gym_gui.workers.tabular.table import ValueTable, epsilon_greedy_action, greedy_action

GAMMA = 0.5


class Corridor:
    """States in a row whatever the action: 0 to 1 for reward 2, 1 to 2 for reward 4, 2 being the end."""

    rewards = (2.0, 4.0)

    def __init__(self, *, cut_off: bool = False) -> None:
        self._state = 0
        self._cut_off = cut_off

    def reset(self) -> int:
        self._state = 0
        return 0

    def step(self, action: int) -> tuple[int, float, bool, bool]:
        reward = self.rewards[self._state]
        self._state += 1
        last = self._state == 2
        return self._state, reward, last and not self._cut_off, last and self._cut_off


def table(values: list[list[float]]) -> ValueTable:
    return ValueTable(values, [[0] * len(row) for row in values])


def td(
    values: list[list[float]],
    bootstrap: Bootstrap,
    *,
    rate: float | None = 0.5,
    steps: int = 10,
    seed: int = 0,
) -> TemporalDifference:
    on_policy = bootstrap is sarsa_value
    return TemporalDifference(
        table(values), bootstrap, on_policy, GAMMA, rate, steps, random.Random(seed), StopRequest()
    )


def test_q_learning_moves_towards_reward_and_the_best_next_value() -> None:
    learner = td([[1.0, 0.0], [6.0, 8.0], [99.0, 99.0]], q_learning_value)
    episode = learner.train_episode(Corridor(), epsilon=0.0)
    # 1 + 0.5 * (2 + 0.5 * 8 - 1); then 8 + 0.5 * (4 - 8): the end has no value, whatever its row says.
    assert learner.table.values == [[3.5, 0.0], [6.0, 6.0], [99.0, 99.0]]
    assert learner.table.visits == [[1, 0], [0, 1], [0, 0]]
    assert (episode.total, episode.length, episode.finished) == (6.0, 2, True)
    assert episode.td_error == (5.0 + 4.0) / 2


def test_sarsa_moves_towards_the_value_of_the_action_it_takes_next() -> None:
    # With epsilon 1 both actions are chance, so what was visited says what was taken.
    seen = set()
    for seed in range(20):
        learner = td([[1.0, 1.0], [6.0, 8.0], [0.0, 0.0]], sarsa_value, seed=seed)
        learner.train_episode(Corridor(), epsilon=1.0)
        first, second = (row.index(1) for row in learner.table.visits[:2])
        expected = 1.0 + 0.5 * (2.0 + GAMMA * (6.0, 8.0)[second] - 1.0)
        assert learner.table.values[0][first] == expected
        seen.add(second)
    assert seen == {0, 1}


def test_expected_sarsa_weighs_the_next_values_by_the_policy() -> None:
    # 0.8 of the best of three, and 0.2 spread over all of them.
    assert expected_sarsa_value([3.0, 9.0, 6.0], 0.2, 0) == pytest.approx(0.8 * 9.0 + 0.2 * 6.0)
    learner = td([[1.0, 0.0], [6.0, 8.0], [0.0, 0.0]], expected_sarsa_value)
    learner.train_episode(Corridor(), epsilon=0.0)
    assert learner.table.values[0] == [3.5, 0.0]


def test_expected_sarsa_with_tied_best_actions_equals_the_policy_s_average() -> None:
    row, epsilon = [5.0, 5.0, 2.0], 0.3
    chances = [0.7 / 2 + 0.1, 0.7 / 2 + 0.1, 0.1]
    average = sum(p * value for p, value in zip(chances, row, strict=True))
    assert expected_sarsa_value(row, epsilon, 2) == pytest.approx(average)


def test_a_state_where_an_episode_is_cut_off_still_has_its_value() -> None:
    ended = td([[0.0], [0.0], [10.0]], q_learning_value)
    ended.train_episode(Corridor(), epsilon=0.0)
    cut = td([[0.0], [0.0], [10.0]], q_learning_value)
    cut.train_episode(Corridor(cut_off=True), epsilon=0.0)
    assert ended.table.values[1] == [2.0]
    assert cut.table.values[1] == [0.5 * (4.0 + GAMMA * 10.0)]


def test_the_step_limit_cuts_off_as_well() -> None:
    learner = td([[0.0], [8.0], [0.0]], q_learning_value, steps=1)
    episode = learner.train_episode(Corridor(), epsilon=0.0)
    assert (episode.length, episode.total, episode.finished) == (1, 2.0, True)
    assert learner.table.values == [[0.5 * (2.0 + GAMMA * 8.0)], [8.0], [0.0]]


def test_without_a_learning_rate_a_value_is_the_average_of_its_targets() -> None:
    learner = td([[50.0], [0.0], [0.0]], q_learning_value, rate=None)
    targets = []
    for _ in range(3):
        targets.append(2.0 + GAMMA * learner.table.values[1][0])
        learner.train_episode(Corridor(), epsilon=0.0)
    assert targets == [2.0, 4.0, 4.0]
    assert learner.table.values[0][0] == pytest.approx(sum(targets) / 3)


def monte_carlo(*, every: bool, rate: float | None = 0.5) -> MonteCarlo:
    return MonteCarlo(
        table([[0.0, 0.0], [0.0, 0.0]]), every, GAMMA, rate, 10, random.Random(0), StopRequest()
    )


# (state, action, reward); state 0 with action 0 comes twice. Returns: 1 + 3/2 + 8/4 = 4.5, 3 + 8/2 = 7, 8.
STEPS = [(0, 0, 1.0), (1, 1, 3.0), (0, 0, 8.0)]


def test_first_visit_monte_carlo_learns_from_the_first_visit_alone() -> None:
    learner = monte_carlo(every=False)
    error = learner.learn(STEPS)
    assert learner.table.values == [[0.5 * 4.5, 0.0], [0.0, 0.5 * 7.0]]
    assert learner.table.visits == [[1, 0], [0, 1]]
    assert error == (4.5 + 7.0) / 2


def test_every_visit_monte_carlo_learns_from_each() -> None:
    learner = monte_carlo(every=True)
    learner.learn(STEPS)
    # Backwards: 0 -> 4 by the last visit, then 4 + 0.5 * (4.5 - 4).
    assert learner.table.values == [[4.25, 0.0], [0.0, 3.5]]
    assert learner.table.visits == [[2, 0], [0, 1]]


def test_monte_carlo_averages_returns_without_a_learning_rate() -> None:
    learner = monte_carlo(every=True, rate=None)
    learner.learn(STEPS)
    assert learner.table.values == [[(8.0 + 4.5) / 2, 0.0], [0.0, 7.0]]


def test_monte_carlo_learns_nothing_from_an_episode_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = StopRequest()
    learner = MonteCarlo(table([[0.0], [0.0], [0.0]]), True, GAMMA, 0.5, 10, random.Random(0), stop)
    stop.request("SIGTERM")
    monkeypatch.setattr("gym_gui.workers.tabular.stopping.SECONDS_TO_FINISH_AN_EPISODE", -1.0)
    assert not learner.train_episode(Corridor(), epsilon=0.0).finished
    assert learner.table.values == [[0.0], [0.0], [0.0]]


def test_a_stop_request_lets_a_short_episode_finish() -> None:
    learner = td([[0.0], [0.0], [0.0]], q_learning_value)
    learner.stop.request("SIGTERM")
    episode = learner.train_episode(Corridor(), epsilon=0.0)
    assert (episode.finished, episode.length) == (True, 2)


def test_greedy_ties_are_broken_evenly() -> None:
    rng = random.Random(1)
    counts = [0, 0, 0]
    for _ in range(3000):
        counts[greedy_action([1.0, 0.0, 1.0], rng)] += 1
    assert counts[1] == 0
    assert 1350 < counts[0] < 1650


def test_epsilon_is_the_share_of_random_actions() -> None:
    rng = random.Random(1)
    others = sum(epsilon_greedy_action([0.0, 1.0, 0.0, 0.0], 0.4, rng) != 1 for _ in range(4000))
    # Three of four random actions differ from the greedy one: 0.3 of all; the bounds are four deviations.
    assert 0.27 < others / 4000 < 0.33
    assert {epsilon_greedy_action([0.0, 1.0], 0.0, rng) for _ in range(50)} == {1}
