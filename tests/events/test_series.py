"""Curves in bounded memory, fed line by line and by the block."""

from __future__ import annotations

import json
import math
import random
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gym_gui.core.events import metrics as metrics_module
from gym_gui.core.events.block import Block
from gym_gui.core.events.columns import read_columns, shape_of
from gym_gui.core.events.lines import parse_line
from gym_gui.core.events.metrics import MetricStore
from gym_gui.core.events.series import GrowingSeries, XAxis


def event(payload: object, timestamp: object = 1.0) -> bytes:
    return json.dumps({"event": "heartbeat", "timestamp": timestamp, "payload": payload}).encode() + b"\n"


def everything(store: MetricStore) -> dict[str, Any]:
    return {
        f"{name} over {axis}": (list(map(repr, series.xs)), list(map(repr, series.ys)), series.seen)
        for name in store.names()
        for axis in (None, *XAxis)
        if (series := store.series(name, axis)) is not None
    }


scalars = st.floats() | st.integers(-(10**20), 10**20) | st.booleans() | st.none()
scalars |= st.sampled_from(["NaN", "Infinity", "text", 10**400, [1], {"deep": 2.5}])
keys = st.sampled_from(["step", "global_step", "episode", "loss", "return", "seed", "é"])
payloads = st.dictionaries(keys, scalars, max_size=4)
times = st.floats(0, 1e9) | st.none() | st.sampled_from(["1970-01-01", -1.0, 1e300])
alike = st.tuples(payloads, st.integers(1, 6), times).map(lambda t: [event(t[0], t[2])] * t[1])
odd = st.sampled_from(
    [b'{"event":""}\n', b'{"event":"x","loss":1}\n', b'{"type":"step","loss":2}\n', b"{}\n"]
)
blocks = st.lists(alike | odd.map(lambda raw: [raw]), max_size=6).map(
    lambda groups: [raw for group in groups for raw in group]
)


@given(st.lists(blocks, max_size=4))
@example([[event({"step": 1, "loss": 1})], [event({"step": 2, "loss": 1.5})] * 2])
@example([[event({"loss": 1})], [event({"loss": 1, "step": 3})] * 2, [event({"loss": 1, "step": 3})] * 2])
def test_blocks_give_what_single_lines_give(fed: list[list[bytes]]) -> None:
    by_line, by_block = MetricStore(), MetricStore()
    for block in fed:
        for raw in block:
            by_line.feed(parse_line(raw, 0))
        if block:
            by_block.feed_block(Block.of(block))
    assert everything(by_block) == everything(by_line)


def test_payloads_that_are_alike_are_read_as_columns() -> None:
    block = Block.of(
        [event({"step": n, "loss": n / 2, "phase": "train", "done": False}, n) for n in range(9)]
    )
    columns = read_columns(block, shape_of({"step": 1, "loss": 0.5, "phase": "x", "done": True}))
    assert columns is not None
    assert list(columns.times) == list(range(9))
    assert list(columns.numbers["loss"]) == [n / 2 for n in range(9)]
    assert read_columns(block, shape_of({"step": 1, "loss": 0.5})) is None
    assert shape_of({"a": [1]}) is None


def test_a_curve_can_be_drawn_over_every_axis_it_has() -> None:
    store = MetricStore()
    store.feed_block(
        Block.of([event({"step": 10, "episode": 1, "loss": 5}, 100), event({"step": 20, "loss": 6}, 107)])
    )
    assert store.axes("loss") == (XAxis.STEP, XAxis.EPISODE, XAxis.TIME, XAxis.SAMPLE)
    assert list(store.series("loss", XAxis.TIME).xs) == [100, 107]
    assert list(store.series("loss", XAxis.EPISODE).xs) == [1, 1]
    assert list(store.series("loss", XAxis.SAMPLE).xs) == [0, 1]
    assert (store.seen("loss"), store.latest("loss"), store.seen("unheard of")) == (2, 6, 0)


def test_values_before_the_first_position_are_left_out_on_that_axis() -> None:
    store = MetricStore()
    for payload in ({"loss": 1}, {"loss": 2, "step": 7}):
        store.feed(parse_line(event(payload), 0))
    series = store.series("loss", XAxis.STEP)
    assert (list(series.xs), list(series.ys)) == ([7], [2])


@pytest.mark.parametrize("count", [4_095, 4_096, 5_000, 70_000, 300_000])
def test_no_peak_is_lost_and_no_more_is_kept_than_allowed(count: int) -> None:
    draw = random.Random(count)
    peaks = {draw.randrange(count) for _ in range(20)}
    series = GrowingSeries(XAxis.STEP)
    for n in range(count):
        series.add(1e6 + n if n in peaks else draw.random(), {XAxis.STEP: float(n)})
        if n % 500 == 0:
            series.trim(10_000)
    series.trim(10_000)
    drawn = series.copy(None)
    assert drawn.seen == count
    assert len(drawn.ys) <= 10_000 + 2 * 4_096 + 500
    by_step = dict(zip(drawn.xs, drawn.ys, strict=True))
    groups = {step // (2 * drawn.every): step for step in sorted(peaks)}
    assert all(by_step[float(step)] == 1e6 + step for step in groups.values()), "the highest of each group"
    assert list(drawn.xs) == sorted(drawn.xs)
    assert drawn.xs[-1] == count - 1, "the newest is always there"
    assert list(series.copy(XAxis.SAMPLE).xs) == list(drawn.xs)
    assert (drawn.every == 1) == (count <= 10_000)


def test_what_is_not_finite_hides_no_peak() -> None:
    series = GrowingSeries(XAxis.SAMPLE)
    for n in range(40_000):
        series.add(math.nan if n % 3 else float(n), {})
        series.trim(1_000)
    ys = series.copy(None).ys
    assert len(ys) < 10_000
    assert max(y for y in ys if math.isfinite(y)) == 39_999


def test_many_names_share_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics_module, "_MOST_POINTS", 10_000)
    store = MetricStore()
    payload = {f"name {n}": 1.5 for n in range(10)}
    for _ in range(6):
        store.feed_block(Block.of([event(payload)] * 5_000))
    assert store.seen("name 0") == 30_000
    kept = sum(len(store.series(name).ys) for name in store.names())
    assert kept <= 10_000 + 10 * (4_096 + 5_000)
