"""What a file is, by its bytes first and its name second, and whether a viewer should open it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from gym_gui.core.artifacts.media_images import image_facts
from gym_gui.core.artifacts.media_svg import SvgFacts, svg_facts
from gym_gui.core.artifacts.media_videos import video_facts
from gym_gui.core.events.regular import open_regular

HEAD_BYTES = 64 * 1024
# 100 megapixels take 400 MB when decoded; a worker's plot has one or two.
MOST_PIXELS = 100_000_000
MOST_FRAMES_PIXELS = 4_000_000_000
LONGEST_SIDE = 65_535
_CONTROL = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b\b")


class MediaKind(StrEnum):
    """What a file is shown as."""

    PNG = "PNG"
    JPEG = "JPEG"
    WEBP = "WebP"
    GIF = "GIF"
    SVG = "SVG"
    MP4 = "MP4"
    WEBM = "WebM"
    JSON = "JSON"
    JSON_LINES = "JSON lines"
    CSV = "CSV"
    YAML = "YAML"
    TEXT = "text"
    EMPTY = "empty"
    OTHER = "other"

    @property
    def is_image(self) -> bool:
        """Whether it is a picture, moving ones of GIF and WebP included."""
        return self in (MediaKind.PNG, MediaKind.JPEG, MediaKind.WEBP, MediaKind.GIF, MediaKind.SVG)

    @property
    def is_video(self) -> bool:
        """Whether it takes a video player."""
        return self in (MediaKind.MP4, MediaKind.WEBM)

    @property
    def is_text(self) -> bool:
        """Whether `TextPages` shows it."""
        return self in _TEXTS


_TEXTS = (
    *(MediaKind.JSON, MediaKind.JSON_LINES, MediaKind.CSV, MediaKind.YAML, MediaKind.TEXT, MediaKind.SVG),
    MediaKind.EMPTY,
)
_BY_NAME = {
    ".json": MediaKind.JSON,
    ".jsonl": MediaKind.JSON_LINES,
    ".ndjson": MediaKind.JSON_LINES,
    ".csv": MediaKind.CSV,
    ".tsv": MediaKind.CSV,
    ".yaml": MediaKind.YAML,
    ".yml": MediaKind.YAML,
    ".svg": MediaKind.SVG,
}
MEDIA_SUFFIXES = frozenset(
    {
        *_BY_NAME,
        ".png",
        ".jpg",
        ".jpeg",
        ".webp",
        ".gif",
        ".mp4",
        ".m4v",
        ".webm",
        ".mkv",
        ".txt",
        ".log",
        ".md",
    }
)


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """A file, from its first bytes and its headers; nothing was decoded.

    Attributes:
        width, height: Pixels as the header claims them, None when it does not.
        frames: Of an animation, None when it is none or the header does not tell.
        duration_s: Seconds of a video or animation, None when it does not tell.
        refusal: Why a viewer should not open it: a pixel bomb, a script in a drawing; "" when it may.
        warnings: What is odd about it and harmless.
        svg: What an SVG refers to, None for other files.
    """

    path: Path
    kind: MediaKind
    size: int
    modified: float
    width: int | None = None
    height: int | None = None
    frames: int | None = None
    duration_s: float | None = None
    refusal: str = ""
    warnings: tuple[str, ...] = ()
    svg: SvgFacts | None = None


def media_facts(path: Path) -> MediaFacts:
    """What the file at `path` is and how large a picture or film it claims to be.

    Raises:
        OSError: When it cannot be opened, or is no plain file.
    """
    with open_regular(path) as file:
        status = os.fstat(file.fileno())
        head = os.pread(file.fileno(), HEAD_BYTES, 0)
        kind = kind_of(head, path.name)
        warnings = _warnings(path.name, kind)
        if kind is MediaKind.SVG:
            svg = svg_facts(file)
            return MediaFacts(
                path,
                kind,
                status.st_size,
                status.st_mtime,
                svg.width,
                svg.height,
                refusal=svg.refusal,
                warnings=warnings,
                svg=svg,
            )
        if kind.is_image:
            image = image_facts(file, kind.value)
            refusal = image.problem or why_not_decode(image.width, image.height, image.frames)
            return MediaFacts(
                path,
                kind,
                status.st_size,
                status.st_mtime,
                image.width,
                image.height,
                image.frames,
                image.duration_s,
                refusal,
                warnings,
            )
        if kind.is_video:
            video = video_facts(file, kind.value)
            refusal = video.problem or why_not_decode(video.width, video.height, None)
            return MediaFacts(
                path,
                kind,
                status.st_size,
                status.st_mtime,
                video.width,
                video.height,
                None,
                video.duration_s,
                refusal,
                warnings,
            )
        return MediaFacts(path, kind, status.st_size, status.st_mtime, warnings=warnings)


def why_not_decode(width: int | None, height: int | None, frames: int | None) -> str:
    """Why a picture of this size should not be decoded, "" when it may."""
    if not width or not height:
        return "its header tells no size"
    if width > LONGEST_SIDE or height > LONGEST_SIDE:
        return f"a side of {max(width, height):,} pixels is more than the {LONGEST_SIDE:,} that are shown"
    if width * height > MOST_PIXELS:
        return f"{width:,} x {height:,} pixels would take {width * height * 4 // 2**20:,} MiB to show"
    if frames and width * height * frames > MOST_FRAMES_PIXELS:
        return f"{frames:,} frames of {width:,} x {height:,} pixels are more than are played"
    return ""


def kind_of(head: bytes, name: str) -> MediaKind:
    """What a file is that begins so; its name tells only which kind of text it is."""
    if not head:
        return MediaKind.EMPTY
    for mark, kind in ((b"\x89PNG\r\n\x1a\n", MediaKind.PNG), (b"\xff\xd8\xff", MediaKind.JPEG)):
        if head.startswith(mark):
            return kind
    if head[:6] in (b"GIF87a", b"GIF89a"):
        return MediaKind.GIF
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return MediaKind.WEBP
    if head[4:8] == b"ftyp":
        return MediaKind.MP4
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return MediaKind.WEBM
    return _text_kind(head, Path(name).suffix.lower())


def _text_kind(head: bytes, suffix: str) -> MediaKind:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _BY_NAME.get(suffix, MediaKind.TEXT)
    if b"\0" in head or sum(byte in _CONTROL for byte in head) * 50 > len(head):
        return MediaKind.OTHER
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    if start.startswith((b"<svg", b"<?xml", b"<!doctype svg")) and b"<svg" in head.lower():
        return MediaKind.SVG
    named = _BY_NAME.get(suffix, MediaKind.TEXT)
    if named is MediaKind.SVG:
        return MediaKind.TEXT
    if named is MediaKind.TEXT and start[:1] == b"{" and head.rstrip().endswith(b"}"):
        return MediaKind.JSON_LINES if b"}\n{" in head else MediaKind.JSON
    return named


def _warnings(name: str, kind: MediaKind) -> tuple[str, ...]:
    suffix = Path(name).suffix.lower()
    stated = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WebP", ".gif": "GIF", ".svg": "SVG"}
    stated |= {".mp4": "MP4", ".webm": "WebM"}
    if suffix in stated and stated[suffix] != kind:
        return (f"is named {suffix}, but its bytes are {kind}",)
    return ()
