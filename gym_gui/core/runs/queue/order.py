"""Who is next: the order of the queue and what moving a run in it comes to, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from gym_gui.core.runs.queue.record import QueueEntry


class Move(StrEnum):
    """Where a queued run is to go."""

    UP = "up"
    DOWN = "down"
    TOP = "top"
    BOTTOM = "bottom"


def in_order(entries: Iterable[QueueEntry]) -> list[QueueEntry]:
    """The entries as they are to be started."""
    return sorted(entries, key=lambda entry: entry.rank)


def last_position(entries: Iterable[QueueEntry]) -> float:
    """A position behind all of them."""
    return max((entry.position for entry in entries), default=0.0) + 1.0


def moved(entries: Sequence[QueueEntry], run_id: str, move: Move) -> list[QueueEntry]:
    """The entries that have to be written, in that order, for the run to have moved.

    Whoever moves past runs of another priority takes theirs. Nothing is to be written when the run is
    there already. Were the writing to stop half-way, the line is as it was, or as it was wanted.

    Args:
        entries: All of them, in order.
        run_id: One of theirs.
        move: Where to.
    """
    here = next(index for index, entry in enumerate(entries) if entry.run_id == run_id)
    others = [*entries[:here], *entries[here + 1 :]]
    there = {Move.UP: here - 1, Move.DOWN: here + 1, Move.TOP: 0, Move.BOTTOM: len(others)}[move]
    there = min(max(there, 0), len(others))
    if there == here:
        return []
    before = others[there - 1] if there > 0 else None
    after = others[there] if there < len(others) else None
    neighbour = after or before
    if neighbour is None:
        return []
    joining = msgspec.structs.replace(entries[here], priority=neighbour.priority)
    position = _between(joining, before, after)
    if position is not None:
        return [msgspec.structs.replace(joining, position=position)]
    # No number is left between the two. Written from the last to the first, each step keeps the order.
    wanted = enumerate([*others[:there], joining, *others[there:]])
    beyond = last_position(entries)
    spread = [msgspec.structs.replace(entry, position=beyond + number) for number, entry in wanted]
    return spread[::-1]


def _between(joining: QueueEntry, before: QueueEntry | None, after: QueueEntry | None) -> float | None:
    """A position between the new neighbours, None when there is none; another priority is no neighbour."""
    low = before.position if before is not None and before.priority == joining.priority else None
    high = after.position if after is not None and after.priority == joining.priority else None
    if low is None:
        return (high if high is not None else 0.0) - 1.0
    if high is None:
        return low + 1.0
    middle = (low + high) / 2
    return middle if low < middle < high else None
