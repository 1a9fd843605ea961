"""Which event each of many lines holds: the answers of `parse_line`, a block at a time, many times as fast.

A block of nothing but plain events is read by one typed decode that looks at three fields and checks
the rest without building it. It is trusted only where it provably agrees with reading line by line; every
other block is taken apart, and every line that is in any way unusual is given to `parse_line` itself.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any

import msgspec

from gym_gui.core.events.block import Block
from gym_gui.core.events.lines import LineKind, kind_and_name, parse_line

OUTPUT = ""
"""The name given to a line that is no event."""

# Digits and nesting have limits that only full decoding meets; shorter lines reach neither.
_SURELY_SHALLOW_BYTES = 400
_MOST_BRACKETS = 150
_LONGEST_PLAIN_BYTES = 4000
_EVENT_WORD_WITHIN = 120


class _Head(msgspec.Struct, gc=False):
    event: Any = None
    type: Any = None
    event_type: Any = None


_heads = msgspec.json.Decoder(_Head)


def names_in(block: Block) -> list[str]:
    """The event name of each line in a block, `OUTPUT` for those that are no events."""
    return _names_together(block) or [name_of(raw) for raw in block]


def name_of(raw: bytes) -> str:
    """The event name of one line, `OUTPUT` when it is none: always what `parse_line` says."""
    body = raw.rstrip()
    if body[-1:] != b"}":
        return OUTPUT
    if body[:1] == b"{" and _is_plain(body, len(body)):
        try:
            return _name_in(_heads.decode(body))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return parse_line(raw, 0).event
    return parse_line(raw, 0).event


def looks_torn(raw: bytes) -> bool:
    """Whether a line that is no event seems to have been meant as one: cut off, or not quite JSON."""
    start = raw[:_EVENT_WORD_WITHIN].lstrip()
    return start[:1] == b"{" and (b'"event"' in start or b"'event'" in start)


def are_plain_objects(block: Block) -> bool:
    """Whether each line is one whole JSON object, if the block can be decoded into as many values as lines.

    Every newline stands between `}` and `{`, which no JSON value has inside, so no value crosses a line.
    Besides, a decoder that skips over values finds the same faults in them as one that builds them.
    """
    return block.all_in_braces() and _is_plain(block.text, block.longest())


def _names_together(block: Block) -> list[str] | None:
    """All names by one decode, or None where that could differ from looking at each line."""
    if not are_plain_objects(block):
        return None
    try:
        heads = _heads.decode_lines(block.text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if len(heads) != len(block):
        return None
    names = list(map(attrgetter("event"), heads))
    return names if set(map(type, names)) == {str} and "" not in names else list(map(_name_in, heads))


def _is_plain(text: bytes, longest: int) -> bool:
    """Whether skipping over values finds the same faults in this text as decoding them would."""
    if longest > _LONGEST_PLAIN_BYTES or (b"\\" in text and b"\\u" in text):
        return False  # (the first search is the faster one by far)
    if longest > _SURELY_SHALLOW_BYTES and _most_brackets(text) > _MOST_BRACKETS:
        return False
    return text.isascii() or _is_utf8(text)


def _most_brackets(text: bytes) -> int:
    return max(line.count(b"{") + line.count(b"[") for line in text.split(b"\n"))


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _name_in(head: _Head) -> str:
    event = head.event
    if type(event) is str and event:
        return event
    kind, name = kind_and_name({"event": event, "type": head.type, "event_type": head.event_type})
    return name if kind is not LineKind.OUTPUT else OUTPUT
