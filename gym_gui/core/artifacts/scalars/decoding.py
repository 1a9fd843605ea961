"""A block of records turned into points: those that are alike all at once, the others one by one.

Writers repeat themselves: the events of a tag differ in time, step and number, and in nothing else. So the
first event of its kind is read field by field and becomes a template; every event with the same
bytes around those three must mean the same and is read with numpy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from gym_gui.core.artifacts.scalars.alike import Alike, alike
from gym_gui.core.artifacts.scalars.event import SIMPLE_VALUE, Event, read_event
from gym_gui.core.artifacts.scalars.limits import MOST_SERIES
from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.core.artifacts.scalars.points import Ints, Points, Rows, Tags
from gym_gui.core.artifacts.scalars.templates import Layout, Templates, Words, hashes_of
from gym_gui.core.artifacts.scalars.tensors import is_wide, widened, width_of
from gym_gui.core.artifacts.scalars.wire import WireError

_MOST_LAYOUTS = 4
_MOST_TEMPLATES = 50_000
_SIMPLE_VALUE_BYTES = 4
_FEW = 256


@dataclass(slots=True)
class Block:
    """What a block holds.

    Attributes:
        points: At most one entry per tag.
        events: Events with anything else than scalars, with their position among the records.
        unreadable: How many records were no events.
        rounded: How many whole numbers do not fit a float64.
    """

    points: list[Points] = field(default_factory=list)
    events: list[tuple[int, Event]] = field(default_factory=list)
    unreadable: int = 0
    rounded: int = 0


class Decoder:
    """Decodes the blocks of one file, one after the other, and remembers the templates.

    Args:
        admits: Whether a tag is taken in; the points of the others come out together, without one.

    Attributes:
        kinds: What each tag's tensors were said to be.
    """

    def __init__(self, admits: Callable[[str], bool]) -> None:
        self.kinds: dict[str, Kind] = {}
        self._tags = Tags(admits)
        self._templates: dict[tuple[int, int], list[Templates]] = {}
        self._left = _MOST_TEMPLATES

    def decode(self, block: bytes, starts: Ints, lengths: Ints) -> Block:
        """Everything in these records, which lie whole in the block and are known to be intact."""
        result, rows = Block(), Rows()
        one_by_one = np.ones(len(starts), dtype=np.bool_)
        for group in alike(block, starts, lengths):
            one_by_one[self._read_alike(group, rows)] = False
        for index in np.flatnonzero(one_by_one).tolist():
            start = int(starts[index])
            event = self._parsed(block[start : start + int(lengths[index])])
            if event is None:
                result.unreadable += 1
            else:
                self._take(index, event, rows, result)
        result.points = list(rows.by_tag(self._tags))
        return result

    def learn_kinds(self, event: Event) -> None:
        """Remember what the values of this event said they are."""
        for value in event.values:
            if value.from_plugin and value.tag is not None and len(self.kinds) < MOST_SERIES:
                self.kinds.setdefault(value.tag, value.kind)

    def _parsed(self, record: bytes) -> Event | None:
        try:
            return read_event(record, len(record), self.kinds)
        except WireError:
            return None

    def _take(self, index: int, event: Event, rows: Rows, result: Block) -> None:
        self.learn_kinds(event)
        others = event.session_start
        for value in event.values:
            scalar = value.scalar
            if scalar is None or value.tag is None:
                others = True
                continue
            result.rounded += scalar.rounded
            tag = self._tags.number(value.tag, wide=scalar.wide)
            rows.add_one(index, tag, event.step, event.wall_time, scalar.value)
        if others:
            result.events.append((index, event))

    def _read_alike(self, group: Alike, rows: Rows) -> Ints:
        """Read those for which there is, or can be made, a template; which records they were."""
        size = group.length - group.summary
        simple: Layout = ((size - _SIMPLE_VALUE_BYTES, "<f4"),)
        known = self._templates.setdefault((group.length, group.step_bytes), [Templates(simple)])
        bodies = group.bodies()
        left = np.arange(len(group.members))
        for templates in known:  # which grows when an event with a layout of its own is met
            words = templates.masked(bodies)
            hashes = hashes_of(words)
            # The first few show most of what there is, and sparing the rest is what makes it fast.
            for few in (_FEW, len(words)):
                new = templates.unknown(hashes[:few])[: self._left]
                self._learn(group, left[new], words[new], templates, known)
            tags = templates.tags(words, hashes)
            fits = tags[:, 0] >= 0
            self._add(group, left[fits], tags[fits], templates.layout, rows)
            left, bodies = left[~fits], bodies[~fits]
            if not len(left):
                break
        return np.delete(group.members, left)

    def _add(self, group: Alike, picked: Ints, tags: Ints, layout: Layout, rows: Rows) -> None:
        if not len(picked):
            return
        steps, times = group.steps(picked), group.times(picked)
        for slot, (place, dtype) in enumerate(layout):
            first = group.summary + place
            raw = group.records[picked, first : first + width_of(dtype)]
            rows.add(group.members[picked], tags[:, slot], steps, times, widened(raw, dtype))

    def _learn(self, group: Alike, new: Ints, words: Words, here: Templates, known: list[Templates]) -> None:
        """Make templates of these events, which have none yet."""
        if not len(new):
            return
        self._left -= len(new)
        tags = np.full((len(new), len(here.layout)), -1, dtype=np.int64)
        for row, index in enumerate(new.tolist()):
            if len(here.layout) == 1 and (tag := _simple_tag(words[row].tobytes(), here.layout[0])):
                tags[row] = self._tags.number(tag, wide=False)
                continue
            event = self._parsed(group.records[index].tobytes())
            layout = _layout(event, group.summary)
            if event is None or layout is None:
                continue
            if layout == here.layout:
                self.learn_kinds(event)
                named = zip(event.values, layout, strict=True)
                tags[row] = [
                    self._tags.number(value.tag or "", wide=is_wide(dtype)) for value, (_, dtype) in named
                ]
            elif len(known) < _MOST_LAYOUTS and all(layout != other.layout for other in known):
                known.append(Templates(layout))
        here.add(words, tags)


@lru_cache(maxsize=8_192)
def _simple_tag(summary: bytes, place: tuple[int, str]) -> str:
    """The tag of a summary with one simple value at `place` and nothing else in it, else "".

    Runs of one experiment have the same tags, so most summaries were met in another run before.
    """
    end = place[0] + _SIMPLE_VALUE_BYTES
    try:
        event = read_event(summary, end, {})
    except WireError:
        return ""
    is_simple = len(event.values) == 1 and event.values[0].field == SIMPLE_VALUE
    return (event.values[0].tag or "") if is_simple and _layout(event, 0) == (place,) else ""


def _layout(event: Event | None, summary: int) -> Layout | None:
    """Where the numbers of an event lie that has nothing else in it; None when there is more, or less."""
    if event is None or not event.plain or event.session_start or not event.values:
        return None
    places: list[tuple[int, str]] = []
    for value in event.values:
        if value.tag is None or value.scalar is None or value.scalar.slot is None:
            return None
        place, dtype = value.scalar.slot
        places.append((place - summary, dtype))
    return tuple(places)


def points_of(event: Event) -> list[Points]:
    """The numbers of one event, each by itself."""
    return [
        Points(
            value.tag,
            np.array([event.step], dtype=np.int64),
            np.array([event.wall_time]),
            np.array([value.scalar.value]),
            value.scalar.wide,
        )
        for value in event.values
        if value.scalar is not None and value.tag is not None
    ]
