"""The lines of a log that hold a text, found a slice of time at a time while the log grows."""

from __future__ import annotations

import json
import time
from bisect import bisect_right
from collections.abc import Callable

from gym_gui.core.events.decode import LARGEST_EVENT_BYTES
from gym_gui.core.events.log import EventLog
from gym_gui.core.events.terminal import without_codes

_BLOCK_BYTES = 256 * 1024


class LineSearch:
    """Finds text in lines as they are in the file.

    A text in small letters is found in any case (of ASCII letters), one with a capital only as it is.
    What JSON writes in another form (quotes, line breaks, letters beyond ASCII) is found in that form too.
    Of a line over 4 MiB the beginning is looked through. With `known`, only as many lines as it says are
    looked at; with `shown_only`, only what a terminal would show of them.

    Attributes:
        read: How many lines of the log were looked at.
    """

    def __init__(
        self, log: EventLog, text: str, known: Callable[[], int] | None = None, *, shown_only: bool = False
    ) -> None:
        self.text = text
        self.read = 0
        self._log = log
        self._shown_only = shown_only
        self._known: Callable[[], int] = known or log.__len__
        self._any_case = text == text.lower()
        escaped = (json.dumps(text, ensure_ascii=flag)[1:-1] for flag in (True, False))
        forms = dict.fromkeys(form.encode("utf-8", "replace") for form in (text, *escaped))
        self._needles = [form.lower() if self._any_case else form for form in forms if form]

    @property
    def limit(self) -> int:
        """How many lines there are to look at by now."""
        return min(len(self._log), self._known())

    @property
    def is_done(self) -> bool:
        """Whether every line that there is by now was looked at."""
        return self.read >= self.limit

    def advance(self, budget_s: float) -> list[int]:
        """The numbers of further lines that hold the text, ascending, looked for about this long."""
        end = time.monotonic() + budget_s
        found: list[int] = []
        while not self.is_done:
            found += self._look_through_block()
            if time.monotonic() >= end:
                break
        return found

    def holds(self, raw: bytes) -> bool:
        """Whether a line holds the text."""
        raw = without_codes(raw) if self._shown_only else raw
        searched = raw.lower() if self._any_case else raw
        return any(needle in searched for needle in self._needles)

    def _look_through_block(self) -> list[int]:
        first = self.read
        block = self._log.block(first, _BLOCK_BYTES)
        if len(block) > self.limit - first:
            block = block.part(0, self.limit - first)
        self.read += len(block)
        if len(block) == 1:
            return [first] if self.holds(self._log.raw(first, LARGEST_EVENT_BYTES)) else []
        if self._shown_only and (b"\x1b" in block.text or b"\r" in block.text):
            return [first + index for index, raw in enumerate(block) if self.holds(raw)]
        searched = block.text.lower() if self._any_case else block.text
        found: set[int] = set()
        for needle in self._needles:
            position = searched.find(needle)
            while position >= 0:
                index = bisect_right(block.bounds, block.bounds[0] + position) - 1
                found.add(first + index)
                position = searched.find(needle, block.bounds[index + 1] - block.bounds[0])
        return sorted(found)
