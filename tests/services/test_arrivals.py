from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gym_gui.services.arrivals import Arrivals


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=10))
def test_rows_stand_as_they_came(growth: list[tuple[int, int]]) -> None:
    arrivals, expected, counts = Arrivals(), list[tuple[int, int]](), [0, 0]
    for more in growth:
        for which, count in enumerate(more):
            expected += [(which, counts[which] + i) for i in range(count)]
            counts[which] += count
        arrivals.note(*counts)
    assert [arrivals.place(i) for i in range(len(arrivals))] == expected
    assert [arrivals.position(*place) for place in expected] == list(range(len(expected)))
    assert arrivals.position(0, counts[0]) is None
    assert arrivals.seen_before == (sum(growth[0]) if growth else 0)
