"""Pickles read for what they would do. Opcodes move inert values about; nothing is imported or called.

The work is bounded: `PickleLimits` says by how much, and a pickle that goes beyond is read up to there
and said to be read in part. So is one that is broken, for an unpickler would have done everything up to
the break as well.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from gym_gui.core.artifacts.checkpoints.pickle_values import (
    BytesValue,
    Called,
    DictValue,
    GlobalName,
    Items,
    OutOfBand,
    PersistentId,
)
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor, TruncatedError
from gym_gui.core.artifacts.stopping import StopAsked, never, stop_if

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


class _MalformedError(ValueError):
    """No unpickler would go on here."""


class _EnoughError(ValueError):
    """A limit was reached."""


class _Mark:
    """Where a group of values starts on the stack."""


_MARK = _Mark()
# Results that honest files call again: cloudpickle's way to the built-in types.
_TYPE_MAKERS = frozenset({"_builtin_type", "_make_skeleton_class", "_make_skeleton_enum", "_make_typevar"})


def read_pickle(
    cursor: ByteCursor, limits: PickleLimits | None = None, asked_to_stop: StopAsked = never
) -> PickleReading:
    """What the pickle at the cursor would build and import; the cursor is left behind its end.

    Raises:
        StoppedError: When asked to stop.
    """
    return _Machine(cursor, limits or PickleLimits(), asked_to_stop).run()


class _Machine:
    def __init__(self, cursor: ByteCursor, limits: PickleLimits, asked_to_stop: StopAsked) -> None:
        self._cursor = cursor
        self._limits = limits
        self._asked_to_stop = asked_to_stop
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._text_left = limits.all_text_bytes
        self._reading = PickleReading()

    def run(self) -> PickleReading:
        try:
            self._reading.root = self._run()
        except TruncatedError as problem:
            self._reading.problem = f"the pickle is cut off: it {problem}"
        except _EnoughError as problem:
            self._reading.problem = f"the pickle is read in part: {problem}"
        except (_MalformedError, ValueError, IndexError, KeyError) as problem:
            place = self._cursor.position
            self._reading.problem = f"the pickle is broken at byte {place}: {problem}"
        return self._reading

    def _run(self) -> Any:
        cursor, operations = self._cursor, _OPERATIONS
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
                raise _MalformedError(f"there is no instruction {code:#04x}")
            operation(self)
        raise _EnoughError(f"it has more than {self._limits.opcodes:,} instructions")

    # The stack

    def push(self, value: Any) -> None:
        self._stack.append(value)

    def _pop(self) -> Any:
        if not self._stack or self._stack[-1] is _MARK:
            raise _MalformedError("it takes a value where there is none")
        return self._stack.pop()

    def _top(self) -> Any:
        if not self._stack or self._stack[-1] is _MARK:
            raise _MalformedError("it takes a value where there is none")
        return self._stack[-1]

    def _pop_group(self) -> list[Any]:
        group: list[Any] = []
        while self._stack:
            value = self._stack.pop()
            if value is _MARK:
                group.reverse()
                return group
            group.append(value)
        raise _MalformedError("a group of values has no beginning")

    def mark(self) -> None:
        self._stack.append(_MARK)

    def pop(self) -> None:
        if not self._stack:
            raise _MalformedError("it takes a value where there is none")
        self._stack.pop()

    def pop_mark(self) -> None:
        self._pop_group()

    def duplicate(self) -> None:
        self.push(self._top())

    # Plain values

    def whole(self, count: int, *, signed: bool = False) -> int:
        return int.from_bytes(self._cursor.take(count), "little", signed=signed)

    def line(self) -> bytes:
        return self._cursor.line(_LONGEST_LINE)

    def integer_line(self) -> None:
        text = self.line()
        known: dict[bytes, Any] = {b"00": False, b"01": True}
        self.push(known[text] if text in known else int(text))

    def long_line(self) -> None:
        self.push(int(self.line().removesuffix(b"L")))

    def float_line(self) -> None:
        self.push(float(self.line()))

    def text_line(self) -> None:
        text = self.line()
        self.push(text.decode("raw-unicode-escape", "replace"))

    def string_line(self) -> None:
        self.push(self.line().strip()[1:-1].decode("latin-1"))

    def binary_float(self) -> None:
        self.push(struct.unpack(">d", self._cursor.take(8))[0])

    def push_long(self, size_of_length: int) -> None:
        length = self.whole(size_of_length)
        if length > _LONGEST_INTEGER_BYTES:
            self.push(BytesValue(length, self._cursor.position))
            self._cursor.skip(length)
        else:
            self.push(self.whole(length, signed=True) if length else 0)

    def push_text(self, size_of_length: int) -> None:
        length = self.whole(size_of_length)
        kept = min(length, self._limits.text_bytes if self._text_left > 0 else 64)
        self._text_left -= kept
        text = self._cursor.take(kept).decode("utf-8", "replace")
        if length > kept:
            self._cursor.skip(length - kept)
            text += "…"
        self.push(text)

    def push_bytes(self, size_of_length: int) -> None:
        length = self.whole(size_of_length)
        self.push(BytesValue(length, self._cursor.position))
        self._cursor.skip(length)

    def skip_frame(self) -> None:
        """Passes over the length of a frame, which groups reads and means nothing else."""
        self._cursor.take(8)

    # Containers

    def append(self) -> None:
        value = self._pop()
        self._extend([value])

    def extend(self) -> None:
        self._extend(self._pop_group())

    def _extend(self, values: list[Any]) -> None:
        target = self._top()
        if isinstance(target, Items):
            target.values.extend(values)
        elif isinstance(target, Called):
            target.items.extend(values)

    def set_item(self) -> None:
        value = self._pop()
        key = self._pop()
        self._set_items([key, value])

    def set_items(self) -> None:
        self._set_items(self._pop_group())

    def _set_items(self, group: list[Any]) -> None:
        if len(group) % 2:
            raise _MalformedError("a key has no value")
        target = self._top()
        if isinstance(target, DictValue | Called):
            target.pairs.extend(zip(group[::2], group[1::2], strict=True))

    def push_tuple(self, count: int) -> None:
        values = [self._pop() for _ in range(count)]
        self.push(tuple(reversed(values)))

    def group_as(self, make: Callable[[list[Any]], Any]) -> None:
        self.push(make(self._pop_group()))

    # The memo

    def remember(self, number: int) -> None:
        self._memo[number] = self._top()

    def memoize(self) -> None:
        self._memo[len(self._memo)] = self._top()

    def recall(self, number: int) -> None:
        if number not in self._memo:
            raise _MalformedError(f"it refers to value {number}, which it has not made")
        self.push(self._memo[number])

    # What would be imported and called

    def global_lines(self) -> None:
        module = self.line().decode("utf-8", "replace")
        self._import(module, self.line().decode("utf-8", "replace"))

    def global_from_stack(self) -> None:
        name, module = self._pop(), self._pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise _MalformedError("the name of an import is no text")
        self._import(module, name)

    def _import(self, module: str, name: str) -> None:
        found = GlobalName(module, name)
        uses = self._reading.uses
        if found not in uses and len(uses) >= self._limits.globals:
            raise _EnoughError(f"it imports more than {self._limits.globals:,} names")
        uses.setdefault(found, Use()).count += 1
        self.push(found)

    def extension(self, size: int) -> None:
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
        arguments = self._pop()
        self._call(self._pop(), arguments)

    def new_object_with_keywords(self) -> None:
        keywords = self._pop()
        arguments = self._pop()
        self._call(self._pop(), (arguments, keywords))

    def instance(self) -> None:
        arguments = tuple(self._pop_group())
        self.global_lines()
        self._call(self._pop(), arguments)

    def object_from_group(self) -> None:
        group = self._pop_group()
        if not group:
            raise _MalformedError("an object has no class")
        self._call(group[0], tuple(group[1:]))

    def build(self) -> None:
        state = self._pop()
        target = self._top()
        if isinstance(target, Called):
            target.state = state

    def persistent_line(self) -> None:
        self.push(PersistentId(self.line().decode("utf-8", "replace")))

    def persistent(self) -> None:
        self.push(PersistentId(self._pop()))


def _as_dict(group: list[Any]) -> DictValue:
    if len(group) % 2:
        raise _MalformedError("a key has no value")
    return DictValue(list(zip(group[::2], group[1::2], strict=True)))


_Operation = Callable[[_Machine], None]

_OPERATIONS: dict[int, _Operation] = {
    ord("("): _Machine.mark,
    ord("0"): _Machine.pop,
    ord("1"): _Machine.pop_mark,
    ord("2"): _Machine.duplicate,
    ord("F"): _Machine.float_line,
    ord("I"): _Machine.integer_line,
    ord("J"): lambda machine: machine.push(machine.whole(4, signed=True)),
    ord("K"): lambda machine: machine.push(machine.whole(1)),
    ord("L"): _Machine.long_line,
    ord("M"): lambda machine: machine.push(machine.whole(2)),
    ord("N"): lambda machine: machine.push(None),
    ord("P"): _Machine.persistent_line,
    ord("Q"): _Machine.persistent,
    ord("R"): _Machine.reduce,
    ord("S"): _Machine.string_line,
    ord("T"): lambda machine: machine.push_text(4),
    ord("U"): lambda machine: machine.push_text(1),
    ord("V"): _Machine.text_line,
    ord("X"): lambda machine: machine.push_text(4),
    ord("a"): _Machine.append,
    ord("b"): _Machine.build,
    ord("c"): _Machine.global_lines,
    ord("d"): lambda machine: machine.group_as(_as_dict),
    ord("}"): lambda machine: machine.push(DictValue()),
    ord("e"): _Machine.extend,
    ord("g"): lambda machine: machine.recall(int(machine.line())),
    ord("h"): lambda machine: machine.recall(machine.whole(1)),
    ord("i"): _Machine.instance,
    ord("j"): lambda machine: machine.recall(machine.whole(4)),
    ord("l"): lambda machine: machine.group_as(lambda group: Items("list", group)),
    ord("]"): lambda machine: machine.push(Items("list")),
    ord("o"): _Machine.object_from_group,
    ord("p"): lambda machine: machine.remember(int(machine.line())),
    ord("q"): lambda machine: machine.remember(machine.whole(1)),
    ord("r"): lambda machine: machine.remember(machine.whole(4)),
    ord("s"): _Machine.set_item,
    ord("t"): lambda machine: machine.group_as(tuple),
    ord(")"): lambda machine: machine.push(()),
    ord("u"): _Machine.set_items,
    ord("G"): _Machine.binary_float,
    ord("B"): lambda machine: machine.push_bytes(4),
    ord("C"): lambda machine: machine.push_bytes(1),
    0x80: lambda machine: _check_protocol(machine.whole(1)),
    0x81: _Machine.reduce,
    0x82: lambda machine: machine.extension(1),
    0x83: lambda machine: machine.extension(2),
    0x84: lambda machine: machine.extension(4),
    0x85: lambda machine: machine.push_tuple(1),
    0x86: lambda machine: machine.push_tuple(2),
    0x87: lambda machine: machine.push_tuple(3),
    0x88: lambda machine: machine.push(True),
    0x89: lambda machine: machine.push(False),
    0x8A: lambda machine: machine.push_long(1),
    0x8B: lambda machine: machine.push_long(4),
    0x8C: lambda machine: machine.push_text(1),
    0x8D: lambda machine: machine.push_text(8),
    0x8E: lambda machine: machine.push_bytes(8),
    0x8F: lambda machine: machine.push(Items("set")),
    0x90: _Machine.extend,
    0x91: lambda machine: machine.group_as(lambda group: Items("frozenset", group)),
    0x92: _Machine.new_object_with_keywords,
    0x93: _Machine.global_from_stack,
    0x94: _Machine.memoize,
    0x95: _Machine.skip_frame,
    0x96: lambda machine: machine.push_bytes(8),
    0x97: lambda machine: machine.push(OutOfBand()),
    0x98: lambda machine: None,
}


def _check_protocol(number: int) -> None:
    if number > 5:
        raise _MalformedError(f"protocol {number} is not known")
