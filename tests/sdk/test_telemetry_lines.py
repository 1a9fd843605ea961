"""What an emitter writes: one valid JSON line an event, whatever the payload holds."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import enum
import io
import json
import math
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.worker import LifecycleEvent, LifecycleEventType, TelemetryEmitter

RUN = "01JABCDEFGHJKMNPQRSTVWXYZ0"


def strict(line: str) -> Any:
    """The decoded line; NaN and Infinity, which JSON does not have, are errors."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(line, parse_constant=refuse)


def emit(payload: Any) -> dict[str, Any]:
    sink = io.StringIO()
    TelemetryEmitter(RUN, sink=sink).heartbeat(payload)
    assert sink.getvalue().count("\n") == 1
    assert sink.getvalue().endswith("\n")
    return strict(sink.getvalue())


@pytest.mark.parametrize(
    "name",
    [
        "run_started",
        "run_completed",
        "run_failed",
        "run_cancelled",
        "heartbeat",
        "checkpoint_saved",
        "checkpoint_loaded",
    ],
)
def test_each_event_is_one_line_with_four_fields(name: str) -> None:
    sink = io.StringIO()
    getattr(TelemetryEmitter(RUN, sink=sink), name)({"step": 3})
    line = strict(sink.getvalue())
    assert list(line) == ["event", "run_id", "timestamp", "payload"]
    assert line["event"] == name == LifecycleEventType(name)
    assert line["run_id"] == RUN
    assert line["payload"] == {"step": 3}
    assert abs(line["timestamp"] - datetime.datetime.now().timestamp()) < 60


def test_a_heartbeat_needs_no_payload() -> None:
    sink = io.StringIO()
    TelemetryEmitter(RUN, sink=sink).heartbeat()
    assert strict(sink.getvalue())["payload"] == {}


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


@dataclasses.dataclass
class Point:
    x: float
    tags: set[str]


class Odd:
    def __repr__(self) -> str:
        return "Odd()"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.float32(0.5), 0.5),
        (np.float64(0.25), 0.25),
        (np.int64(7), 7),
        (np.bool_(True), True),
        (np.str_("text"), "text"),
        (np.arange(3), [0, 1, 2]),
        (np.array([[1.5, math.nan]]), [[1.5, None]]),
        (np.array([Odd()], dtype=object), ["Odd()"]),
        (Path("a/b"), "a/b"),
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (datetime.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
        (uuid.UUID(int=1), str(uuid.UUID(int=1))),
        (Point(1.0, {"a"}), {"x": 1.0, "tags": ["a"]}),
        ({"b"}, ["b"]),
        (frozenset({1}), [1]),
        (b"bytes", "bytes"),
        (b"\xff\xfe", "//4="),
        (math.nan, None),
        (math.inf, None),
        (-math.inf, None),
        (2**70, str(2**70)),
        ((1, 2), [1, 2]),
        (
            {1: "a", None: "b", False: "c", 2.5: "d", (1, 2): "e"},
            {"1": "a", "null": "b", "false": "c", "2.5": "d", "[1, 2]": "e"},
        ),
        ({Colour.RED: 1}, {"red": 1}),
        (Odd(), "Odd()"),
        (Odd, f"{__name__}.Odd"),
        ("lone \ud800 surrogate", "lone \\ud800 surrogate"),
        ("line\nbreak\u2028", "line\nbreak\u2028"),
        (complex(1, 2), "(1+2j)"),
        (range(2), [0, 1]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_values_json_does_not_know(value: Any, written: Any) -> None:
    assert emit({"value": value})["payload"]["value"] == written


def test_a_tensor_is_written_as_its_numbers() -> None:
    torch = pytest.importorskip("torch")
    payload = {"loss": torch.tensor(0.5, requires_grad=True), "grad": torch.zeros(2)}
    assert emit(payload)["payload"] == {"loss": 0.5, "grad": [0.0, 0.0]}


def test_a_huge_array_is_named_instead_of_written() -> None:
    text = emit({"frame": np.zeros((1000, 1000))})["payload"]["frame"]
    assert "(1000, 1000)" in text
    assert len(text) < 100


@pytest.mark.parametrize("many", [range(10**9), set(range(70_000)), collections.deque(range(70_000))])
def test_a_huge_collection_is_named_instead_of_written(many: Any) -> None:
    text = emit({"many": many})["payload"]["many"]
    assert type(many).__name__ in text
    assert len(text) < 100


def test_a_cycle_is_cut() -> None:
    cycle: dict[str, Any] = {"step": 1}
    cycle["self"] = cycle
    assert emit(cycle)["payload"] == {"step": 1, "self": "<cycle>"}


def test_endless_nesting_is_cut() -> None:
    deep: dict[str, Any] = {}
    inner = deep
    for _ in range(100_000):
        inner["down"] = {}
        inner = inner["down"]
    assert "nested over" in json.dumps(emit(deep))


def test_a_payload_that_is_not_a_mapping_becomes_one() -> None:
    sink = io.StringIO()
    TelemetryEmitter(RUN, sink=sink).run_started([1, 2])  # type: ignore[arg-type]
    assert strict(sink.getvalue())["payload"] == {"value": [1, 2]}


def test_a_mapping_that_is_not_a_dict() -> None:
    import types

    assert emit(types.MappingProxyType({"a": 1}))["payload"] == {"a": 1}


_leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.dates()
    | st.complex_numbers()
)
_payloads = st.recursive(
    _leaves,
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.none() | st.booleans(), inner)
    ),
    max_leaves=20,
)


@given(payload=st.dictionaries(st.text(st.characters(), max_size=5), _payloads, max_size=5))
def test_any_payload_gives_one_valid_line(payload: dict[str, Any]) -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter(RUN, sink=sink)
    emitter.heartbeat(payload)
    assert sink.getvalue().count("\n") == 1
    assert isinstance(strict(sink.getvalue())["payload"], dict)
    assert emitter.dropped == 0


def test_an_event_reads_back_as_the_value_that_was_written() -> None:
    event = LifecycleEvent(LifecycleEventType.HEARTBEAT, RUN, 12.5, {"step": 1})
    assert LifecycleEvent.from_dict(json.loads(event.to_json())) == event
    assert event.to_dict() == json.loads(event.to_json())


@pytest.mark.parametrize("field", ["event", "run_id", "timestamp"])
def test_an_event_without_a_field_is_refused_by_name(field: str) -> None:
    data = LifecycleEvent("heartbeat", RUN).to_dict()
    del data[field]
    with pytest.raises(ValueError, match=f"{field}: missing"):
        LifecycleEvent.from_dict(data)
