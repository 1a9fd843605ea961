"""What writers write comes back, every point, whatever number it is."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboardX import SummaryWriter
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.summary_pb2 import Summary
from tensorboardX.proto.tensor_pb2 import TensorProto

from gym_gui.core.artifacts.scalars.crc32c import masked_crc, masked_crcs
from gym_gui.core.artifacts.scalars.model import Kind, SeriesKey
from tests.artifacts.event_writing import (
    event_file,
    framed,
    masked_crc32c,
    opened,
    points,
    scalar,
    shape,
    tensor_event,
)

TAGS = st.text(min_size=1, max_size=30).filter(lambda text: text.encode("utf-8", "ignore").decode() == text)
POINTS = st.tuples(
    st.integers(0, 5),
    st.integers(-(2**63), 2**63 - 1) | st.integers(0, 300),
    st.floats(width=32, allow_nan=True, allow_infinity=True),
    st.floats(0, 4e9),
)


def same(one: float, other: float) -> bool:
    return one == other or (math.isnan(one) and math.isnan(other))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tags=st.lists(TAGS, min_size=6, max_size=6, unique=True), rows=st.lists(POINTS, max_size=150))
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory, tags: list[str], rows: list[tuple[int, int, float, float]]
) -> None:
    folder = tmp_path_factory.mktemp("round")
    with SummaryWriter(str(folder)) as writer:
        for tag, step, value, wall in rows:
            summary = Summary(value=[Summary.Value(tag=tags[tag], simple_value=value)])
            # The event writer itself: add_scalar would tidy up the tag first.
            writer.file_writer.event_writer.add_event(Event(wall_time=wall, step=step, summary=summary))
    run = opened(folder)
    assert run.problems == ()
    for number, tag in enumerate(tags):
        wanted = [(step, value, wall) for n, step, value, wall in rows if n == number]
        if not wanted:
            continue
        series = run.series(SeriesKey("", tag))
        assert series.steps.tolist() == [step for step, _, _ in wanted]
        assert series.wall_times.tolist() == [wall for _, _, wall in wanted]
        assert series.values.dtype == np.float32
        assert all(same(a, b) for a, (_, b, _) in zip(series.values.tolist(), wanted, strict=True))
    assert sum(info.count for info in run.tags()) == len(rows)


def tensors(value: float) -> dict[str, TensorProto]:
    half = int(np.float16(value).view(np.uint16))
    brain = struct.unpack("<I", struct.pack("<f", value))[0] >> 16
    whole = int(value)
    return {
        "float content": TensorProto(dtype=1, tensor_shape=shape(), tensor_content=struct.pack("<f", value)),
        "float list": TensorProto(dtype=1, tensor_shape=shape(), float_val=[value]),
        "float in a box": TensorProto(dtype=1, tensor_shape=shape(1, 1), float_val=[value]),
        "double content": TensorProto(dtype=2, tensor_shape=shape(), tensor_content=struct.pack("<d", value)),
        "double list": TensorProto(dtype=2, tensor_shape=shape(), double_val=[value]),
        "half content": TensorProto(dtype=19, tensor_shape=shape(), tensor_content=struct.pack("<H", half)),
        "half list": TensorProto(dtype=19, tensor_shape=shape(), half_val=[half]),
        "bfloat16 content": TensorProto(
            dtype=14, tensor_shape=shape(), tensor_content=struct.pack("<H", brain)
        ),
        "bfloat16 list": TensorProto(dtype=14, tensor_shape=shape(), half_val=[brain]),
        "int32 list": TensorProto(dtype=3, tensor_shape=shape(), int_val=[whole]),
        "int64 list": TensorProto(dtype=9, tensor_shape=shape(), int64_val=[whole]),
        "int64 content": TensorProto(dtype=9, tensor_shape=shape(), tensor_content=struct.pack("<q", whole)),
        "int8 content": TensorProto(dtype=6, tensor_shape=shape(), tensor_content=struct.pack("<b", whole)),
        "bool list": TensorProto(dtype=10, tensor_shape=shape(), bool_val=[bool(whole)]),
    }


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("plugin", ["scalars", ""])
def test_scalars_in_tensors(tmp_path: Path, count: int, plugin: str) -> None:
    records = [
        tensor_event(name, step, tensor, plugin)
        for step in range(count)
        for name, tensor in tensors(float(-(step % 2))).items()
    ]
    event_file(tmp_path, records)
    run = opened(tmp_path)
    assert run.problems == ()
    for name in tensors(0.0):
        expected = [(step, float(-(step % 2))) for step in range(count)]
        if name == "bool list":
            expected = [(step, -value) for step, value in expected]
        assert points(run, name) == expected, name


def test_a_double_keeps_all_its_digits(tmp_path: Path) -> None:
    tensor = TensorProto(dtype=2, tensor_shape=shape(), double_val=[math.pi])
    event_file(tmp_path, [scalar("a", 0, 0.5), *(tensor_event("a", step, tensor) for step in range(1, 9))])
    values = opened(tmp_path).series(SeriesKey("", "a")).values
    assert values.tolist() == [0.5, *[math.pi] * 8]


def test_what_a_float64_cannot_hold_is_said(tmp_path: Path) -> None:
    tensor = TensorProto(dtype=9, tensor_shape=shape(), int64_val=[2**53 + 1])
    event_file(tmp_path, [tensor_event("a", 1, tensor)])
    run = opened(tmp_path)
    assert points(run, "a") == [(1, 2.0**53)]
    assert "rounded" in run.problems[0].text


def test_several_numbers_in_one_event(tmp_path: Path) -> None:
    def event(step: int) -> bytes:
        values = [Summary.Value(tag="a", simple_value=step), Summary.Value(tag="b", simple_value=-step)]
        values.append(Summary.Value(tag="a", simple_value=step + 0.5))
        return framed(Event(wall_time=5.0, step=step, summary=Summary(value=values)).SerializeToString())

    event_file(tmp_path, map(event, range(300)))
    run = opened(tmp_path)
    assert points(run, "b") == [(step, -step) for step in range(300)]
    assert points(run, "a") == [(step, step + part) for step in range(300) for part in (0, 0.5)]


def test_events_with_their_fields_in_another_order(tmp_path: Path) -> None:
    """Nobody writes them so, but it is the same message: read one by one."""
    plain = Event(summary=Summary(value=[Summary.Value(tag="a", simple_value=2.5)])).SerializeToString()
    records = [
        framed(plain + b"\x10" + bytes([step]) + b"\x09" + struct.pack("<d", 7.0)) for step in range(9)
    ]
    event_file(tmp_path, records)
    series = opened(tmp_path).series(SeriesKey("", "a"))
    assert (series.steps.tolist(), set(series.wall_times.tolist())) == (list(range(9)), {7.0})


def test_the_last_of_two_steps_counts(tmp_path: Path) -> None:
    summary = Summary(value=[Summary.Value(tag="a", simple_value=1)])
    twice = Event(wall_time=1.0, step=3, summary=summary).SerializeToString() + b"\x10\x09"
    event_file(tmp_path, [framed(twice)] * 8)
    assert points(opened(tmp_path), "a") == [(9, 1.0)] * 8


def test_folders_are_part_of_the_name_where_they_differ(tmp_path: Path) -> None:
    for folder in ("tb", "tb/eval", "tb/eval/deep"):
        event_file(tmp_path / folder, [scalar("return", 1, 2.0)])
    infos = opened(tmp_path).tags()
    assert [info.name for info in infos] == ["eval/deep/return", "eval/return", "return"]
    assert [info.key.folder for info in infos] == ["tb/eval/deep", "tb/eval", "tb"]


def test_one_file_can_be_opened_by_itself(tmp_path: Path) -> None:
    path = event_file(tmp_path, [scalar("a", 1, 2.0)])
    event_file(tmp_path, [scalar("b", 1, 2.0)], "events.out.tfevents.1700000001.host")
    assert [info.name for info in opened(path).tags()] == ["a"]


def test_kinds_are_told_apart(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        writer.add_scalar("number", 1.0, 1)
        writer.add_text("words", "<b>hello</b>", 2)
        writer.add_histogram("spread", np.arange(10.0), 3)
        writer.add_image("picture", np.zeros((3, 4, 5), dtype=np.uint8), 4)
    kinds = {info.kind for info in opened(tmp_path).tags()}
    assert kinds == {Kind.SCALAR, Kind.TEXT, Kind.HISTOGRAM, Kind.IMAGE}


def test_checksums_are_those_of_writers() -> None:
    generator = np.random.default_rng(3)
    data = generator.bytes(9_000)
    for length in (0, 1, 2, 3, 511, 2047, 2048, 2049, 3072, 9_000):
        assert masked_crc(data[:length]) == masked_crc32c(data[:length])
    starts, lengths = generator.integers(0, 8_000, 200), generator.integers(0, 600, 200)
    found = masked_crcs(data, starts, lengths).tolist()
    assert found == [masked_crc32c(data[s : s + n]) for s, n in zip(starts, lengths, strict=True)]


def test_tensorboard_itself_reads_the_same(tmp_path: Path) -> None:
    """Its EventAccumulator is the oracle: purged steps, text between numbers, tensors and all."""
    module = "tensorboard.backend.event_processing.event_accumulator"
    oracle = pytest.importorskip(module, reason="the extra 'tensorboard' is not installed")
    generator = np.random.default_rng(7)
    for suffix, first, purge in ((".1", 0, None), (".2", 300, 250), (".3", 500, 480)):
        with SummaryWriter(str(tmp_path), filename_suffix=suffix, purge_step=purge) as writer:
            for step in range(first, first + 400):
                for tag in ("return", "loss/value", "ünï"):
                    writer.add_scalar(tag, generator.normal(), step)
                if step % 50 == 0:
                    writer.add_text("note", f"at {step}", step)
                    writer.add_histogram("weights", generator.normal(size=50), step)
    known = oracle.EventAccumulator(str(tmp_path), size_guidance=dict.fromkeys(("scalars", "tensors"), 0))
    known.Reload()
    run = opened(tmp_path)
    scalars = [info.key.tag for info in run.tags() if info.kind is Kind.SCALAR]
    assert sorted(known.Tags()["scalars"]) == scalars
    for tag in scalars:
        series = run.series(SeriesKey("", tag))
        events = known.Scalars(tag)
        assert series.steps.tolist() == [event.step for event in events]
        assert series.wall_times.tolist() == [event.wall_time for event in events]
        assert series.values.tolist() == [event.value for event in events]
