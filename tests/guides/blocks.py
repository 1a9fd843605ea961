"""The code blocks of a guide, each with the comment above it that says what is to be done with it.

    <!-- file: train.py -->      the block is the content of that file
    <!-- run -->                 lines that start with `$ ` are run by a shell; the others are what it prints
    <!-- run: exits 1 -->        and so it ends
    <!-- python -->              run by Python as it stands
    <!-- shown: why -->          only looked at, for this reason

In what a command prints, `...` stands for anything, and a line of it for any lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(
    r"(?:^<!-- (?P<verb>file|run|python|shown)(?:: (?P<detail>[^\n]*))? -->\n)?"
    r"^```(?P<language>[a-z]*)\n(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """One block; `line` is where it starts in the guide."""

    verb: str
    detail: str
    language: str
    body: str
    line: int


def blocks_of(guide: Path) -> list[Block]:
    """Every fenced block in order; `verb` is "" where nothing says what to do."""
    text = guide.read_text(encoding="utf-8")
    return [
        Block(
            verb=match["verb"] or "",
            detail=(match["detail"] or "").strip(),
            language=match["language"],
            body=match["body"],
            line=text.count("\n", 0, match.start()) + 1,
        )
        for match in _BLOCK.finditer(text)
    ]


def commands_in(body: str) -> list[tuple[str, list[str]]]:
    """Each command with the lines it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            assert found, f"{line!r} is printed by no command"
            found[-1][1].append(line)
    return found


def prints(expected: list[str], output: str) -> bool:
    """Whether the output is what the guide shows; empty lines do not count."""
    return _same(
        [line.rstrip() for line in expected], [line.rstrip() for line in output.splitlines() if line.strip()]
    )


def _same(expected: list[str], printed: list[str]) -> bool:
    if not expected:
        return not printed
    first, *rest = expected
    if first.strip() == "...":
        return any(_same(rest, printed[skipped:]) for skipped in range(len(printed) + 1))
    pattern = ".*".join(map(re.escape, first.split("...")))
    return bool(printed) and re.fullmatch(pattern, printed[0]) is not None and _same(rest, printed[1:])
