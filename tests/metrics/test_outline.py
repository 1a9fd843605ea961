from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gym_gui.ui.metrics.outline import Outline, Points, prepare

numbers = arrays(np.float64, st.integers(5, 400), elements=st.floats(-1e9, 1e9))


@given(numbers, st.integers(4, 50))
def test_what_is_drawn_keeps_the_extremes_in_view(ys: np.ndarray, most: int) -> None:
    outline = Outline(np.arange(len(ys), dtype=float), ys)
    found = outline.between(1.0, len(ys) - 2.0, most)
    assert found.shown <= most
    assert found.total == len(ys)
    assert found.ys.min() == ys.min()
    assert found.ys.max() == ys.max()


def test_a_long_curve_is_drawn_from_a_thinner_grade_with_every_peak() -> None:
    ys = np.zeros(1_000_000)
    ys[777_777], ys[123_456] = 5.0, -3.0
    outline = Outline(np.arange(1_000_000.0), ys)
    whole = outline.between(0, 1e6, 2_000)
    assert (whole.shown <= 2_000, whole.total) == (True, 1_000_000)
    assert (whole.ys.max(), whole.ys.min()) == (5.0, -3.0)
    near = outline.between(777_700, 777_800, 2_000)
    assert near.shown == near.total == 103
    assert near.xs[near.ys.argmax()] == 777_777


def test_a_curve_that_goes_back_is_drawn_whole() -> None:
    outline = Outline(np.array([0.0, 5.0, 3.0, 8.0]), np.array([0.0, 1.0, 2.0, 3.0]))
    assert not outline.is_ascending
    assert outline.between(6, 8, 10).ys.tolist() == [0, 1, 2, 3]
    assert outline.nearest(3.2) == (3.0, 2.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, unique=True), st.floats(-1e6, 1e6))
def test_the_nearest_point_is_the_nearest(xs: list[float], x: float) -> None:
    across = np.array(sorted(xs))
    found = Outline(across, across * 2).nearest(x)
    assert found is not None
    assert abs(found[0] - x) == np.abs(across - x).min()
    assert found[1] == found[0] * 2


def points(ys: list[float], **more: object) -> Points:
    return Points(np.arange(len(ys)) + 100, np.array(ys), "step", len(ys), **more)  # type: ignore[arg-type]


def test_what_cannot_be_drawn_is_counted_and_marked() -> None:
    nan, inf = float("nan"), float("inf")
    ready = prepare(points([1.0, nan, -2.0, inf, 0.0, 100.0]), log=True)
    assert (ready.odd_count, ready.nonpositive) == (2, 2)
    assert ready.odd.tolist() == [101, 102, 103, 104]
    assert ready.raw.ys[[0, 5]].tolist() == [0.0, 2.0]
    plain = prepare(points([1.0, nan, -2.0]))
    assert (plain.odd_count, plain.nonpositive, plain.odd.tolist()) == (1, 0, [101])


def test_smoothing_keeps_the_values_beside_the_line() -> None:
    ready = prepare(points([0.0, 10.0, 0.0, 10.0]), smoothing=0.5, origin=100)
    assert ready.is_smoothed
    assert ready.raw.ys.tolist() == [0, 10, 0, 10]
    assert ready.line.ys[1] == pytest.approx(20 / 3)
    assert ready.line.xs.tolist() == [0, 1, 2, 3]
    assert not prepare(points([1.0])).is_smoothed


def test_a_curve_without_points_is_none_to_fear() -> None:
    ready = prepare(points([]))
    assert ready.line.between(0, 1, 100).shown == 0
    assert ready.raw.nearest(3.0) is None


def test_points_without_a_place_are_left_out() -> None:
    ready = prepare(Points(np.array([np.nan, 1.0]), np.array([5.0, 6.0]), "time", 2))
    assert ready.raw.ys.tolist() == [6.0]
