"""Numeric payload values as curves."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.events.lines import parse_line
from gym_gui.core.events.metrics import MetricStore
from gym_gui.core.events.numbers import as_number


def fed(*payloads: dict[str, Any], event: str = "heartbeat") -> MetricStore:
    store = MetricStore()
    for number, payload in enumerate(payloads):
        store.feed(parse_line(json.dumps({"event": event, "payload": payload}).encode(), number))
    return store


def test_values_are_drawn_over_steps() -> None:
    store = fed(
        {"step": 10, "return_mean": 0.5, "episode": 1}, {"step": 20, "return_mean": 0.75, "episode": 2}
    )
    assert store.names() == ["return_mean"]
    series = store.series("return_mean")
    assert (list(series.xs), list(series.ys), series.x_name) == ([10, 20], [0.5, 0.75], "step")


@pytest.mark.parametrize(
    ("payloads", "xs", "x_name"),
    [
        ([{"global_step": 5, "loss": 1}, {"global_step": 6, "loss": 1}], [5, 6], "step"),
        ([{"episode": 5, "loss": 1}, {"episode": 6, "loss": 1}], [5, 6], "episode"),
        ([{"loss": 1}, {"loss": 1}, {"loss": 1}], [0, 1, 2], "sample"),
        ([{"step": 5, "loss": 1}, {"loss": 1}, {"step": 9, "loss": 1}], [5, 5, 9], "step"),
        ([{"loss": 1}, {"step": 9, "loss": 1}], [0, 1], "sample"),
    ],
)
def test_where_samples_stand(payloads: list[dict[str, Any]], xs: list[float], x_name: str) -> None:
    series = fed(*payloads).series("loss")
    assert (list(series.xs), series.x_name) == (xs, x_name)


def test_what_is_no_number_is_passed_over() -> None:
    store = fed({"a": "text", "b": True, "c": None, "d": [1, 2], "total_steps": 5, "progress": 0.5, "e": 1})
    assert store.names() == ["e"]
    assert len(store) == 1


def test_numbers_json_has_no_form_for_come_back() -> None:
    ys = fed({"a": "NaN"}, {"a": "Infinity"}, {"a": "-Infinity"}, {"a": "3"}).series("a").ys
    assert math.isnan(ys[0]) and list(ys[1:]) == [math.inf, -math.inf]


def test_nested_values_are_named_by_their_path() -> None:
    store = fed({"step": 1, "losses": {"policy": 2, "q": {"a": 3, "deep": {"er": 4}}, "step": 5}})
    assert store.names() == ["losses/policy", "losses/q/a", "losses/step"]


def test_step_lines_are_metrics_too_and_output_is_not() -> None:
    store = MetricStore()
    store.feed(parse_line(b'{"type": "step", "step_index": 3, "reward": 1.5}', 0))
    store.feed(parse_line(b"loss 3", 1))
    assert store.names() == ["reward"]
    assert list(store.series("reward").xs) == [3]


def test_a_series_is_a_copy() -> None:
    store = fed({"a": 1})
    before = store.series("a")
    store.feed(parse_line(b'{"event": "heartbeat", "payload": {"a": 2}}', 1))
    assert len(before.ys) == 1 and len(store.series("a").ys) == 2


def test_a_worker_that_invents_names_does_not_fill_the_memory() -> None:
    store = fed(*({f"name_{number}": 1} for number in range(2000)))
    assert len(store.names()) == 500


def test_an_unknown_series_is_an_error() -> None:
    with pytest.raises(KeyError):
        MetricStore().series("x")


values = st.none() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(["NaN", "Infinity"])


@given(st.dictionaries(st.text(max_size=9), values | st.lists(values, max_size=2), max_size=4))
def test_any_payload_can_be_fed(payload: dict[str, Any]) -> None:
    store = fed(payload)
    for name in store.names():
        series = store.series(name)
        assert len(series.xs) == len(series.ys) == 1


@pytest.mark.parametrize(
    ("value", "number"), [(True, None), (10**400, None), ("nan", None), (3, 3.0), ([], None)]
)
def test_numbers(value: object, number: float | None) -> None:
    assert as_number(value) == number
