"""Which regular expressions of a worker may be tried here.

Python's matcher backtracks, so a pattern like `(a+)+$` can hold the window for hours.
What is refused here is still checked, by the worker's own class in its own process.
"""

from __future__ import annotations

import re

LONGEST_TEXT = 100
_LONGEST_PATTERN = 200
_MOST_REPEATS = 3
_MOST_ALTERNATIVES = 12
_CLASS_OR_ESCAPE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_BACKREFERENCE = re.compile(r"\\[1-9]|\(\?P=|\(\?[=!<(]")


def is_cheap(pattern: str) -> bool:
    """Whether matching a text of up to `LONGEST_TEXT` characters surely ends at once."""
    if len(pattern) > _LONGEST_PATTERN or _BACKREFERENCE.search(pattern):
        return False
    skeleton = _CLASS_OR_ESCAPE.sub("x", pattern)
    repeats = sum(skeleton.count(sign) for sign in "*+{") + skeleton.replace("(?", "").count("?")
    if repeats > _MOST_REPEATS or skeleton.count("|") > _MOST_ALTERNATIVES:
        return False
    if _REPEATED_GROUP.search(skeleton):
        return False
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def matches(pattern: str, text: str) -> bool:
    """Whether the text holds the pattern, or is too long for it to be tried here."""
    return len(text) > LONGEST_TEXT or re.search(pattern, text) is not None
