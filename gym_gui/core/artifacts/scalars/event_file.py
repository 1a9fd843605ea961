"""One event file, read block by block as it grows, whatever state it is in."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.artifacts.scalars import framing
from gym_gui.core.artifacts.scalars.allocation import keep_freed_memory
from gym_gui.core.artifacts.scalars.decoding import Block, Decoder, points_of
from gym_gui.core.artifacts.scalars.event import read_event
from gym_gui.core.artifacts.scalars.finding import FoundFile
from gym_gui.core.artifacts.scalars.holdings import Allowance, Holdings, Name
from gym_gui.core.artifacts.scalars.lazy_record import LazyRecord
from gym_gui.core.artifacts.scalars.limits import BLOCK_BYTES
from gym_gui.core.artifacts.scalars.model import Kind, Problem
from gym_gui.core.artifacts.scalars.recovery import Recovery, behind_hole
from gym_gui.core.artifacts.scalars.tallies import Tallies
from gym_gui.core.artifacts.scalars.wire import WireError
from gym_gui.core.events.regular import open_regular

_CORRUPT = "corrupt records skipped"
_FINGERPRINT_BYTES = 64
_GZIP = b"\x1f\x8b"
_SETTLED_S = 60.0


@dataclass(slots=True)
class FileChanges:
    """What one read brought; `reset` when everything read before is void."""

    added: int = 0
    changed: set[Name] = field(default_factory=set)
    reset: bool = False


class EventFile:
    """Reads one event file, a block at a time.

    Attributes:
        held: What was read so far; another object after the file was replaced.
        offset: Bytes read.
        size: Bytes there were when it was last looked at.
        generation: How many times the file was replaced or cut short.
        waiting: Whether there is nothing more to read until the file grows.
    """

    def __init__(self, found: FoundFile, allowance: Allowance) -> None:
        self.path = found.path
        self.folder = found.folder
        self.generation = 0
        self._allowance = allowance
        self._forget()

    def _forget(self) -> None:
        self._tallies = Tallies()
        self.held = Holdings(self.folder, self._allowance, self._tallies)
        self._decoder = Decoder(lambda tag: self._allowance.admits(self.folder, (tag, Kind.SCALAR)))
        self.offset = self.size = 0
        self.waiting = False
        self._look: tuple[int, int, int, int] | None = None  # device, inode, size, time of the last change
        self._fingerprint = b""
        self._recovery = Recovery()
        self._compressed = ""
        self._cannot_open = ""

    @property
    def _given_up(self) -> str:
        return self._compressed or self._recovery.given_up

    @property
    def left(self) -> int:
        """Bytes still to read, 1 when it may have been replaced by something as long."""
        return 0 if self.waiting else max(1, self.size - self.offset)

    def problems(self, path: str) -> list[Problem]:
        """What could not be read, said of `path`."""
        found = self._tallies.problems(path)
        if self._given_up or self._cannot_open:
            found.append(Problem(path, self._given_up or self._cannot_open))
        elif self.waiting and self.size > self.offset and self._is_settled():
            found.append(
                Problem(path, f"ends with {self.size - self.offset:,} bytes of an unfinished record")
            )
        return found

    def _is_settled(self) -> bool:
        return self._look is not None and time.time() - self._look[3] / 1e9 > _SETTLED_S

    def look(self) -> None:
        """See whether the file grew or is another one, without opening it.

        Raises:
            FileNotFoundError: It is gone.
        """
        try:
            status = Path(self.path).lstat()
        except FileNotFoundError:
            raise
        except OSError:
            return  # opening it will tell
        if _look_of(status) != self._look:
            self.waiting = False
        self.size = status.st_size

    def read(self, lock: Lock) -> FileChanges:
        """Read the next block; what is found is published while `lock` is held.

        Raises:
            FileNotFoundError: It is gone.
        """
        try:
            file = open_regular(self.path)
        except FileNotFoundError:
            raise
        except OSError as error:
            self._cannot_open = f"cannot be read: {error.strerror or error}"
            self.waiting = True
            return FileChanges()
        with file:
            self._cannot_open = ""
            try:
                changes = FileChanges(reset=self._notice_replacement(file.fileno(), lock))
                if not self._given_up and self.offset < self.size:
                    self._read_block(file.fileno(), lock, changes)
                self.waiting |= bool(self._given_up) or self.offset >= self.size
            except OSError as error:
                self._cannot_open = f"cannot be read: {error.strerror or error}"
                self.waiting = True
                return FileChanges()
        return changes

    def _notice_replacement(self, descriptor: int, lock: Lock) -> bool:
        status = os.fstat(descriptor)
        look = _look_of(status)
        start = os.pread(descriptor, _FINGERPRINT_BYTES, 0)
        another = self._look is not None and (
            look[:2] != self._look[:2]
            or status.st_size < self.offset
            or not start.startswith(self._fingerprint)
        )
        if another:
            with lock:
                self._forget()
                self.generation += 1
        self._look, self.size = look, status.st_size
        self._fingerprint = start
        if self.offset == 0 and start.startswith(_GZIP):
            self._compressed = "is compressed; unpack it to have it read"
        return another

    def _read_block(self, descriptor: int, lock: Lock, changes: FileChanges) -> None:
        if self._recovery.is_searching:
            self._search(descriptor)
            return
        keep_freed_memory()
        block = os.pread(descriptor, min(BLOCK_BYTES, self.size - self.offset), self.offset)
        found = framing.frames(block)
        if not found.end and not found.broken:
            self._read_large(descriptor, block, lock, changes)
            return
        good = framing.intact(block, found)
        found, good = self._look_inside_broken(block, found, good)
        self._take_in(block, found.starts[good], found.lengths[good], lock, changes)
        self.offset += found.end
        if found.broken:
            self._break_off()

    def _look_inside_broken(
        self, block: bytes, found: framing.Frames, good: NDArray[np.bool_]
    ) -> tuple[framing.Frames, NDArray[np.bool_]]:
        """Count records with wrong data; when one has swallowed others, go on with those."""
        for index in np.flatnonzero(~good).tolist():
            self._tallies.add(_CORRUPT)
            start = int(found.starts[index])
            behind = start + int(found.lengths[index]) + framing.TAIL_BYTES
            inner = framing.next_head(block[:behind], start, self.size - self.offset)
            if inner is not None:
                self._recovery.count_break()
                cut = framing.Frames(found.starts[:index], found.lengths[:index], inner, broken=False)
                return cut, good[:index]
        return found, good

    def _break_off(self) -> None:
        """What is at the offset is no record: from the next byte on, look for one."""
        self._tallies.add(_CORRUPT)
        self._recovery.begin()
        self.offset += 1

    def _search(self, descriptor: int) -> None:
        self.offset = behind_hole(descriptor, self.offset, self.size)
        block = os.pread(descriptor, min(BLOCK_BYTES, self.size - self.offset), self.offset)
        self.offset += self._recovery.search(block, self.size - self.offset)
        self.waiting = self._recovery.is_searching and self.size - self.offset < framing.HEAD_BYTES

    def _read_large(self, descriptor: int, block: bytes, lock: Lock, changes: FileChanges) -> None:
        """The block begins with a record that does not end in it."""
        if len(block) < framing.HEAD_BYTES:
            self.waiting = True
            return
        length = framing.length_of_first(block)
        behind = self.offset + framing.FRAME_BYTES + length
        if behind > self.size:
            self.waiting = True
            return
        start = self.offset + framing.HEAD_BYTES
        try:
            event = read_event(LazyRecord(descriptor, start), length, self._decoder.kinds)
        except WireError:
            self._break_off()
            return
        self._decoder.learn_kinds(event)
        with lock:
            if event.session_start:
                changes.changed |= self.held.restart(event.step)
            place = np.array([self.offset]), np.array([length])
            added, changed = self.held.add(Block(points_of(event), [(0, event)]), *place)
        changes.added += added
        changes.changed |= changed
        self.offset = behind

    def _take_in(
        self,
        block: bytes,
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
        lock: Lock,
        changes: FileChanges,
    ) -> None:
        decoded = self._decoder.decode(block, starts, lengths)
        restarts = [(index, event.step) for index, event in decoded.events if event.session_start]
        restarts = restarts[: self.held.restarts_left]
        if not restarts:
            self._publish(decoded, starts, lengths, lock, changes)
            return
        # What comes before a restart has to be there to be superseded, so the block is taken in pieces.
        bounds = [0, *(index for index, _ in restarts), len(starts)]
        steps: list[int | None] = [None, *(step for _, step in restarts)]
        for step, first, last in zip(steps, bounds[:-1], bounds[1:], strict=True):
            part = slice(first, last)
            decoded = self._decoder.decode(block, starts[part], lengths[part])
            if step is not None:
                with lock:
                    changes.changed |= self.held.restart(step)
            self._publish(decoded, starts[part], lengths[part], lock, changes)

    def _publish(
        self,
        decoded: Block,
        starts: NDArray[np.int64],
        lengths: NDArray[np.int64],
        lock: Lock,
        changes: FileChanges,
    ) -> None:
        offsets = starts - framing.HEAD_BYTES + self.offset
        with lock:
            added, changed = self.held.add(decoded, offsets, lengths)
        changes.added += added
        changes.changed |= changed


def _look_of(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
