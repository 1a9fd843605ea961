"""The reader of guides itself: it must notice what differs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guides.blocks import blocks_of, commands_in, prints


def test_blocks_with_and_without_a_directive(tmp_path: Path) -> None:
    guide = tmp_path / "guide.md"
    guide.write_text("# T\n\n<!-- file: a.py -->\n```python\nx = 1\n```\n\n```\nfree\n```\n")
    found = [(b.verb, b.detail, b.language, b.body, b.line) for b in blocks_of(guide)]
    assert found == [("file", "a.py", "python", "x = 1\n", 3), ("", "", "", "free\n", 8)]


def test_commands_with_what_they_print() -> None:
    assert commands_in("$ a b\none\ntwo\n\n$ c\n") == [("a b", ["one", "two"]), ("c", [])]


@pytest.mark.parametrize(
    ("expected", "output", "same"),
    [
        (["a", "b"], "a\nb\n", True),
        (["a", "b"], "a\nc\n", False),
        (["a"], "a\nb\n", False),
        (["took ... s"], "took 3.2 s\n", True),
        (["a", "...", "d"], "a\nb\nc\nd\n", True),
        (["a", "...", "d"], "a\nb\nc\n", False),
        (["...", "d"], "a\nb\nd\n", True),
        (["a", "..."], "a\nb\nc\n", True),
        (["a", "..."], "b\nb\nc\n", False),
    ],
)
def test_what_is_printed_is_compared(expected: list[str], output: str, same: bool) -> None:
    assert prints(expected, output) is same
