"""One line of output made fit for the screen, whatever its length."""

from __future__ import annotations

from gym_gui.core.events.log import EventLog
from gym_gui.core.events.terminal import StyledText, as_terminal
from gym_gui.ui import wording

_LONGEST_SHOWN = 4_000
_LARGEST_READ = 64 * 1024


def shown_line(log: EventLog, number: int) -> StyledText:
    """The line as a terminal leaves it, cut where it is too long, with a note of its length."""
    length = log.length(number)
    if length <= _LARGEST_READ:
        return cut(as_terminal(log.raw(number).decode("utf-8", "replace")))
    end = log.end_of(number, _LARGEST_READ).rstrip(b"\r")
    if b"\r" in end:  # a progress bar: its last state is what counts
        return cut(as_terminal(end.decode("utf-8", "replace")))
    start = as_terminal(log.raw(number, _LARGEST_READ).decode("utf-8", "replace"))
    return cut(start, f"line of {wording.size(length)}, cut here")


def cut(styled: StyledText, note: str = "") -> StyledText:
    """The first 4,000 characters, and how much is left out: as `note` says, else counted."""
    more = len(styled.text) - _LONGEST_SHOWN
    if more <= 0 and not note:
        return styled
    words = note or f"{more:,} more characters"
    return StyledText(f"{styled.text[:_LONGEST_SHOWN]} … [{words}]", styled.spans)
