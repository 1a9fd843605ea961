"""Some whole lines of a file, as they stand there."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator

_OPENING, _CLOSING = 0x7B, 0x7D


class Block:
    """Lines one after the other, each with its newline but perhaps the last of the file.

    Attributes:
        text: All of them. Less than the bounds say when the file was cut short meanwhile.
        bounds: Where each begins in the file, and where the last one ends.
    """

    __slots__ = ("bounds", "text")

    def __init__(self, text: bytes, bounds: array[int]) -> None:
        self.text = text
        self.bounds = bounds

    @classmethod
    def of(cls, lines: list[bytes]) -> Block:
        """A block of lines that are at hand."""
        bounds = array("Q", (0,))
        for line in lines:
            bounds.append(bounds[-1] + len(line))
        return cls(b"".join(lines), bounds)

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def line(self, index: int) -> bytes:
        """One line, its newline included."""
        offset = self.bounds[0]
        return self.text[self.bounds[index] - offset : self.bounds[index + 1] - offset]

    def __iter__(self) -> Iterator[bytes]:
        return map(self.line, range(len(self)))

    def part(self, start: int, stop: int) -> Block:
        """The lines from `start` up to `stop`."""
        offset, bounds = self.bounds[0], self.bounds[start : stop + 1]
        return Block(self.text[bounds[0] - offset : bounds[-1] - offset], bounds)

    def all_in_braces(self) -> bool:
        """Whether every line begins with `{` and ends with `}` and a newline."""
        text = self.text
        whole = len(text) == self.bounds[-1] - self.bounds[0]
        if not whole or not len(self) or text[:1] != b"{" or text[-2:] != b"}\n":
            return False
        numpy = sys.modules.get("numpy")
        if numpy is None:
            return text.count(b"}\n{") == len(self) - 1
        letters = numpy.frombuffer(text, dtype=numpy.uint8)
        begins = (numpy.array(self.bounds, dtype=numpy.uint64) - numpy.uint64(self.bounds[0])).astype(
            numpy.int64
        )
        shortest = (begins[1:] - begins[:-1]).min()
        return bool(
            shortest >= 3
            and (letters[begins[:-1]] == _OPENING).all()
            and (letters[begins[1:] - 2] == _CLOSING).all()
        )

    def longest(self) -> int:
        """Bytes in the longest line."""
        numpy = sys.modules.get("numpy")
        if numpy is None:
            return max(map(int.__sub__, self.bounds[1:], self.bounds), default=0)
        return int(numpy.diff(numpy.array(self.bounds, dtype=numpy.uint64)).max(initial=0))
