"""What became of the tensors between two checkpoints."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from gym_gui.core.artifacts.checkpoints.limits import MIB
from gym_gui.core.artifacts.checkpoints.model import Inspection, Span, Tensor
from gym_gui.core.artifacts.stopping import StopAsked, never, stop_if
from gym_gui.core.events.regular import open_regular

_CHUNK_BYTES = MIB
DEFAULT_BUDGET = 512 * MIB


class Change(StrEnum):
    """What became of a tensor."""

    ADDED = "added"
    REMOVED = "removed"
    RESHAPED = "other shape"
    RETYPED = "other type"
    CHANGED = "other values"
    SAME = "same values"
    UNKNOWN = "not compared"


@dataclass(frozen=True, slots=True)
class TensorChange:
    """A tensor in one checkpoint or both; `before` or `after` is None where it is missing."""

    name: str
    change: Change
    before: Tensor | None = None
    after: Tensor | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The tensors of two checkpoints side by side, in the order of the second, removed ones last.

    Attributes:
        metadata: What they say of themselves and differs: name, first, second; "" where it is missing.
        note: Why some values were not compared, or "".
    """

    changes: tuple[TensorChange, ...]
    metadata: tuple[tuple[str, str, str], ...]
    note: str = ""

    def count(self, change: Change) -> int:
        """How many tensors this became of."""
        return sum(found.change is change for found in self.changes)


def compare_checkpoints(
    before: Inspection, after: Inspection, budget: int = DEFAULT_BUDGET, asked_to_stop: StopAsked = never
) -> Comparison:
    """What differs between two inspected checkpoints.

    Values are compared where both files hold a tensor's bytes plainly, up to `budget` bytes read of each
    file, or hold a checksum of them. A file that has changed since it was inspected is not compared.

    Raises:
        OSError: When one of the files cannot be read any more.
        StoppedError: When asked to stop.
    """
    old = {tensor.name: tensor for tensor in before.tensors}
    new = {tensor.name: tensor for tensor in after.tensors}
    with _Bytes(before, after, budget, asked_to_stop) as stored:
        changes = [_change(name, old.get(name), tensor, stored) for name, tensor in new.items()]
        note = stored.note
    changes += [TensorChange(name, Change.REMOVED, before=old[name]) for name in old if name not in new]
    names = [*after.metadata, *(name for name in before.metadata if name not in after.metadata)]
    pairs = ((name, before.metadata.get(name, ""), after.metadata.get(name, "")) for name in names)
    return Comparison(tuple(changes), tuple(pair for pair in pairs if pair[1] != pair[2]), note)


def _change(name: str, old: Tensor | None, new: Tensor, stored: _Bytes) -> TensorChange:
    if old is None:
        return TensorChange(name, Change.ADDED, after=new)
    if old.shape != new.shape:
        change = Change.RESHAPED
    elif old.dtype != new.dtype:
        change = Change.RETYPED
    else:
        change = stored.compare(old, new)
    return TensorChange(name, change, old, new)


class _Bytes:
    """The bytes of two checkpoints' tensors, while there is budget left to read them."""

    def __init__(self, before: Inspection, after: Inspection, budget: int, asked: StopAsked) -> None:
        self._pair = (before, after)
        self._left = budget
        self._asked = asked
        self._files: list[BinaryIO] = []
        self.note = ""

    def __enter__(self) -> _Bytes:
        if all(any(tensor.span for tensor in inspected.tensors) for inspected in self._pair):
            self._open()
        return self

    def _open(self) -> None:
        for inspected in self._pair:
            file = open_regular(inspected.path)
            self._files.append(file)
            status = os.fstat(file.fileno())
            if (status.st_size, status.st_mtime) != (inspected.size, inspected.modified):
                self.note = f"{inspected.path.name} has changed since it was looked into; inspect it again"
        if self.note:
            self.__exit__()

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()
        self._files.clear()

    def compare(self, old: Tensor, new: Tensor) -> Change:
        """Whether two tensors of one shape and type hold the same bytes."""
        if len(self._files) == 2 and old.span is not None and new.span is not None:
            if old.span.length <= self._left:
                self._left -= old.span.length
                return self._compare_bytes(old.span, new.span)
            self.note = "the rest is larger than what is read to compare values"
        if old.checksum is not None and new.checksum is not None and old.size_bytes == new.size_bytes:
            return Change.SAME if old.checksum == new.checksum else Change.CHANGED
        return Change.UNKNOWN

    def _compare_bytes(self, old: Span, new: Span) -> Change:
        if old.length != new.length:
            return Change.CHANGED
        for position in range(0, old.length, _CHUNK_BYTES):
            stop_if(self._asked)
            count = min(_CHUNK_BYTES, old.length - position)
            first = os.pread(self._files[0].fileno(), count, old.start + position)
            second = os.pread(self._files[1].fileno(), count, new.start + position)
            if first != second:
                return Change.CHANGED
        return Change.SAME
