"""Event files as writers write them, and as they get damaged."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tensorboardX.proto.event_pb2 import Event, SessionLog
from tensorboardX.proto.summary_pb2 import Summary
from tensorboardX.proto.tensor_pb2 import TensorProto
from tensorboardX.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboardX.record_writer import masked_crc32c

from gym_gui.core.artifacts.scalars.model import Changes, SeriesKey
from gym_gui.core.artifacts.scalars.run import ScalarRun

START = SessionLog.START


def framed(data: bytes) -> bytes:
    head = struct.pack("<Q", len(data))
    return head + struct.pack("<I", masked_crc32c(head)) + data + struct.pack("<I", masked_crc32c(data))


def scalar(tag: str, step: int, value: float, wall: float = 1.7e9) -> bytes:
    summary = Summary(value=[Summary.Value(tag=tag, simple_value=value)])
    return framed(Event(wall_time=wall, step=step, summary=summary).SerializeToString())


def version(wall: float = 1.7e9) -> bytes:
    return framed(Event(wall_time=wall, file_version="brain.Event:2").SerializeToString())


def restart(step: int, wall: float = 1.7e9) -> bytes:
    return framed(Event(wall_time=wall, step=step, session_log=SessionLog(status=START)).SerializeToString())


def tensor_event(tag: str, step: int, tensor: TensorProto, plugin: str = "", wall: float = 1.7e9) -> bytes:
    value = Summary.Value(tag=tag, tensor=tensor)
    if plugin:
        value.metadata.plugin_data.plugin_name = plugin
    return framed(Event(wall_time=wall, step=step, summary=Summary(value=[value])).SerializeToString())


def shape(*sizes: int) -> TensorShapeProto:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def event_file(
    folder: Path, records: Iterable[bytes], name: str = "events.out.tfevents.1700000000.host"
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(b"".join([version(), *records]))
    return path


def read_all(run: ScalarRun, slices: int = 10_000) -> Changes:
    """Reads until there is nothing left, and fails when that takes more slices than any file here needs."""
    for _ in range(slices):
        changes = run.refresh(0.05)
        if changes.finished:
            return changes
    raise AssertionError("never finished")


def opened(folder: Path) -> ScalarRun:
    run = ScalarRun(folder)
    read_all(run)
    return run


def points(run: ScalarRun, tag: str, folder: str = "", **options: Any) -> list[tuple[int, float]]:
    series = run.series(SeriesKey(folder, tag), **options)
    return list(zip(series.steps.tolist(), series.values.tolist(), strict=True))


def steps(run: ScalarRun, tag: str, folder: str = "", **options: Any) -> Sequence[int]:
    return [step for step, _ in points(run, tag, folder, **options)]
