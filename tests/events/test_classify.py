"""The names of many lines at once, against each line read by itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gym_gui.core.events import classify
from gym_gui.core.events.block import Block
from gym_gui.core.events.classify import looks_torn, name_of, names_in
from gym_gui.core.events.lines import LineKind, parse_line

EVENT = b'{"event":"heartbeat","run_id":"r","timestamp":1.5,"payload":{"step":1,"text":"a}{b"}}'
NASTY = [
    EVENT,
    EVENT + b" ",
    b" " + EVENT,
    EVENT + b"\r",
    EVENT + EVENT,
    EVENT + b" " + EVENT,
    EVENT[:-1],
    EVENT[:30],
    EVENT[30:],
    b"text before " + EVENT,
    EVENT + b" text after",
    b"",
    b"{}",
    b"}{",
    b"{",
    b"}",
    b'{"event":',
    b'"x"}',
    b'{"a":"event"}',
    b'{"payload":{"event":"nested"}}',
    b'{"event":"a","event":3}',
    b'{"event":3,"event":"a"}',
    b'{"event":{"event":"x"}}',
    b'{"event":["x"],"type":"step"}',
    b'{"event":"","type":"step"}',
    b'{"event":null,"event_type":"episode"}',
    b'{"type":"warning","event_type":"step"}',
    b'{"type":7,"event_type":"step"}',
    b'{"\\u0065vent":"escaped"}',
    b'{"event":"x","a":"\\ud800 tail"}',
    b'{"event":"x","a":"\\ud83d\\ude00"}',
    b'{"event":"caf\xc3\xa9"}',
    b'{"event":"caf\xe9"}',
    b'{"event":"x","a":"caf\xe9"}',
    b'{"event":"x","caf\xe9":1}',
    b'{"event":"x","a":1e999}',
    b'{"event":"x","a":NaN}',
    b'{"event":"x","a":-Infinity}',
    b'{"event":"x","a":01}',
    b'{"event":"x","a":1.}',
    b'{"event":"x","a":.5}',
    b'{"event":"x","a":-}',
    b'{"event":"x","a":tru}',
    b'{"event":"x",}',
    b'{"event":"x","a":"\x00"}',
    b'{"event":"x\x00"}',
    b'\x00{"event":"x"}',
    b'{"event":"x"}\x00',
    b'{"event":"x","a":"\\q"}',
    b'{"event":"x","a":' + b"9" * 3990 + b"}",
    b'{"event":"x","a":' + b"9" * 4400 + b"}",
    b'{"event":"x","a":' + b"[" * 190 + b"]" * 190 + b"}",
    b'{"event":"x","a":' + b"[" * 1500 + b"]" * 1500 + b"}",
    b'{"event":"x","b":1e999,"a":' + b"[" * 1500 + b"]" * 1500 + b"}",
    b'{"event":"x","a":"' + b"y" * 70_000 + b'"}',
    b"[" + EVENT + b"]",
    b"\xef\xbb\xbf" + EVENT,
    b'{"event":"x"}\x0b',
    b'{"event":"x"}\x85',
]

PIECES = [b"{", b"}", b'"', b"\\", b"\\u0065", b'"event"', b'"type"', b":", b'"step"', b",", b"[", b"]", b" "]
MORE_PIECES = [
    b"\xff",
    b"\x00",
    b"1",
    b"0",
    b"e",
    b".",
    b"-",
    b"\r",
    b"null",
    b'"x"',
    b"{}",
    b'{"event":"x"}',
]
nasty_bytes = st.lists(st.sampled_from(PIECES + MORE_PIECES), max_size=14).map(b"".join)
fields = st.sampled_from(["event", "type", "event_type", "payload", "x"])
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("step"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(fields | st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)
objects = st.dictionaries(fields, json_values, max_size=4).flatmap(
    lambda value: st.booleans().map(lambda ascii_only: json.dumps(value, ensure_ascii=ascii_only))
)
object_lines = objects.map(lambda text: text.encode("utf-8", "surrogatepass"))
lines = st.sampled_from(NASTY) | nasty_bytes | object_lines | st.binary(max_size=40)
blocks = st.lists(lines.map(lambda raw: raw.replace(b"\n", b"")), max_size=12)


def expected(raw: bytes) -> str:
    line = parse_line(raw, 0)
    return "" if line.kind is LineKind.OUTPUT else line.event


def check(block: list[bytes]) -> None:
    whole = [raw + b"\n" for raw in block]
    names = names_in(Block.of(whole))
    assert list(names) == [expected(raw) for raw in whole]


@pytest.mark.parametrize("raw", NASTY)
def test_nasty_lines_among_plain_ones(raw: bytes) -> None:
    check([raw])
    check([EVENT, raw, EVENT])
    assert name_of(raw) == expected(raw)


@settings(max_examples=400)
@given(blocks)
@example([b'{"event":"a"} {"b":{}', b'{"c":1}}'])
@example([EVENT + EVENT, b'{"event":', b'"x"}'])
@example([b'{"event":"a"}{"event":"b"}', b""])
def test_any_block_has_the_names_of_its_lines(block: list[bytes]) -> None:
    check(block)


@settings(max_examples=200)
@given(st.lists(st.sampled_from([raw for raw in NASTY if raw[:1] == b"{" and raw[-1:] == b"}"]), max_size=6))
def test_blocks_that_look_like_plain_events(block: list[bytes]) -> None:
    check([raw.replace(b"\n", b"") for raw in block])


def test_plain_events_are_read_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that is fast is the way that is taken: no line of such a block is looked at alone."""
    monkeypatch.setattr(classify, "name_of", None)
    block = [EVENT, b'{"type":"step","reward":1}', b'{"event":"run_completed","payload":{}}']
    check(block * 100)


def test_a_last_line_without_newline_counts() -> None:
    assert list(names_in(Block.of([EVENT + b"\n", EVENT]))) == ["heartbeat", "heartbeat"]
    assert list(names_in(Block.of([]))) == []


@pytest.mark.parametrize(
    ("raw", "torn"),
    [
        (b'{"event": "heartbeat", "run_id": "r', True),
        (b"{'event': 'heartbeat'}", True),
        (b'  {"event": x}', True),
        (b"plain", False),
        (b'{"other": 1', False),
        (b'he said "event" {', False),
    ],
)
def test_what_was_meant_as_an_event(raw: bytes, torn: bool) -> None:
    assert looks_torn(raw) is torn
