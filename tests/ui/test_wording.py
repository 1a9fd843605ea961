from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.ui import wording


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0.0 s"), (4.24, "4.2 s"), (59.2, "59 s"), (60, "1 min 00 s"), (200, "3 min 20 s"),
     (3_600, "1 h 00 min"),
     (18_120, "5 h 02 min"), (187_200, "2 d 4 h"), (-3, "0.0 s")],
)  # fmt: skip
def test_durations(seconds: float, words: str) -> None:
    assert wording.duration(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(45, "45 s"), (800, "13 min"), (11_100, "3 h 05"), (187_200, "2 d 4 h"), (-1, "0 s")],
)
def test_coarse_durations(seconds: float, words: str) -> None:
    assert wording.coarse(seconds) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.4, "now"), (12.9, "12 s ago"), (200, "3 min ago"), (7_300, "2 h ago"), (200_000, "2 d ago")],
)
def test_ages(seconds: float, words: str) -> None:
    assert wording.age(seconds) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(1.0, "1"), (-13.5, "-13.5"), (0.8421, "0.842"), (1_204_000, "1,204,000"), (3.14e-5, "3.14e-05"),
     (767.13, "767.1"), (math.inf, "∞"), (-math.inf, "-∞"), (math.nan, "NaN"), (0.0, "0"),
     (2.5e12, "2.5e+12")],
)  # fmt: skip
def test_numbers(value: float, words: str) -> None:
    assert wording.number(value) == words


@given(st.floats())
def test_any_number_has_short_words(value: float) -> None:
    assert 0 < len(wording.number(value)) <= 13


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_400, "1.4 kB"),
        (237_500, "238 kB"),
        (3.2e9, "3.2 GB"),
        (5e16, "50000 TB"),
    ],
)
def test_sizes(count: float, words: str) -> None:
    assert wording.size(count) == words


def test_a_time_of_today_has_no_date() -> None:
    now = time.mktime((2026, 5, 6, 12, 0, 0, 0, 0, -1))
    assert wording.clock_short(now - 60, now) == "11:59:00"
    assert wording.clock_short(now - 86_400 * 3, now).startswith("03 May")
    assert wording.clock_short(now - 86_400 * 400, now).endswith("2025")


def test_a_tool_tip_is_never_markup() -> None:
    assert "<b>" not in wording.plain_tip("<b>bold</b>")
    assert wording.plain_tip("") == ""


def test_plurals() -> None:
    assert wording.plural(1, "run") == "1 run"
    assert wording.plural(2_000, "run") == "2,000 runs"
