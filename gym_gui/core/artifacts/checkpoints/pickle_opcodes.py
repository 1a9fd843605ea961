"""The instructions of pickles, protocols 0 to 5, and reading one pickle by them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gym_gui.core.artifacts.checkpoints.pickle_machine import (
    MalformedError,
    PickleLimits,
    PickleMachine,
    PickleReading,
)
from gym_gui.core.artifacts.checkpoints.pickle_values import DictValue, Items, OutOfBand
from gym_gui.core.artifacts.checkpoints.sources import ByteCursor
from gym_gui.core.artifacts.stopping import StopAsked, never


def read_pickle(
    cursor: ByteCursor, limits: PickleLimits | None = None, asked_to_stop: StopAsked = never
) -> PickleReading:
    """What the pickle at the cursor would build and import; the cursor is left behind its end.

    Raises:
        StoppedError: When asked to stop.
    """
    return PickleMachine(cursor, limits or PickleLimits(), asked_to_stop).run(_OPERATIONS)


def _as_dict(group: list[Any]) -> DictValue:
    if len(group) % 2:
        raise MalformedError("a key has no value")
    return DictValue(list(zip(group[::2], group[1::2], strict=True)))


_Operation = Callable[[PickleMachine], None]

_OPERATIONS: dict[int, _Operation] = {
    ord("("): PickleMachine.mark,
    ord("0"): PickleMachine.pop,
    ord("1"): PickleMachine.pop_mark,
    ord("2"): PickleMachine.duplicate,
    ord("F"): PickleMachine.float_line,
    ord("I"): PickleMachine.integer_line,
    ord("J"): lambda machine: machine.push(machine.whole(4, signed=True)),
    ord("K"): lambda machine: machine.push(machine.whole(1)),
    ord("L"): PickleMachine.long_line,
    ord("M"): lambda machine: machine.push(machine.whole(2)),
    ord("N"): lambda machine: machine.push(None),
    ord("P"): PickleMachine.persistent_line,
    ord("Q"): PickleMachine.persistent,
    ord("R"): PickleMachine.reduce,
    ord("S"): PickleMachine.string_line,
    ord("T"): lambda machine: machine.push_text(4),
    ord("U"): lambda machine: machine.push_text(1),
    ord("V"): PickleMachine.text_line,
    ord("X"): lambda machine: machine.push_text(4),
    ord("a"): PickleMachine.append,
    ord("b"): PickleMachine.build,
    ord("c"): PickleMachine.global_lines,
    ord("d"): lambda machine: machine.group_as(_as_dict),
    ord("}"): lambda machine: machine.push(DictValue()),
    ord("e"): PickleMachine.extend,
    ord("g"): lambda machine: machine.recall(int(machine.line())),
    ord("h"): lambda machine: machine.recall(machine.whole(1)),
    ord("i"): PickleMachine.instance,
    ord("j"): lambda machine: machine.recall(machine.whole(4)),
    ord("l"): lambda machine: machine.group_as(lambda group: Items("list", group)),
    ord("]"): lambda machine: machine.push(Items("list")),
    ord("o"): PickleMachine.object_from_group,
    ord("p"): lambda machine: machine.remember(int(machine.line())),
    ord("q"): lambda machine: machine.remember(machine.whole(1)),
    ord("r"): lambda machine: machine.remember(machine.whole(4)),
    ord("s"): PickleMachine.set_item,
    ord("t"): lambda machine: machine.group_as(tuple),
    ord(")"): lambda machine: machine.push(()),
    ord("u"): PickleMachine.set_items,
    ord("G"): PickleMachine.binary_float,
    ord("B"): lambda machine: machine.push_bytes(4),
    ord("C"): lambda machine: machine.push_bytes(1),
    0x80: lambda machine: _check_protocol(machine.whole(1)),
    0x81: PickleMachine.reduce,
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
    0x90: PickleMachine.extend,
    0x91: lambda machine: machine.group_as(lambda group: Items("frozenset", group)),
    0x92: PickleMachine.new_object_with_keywords,
    0x93: PickleMachine.global_from_stack,
    0x94: PickleMachine.memoize,
    0x95: PickleMachine.skip_frame,
    0x96: lambda machine: machine.push_bytes(8),
    0x97: lambda machine: machine.push(OutOfBand()),
    0x98: lambda machine: None,
}


def _check_protocol(number: int) -> None:
    if number > 5:
        raise MalformedError(f"protocol {number} is not known")
