"""Text of workers made safe for a terminal: it can neither move the cursor nor turn the reading direction."""

from __future__ import annotations

import re
import unicodedata

_DANGEROUS = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")  # letters of some scripts and composed emoji need them
_COLOUR = re.compile(r"(\x1b\[[0-9;:]*m)")
# JSON escapes what is below U+0020 anyway; these it leaves as they are.
_STEERING = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
_RESET = "\x1b[0m"


def plain(text: str) -> str:
    r"""The text on one line, its control characters written out: `\x1b`, `\n`, `\u202e`."""
    if text.isprintable():
        return text
    return "".join(_written_out(character) for character in text)


def plain_block(text: str) -> str:
    """The text with its line breaks and tabs, other control characters written out."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(plain(line.replace("\t", "    ")) for line in lines)


def plain_but_coloured(line: str) -> str:
    """A line of output as a terminal may have it: colours stay, everything else is written out."""
    parts = _COLOUR.split(line.replace("\t", "    "))
    if len(parts) == 1:
        return plain(parts[0])
    return "".join(part if index % 2 else plain(part) for index, part in enumerate(parts)) + _RESET


def escaped_json(text: str) -> str:
    """The JSON document with what could steer a terminal as JSON's own escapes; it means the same."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _written_out(character: str) -> str:
    if unicodedata.category(character) not in _DANGEROUS or character in _JOINERS:
        return character
    return character.encode("unicode_escape").decode("ascii")
