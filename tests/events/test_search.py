"""Text found in a log while it grows."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym_gui.core.events import search as search_module
from gym_gui.core.events.log import EventLog
from gym_gui.core.events.search import LineSearch


def log_of(path: Path, *lines: bytes) -> EventLog:
    with path.open("ab") as file:
        file.writelines(line + b"\n" for line in lines)
    log = EventLog(path)
    log.advance()
    return log


def found(search: LineSearch) -> list[int]:
    numbers: list[int] = []
    while not search.is_done:
        numbers += search.advance(0.0)
    return numbers


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.text("abAB \x1b[m", max_size=6)), st.text("abAB", min_size=1, max_size=2), st.integers(1, 40)
)
def test_it_finds_what_looking_at_each_line_finds(
    tmp_path: Path, lines: list[str], text: str, block: int
) -> None:
    path = tmp_path / "log"
    path.unlink(missing_ok=True)
    log = log_of(path, *(line.encode() for line in lines))
    lower = text == text.lower()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_module, "_BLOCK_BYTES", block)
        numbers = found(LineSearch(log, text))
    assert numbers == [n for n, line in enumerate(lines) if text in (line.lower() if lower else line)]


def test_what_json_writes_otherwise_is_found(tmp_path: Path) -> None:
    log = log_of(tmp_path / "log", b'{"a":"caf\\u00e9"}', "café".encode(), b'{"a":"say \\"hi\\""}', b"none")
    assert found(LineSearch(log, "café")) == [0, 1]
    assert found(LineSearch(log, '"hi"')) == [2]


def test_codes_and_what_was_written_over_can_be_passed_over(tmp_path: Path) -> None:
    log = log_of(tmp_path / "log", b"lo\x1b[31mss\x1b[0m 1", b"loss\rgone", b"loss", b"31m")
    assert found(LineSearch(log, "loss", shown_only=True)) == [0, 2]
    assert found(LineSearch(log, "31m", shown_only=True)) == [3]


def test_only_what_is_known_is_looked_at_and_more_later(tmp_path: Path) -> None:
    log = log_of(tmp_path / "log", b"x", b"x", b"x")
    known = [2]
    search = LineSearch(log, "x", lambda: known[0])
    assert found(search) == [0, 1]
    known[0] = 3
    assert found(search) == [2]
