"""Pickles read for what they would do. Opcodes move inert values about; nothing is imported or called.

The work is bounded: `PickleLimits` says by how much, and a pickle that goes beyond is read up to there
and said to be read in part. So is one that is broken, for an unpickler would have done everything up to
the break as well.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gym_gui.core.artifacts.checkpoints.pickle_values import (
    BytesValue,
    Called,
    DictValue,
    GlobalName,
    Items,
    PersistentId,
)
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor, TruncatedError
from gym_gui.core.artifacts.stopping import StopAsked, stop_if

_LONGEST_LINE = 4096
_LONGEST_INTEGER_BYTES = 256
_OPCODES_BETWEEN_LOOKS = 16_384


@dataclass(frozen=True, slots=True)
class PickleLimits:
    """How much of a pickle is read.

    Attributes:
        opcodes: Instructions; each makes one value of about a hundred bytes at most.
        text_bytes: Text kept of one string; what is longer is cut.
        all_text_bytes: Text kept in all; after that only the first 64 bytes of each string.
        globals: Different names it would import.
    """

    opcodes: int = 1_000_000
    text_bytes: int = 16_384
    all_text_bytes: int = 32 * 2**20
    globals: int = 10_000


@dataclass(slots=True)
class Use:
    """How often a pickle would import a name, and whether it would call it."""

    count: int = 0
    is_called: bool = False


@dataclass(slots=True)
class PickleReading:
    """What was read of one pickle.

    Attributes:
        root: What it would build; None when it was not read to its end.
        uses: What it would import.
        computed_calls: How often it would call what another call returned.
        problem: Why it was not read to its end, or "".
    """

    root: Any = None
    uses: dict[GlobalName, Use] = field(default_factory=dict)
    computed_calls: int = 0
    problem: str = ""


class MalformedError(ValueError):
    """No unpickler would go on here."""


class _EnoughError(ValueError):
    """A limit was reached."""


class _Mark:
    """Where a group of values starts on the stack."""


_MARK = _Mark()
# Results that honest files call again: cloudpickle's way to the built-in types.
_TYPE_MAKERS = frozenset({"_builtin_type", "_make_skeleton_class", "_make_skeleton_enum", "_make_typevar"})


class PickleMachine:
    """The stack and the memo of an unpickler that builds inert values; a method for each thing it can do."""

    def __init__(self, cursor: ByteCursor, limits: PickleLimits, asked_to_stop: StopAsked) -> None:
        self._cursor = cursor
        self._limits = limits
        self._asked_to_stop = asked_to_stop
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._text_left = limits.all_text_bytes
        self._reading = PickleReading()

    def run(self, operations: Mapping[int, Callable[[PickleMachine], None]]) -> PickleReading:
        """What the pickle would build and import, its instructions carried out by `operations`."""
        try:
            self._reading.root = self._run(operations)
        except TruncatedError as problem:
            self._reading.problem = f"the pickle is cut off: it {problem}"
        except _EnoughError as problem:
            self._reading.problem = f"the pickle is read in part: {problem}"
        except (MalformedError, ValueError, IndexError, KeyError) as problem:
            place = self._cursor.position
            self._reading.problem = f"the pickle is broken at byte {place}: {problem}"
        return self._reading

    def _run(self, operations: Mapping[int, Callable[[PickleMachine], None]]) -> Any:
        cursor = self._cursor
        for number in range(self._limits.opcodes):
            if number % _OPCODES_BETWEEN_LOOKS == 0:
                stop_if(self._asked_to_stop)
            code = cursor.byte()
            if code == 0x2E:  # STOP
                return self._pop()
            operation = operations.get(code)
            if operation is None:
                if code < 0:
                    raise TruncatedError(f"ends at byte {cursor.position} without its last instruction")
                raise MalformedError(f"there is no instruction {code:#04x}")
            operation(self)
        raise _EnoughError(f"it has more than {self._limits.opcodes:,} instructions")

    # The stack

    def push(self, value: Any) -> None:
        """Puts a value on the stack."""
        self._stack.append(value)

    def _pop(self) -> Any:
        if not self._stack or self._stack[-1] is _MARK:
            raise MalformedError("it takes a value where there is none")
        return self._stack.pop()

    def _top(self) -> Any:
        if not self._stack or self._stack[-1] is _MARK:
            raise MalformedError("it takes a value where there is none")
        return self._stack[-1]

    def _pop_group(self) -> list[Any]:
        group: list[Any] = []
        while self._stack:
            value = self._stack.pop()
            if value is _MARK:
                group.reverse()
                return group
            group.append(value)
        raise MalformedError("a group of values has no beginning")

    def mark(self) -> None:
        """Begins a group of values."""
        self._stack.append(_MARK)

    def pop(self) -> None:
        """Drops the topmost value, or the beginning of a group."""
        if not self._stack:
            raise MalformedError("it takes a value where there is none")
        self._stack.pop()

    def pop_mark(self) -> None:
        """Drops the topmost group."""
        self._pop_group()

    def duplicate(self) -> None:
        """Puts the topmost value there once more."""
        self.push(self._top())

    # Plain values

    def whole(self, count: int, *, signed: bool = False) -> int:
        """The next `count` bytes as a number."""
        return int.from_bytes(self._cursor.take(count), "little", signed=signed)

    def line(self) -> bytes:
        """The next bytes up to the end of the line."""
        return self._cursor.line(_LONGEST_LINE)

    def integer_line(self) -> None:
        """An integer, or a truth value, written out on a line."""
        text = self.line()
        known: dict[bytes, Any] = {b"00": False, b"01": True}
        self.push(known[text] if text in known else int(text))

    def long_line(self) -> None:
        """An integer written out on a line."""
        self.push(int(self.line().removesuffix(b"L")))

    def float_line(self) -> None:
        """A number written out on a line."""
        self.push(float(self.line()))

    def text_line(self) -> None:
        """A text with escapes on a line."""
        text = self.line()
        self.push(text.decode("raw-unicode-escape", "replace"))

    def string_line(self) -> None:
        """A text in quotes on a line."""
        self.push(self.line().strip()[1:-1].decode("latin-1"))

    def binary_float(self) -> None:
        """A double of eight bytes."""
        self.push(struct.unpack(">d", self._cursor.take(8))[0])

    def push_long(self, size_of_length: int) -> None:
        """An integer of as many bytes as stated."""
        length = self.whole(size_of_length)
        if length > _LONGEST_INTEGER_BYTES:
            self.push(BytesValue(length, self._cursor.position))
            self._cursor.skip(length)
        else:
            self.push(self.whole(length, signed=True) if length else 0)

    def push_text(self, size_of_length: int) -> None:
        """A text of as many bytes as stated, cut when it is long."""
        length = self.whole(size_of_length)
        kept = min(length, self._limits.text_bytes if self._text_left > 0 else 64)
        self._text_left -= kept
        text = self._cursor.take(kept).decode("utf-8", "replace")
        if length > kept:
            self._cursor.skip(length - kept)
            text += "…"
        self.push(text)

    def push_bytes(self, size_of_length: int) -> None:
        """Bytes, as many as stated, which are passed over."""
        length = self.whole(size_of_length)
        self.push(BytesValue(length, self._cursor.position))
        self._cursor.skip(length)

    def skip_frame(self) -> None:
        """Passes over the length of a frame, which groups reads and means nothing else."""
        self._cursor.take(8)

    # Containers

    def append(self) -> None:
        """Adds the topmost value to the list below it."""
        value = self._pop()
        self._extend([value])

    def extend(self) -> None:
        """Adds the topmost group to the list below it."""
        self._extend(self._pop_group())

    def _extend(self, values: list[Any]) -> None:
        target = self._top()
        if isinstance(target, Items):
            target.values.extend(values)
        elif isinstance(target, Called):
            target.items.extend(values)

    def set_item(self) -> None:
        """Sets a key of the dictionary below key and value."""
        value = self._pop()
        key = self._pop()
        self._set_items([key, value])

    def set_items(self) -> None:
        """Sets the keys of the dictionary below the topmost group."""
        self._set_items(self._pop_group())

    def _set_items(self, group: list[Any]) -> None:
        if len(group) % 2:
            raise MalformedError("a key has no value")
        target = self._top()
        if isinstance(target, DictValue | Called):
            target.pairs.extend(zip(group[::2], group[1::2], strict=True))

    def push_tuple(self, count: int) -> None:
        """A tuple of the `count` topmost values."""
        values = [self._pop() for _ in range(count)]
        self.push(tuple(reversed(values)))

    def group_as(self, make: Callable[[list[Any]], Any]) -> None:
        """The topmost group as one value."""
        self.push(make(self._pop_group()))

    # The memo

    def remember(self, number: int) -> None:
        """Keeps the topmost value under a number."""
        self._memo[number] = self._top()

    def memoize(self) -> None:
        """Keeps the topmost value under the next number."""
        self._memo[len(self._memo)] = self._top()

    def recall(self, number: int) -> None:
        """Puts a kept value on the stack."""
        if number not in self._memo:
            raise MalformedError(f"it refers to value {number}, which it has not made")
        self.push(self._memo[number])

    # What would be imported and called

    def global_lines(self) -> None:
        """An import, module and name on a line each."""
        module = self.line().decode("utf-8", "replace")
        self._import(module, self.line().decode("utf-8", "replace"))

    def global_from_stack(self) -> None:
        """An import whose module and name are the topmost values."""
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise MalformedError("the name of an import is no text")
        self._import(module, name)

    def _import(self, module: str, name: str) -> None:
        found = GlobalName(module, name)
        uses = self._reading.uses
        if found not in uses and len(uses) >= self._limits.globals:
            raise _EnoughError(f"it imports more than {self._limits.globals:,} names")
        uses.setdefault(found, Use()).count += 1
        self.push(found)

    def extension(self, size: int) -> None:
        """An import by its number in the registry of the process that loads it."""
        self._import("copyreg", f"extension {self.whole(size)}")

    def _call(self, function: Any, arguments: Any) -> None:
        if isinstance(function, GlobalName):
            self._reading.uses[function].is_called = True
        elif not (
            isinstance(function, Called)
            and isinstance(function.function, GlobalName)
            and function.function.name in _TYPE_MAKERS
        ):
            self._reading.computed_calls += 1
        self.push(Called(function, arguments))

    def reduce(self) -> None:
        """A call of the topmost values, function and arguments; or of a class without its constructor."""
        arguments = self._pop()
        self._call(self._pop(), arguments)

    def new_object_with_keywords(self) -> None:
        """Likewise, with keyword arguments."""
        keywords = self._pop()
        arguments = self._pop()
        self._call(self._pop(), (arguments, keywords))

    def instance(self) -> None:
        """An import on two lines, called with the topmost group."""
        arguments = tuple(self._pop_group())
        self.global_lines()
        self._call(self._pop(), arguments)

    def object_from_group(self) -> None:
        """A call of the first of the topmost group with the rest of it."""
        group = self._pop_group()
        if not group:
            raise MalformedError("an object has no class")
        self._call(group[0], tuple(group[1:]))

    def build(self) -> None:
        """Gives the object below the topmost value that value as its state."""
        state = self._pop()
        target = self._top()
        if isinstance(target, Called):
            target.state = state

    def persistent_line(self) -> None:
        """A reference to what is stored elsewhere, on a line."""
        self.push(PersistentId(self.line().decode("utf-8", "replace")))

    def persistent(self) -> None:
        """A reference to what is stored elsewhere, by the topmost value."""
        self.push(PersistentId(self._pop()))
