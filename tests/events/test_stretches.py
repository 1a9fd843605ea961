"""Ascending line numbers against a plain list of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.events.stretches import LineNumbers

stretches = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=12)


@given(stretches, st.data())
def test_it_is_a_list_of_numbers(parts: list[tuple[int, int]], data: st.DataObject) -> None:
    numbers, plain, line = LineNumbers(), list[int](), 0
    for gap, count in parts:
        line += gap
        numbers.extend(line, count)
        plain += range(line, line + count)
        line += count
    assert list(numbers) == plain and len(numbers) == len(plain)
    assert [numbers[i] for i in range(len(plain))] == plain
    for wanted in range(line + 2):
        assert numbers.position_of(wanted) == (plain.index(wanted) if wanted in plain else None)
        assert numbers.position_from(wanted) == sum(number < wanted for number in plain)
    start = data.draw(st.integers(0, len(plain)))
    stop = data.draw(st.integers(start, len(plain)))
    assert [line for stretch in numbers.stretches(start, stop) for line in stretch] == plain[start:stop]


def test_what_is_not_there_is_an_error() -> None:
    numbers = LineNumbers()
    numbers.extend(5, 2)
    for position in (-1, 2):
        with pytest.raises(IndexError):
            numbers[position]
