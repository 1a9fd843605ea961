"""What a terminal would leave of a line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.events.terminal import Span, TextStyle, as_terminal, without_codes


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain", "plain"),
        ("\x1b]0;title\x07text\x1b[1;32m!\x1b[0m", "text!"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("a\tb", "a   b"),
        ("bell\x07 null\x00", "bell null"),
        ("windows\r", "windows"),
        (" 10%\r 50%\r100%", "100%"),
        ("abc\x08\x08d", "ad"),
        ("\x1b[2K\x1b[1Gover", "over"),
        ("\x1b", ""),
        ("cut \x1b[3", "cut "),
        ("left\u202eright", "leftright"),
        ("é🙂", "é🙂"),
    ],
)
def test_text_is_what_would_be_read(raw: str, text: str) -> None:
    assert as_terminal(raw).text == text


@pytest.mark.parametrize(
    ("codes", "style"),
    [
        ("31", TextStyle(ink=1)),
        ("1;91", TextStyle(ink=9, bold=True)),
        ("38;5;208", TextStyle(ink=208)),
        ("38;2;1;2;3", TextStyle(ink=(1, 2, 3))),
        ("48;2;300;2;3", TextStyle(paper=(255, 2, 3))),
        ("44", TextStyle(paper=4)),
        ("7", TextStyle(inverse=True)),
        ("3;4;2", TextStyle(italic=True, underline=True, faint=True)),
        ("38:5:9", TextStyle(ink=9)),
    ],
)
def test_colours_are_read(codes: str, style: TextStyle) -> None:
    assert as_terminal(f"ab\x1b[{codes}mcd\x1b[0mef").spans == (Span(2, 4, style),)


@pytest.mark.parametrize(
    "codes", ["38;5", "38;2;1", "38", "999", "0", "", ";", "39;49", "99999999999999999999"]
)
def test_codes_that_say_nothing_change_nothing(codes: str) -> None:
    styled = as_terminal(f"ab\x1b[{codes}mcd")
    assert (styled.text, styled.spans) == ("abcd", ())


@given(
    st.text()
    | st.lists(st.sampled_from(["\x1b", "[", "3", "1", "m", "]", ";", "x", "\r", "\x08", "\x9b"])).map(
        "".join
    )
)
def test_any_text_can_be_shown(raw: str) -> None:
    styled = as_terminal(raw)
    assert "\x1b" not in styled.text and "\r" not in styled.text and "\x00" not in styled.text
    assert all(0 <= span.start < span.end <= len(styled.text) for span in styled.spans)


def test_searching_sees_what_is_shown() -> None:
    assert without_codes(b"lo\x1b[31mss\x1b[0m\n") == b"loss\n"
    assert without_codes(b"old\rnew\n") == b"new"
