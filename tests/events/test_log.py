"""The offset-indexed log against a file that grows, shrinks, breaks and goes away."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym_gui.core.events import log as log_module
from gym_gui.core.events import newlines
from gym_gui.core.events.block import Block
from gym_gui.core.events.lines import LineKind
from gym_gui.core.events.log import EventLog

pieces = st.lists(
    st.binary(max_size=30) | st.sampled_from([b"\n", b"\r\n", b"\n\n", b"\x00", b"a\nb"]), max_size=30
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stdout.log"


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


def expected_lines(content: bytes, *, final: bool) -> list[bytes]:
    parts = content.split(b"\n")
    last = parts.pop()
    lines = [part.removesuffix(b"\r") for part in parts]
    return [*lines, last.removesuffix(b"\r")] if final and last else lines


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces)
def test_any_content_in_any_pieces_gives_its_lines(path: Path, pieces: list[bytes]) -> None:
    path.unlink(missing_ok=True)
    log = EventLog(path)
    whole = b""
    for piece in pieces:
        append(path, piece)
        whole += piece
        before = len(log)
        arrived = log.advance()
        assert arrived == range(before, len(log))
        assert [log.raw(number) for number in range(len(log))] == expected_lines(whole, final=False)
    log.advance(final=True)
    assert [log.raw(number) for number in range(len(log))] == expected_lines(whole, final=True)
    assert [line.text for line in log.lines(range(len(log)))] == [
        raw.decode("utf-8", "replace") for raw in expected_lines(whole, final=True)
    ]
    assert log.generation == 0


@given(
    st.lists(st.binary(max_size=20).map(lambda raw: raw.replace(b"\n", b"")), max_size=40), st.integers(1, 9)
)
def test_lines_across_chunks_are_whole(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], chunk: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "chunked.log"
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_module, "_CHUNK_BYTES", chunk)
        log = EventLog(path)
        log.advance()
    assert [log.raw(number) for number in range(len(log))] == [line.removesuffix(b"\r") for line in lines]


def test_a_file_that_is_not_there_yet(path: Path) -> None:
    log = EventLog(path)
    assert log.advance() == range(0) and log.caught_up and len(log) == 0
    append(path, b"a\n")
    assert log.advance() == range(1)
    assert log.generation == 0


def test_a_line_waits_for_its_newline_unless_the_run_is_over(path: Path) -> None:
    log = EventLog(path)
    append(path, b'one\n{"event": "run_com')
    assert log.advance() == range(1)
    assert log.advance() == range(1, 1)
    append(path, b'pleted"}')
    assert len(log.advance()) == 0
    assert log.advance(final=True) == range(1, 2)
    assert log.line(1).event == "run_completed"
    assert log.advance(final=True) == range(2, 2), "not a second time"


def test_output_after_the_end_starts_anew(path: Path) -> None:
    log = EventLog(path)
    append(path, b"one\ntwo")
    log.advance(final=True)
    append(path, b" and more\nthree\n")
    assert log.advance() == range(3)
    assert log.generation == 1
    assert [log.raw(number) for number in range(3)] == [b"one", b"two and more", b"three"]


@pytest.mark.parametrize("how", ["cut short", "replaced", "written anew and longer", "removed and back"])
def test_another_file_in_its_place_is_noticed(path: Path, how: str) -> None:
    log = EventLog(path)
    append(path, b"old 1\nold 2\n")
    log.advance()
    if how == "cut short":
        path.write_bytes(b"new\n")
    elif how == "replaced":
        beside = path.with_name("beside")
        beside.write_bytes(b"new\nnew 2\nnew 3\nnew 4\n")
        beside.rename(path)
    elif how == "written anew and longer":
        path.write_bytes(b"new\nnew 2\nnew 3\nnew 4\n")
    else:
        path.unlink()
        assert log.advance() == range(0) and len(log) == 0
        path.write_bytes(b"new\n")
    numbers = log.advance()
    assert numbers.start == 0 and log.raw(0) == b"new"
    assert log.generation == 1


def test_appending_is_not_mistaken_for_another_file(path: Path) -> None:
    log = EventLog(path)
    for number in range(200):
        append(path, b"%d" % number + b"x" * (number % 70))
        log.advance()
        append(path, b"\n")
        assert log.advance() == range(number, number + 1)
    assert log.generation == 0


def test_a_budget_is_kept_at_chunks_and_nothing_is_lost(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "_CHUNK_BYTES", 64)
    path.write_bytes(b"".join(b"line %d\n" % number for number in range(100)))
    log = EventLog(path)
    first = log.advance(budget_s=0.0)
    assert 0 < len(first) < 100 and not log.caught_up
    arrived = list(first)
    while not log.caught_up:
        arrived += log.advance(budget_s=0.0)
    assert arrived == list(range(100))
    assert log.raw(99) == b"line 99"


def test_a_hundred_megabyte_line_is_cut_for_display_and_counted(path: Path) -> None:
    with path.open("wb") as file:
        file.write(b"before\n")
        for _ in range(100):
            file.write(b"x" * 1024 * 1024)
        file.write(b"\nafter\n")
    log = EventLog(path)
    assert log.advance() == range(3)
    assert len(log.raw(1, limit=1000)) == 1000
    line = log.line(1, limit=1000)
    assert line.kind is LineKind.OUTPUT
    assert line.text == "x" * 1000 + " ... [100.0 MB more]"
    shown = log.lines(range(3))
    assert [shown[0].text, shown[2].text] == ["before", "after"]
    assert len(shown[1].text) < 5 * 1024 * 1024


def test_a_short_line_that_is_cut_says_how_many_bytes(path: Path) -> None:
    path.write_bytes(b"0123456789\n" * 2)
    log = EventLog(path)
    log.advance()
    assert [line.text for line in log.lines(range(2), limit=4)] == ["0123 ... [7 bytes more]"] * 2


def test_nul_bytes_and_broken_utf8_are_lines_like_others(path: Path) -> None:
    path.write_bytes(b"a\x00b\n\xff\xfe\n\r\n")
    log = EventLog(path)
    log.advance()
    assert [line.text for line in log.lines(range(3))] == ["a\x00b", "\ufffd\ufffd", ""]


def test_memory_is_eight_bytes_a_line(path: Path) -> None:
    path.write_bytes(b"\n" * 100_000)
    log = EventLog(path)
    log.advance()
    assert len(log) == 100_000
    assert log._starts.itemsize * len(log._starts) == 800_000


def test_a_line_that_is_not_there(path: Path) -> None:
    append(path, b"a\n")
    log = EventLog(path)
    log.advance()
    for number in (-1, 1):
        with pytest.raises(IndexError, match="has no line"):
            log.raw(number)
    assert log.lines(range(0)) == []


def test_a_file_that_went_away_gives_empty_lines_until_looked_at_again(path: Path) -> None:
    append(path, b"a\n")
    log = EventLog(path)
    log.advance()
    path.unlink()
    assert log.raw(0) == b""
    assert log.advance() == range(0) and log.generation == 1


def test_a_pipe_or_link_in_its_place_is_not_read(path: Path, tmp_path: Path) -> None:
    os.mkfifo(path)
    assert EventLog(path).advance() == range(0)
    link = tmp_path / "link"
    link.symlink_to("/etc/passwd")
    assert EventLog(link).advance() == range(0)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=20), max_size=20), st.integers(1, 60), st.booleans())
def test_blocks_hold_every_line_once(path: Path, pieces: list[bytes], limit: int, final: bool) -> None:
    path.write_bytes(b"\n".join(pieces))
    log = EventLog(path)
    log.advance(final=final)
    found: list[bytes] = []
    while len(found) < len(log):
        block = log.block(len(found), limit)
        assert len(block) > 0
        if block.text:
            assert len(block.text) <= limit
            assert b"".join(block) == block.text
            assert block.part(1, len(block)).text == block.text[len(block.line(0)) :]
            found += block
        else:
            length = block.bounds[1] - block.bounds[0]
            assert len(block) == 1 and length > limit and log.length(len(found)) == length
            found.append(log.raw(len(found)) + b"\n")
    assert [raw.removesuffix(b"\n").removesuffix(b"\r") for raw in found] == [
        raw.removesuffix(b"\r") for raw in expected_lines(path.read_bytes(), final=final)
    ]


@given(st.lists(st.sampled_from([b"\n", b"a", b"\n\n", b"xyz"])).map(b"".join), st.integers(0, 2**40))
def test_newlines_are_found_alike_with_and_without_numpy(chunk: bytes, offset: int) -> None:
    plainly = newlines._ends_plainly(chunk, offset)
    assert newlines._ends_by_numpy(chunk, offset) == plainly
    assert list(plainly) == [offset + i + 1 for i, byte in enumerate(chunk) if byte == 10]


@given(st.lists(st.sampled_from([b"{}", b"{", b"}", b"", b"{x}", b" {}", b"x{}x"]), min_size=1, max_size=5))
def test_braces_are_seen_alike_with_and_without_numpy(lines: list[bytes]) -> None:
    block = Block.of([line + b"\n" for line in lines])
    expected = all(line[:1] == b"{" and line[-1:] == b"}" for line in lines)
    longest = max(map(len, lines)) + 1
    import numpy  # noqa: F401 - so that it is loaded, whichever tests ran before

    assert (block.all_in_braces(), block.longest()) == (expected, longest)
    with pytest.MonkeyPatch.context() as patch:
        patch.delitem(sys.modules, "numpy")
        assert (block.all_in_braces(), block.longest()) == (expected, longest)


def test_what_is_being_written_can_be_seen(path: Path) -> None:
    log = EventLog(path)
    append(path, b"one\n 10%\r 20%")
    log.advance()
    assert log.unfinished(100) == b" 10%\r 20%" and log.unfinished(4) == b" 20%"
    assert log.end_of(0, 2) == b"ne"
    append(path, b"\n")
    log.advance()
    assert log.unfinished(100) == b""
