"""A search as typed, split into terms; every part knows where in the text it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

COMPARISONS = (">=", "<=", ">", "<")
_KEY = re.compile(r"([A-Za-z]+):")
_QUOTE, _ESCAPE, _COMMA = '"', "\\", ","


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a term, its quotes taken off; `start` and `end` are of what was typed."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Term:
    """One term.

    Attributes:
        key: What stands before the colon, in lower case; one of `COMPARISONS`; "" for a plain word.
        values: What stands after it, at least one, "" when nothing does.
    """

    start: int
    end: int
    negated: bool
    key: str
    values: tuple[Value, ...]


def terms_in(text: str) -> Iterator[Term]:
    """The terms of a search, in their order; a quote that is not closed goes on to the end."""
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        term = _term(text, position)
        yield term
        position = term.end


def quoted(value: str) -> str:
    """The value as it has to be typed to be one."""
    is_plain = value and not re.search(r'[\s",\\]', value) and not value.startswith(("-", *COMPARISONS))
    return value if is_plain else in_quotes(value)


def in_quotes(value: str) -> str:
    """The value as plain text, whatever is in it."""
    escaped = value.replace(_ESCAPE, _ESCAPE * 2).replace(_QUOTE, _ESCAPE + _QUOTE)
    return f"{_QUOTE}{escaped}{_QUOTE}"


def _term(text: str, start: int) -> Term:
    position = start
    negated = text[start] == "-" and not text[start + 1 : start + 2].isspace() and start + 1 < len(text)
    position += negated
    key = next((sign for sign in COMPARISONS if text.startswith(sign, position)), "")
    position += len(key)
    if key:
        position += _spaces_at(text, position)
    elif found := _KEY.match(text, position):
        key, position = found[1].lower(), found.end()
    values = [_value(text, position, in_list=bool(key))]
    while key and text[values[-1].end : values[-1].end + 1] == _COMMA:
        values.append(_value(text, values[-1].end + 1, in_list=True))
    return Term(start, values[-1].end, negated, key, tuple(values))


def _spaces_at(text: str, position: int) -> int:
    """How many there are before a word; none where no word follows."""
    rest = text[position:]
    return len(rest) - len(rest.lstrip()) if rest.strip() else 0


def _value(text: str, start: int, *, in_list: bool) -> Value:
    letters: list[str] = []
    position, is_quoted = start, False
    while position < len(text):
        letter = text[position]
        if letter == _QUOTE:
            is_quoted = not is_quoted
        elif is_quoted and letter == _ESCAPE and position + 1 < len(text):
            position += 1
            letters.append(text[position])
        elif not is_quoted and (letter.isspace() or (in_list and letter == _COMMA)):
            break
        else:
            letters.append(letter)
        position += 1
    return Value("".join(letters), start, position)
