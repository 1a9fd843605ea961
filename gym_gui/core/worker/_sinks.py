"""Where an emitter's lines go: one class per kind of stream, each keeping a line whole.

A file takes a line in one `write` to its descriptor, which other threads and
processes cannot cut into (O_APPEND). A pipe, socket or terminal may block, so it is
only written when it has room, and what does not fit waits in a bounded queue. Any
other object is a plain Python stream.
"""

from __future__ import annotations

import _thread
import atexit
import io
import os
import select
import stat
import time
from contextlib import suppress
from typing import Any

from gym_gui.constants import WORKER_TELEMETRY_BUFFER_SIZE

FLUSH_AT_EXIT_S = 2.0


class SinkError(OSError):
    """A line could not be written; `lines` of them are lost."""

    def __init__(self, reason: str, lines: int = 1) -> None:
        super().__init__(reason)
        self.lines = lines


class FileSink:
    """A regular file (or anything else that never makes a writer wait).

    It has a descriptor of its own, so that closing the stream cannot leave it with a number
    that by then belongs to another file of the worker's.
    """

    __slots__ = ("_fd", "_flush", "_stream", "_torn")

    def __init__(self, stream: Any, fd: int) -> None:
        self._fd = os.dup(fd)
        self._stream = stream
        # Text that was printed but not yet written has to come first, or the file would lie about the order.
        self._flush = None if _writes_through(stream) else stream.flush
        self._torn = False

    def __del__(self) -> None:
        with suppress(AttributeError, OSError):  # never opened, or closed by whoever closed all descriptors
            os.close(self._fd)

    @property
    def direct_descriptor(self) -> int:
        """The descriptor when a line may go straight to it, nothing printed waiting before it; else -1."""
        return -1 if self._flush is not None else self._fd

    def tear(self) -> None:
        """Notes that the file ends in part of a line, so that the next one begins on a line of its own."""
        self._torn = True

    def write(self, line: bytes) -> None:
        """Appends the line in one system call.

        Raises:
            OSError: It was not written, or only in part (full disk).
        """
        if self._flush is not None and not self._stream.closed:
            self._flush()
        if self._torn:
            line = b"\n" + line
        written = os.write(self._fd, line)
        self._torn = written < len(line)
        if self._torn:
            raise SinkError(f"only {written} of {len(line)} bytes were written")


class PipeSink:
    """A pipe, socket or terminal: never waited for; lines that find no room are queued, then dropped."""

    direct_descriptor = -1
    __slots__ = ("_busy", "_fd", "_poller", "_queue", "lock", "stream")

    def __init__(self, stream: Any, fd: int) -> None:
        self.stream = stream
        self._queue: list[bytes] = []
        self._busy = False
        self.lock = _thread.RLock()
        own_fd = _unblocking(fd)
        self._fd = fd if own_fd is None else own_fd
        self._poller = None if own_fd is not None else select.poll()
        if self._poller is not None:
            self._poller.register(fd, select.POLLOUT)

    def write(self, line: bytes) -> None:
        """Queues the line and writes as much of the queue as there is room for.

        Raises:
            OSError: The reader is gone, or the queue is full.
            ValueError: The stream was closed.
        """
        if not _writes_through(self.stream):
            self.stream.flush()
        with self.lock:
            if len(self._queue) >= WORKER_TELEMETRY_BUFFER_SIZE:
                self._write_queued()
            if len(self._queue) >= WORKER_TELEMETRY_BUFFER_SIZE:
                raise SinkError(
                    f"the reader does not read: {WORKER_TELEMETRY_BUFFER_SIZE} lines wait already"
                )
            self._queue.append(line)
            self._write_queued()

    def drain(self, seconds: float) -> None:
        """Writes what is queued, waiting at most so long for the reader; what is left then is lost."""
        deadline = time.monotonic() + seconds
        while self._queue and time.monotonic() < deadline:
            try:
                with self.lock:
                    self._write_queued()
            except OSError:
                return
            if self._queue:
                select.select([], [self._fd], [], max(0.0, deadline - time.monotonic()))

    def _write_queued(self) -> None:
        if self._busy:  # a signal handler emits while its own thread is writing: the outer call goes on
            return
        self._busy = True
        try:
            while self._queue and (self._poller is None or self._poller.poll(0)):
                # Taken out first: a signal handler that raises here must not leave a written line queued.
                line = self._queue.pop(0)
                try:
                    written = os.write(self._fd, line)
                except BlockingIOError:
                    written = 0
                if written < len(line):
                    self._queue.insert(0, line[written:])
                if written == 0:
                    return
        except OSError as error:
            lost, self._queue = 1 + len(self._queue), []
            raise SinkError(str(error), lost) from error
        finally:
            self._busy = False

    def after_fork(self) -> None:
        """Makes the child's copy usable: a lock held by another thread would never be released there."""
        self.lock = _thread.RLock()
        self._queue = []
        self._busy = False

    def close(self) -> None:
        """Gives the descriptor back; the stream itself stays open."""
        if self._poller is None:
            os.close(self._fd)


class StreamSink:
    """Any object with `write`: text first, bytes if it refuses text."""

    direct_descriptor = -1
    __slots__ = ("_flush", "_stream")

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._flush = getattr(stream, "flush", None)

    def write(self, line: bytes) -> None:
        """Writes the line in one call and flushes; whatever the object raises comes through."""
        try:
            self._stream.write(line.decode())
        except TypeError:
            self._stream.write(line)
        if self._flush is not None:
            self._flush()


def sink_for(stream: Any) -> FileSink | PipeSink | StreamSink:
    """The sink for a stream: by descriptor where the stream is one of Python's own, else through `write`."""
    fd = _trusted_descriptor(stream)
    if fd is None:
        return StreamSink(stream)
    kind = os.fstat(fd).st_mode
    if stat.S_ISREG(kind) or (stat.S_ISCHR(kind) and not os.isatty(fd)):
        return FileSink(stream, fd)
    return _pipe_sink(stream, fd)


def _writes_through(stream: Any) -> bool:
    """Whether nothing that was printed can still wait in the stream."""
    return isinstance(stream, io.FileIO) or bool(getattr(stream, "write_through", False))


def _trusted_descriptor(stream: Any) -> int | None:
    """The stream's descriptor, unless it is a wrapper that would not see what is written there."""
    own = (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom, io.FileIO)
    if not any(type(stream).write is kind.write for kind in own if isinstance(stream, kind)):
        return None
    try:
        return int(stream.fileno())
    except (OSError, ValueError):
        return None


def _pipe_sink(stream: Any, fd: int) -> PipeSink:
    """The one sink of a pipe: emitters that share a pipe have to share its queue."""
    with _pipes_lock:
        known = _pipes.get(fd)
        if known is not None and known.stream is stream:
            return known
        if known is not None:
            known.close()
        _pipes[fd] = PipeSink(stream, fd)
        return _pipes[fd]


def _unblocking(fd: int) -> int | None:
    """A descriptor for the same pipe whose writes do not wait, or None where that cannot be had.

    Setting O_NONBLOCK on the descriptor itself would change it for everyone who shares it, `print` included.
    """
    try:
        return os.open(f"/proc/self/fd/{fd}", os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return None


_pipes: dict[int, PipeSink] = {}
_pipes_lock = _thread.allocate_lock()


def _after_fork() -> None:
    global _pipes_lock  # noqa: PLW0603 (a lock held by another thread at fork stays locked for ever)
    _pipes_lock = _thread.allocate_lock()
    for sink in _pipes.values():
        sink.after_fork()


def _drain_pipes() -> None:
    for sink in _pipes.values():
        sink.drain(FLUSH_AT_EXIT_S)


atexit.register(_drain_pipes)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
