"""Lines of output, read for what they are."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.events import decode
from gym_gui.core.events.decode import DEEPEST_NESTING, LARGEST_PREFIXED_LINE_BYTES
from gym_gui.core.events.lines import LineKind, parse_line, unix_time

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
payloads = st.dictionaries(st.text(), values, max_size=5)


def test_a_lifecycle_event() -> None:
    raw = b'{"event": "heartbeat", "run_id": "r1", "timestamp": 12.5, "payload": {"step": 3}}\n'
    line = parse_line(raw, 7)
    assert (line.number, line.kind, line.event, line.run_id) == (7, LineKind.EVENT, "heartbeat", "r1")
    assert (line.timestamp, line.payload, line.prefix) == (12.5, {"step": 3}, "")
    assert line.text == raw.decode().rstrip("\n")


@pytest.mark.parametrize(
    ("raw", "kind", "event"),
    [
        (b'{"event": "x"}', LineKind.EVENT, "x"),
        (b'{"type": "step", "reward": 1}', LineKind.STEP, "step"),
        (b'{"event_type": "episode"}', LineKind.EPISODE, "episode"),
        (b'{"event": "x", "type": "step"}', LineKind.EVENT, "x"),
        (b'{"type": "warning", "event_type": "step"}', LineKind.STEP, "step"),
        (b'{"type": "other"}', LineKind.OUTPUT, ""),
        (b'{"event": 3}', LineKind.OUTPUT, ""),
        (b'{"event": ""}', LineKind.OUTPUT, ""),
        (b'{"event": null, "type": "step"}', LineKind.STEP, "step"),
        (b'[{"event": "x"}]', LineKind.OUTPUT, ""),
        (b'"event"', LineKind.OUTPUT, ""),
        (b'{"event": "x"} and more', LineKind.OUTPUT, ""),
        (b'{"event": "x"', LineKind.OUTPUT, ""),
        (b"{'event': 'x'}", LineKind.OUTPUT, ""),
        (b'{"event": "x"}  \r\n', LineKind.EVENT, "x"),
        (b"", LineKind.OUTPUT, ""),
        (b"\n", LineKind.OUTPUT, ""),
        (b"plain", LineKind.OUTPUT, ""),
    ],
)
def test_what_counts_as_an_event(raw: bytes, kind: LineKind, event: str) -> None:
    line = parse_line(raw, 0)
    assert (line.kind, line.event) == (kind, event)


@pytest.mark.parametrize(
    "prefix",
    [
        "INFO:",
        "epoch {3}:",
        '{"a": 1}',
        'he said "',
        "a \\",
        "}}}{{{",
        '"{',
        "50%|████ | ",
        "\x1b[32mok\x1b[0m",
        "{\\\\",
    ],
)
def test_free_text_before_the_object_is_kept_apart(prefix: str) -> None:
    body = json.dumps({"event": "x", "payload": {"text": '}{"\\', "deep": [{"a": {}}]}})
    line = parse_line(f"{prefix} {body}".encode(), 0)
    assert (line.kind, line.event, line.prefix) == (LineKind.EVENT, "x", prefix.strip())
    assert line.payload == {"text": '}{"\\', "deep": [{"a": {}}]}


@given(
    st.text(alphabet=st.characters(exclude_characters="\n\r", exclude_categories=["Cs"]), max_size=40),
    payloads,
)
def test_any_event_is_found_after_any_text(prefix: str, payload: dict[str, object]) -> None:
    body = json.dumps({"event": "x", "run_id": "r", "timestamp": 1.0, "payload": payload})
    line = parse_line((prefix + " " + body).encode(), 0)
    assert line.kind is LineKind.EVENT
    assert line.payload == json.loads(body)["payload"]
    assert line.prefix == prefix.strip()


@given(st.binary(max_size=300))
def test_any_bytes_give_a_line(raw: bytes) -> None:
    line = parse_line(raw, 3)
    assert line.number == 3
    body = raw.removesuffix(b"\n").removesuffix(b"\r")
    assert line.text == body.decode("utf-8", "replace")


@given(
    st.lists(
        st.sampled_from([b"{", b"}", b'"', b"\\", b'"event":', b'"x"', b",", b"[", b"]", b" ", b"\xff", b"1"])
    )
)
def test_hostile_structure_gives_a_line(pieces: list[bytes]) -> None:
    line = parse_line(b"".join(pieces), 0)
    if line.kind is LineKind.EVENT:
        start = len(line.text) - len(line.text.lstrip())
        assert line.event and line.text[start:].rstrip().endswith("}")


def test_a_flat_event_has_its_other_fields_as_payload() -> None:
    assert parse_line(b'{"event": "x", "run_id": "r", "loss": 2}', 0).payload == {"loss": 2}
    assert parse_line(b'{"event": "x", "payload": [1], "loss": 2}', 0).payload == {"loss": 2, "payload": [1]}
    assert parse_line(b'{"event": "x", "payload": null}', 0).payload == {}


def test_step_telemetry_is_its_own_payload() -> None:
    line = parse_line(b'{"type": "step", "run_id": "r", "reward": 2}', 0)
    assert line.payload == {"type": "step", "run_id": "r", "reward": 2}
    assert line.run_id == "r"


def test_what_pythons_own_encoder_writes_is_understood() -> None:
    text = json.dumps({"event": "x", "payload": {"a": math.nan, "b": math.inf, "c": 10**30, "d": "NaN"}})
    payload = parse_line(text.encode(), 0).payload
    assert payload is not None
    assert (
        math.isnan(payload["a"])
        and payload["b"] == math.inf
        and payload["c"] == 10**30
        and payload["d"] == "NaN"
    )
    assert parse_line(b'{"event": "x", "payload": {"a": 1e999}}', 0).kind is LineKind.EVENT


def test_broken_utf8_inside_an_event_does_not_lose_it() -> None:
    line = parse_line(b'{"event": "x", "payload": {"name": "caf\xe9"}}', 0)
    assert (line.event, line.payload) == ("x", {"name": "caf\ufffd"})


def test_half_a_surrogate_pair_reaches_nobody() -> None:
    for raw in (
        b'{"event": "x", "payload": {"a": "\\ud800"}}',
        b'{"event": "x", "payload": {"a": "\\ud800", "b": NaN}}',
    ):
        line = parse_line(raw, 0)
        assert line.kind is LineKind.OUTPUT
        line.text.encode("utf-8")


@pytest.mark.parametrize(
    "raw",
    [
        b'{"event": "x", "payload": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b'{"event": "x", "payload": NaN, "a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
        b"text " + b'{"event":' * 5000 + b"1" + b"}" * 5000,
        b'{"event": "x", "n": ' + b"9" * 100_000 + b"}",
    ],
)
def test_deep_and_huge_values_are_output(raw: bytes) -> None:
    assert parse_line(raw, 0).kind is LineKind.OUTPUT


def test_nesting_that_is_only_deep_is_fine() -> None:
    depth = DEEPEST_NESTING - 2
    body = b'{"event": "x", "payload": ' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
    assert parse_line(b"text " + body, 0).kind is LineKind.EVENT


@pytest.mark.parametrize("unit", [b"{", b"}", b'"', b"\\", b'{"a":', b'"}', b'{"', b'\\"'])
def test_hostile_lines_are_decoded_twice_at_most(unit: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying every brace as a start would be quadratic; the start is found by one pass instead."""
    attempts: list[int] = []
    decode_object = decode.decode_object

    def counting(raw: bytes) -> dict[str, Any] | None:
        attempts.append(len(raw))
        return decode_object(raw)

    monkeypatch.setattr(decode, "decode_object", counting)
    for start in (b"", b"x"):
        attempts.clear()
        parse_line(start + (unit * LARGEST_PREFIXED_LINE_BYTES)[: LARGEST_PREFIXED_LINE_BYTES - 2] + b"}", 0)
        assert len(attempts) <= 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (12, 12.0),
        (1.5, 1.5),
        (True, None),
        (None, None),
        ([], None),
        (math.nan, None),
        (math.inf, None),
        (10**400, None),
        ("1970-01-01T00:01:00Z", 60.0),
        ("1970-01-01T00:01:00", 60.0),
        ("1970-01-01T01:01:00+01:00", 60.0),
        ("yesterday", None),
        ("9" * 100, None),
    ],
)
def test_timestamps(value: object, expected: float | None) -> None:
    assert unix_time(value) == expected
