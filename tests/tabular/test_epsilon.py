"""Epsilon over the episodes."""

from __future__ import annotations

import pytest

from gym_gui.workers.tabular.choices import EpsilonDecay
from gym_gui.workers.tabular.schedule import EpsilonSchedule


def test_linear_reaches_its_end_after_its_episodes_and_stays() -> None:
    epsilon = EpsilonSchedule(1.0, 0.2, 10, EpsilonDecay.LINEAR)
    assert [epsilon(n) for n in (0, 5, 10, 500)] == pytest.approx([1.0, 0.6, 0.2, 0.2])


def test_exponential_falls_by_the_same_factor_each_episode() -> None:
    epsilon = EpsilonSchedule(0.8, 0.05, 4, EpsilonDecay.EXPONENTIAL)
    values = [epsilon(n) for n in range(5)]
    assert values == pytest.approx([0.8, 0.4, 0.2, 0.1, 0.05])


def test_exponential_comes_to_an_end_of_zero() -> None:
    epsilon = EpsilonSchedule(1.0, 0.0, 10, EpsilonDecay.EXPONENTIAL)
    values = [epsilon(n) for n in range(10)]
    assert values == sorted(values, reverse=True)
    assert values[-1] > 0
    assert epsilon(10) == 0.0


def test_constant_stays_at_its_start() -> None:
    epsilon = EpsilonSchedule(0.3, 0.0, 10, EpsilonDecay.CONSTANT)
    assert {epsilon(n) for n in (0, 5, 10, 99)} == {0.3}


def test_no_exploration_at_all() -> None:
    assert EpsilonSchedule(0.0, 0.0, 10, EpsilonDecay.EXPONENTIAL)(3) == 0.0
