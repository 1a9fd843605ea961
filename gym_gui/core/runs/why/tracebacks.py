"""Python's tracebacks in text: which exceptions a program ended with, the first cause first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADER = "Traceback (most recent call last):"
_DIRECT = "The above exception was the direct cause of the following exception:"
_CONTEXT = "During handling of the above exception, another exception occurred:"
_RAISED = re.compile(r"(?P<kind>[A-Za-z_][\w.<>]*)(?::(?: (?P<message>.*))?)?$", re.DOTALL)
# A syntax error in the program itself has no header.
_BARE = re.compile(r"(?:SyntaxError|IndentationError|TabError): ")
# Python prints these of threads and of its own shutdown; they are not what ended the program.
_ASIDE = ("Exception ignored", "Error in atexit", "Exception in thread")
_LONGEST_PREFIX = 60
_LONGEST_MESSAGE_LINES = 40


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception of a traceback.

    Attributes:
        kind: Its type without the module, "OutOfMemoryError"; "" when it is not known.
        message: What it says, which may be several lines.
        is_context: The next one came up while this one was handled, rather than because of it.
    """

    kind: str
    message: str
    is_context: bool = False

    @property
    def line(self) -> str:
        """Type and first line of the message, as Python prints them."""
        first = self.message.strip().split("\n")[0]
        return f"{self.kind}: {first}" if self.kind and first else self.kind or first


Chain = tuple[Raised, ...]


def last_chain(lines: Sequence[str]) -> Chain:
    """The exceptions that the last traceback of `lines` tells of, the first cause first; or ()."""
    headers = [number for number, line in enumerate(lines) if line.endswith(_HEADER)]
    asides: list[Chain] = []
    end = len(lines)
    while headers:
        chain: list[Raised] = []
        link: str | None = ""
        while link is not None and headers:
            start = headers.pop()
            raised = _raised_below(lines[start:end])
            if raised is not None:
                chain.insert(0, Raised(raised.kind, raised.message, is_context=link == _CONTEXT))
            end = start
            link = _link_above(lines, headers[-1], start) if headers else None
        if not chain:
            continue
        if not _is_aside(lines, end):
            return tuple(chain)
        asides.append(tuple(chain))
    return asides[0] if asides else _bare(lines)


def raised_from(text: str) -> Raised | None:
    """The exception that a line such as `ValueError: text` names."""
    found = _RAISED.match(text.strip())
    if found is None:
        return None
    return Raised(found["kind"].rpartition(".")[2], (found["message"] or "").strip())


def _raised_below(block: Sequence[str]) -> Raised | None:
    """The exception at the end of a traceback; `block` starts with its header and may go on behind it."""
    prefix = block[0].removesuffix(_HEADER)[:_LONGEST_PREFIX]
    bare = [line.removeprefix(prefix) for line in block[1:]]
    first = next((number for number, line in enumerate(bare) if line and not line[0].isspace()), None)
    if first is None:
        return None
    message = bare[first : first + _LONGEST_MESSAGE_LINES]
    ends = (number for number, line in enumerate(message) if _DIRECT in line or _CONTEXT in line)
    return raised_from("\n".join(message[: next(ends, len(message))]))


def _link_above(lines: Sequence[str], previous: int, start: int) -> str | None:
    """What ties the traceback at `start` to the one at `previous`, None when nothing does."""
    for line in reversed(lines[max(previous, start - 3) : start]):
        for link in (_DIRECT, _CONTEXT):
            if line.endswith(link):
                return link
    return None


def _is_aside(lines: Sequence[str], start: int) -> bool:
    return start > 0 and lines[start - 1].startswith(_ASIDE)


def _bare(lines: Sequence[str]) -> Chain:
    last = next((line for line in reversed(lines) if line.strip()), "")
    raised = raised_from(last) if _BARE.match(last) else None
    return (raised,) if raised else ()
