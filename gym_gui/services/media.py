"""Frames of videos, decoded by an ffmpeg in a process that never outlives whoever looks at them."""

from __future__ import annotations

import importlib.util
import os
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

INSTALL_COMMAND = "pip install 'mosaic-panel[video]'"
LONGEST_SIDE = 1280
_PROBE_S = 15.0
_FRAME_S = 20.0
_USUAL_FPS, _MOST_FPS = 25.0, 240.0
_FPS = re.compile(rb"([\d.]+) fps")
_READ_BYTES = 1 << 20
# The kernel ends it with the thread that started it, and when it takes more than it may.
_LAUNCH = """
import ctypes, os, resource, signal, sys
ctypes.CDLL(None).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit(1)
resource.setrlimit(resource.RLIMIT_CPU, (1800, 1800))
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
os.execv(sys.argv[2], sys.argv[2:])
"""


class VideoError(Exception):
    """A video that cannot be played; the message says why."""


def find_ffmpeg() -> str | None:
    """The ffmpeg of `imageio-ffmpeg`, else one on the search path; None when there is none."""
    if importlib.util.find_spec("imageio_ffmpeg") is not None:
        import imageio_ffmpeg

        try:
            return str(imageio_ffmpeg.get_ffmpeg_exe())
        except RuntimeError:
            return shutil.which("ffmpeg")  # installed without its program, as some distributions do
    return shutil.which("ffmpeg")


@dataclass(frozen=True, slots=True)
class FrameSize:
    """Pixels of the frames that are handed out."""

    width: int
    height: int

    @property
    def bytes(self) -> int:
        """What one frame takes, three bytes a pixel."""
        return self.width * self.height * 3


def shown_size(width: int, height: int) -> FrameSize:
    """The size frames are brought to: that of the video, or less when a side is very long."""
    scale = min(1.0, LONGEST_SIDE / max(width, height, 1))
    return FrameSize(max(2, round(width * scale)), max(2, round(height * scale)))


class VideoReader:
    """Frames of one video by their number; going on is quick, going elsewhere starts ffmpeg anew.

    All of it belongs to one thread but `close`. What ffmpeg says is kept in a file of at most 1 MiB.
    """

    def __init__(self, ffmpeg: str, path: Path, size: FrameSize) -> None:
        self._ffmpeg = ffmpeg
        # Absolute and behind a scheme: a name can be taken neither for an option nor for an address.
        self._input = f"file:{path.absolute()}"
        self._size = size
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the reader
        self._next = 0
        self._closed = False
        self._fps: float | None = None

    @property
    def fps(self) -> float:
        """Frames a second, as the file says; ffmpeg is asked the first time.

        Raises:
            VideoError: It takes too long, or the reader was closed meanwhile.
        """
        if self._fps is None:
            self._fps = self._find_fps()
        return self._fps

    def frame(self, number: int) -> bytes | None:
        """The pixels of a frame, three bytes each, row by row; None past the last.

        Raises:
            VideoError: It cannot be decoded, or takes too long.
        """
        if self._process is None or number != self._next:
            self._start_at(number)
        data = self._read_frame()
        if data is None:
            self._end()
            return None
        self._next = number + 1
        return data

    def close(self) -> None:
        """End ffmpeg; a `frame` or `fps` that is waiting for it in another thread ends as well."""
        self._closed = True
        self._end()

    def _arguments(self, number: int) -> list[str]:
        size = self._size
        return [
            *("-nostdin", "-hide_banner", "-loglevel", "error", "-threads", "2", "-noautorotate"),
            *("-protocol_whitelist", "file", "-ss", f"{max(0.0, (number - 0.5) / self.fps):.6f}"),
            *("-i", self._input, "-map", "0:v:0", "-an", "-sn", "-dn", "-fps_mode", "passthrough"),
            *("-vf", f"scale={size.width}:{size.height}:flags=bilinear"),
            *("-pix_fmt", "rgb24", "-f", "rawvideo", "pipe:1"),
        ]

    def _start_at(self, number: int) -> None:
        arguments = self._arguments(number)
        self._end()
        self._start(arguments, subprocess.PIPE)
        self._next = number

    def _start(self, arguments: list[str], output: int) -> subprocess.Popen[bytes]:
        if self._closed:
            raise VideoError("it was closed")
        process = self._process = self._launch(arguments, output)
        if self._was_closed():  # meanwhile, by another thread, which could not see the process yet
            self._end()
            raise VideoError("it was closed")
        return process

    def _was_closed(self) -> bool:
        return self._closed

    def _launch(self, arguments: list[str], output: int) -> subprocess.Popen[bytes]:
        self._said.seek(0)
        self._said.truncate()
        command = [sys.executable, "-I", "-S", "-c", _LAUNCH, str(os.getpid()), self._ffmpeg, *arguments]
        try:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=self._said, bufsize=0
            )
        except OSError as error:
            raise VideoError(f"ffmpeg could not be started: {error}") from error

    def _read_frame(self) -> bytes | None:
        process = self._process
        if process is None or process.stdout is None:
            return None
        deadline = time.monotonic() + _FRAME_S
        parts: list[bytes] = []
        missing = self._size.bytes
        while missing:
            ready, _, _ = select.select([process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                self._end()
                raise VideoError(f"a frame took longer than {_FRAME_S:.0f} s to decode")
            part = os.read(process.stdout.fileno(), min(missing, _READ_BYTES))
            if not part:
                break
            parts.append(part)
            missing -= len(part)
        if missing and not self._closed and (said := self._last_words()) and not parts and self._next == 0:
            raise VideoError(said)
        return None if missing else b"".join(parts)

    def _find_fps(self) -> float:
        arguments = ["-nostdin", "-hide_banner", "-protocol_whitelist", "file", "-i", self._input]
        process = self._start(arguments, subprocess.DEVNULL)
        try:
            process.wait(_PROBE_S)
        except subprocess.TimeoutExpired as error:
            raise VideoError(f"its header took longer than {_PROBE_S:.0f} s to read") from error
        finally:
            self._end()
        if self._was_closed():
            raise VideoError("it was closed")
        self._said.seek(0)
        found = _FPS.search(self._said.read(65_536))
        fps = float(found[1]) if found and found[1].count(b".") < 2 else 0.0
        return fps if 0.0 < fps <= _MOST_FPS else _USUAL_FPS

    def _last_words(self) -> str:
        self._said.seek(0)
        lines = self._said.read(4_096).decode("utf-8", "replace").strip().splitlines()
        return lines[-1][:300] if lines else ""

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        if self._closed:
            self._said.close()
