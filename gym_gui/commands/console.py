"""Where a command writes: lines for people, or one JSON document for machines, never both."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from pathlib import PurePath
from typing import Any, BinaryIO, TextIO

import msgspec

from gym_gui.commands.errors import CommandError
from gym_gui.commands.plain import escaped_json, plain, plain_block
from gym_gui.commands.table import columns_of, table


class Console:
    """The two streams of a command; with `as_json`, lines are dropped and documents are written."""

    def __init__(self, out: TextIO, err: TextIO, *, as_json: bool = False) -> None:
        self._out = out
        self._err = err
        self.as_json = as_json

    @property
    def is_terminal(self) -> bool:
        """Whether a person's terminal reads the output."""
        return self._out.isatty()

    @property
    def width(self) -> int | None:
        """Columns of the terminal, None when the output goes elsewhere."""
        return shutil.get_terminal_size().columns if self.is_terminal else None

    def line(self, text: str = "") -> None:
        """A line for people."""
        if not self.as_json:
            self._out.write(f"{text}\n")
            self._out.flush()

    def note(self, text: str) -> None:
        """A line for people that is not part of the result."""
        self._err.write(f"{text}\n")
        self._err.flush()

    def table(self, titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Rows for people; the cells are made safe here."""
        safe = [[plain(cell) for cell in row] for row in rows]
        for text in table(titles, safe, self.width):
            self.line(text)

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Named values for people, aligned; those without a value are left out."""
        shown = [(name, value) for name, value in pairs if value]
        widest = max((columns_of(name) for name, _ in shown), default=0)
        for name, value in shown:
            first, *more = plain_block(value).split("\n")
            self.line(f"  {name:<{widest}}  {first}")
            for rest in more:
                self.line(f"  {'':<{widest}}  {rest}")

    def document(self, value: Any) -> None:
        """The JSON document, with `as_json`."""
        if self.as_json:
            self._out.write(json_text(value))
            self._out.flush()

    def write(self, text: str) -> None:
        """A part of a document that is too long to hold."""
        self._out.write(text)
        self._out.flush()

    def copy(self, data: bytes) -> None:
        """Bytes as they are."""
        self._out.flush()
        buffer: BinaryIO | None = getattr(self._out, "buffer", None)
        if buffer is None:
            self._out.write(data.decode(errors="replace"))
        else:
            buffer.write(data)
            buffer.flush()

    def fail(self, error: CommandError) -> None:
        """Tells of an error: on standard error for people, as the document for machines."""
        if self.as_json:
            self.document({"error": _as_data(error)})
            return
        if error.traceback:
            self.note(plain_block(error.traceback))
        self.note(f"gym-gui: {plain_block(str(error))}")
        for field, problem in error.problems.items():
            self.note(f"  {plain(f'{field}: {problem}' if field else problem)}")
        if error.hint:
            self.note(f"  {plain(error.hint)}")


def json_text(value: Any) -> str:
    """The value as an indented JSON document with its final newline."""
    encoded = msgspec.json.encode(value, enc_hook=_plain_value)
    return escaped_json(msgspec.json.format(encoded, indent=2).decode()) + "\n"


def json_line(value: Any) -> str:
    """The value as JSON on one line."""
    return escaped_json(msgspec.json.encode(value, enc_hook=_plain_value).decode())


def _plain_value(value: Any) -> Any:
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"a {type(value).__name__} has no JSON form")


def _as_data(error: CommandError) -> dict[str, Any]:
    data = {
        "message": str(error),
        "code": error.code.value,
        "hint": error.hint,
        "problems": error.problems,
        "traceback": error.traceback,
    }
    return {key: value for key, value in data.items() if value not in ("", {})}
