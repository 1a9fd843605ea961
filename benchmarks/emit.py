"""What one event costs next to the system call that writes it, in one thread and in four.

The peer of one thread is `os.write` of the very bytes the emitter wrote. The peer of four
is the way an SDK of this family emits: a dataclass, `asdict`, `json.dumps` and `print`
with flush, under a lock; it is written out below. All write as a launched worker does: to a file, unbuffered.
"""

from __future__ import annotations

import dataclasses
import enum
import io
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO

from benchmarks.measure import Figure, Spread, seconds
from gym_gui.core.worker import TelemetryEmitter

EVENTS = 20_000
THREADS = 4
ROUNDS, PLAIN_ROUNDS = 61, 15
RUN_ID = "01JABCDEFGHJKMNPQRSTVWXYZ0"
PAYLOAD = {"episode": 123, "step": 45678, "return": 195.5, "loss": 0.0123, "sps": 2445}


class _PlainEventType(enum.StrEnum):
    HEARTBEAT = "heartbeat"


@dataclasses.dataclass
class _PlainEvent:
    event: _PlainEventType
    run_id: str
    timestamp: float
    payload: dict[str, Any]


class DataclassEmitter:
    """The peer: an event as a dataclass, turned to a dict, to JSON, and printed with flush."""

    def __init__(self, run_id: str, stream: TextIO) -> None:
        self._run_id = run_id
        self._stream = stream
        self._lock = threading.Lock()

    def heartbeat(self, payload: dict[str, Any]) -> None:
        """Prints the event."""
        event = _PlainEvent(_PlainEventType.HEARTBEAT, self._run_id, time.time(), payload)
        line = json.dumps(dataclasses.asdict(event))
        with self._lock:
            print(line, file=self._stream, flush=True)


def measure() -> list[Figure]:
    """One thread against `os.write`, and four threads against the dataclass way."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        single = Spread.of([_one_round(path) for _ in range(ROUNDS)])
        plain = Spread.of([_dataclass_round(path, 1) for _ in range(PLAIN_ROUNDS)])
        threaded = Spread.of([_dataclass_round(path, THREADS) for _ in range(PLAIN_ROUNDS)])
    return [
        Figure(
            "emit to a file, 5-field payload, 1 thread",
            "os.write of the same bytes",
            single.median,
            "of its rate",
            ">= 0.5",
            single.median >= 0.5,
            f"{single:.2f}; against the dataclass way {plain:.1f}x",
        ),
        Figure(
            f"emit to a file, {THREADS} threads",
            "dataclass asdict + json.dumps + print with flush",
            threaded.median,
            "x its rate",
            ">= 10",
            threaded.median >= 10,
            f"{threaded:.1f}",
        ),
    ]


def _one_round(path: Path) -> float:
    path.unlink(missing_ok=True)
    ours = _emit(path, 1)
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == EVENTS
    path.unlink()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    peer = seconds(lambda: _write_all(descriptor, lines))
    os.close(descriptor)
    return peer / ours


def _write_all(descriptor: int, lines: list[bytes]) -> None:
    write = os.write
    for line in lines:
        write(descriptor, line)


def _dataclass_round(path: Path, threads: int) -> float:
    path.unlink(missing_ok=True)
    ours = _emit(path, threads)
    path.unlink()
    with _as_launched(path) as stream:
        peer = DataclassEmitter(RUN_ID, stream)
        theirs = _in_threads(peer.heartbeat, threads)
    assert path.read_bytes().count(b"\n") == EVENTS
    return theirs / ours


def _as_launched(path: Path) -> TextIO:
    """A stream like the standard output of a launched worker: a file, PYTHONUNBUFFERED=1."""
    return io.TextIOWrapper(path.open("ab", buffering=0), write_through=True)


def _emit(path: Path, threads: int) -> float:
    with _as_launched(path) as stream:
        emitter = TelemetryEmitter(RUN_ID, sink=stream)
        emitter.heartbeat(PAYLOAD)
        os.truncate(path, 0)
        taken = _in_threads(emitter.heartbeat, threads)
    assert emitter.dropped == 0
    return taken


def _in_threads(emit: Callable[[dict[str, Any]], None], count: int) -> float:
    """Seconds until all events are out, emitted by so many threads."""

    def work() -> None:
        for _ in range(EVENTS // count):
            emit(PAYLOAD)

    if count == 1:
        return seconds(work)
    threads = [threading.Thread(target=work) for _ in range(count)]

    def run() -> None:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    return seconds(run)
