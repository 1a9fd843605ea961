"""Means and bands against numbers known by other ways: by hand, and by counting every resample."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.compare.bands import band_of
from gym_gui.core.compare.bests import is_higher_better, outcome_of
from gym_gui.core.compare.statistics import bootstrap_interval, interquartile_mean

finite = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([7.0], 7.0),
        ([1.0, 2.0, 6.0], 3.0),
        ([1.0, 2.0, 3.0, 100.0], 2.5),
        ([-50.0, 1.0, 2.0, 3.0, 100.0], 2.0),
        ([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0], 4.5),
        ([8.0, 1.0, 5.0, 2.0, 6.0, 4.0, 7.0, 300.0], 5.5),
    ],
)
def test_the_interquartile_mean_by_hand(values: list[float], expected: float) -> None:
    assert interquartile_mean(np.array(values)) == pytest.approx(expected)


def test_of_no_values_there_is_none() -> None:
    with pytest.raises(ValueError, match="no values"):
        interquartile_mean(np.empty(0))


def test_the_interval_is_that_of_all_resamples_counted() -> None:
    runs = [0.0, 1.0, 3.0, 10.0]
    every = [interquartile_mean(np.array(draw)) for draw in itertools.product(runs, repeat=4)]
    low, high = bootstrap_interval(np.array([[run] for run in runs]), confidence=0.8, resamples=20_000)
    counted = np.array(sorted(every))
    # The bounds are resampled means themselves; counted, they leave a tenth at either side.
    assert np.mean(counted < low[0]) <= 0.11
    assert np.mean(counted <= low[0]) >= 0.09
    assert np.mean(counted > high[0]) <= 0.11
    assert np.mean(counted >= high[0]) >= 0.09


def test_two_runs_are_as_unsure_as_they_are_apart() -> None:
    low, high = bootstrap_interval(np.array([[0.0, 5.0], [1.0, 5.0]]))
    assert low.tolist() == [0.0, 5.0]
    assert high.tolist() == [1.0, 5.0]


@given(st.lists(finite, min_size=1, max_size=12))
def test_the_interval_lies_within_the_runs_and_is_always_the_same(runs: list[float]) -> None:
    table = np.array(runs)[:, None]
    low, high = bootstrap_interval(table, resamples=200)
    assert min(runs) - 1e-6 <= low[0] <= high[0] <= max(runs) + 1e-6
    again = bootstrap_interval(table, resamples=200)
    assert (again[0][0], again[1][0]) == (low[0], high[0])


def test_columns_do_not_depend_on_how_many_are_computed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    table = np.random.default_rng(1).normal(size=(5, 40))
    whole = bootstrap_interval(table, resamples=100)
    monkeypatch.setattr("gym_gui.core.compare.statistics._NUMBERS_AT_ONCE", 1)
    single = bootstrap_interval(table, resamples=100)
    assert np.array_equal(whole[0], single[0])
    assert np.array_equal(whole[1], single[1])


def test_a_band_covers_what_all_runs_cover() -> None:
    long = (np.arange(0, 101), np.arange(0, 101) * 2.0)
    short = (np.arange(20, 81), np.zeros(61))
    band = band_of([long, short])
    assert band is not None
    assert (band.xs[0], band.xs[-1], band.runs) == (20, 80, 2)
    assert band.middle == pytest.approx(band.xs)
    assert (band.low <= band.middle).all()
    assert (band.middle <= band.high).all()


def test_a_band_needs_two_runs_that_meet() -> None:
    here, there = (np.arange(10), np.ones(10)), (np.arange(20, 30), np.ones(10))
    assert band_of([here]) is None
    assert band_of([here, there]) is None
    assert band_of([here, (np.arange(10), np.full(10, np.nan))]) is None


def test_what_is_not_finite_does_not_reach_the_band() -> None:
    ys = np.array([1.0, np.nan, np.inf, 4.0])
    band = band_of([(np.arange(4), ys), (np.arange(4), np.array([1.0, 2.0, 3.0, 4.0]))])
    assert band is not None
    assert band.middle == pytest.approx(band.xs + 1)


def test_a_run_that_steps_back_is_put_in_order() -> None:
    back = (np.array([0, 5, 3, 8]), np.array([0.0, 5.0, 3.0, 8.0]))
    band = band_of([back, (np.arange(9), np.arange(9.0))])
    assert band is not None
    assert band.middle == pytest.approx(band.xs)


def test_what_a_curve_came_to() -> None:
    xs, ys = np.arange(40) * 10, np.arange(40.0)
    ys[30], ys[39] = 99.0, np.nan
    found = outcome_of(xs, ys, higher_is_better=True)
    assert found is not None
    assert (found.last, found.last_at, found.best, found.best_at) == (38.0, 380.0, 99.0, 300.0)
    assert found.end_mean == pytest.approx(37.0)
    assert found.points == 40
    least = outcome_of(xs, ys, higher_is_better=False)
    assert least is not None
    assert (least.best, least.best_at) == (0.0, 0.0)
    assert outcome_of(xs[:1], np.array([np.nan]), higher_is_better=True) is None


def test_names_tell_which_way_is_better() -> None:
    assert is_higher_better("charts/episodic_return")
    assert not is_higher_better("losses/value_loss")
    assert not is_higher_better("td-error")
    assert is_higher_better("closeness")
