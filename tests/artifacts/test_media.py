"""Pictures, films and texts: what they are, what they claim, and what a viewer had better not open."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_gui.core.artifacts.media import MediaFacts, MediaKind, kind_of, media_facts
from gym_gui.core.artifacts.media_pages import LONGEST_LINE_BYTES, TextPages, table_rows
from gym_gui.core.artifacts.media_svg_uses import drawn_elements

DATA = Path(__file__).parent / "data"
Image = pytest.importorskip("PIL.Image")


def picture(kind: str, frames: int = 1, size: tuple[int, int] = (37, 21)) -> bytes:
    images = [Image.new("RGB", size, (40 * number, 9, 9)) for number in range(frames)]
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": images[1:], "duration": 100} if frames > 1 else {}
    images[0].save(buffer, kind, **more)
    return buffer.getvalue()


def facts_of(tmp_path: Path, data: bytes, name: str = "it") -> MediaFacts:
    (tmp_path / name).write_bytes(data)
    return media_facts(tmp_path / name)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WebP"])
def test_pictures_tell_their_size(tmp_path: Path, kind: str) -> None:
    found = facts_of(tmp_path, picture(kind))
    assert (found.kind, found.width, found.height, found.frames) == (kind, 37, 21, None)
    assert found.refusal == ""


@pytest.mark.parametrize("kind", ["GIF", "WebP"])
def test_animations_tell_frames_and_length(tmp_path: Path, kind: str) -> None:
    found = facts_of(tmp_path, picture(kind, frames=5))
    assert (found.width, found.height, found.frames) == (37, 21, 5)
    assert found.duration_s == pytest.approx(0.5)


def test_an_animated_png_tells_its_frames(tmp_path: Path) -> None:
    assert facts_of(tmp_path, picture("PNG", frames=3)).frames == 3


def test_lossless_and_transparent_webp(tmp_path: Path) -> None:
    for more in ({"lossless": True}, {"lossless": True, "exif": b"Exif\0\0"}):
        buffer = io.BytesIO()
        Image.new("RGBA", (300, 200)).save(buffer, "WebP", **more)
        found = facts_of(tmp_path, buffer.getvalue())
        assert (found.width, found.height) == (300, 200)


@pytest.mark.parametrize(("name", "kind"), [("clip.mp4", MediaKind.MP4), ("clip.webm", MediaKind.WEBM)])
def test_films_tell_size_and_length(name: str, kind: MediaKind) -> None:
    found = media_facts(DATA / name)
    assert (found.kind, found.width, found.height, found.duration_s) == (kind, 64, 48, 1.5)
    assert found.refusal == ""


def test_a_film_that_is_still_written_is_refused_for_now(tmp_path: Path) -> None:
    found = facts_of(tmp_path, (DATA / "clip.mp4").read_bytes()[:600])
    assert "may still be being written" in found.refusal


def test_a_pixel_bomb_is_known_by_its_header(tmp_path: Path) -> None:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    for width, height in ((50_000, 50_000), (2**31 - 1, 1), (0, 5)):
        header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        assert facts_of(tmp_path, b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", b"")).refusal
    gif = bytearray(picture("GIF", frames=2))
    gif[6:10] = struct.pack("<HH", 65_535, 65_535)
    assert facts_of(tmp_path, bytes(gif)).refusal


def test_bytes_decide_and_a_name_that_lies_is_told(tmp_path: Path) -> None:
    found = facts_of(tmp_path, picture("JPEG"), "plot.png")
    assert found.kind is MediaKind.JPEG
    assert found.warnings == ("is named .png, but its bytes are JPEG",)
    assert facts_of(tmp_path, b"\x7fELF\0\0\0", "plot.png").kind is MediaKind.OTHER


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.json", b'{"a": 1}', MediaKind.JSON),
        ("a.jsonl", b'{"a": 1}\n{"a": 2}\n', MediaKind.JSON_LINES),
        ("a.csv", b"a,b\n1,2\n", MediaKind.CSV),
        ("a.yaml", b"a: 1\n", MediaKind.YAML),
        ("a.log", b"hello\n", MediaKind.TEXT),
        ("a", b'{"a": 1}', MediaKind.JSON),
        ("a.txt", "ünïcode".encode(), MediaKind.TEXT),
        ("a.txt", "wide".encode("utf-16"), MediaKind.TEXT),
        ("a.txt", b"", MediaKind.EMPTY),
        ("a.txt", b"\0\1\2\3", MediaKind.OTHER),
        ("a.svg", b"no drawing", MediaKind.TEXT),
    ],
)
def test_kinds_of_text(name: str, content: bytes, kind: MediaKind) -> None:
    assert kind_of(content, name) is kind


SVG = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="30">%s</svg>'
)


@pytest.mark.parametrize(
    "inner", ["<rect/>", '<use xlink:href="#a"/>', '<image href="data:image/png;base64,AAAA"/>']
)
def test_a_drawing_that_only_draws(tmp_path: Path, inner: str) -> None:
    found = facts_of(tmp_path, (SVG % inner).encode(), "a.svg")
    assert (found.kind, found.width, found.height, found.refusal) == (MediaKind.SVG, 40, 30, "")


@pytest.mark.parametrize(
    "inner",
    [
        "<script>alert(1)</script>",
        "<sCript href='x'/>",
        '<rect onload="x()"/>',
        "<foreignObject/>",
        '<image xlink:href="http://evil.example/a.png"/>',
        '<image href="file:///etc/passwd"/>',
        '<image href="&#104;ttp://evil.example"/>',
        '<image href="data:image/svg+xml;base64,AAAA"/>',
        '<rect style="fill: url(http://evil.example/#a)"/>',
        "<style>@import 'http://evil.example';</style>",
        "<use href='#a'/>" * 30_000,
    ],
)
def test_a_drawing_that_does_more_is_refused(tmp_path: Path, inner: str) -> None:
    assert facts_of(tmp_path, (SVG % inner).encode(), "a.svg").refusal
    assert facts_of(tmp_path, (SVG % inner).encode("utf-16"), "wide.svg").refusal


def test_entities_and_huge_drawings_are_refused(tmp_path: Path) -> None:
    entities = '<!DOCTYPE svg [<!ENTITY a "aaaa">]>' + SVG % "&a;"
    assert "entities" in facts_of(tmp_path, entities.encode(), "a.svg").refusal
    assert "larger" in facts_of(tmp_path, (SVG % (" " * 9_000_000)).encode(), "b.svg").refusal


@pytest.mark.parametrize(
    "bait", ["<!DOCTYPE ", "<svg ", "<a:", "on", "href='", "url(", "< ", "data =", "@import"]
)
def test_baits_for_the_search_take_no_time(tmp_path: Path, bait: str) -> None:
    """Each would take hours if any search went on to the end of the drawing from every place it begins."""
    facts_of(tmp_path, (SVG % (bait * (4_000_000 // len(bait)))).encode(), "a.svg")


def test_a_gif_without_end_is_looked_through_to_a_limit(tmp_path: Path) -> None:
    content = picture("GIF", frames=2)[:-1] + b"\x21\xfe"
    path = tmp_path / "a.gif"
    path.write_bytes(content + (b"\xff" + b"x" * 255) * 400_000)
    assert media_facts(path).frames == 2


REAL = {kind: picture(kind, frames) for kind, frames in (("PNG", 2), ("JPEG", 1), ("GIF", 3), ("WebP", 3))}
REAL |= {path.suffix: path.read_bytes() for path in DATA.glob("clip.*")}


@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_mutated_and_truncated_real_files(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(data.draw(st.sampled_from(list(REAL.values()))))
    for _ in range(data.draw(st.integers(0, 10))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    facts_of(tmp_path_factory.mktemp("mutated"), bytes(content[:cut]))


def test_links_and_pipes_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "link.png").symlink_to("/etc/passwd")
    for name in ("pipe.png", "link.png"):
        with pytest.raises(OSError):
            media_facts(tmp_path / name)
        with pytest.raises(OSError):
            TextPages(tmp_path / name).advance()


def counted(path: Path) -> TextPages:
    pages = TextPages(path)
    assert pages.advance(None)
    return pages


def all_lines(pages: TextPages) -> list[str]:
    return [line for number in range(pages.page_count) for line in pages.page(number).lines]


@settings(max_examples=60, deadline=None)
@given(
    count=st.integers(0, 1_700),
    end=st.sampled_from(["", "\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be"]),
)
def test_pages_together_are_the_file(
    tmp_path_factory: pytest.TempPathFactory, count: int, end: str, encoding: str
) -> None:
    lines = [f"line {number} Ċ ਊ" for number in range(count)]  # letters whose bytes hold 0x0A
    text = "\n".join(lines) + end * bool(lines)
    mark = "\ufeff" if encoding.startswith("utf-16") else ""
    path = tmp_path_factory.mktemp("pages") / "a.txt"
    path.write_bytes((mark + text).encode(encoding))
    pages = counted(path)
    assert all_lines(pages) == lines
    assert pages.line_count == count


def test_pages_of_a_growing_file(tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_text("one\ntwo")
    pages = counted(path)
    assert all_lines(pages) == ["one", "two"]
    with path.open("a") as file:
        file.write(" and a half\nthree\n")
    assert pages.advance()
    assert all_lines(pages) == ["one", "two and a half", "three"]
    path.write_text("new")
    pages.advance()
    assert (pages.generation, all_lines(pages)) == (1, ["new"])


def test_counting_goes_in_slices(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2,3\n" * 1_000_000)
    pages = TextPages(path)
    assert not pages.advance(budget_s=0.0)
    first = pages.page(0)
    assert first.lines[:2] == ("1,2,3", "1,2,3"), "the beginning is there before the end is counted"
    while not pages.advance(budget_s=0.0):
        pass
    assert pages.line_count == 1_000_000
    assert pages.page(1_999).first == 999_500


def test_bad_bytes_and_endless_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"caf\xe9\n" + b"x" * 100_000 + b"\nend")
    page = counted(path).page(0)
    assert page.replaced
    assert page.cut == 1
    assert page.lines[0] == "caf\ufffd"
    assert len(page.lines[1]) == LONGEST_LINE_BYTES + 2
    assert page.lines[2] == "end"
    with path.open("wb") as file:
        file.truncate(2**26)
    huge = counted(path)
    assert huge.page(0).is_partial
    with pytest.raises(IndexError):
        huge.page(1)


def test_tables() -> None:
    assert table_rows(["a,b", '"x,y",2', ""]) == [["a", "b"], ["x,y", "2"], []]
    assert table_rows(["a\tb,c", "1\t2"]) == [["a\tb", "c"], ["1\t2"]]
    assert table_rows(["a;b", "1;2"]) == [["a", "b"], ["1", "2"]]
    assert table_rows(["a," + "x" * 200_000])[0][0].startswith("a")


def repeated(levels: int, times: int) -> str:
    """A drawing of `times` to the power of `levels` squares, each level so many of the one below."""
    uses = [
        f'<g id="g{n}">' + f'<use xlink:href="#g{n - 1}"/>' * times + "</g>" for n in range(1, levels + 1)
    ]
    return SVG % ('<g id="g0"><rect width="1" height="1"/></g>' + "".join(uses))


def test_a_drawing_of_parts_that_repeat_parts_is_not_drawn(tmp_path: Path) -> None:
    assert "100,000 elements" in facts_of(tmp_path, repeated(11, 10).encode(), "a.svg").refusal
    assert facts_of(tmp_path, repeated(20_000 // 2, 2).encode(), "deep.svg").refusal
    assert facts_of(tmp_path, repeated(2, 10).encode(), "b.svg").refusal == ""
    circle = SVG % '<g id="a"><use xlink:href="#b"/></g><g id="b"><use xlink:href="#a"/></g>'
    assert "circles" in facts_of(tmp_path, circle.encode(), "c.svg").refusal
    broken = SVG % '<use xlink:href="#b"/><g id="b">'
    assert "broken" in facts_of(tmp_path, broken.encode(), "d.svg").refusal


@settings(max_examples=80, deadline=None)
@given(uses=st.lists(st.lists(st.integers(0, 8), max_size=4), max_size=8))
def test_how_much_a_drawing_repeats_is_counted_as_it_is_drawn(uses: list[list[int]]) -> None:
    parts = [
        f'<g id="p{number}">'
        + "".join(f'<use href="#p{min(to, number - 1)}"/>' for to in inner if number)
        + "</g>"
        for number, inner in enumerate(uses)
    ]
    sizes: list[int] = []
    for number, inner in enumerate(uses):
        sizes.append(1 + sum(1 + sizes[min(to, number - 1)] for to in inner if number))
    assert drawn_elements(f"<svg>{''.join(parts)}</svg>".encode(), 10**9) == 1 + sum(sizes)
