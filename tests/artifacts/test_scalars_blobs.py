"""Images, texts and histograms, from both ways in which they are written."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tensorboardX import SummaryWriter
from tensorboardX.proto.tensor_pb2 import TensorProto

from gym_gui.core.artifacts.scalars.blobs import (
    BlobError,
    read_histogram,
    read_histograms,
    read_images,
    read_texts,
)
from gym_gui.core.artifacts.scalars.histogram import distribution
from gym_gui.core.artifacts.scalars.model import Kind, SeriesKey
from tests.artifacts.event_writing import event_file, opened, restart, shape, tensor_event


def png(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (10, 200, 30)).save(out, "PNG")
    return out.getvalue()


def test_images_of_a_writer(tmp_path: Path) -> None:
    pixels = np.random.default_rng(1).integers(0, 255, (3, 200, 300), dtype=np.uint8)
    with SummaryWriter(str(tmp_path)) as writer:
        for step in range(3):
            writer.add_image("frame", pixels, step)
    run = opened(tmp_path)
    refs = run.blobs(SeriesKey("", "frame"), Kind.IMAGE)
    assert [ref.step for ref in refs] == [0, 1, 2]
    (image,) = read_images(refs[1])
    assert (image.width, image.height) == (300, 200)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(image.data))), pixels.transpose(1, 2, 0))


def test_a_batch_of_images_in_a_tensor(tmp_path: Path) -> None:
    strings = [b"7", b"5", png(7, 5), png(7, 5)]
    tensor = TensorProto(dtype=7, tensor_shape=shape(4), string_val=strings)
    event_file(tmp_path, [tensor_event("frames", 2, tensor, "images")])
    images = read_images(opened(tmp_path).blobs(SeriesKey("", "frames"), Kind.IMAGE)[0])
    assert [(i.width, i.height, i.data) for i in images] == [(7, 5, png(7, 5))] * 2


def test_texts(tmp_path: Path) -> None:
    with SummaryWriter(str(tmp_path)) as writer:
        writer.add_text("notes", "<script>alert(1)</script> ünïcode", 4)
    (ref,) = opened(tmp_path).blobs(SeriesKey("", "notes/text_summary"), Kind.TEXT)
    assert read_texts(ref) == ("<script>alert(1)</script> ünïcode",)


def test_histograms_of_a_writer_and_of_a_table_agree(tmp_path: Path) -> None:
    values = np.random.default_rng(2).normal(5.0, 2.0, 5_000)
    with SummaryWriter(str(tmp_path)) as writer:
        for step in range(4):
            writer.add_histogram("weights", values + step, step)
    run = opened(tmp_path)
    found, problems = read_histograms(run.blobs(SeriesKey("", "weights"), Kind.HISTOGRAM))
    assert problems == []
    assert [float(histogram.counts.sum()) for histogram in found] == [5_000.0] * 4
    assert found[0].lefts[0] <= values.min()
    assert np.all(found[0].lefts[1:] == found[0].rights[:-1])
    medians = distribution(found).values[:, 4]
    assert np.allclose(medians, np.median(values) + np.arange(4), atol=0.5)
    assert distribution(found).steps.tolist() == [0, 1, 2, 3]

    table = np.stack([found[0].lefts, found[0].rights, found[0].counts], axis=1)
    content = table.astype("<f8").tobytes()
    tensor = TensorProto(dtype=2, tensor_shape=shape(*table.shape), tensor_content=content)
    event_file(tmp_path / "v2", [tensor_event("weights", 0, tensor, "histograms")])
    again = read_histogram(opened(tmp_path / "v2").blobs(SeriesKey("", "weights"), Kind.HISTOGRAM)[0])
    assert np.array_equal(again.counts, found[0].counts)
    assert np.array_equal(distribution([again]).values, distribution(found[:1]).values)


def test_only_the_first_event_says_what_kind_its_tag_is_of(tmp_path: Path) -> None:
    content = struct.pack("<6d", 0, 1, 5, 1, 2, 6)
    tensor = TensorProto(dtype=2, tensor_shape=shape(2, 3), tensor_content=content)
    records = [tensor_event("h", step, tensor, "" if step else "histograms") for step in range(3)]
    event_file(tmp_path, records)
    refs = opened(tmp_path).blobs(SeriesKey("", "h"), Kind.HISTOGRAM)
    assert [read_histogram(ref).counts.tolist() for ref in refs] == [[5.0, 6.0]] * 3


def test_an_empty_and_an_odd_histogram(tmp_path: Path) -> None:
    empty = TensorProto(dtype=2, tensor_shape=shape(0, 3))
    odd = TensorProto(dtype=2, tensor_shape=shape(1, 3), double_val=[float("nan"), float("inf"), 3.0])
    records = [tensor_event("h", 0, empty, "histograms"), tensor_event("h", 1, odd, "histograms")]
    event_file(tmp_path, records)
    found, problems = read_histograms(opened(tmp_path).blobs(SeriesKey("", "h"), Kind.HISTOGRAM))
    assert problems == []
    assert np.isnan(distribution(found).values).all()


def test_what_was_superseded_is_not_listed(tmp_path: Path) -> None:
    text = TensorProto(dtype=7, tensor_shape=shape(), string_val=[b"x"])
    records = [tensor_event("t", step, text, "text") for step in range(4)]
    event_file(tmp_path, [*records, restart(2), tensor_event("t", 2, text, "text")])
    assert [ref.step for ref in opened(tmp_path).blobs(SeriesKey("", "t"), Kind.TEXT)] == [0, 1, 2]


def test_damage_and_loss_after_the_listing_are_told(tmp_path: Path) -> None:
    big = TensorProto(dtype=7, tensor_shape=shape(), string_val=[b"x" * 100_000])
    path = event_file(tmp_path, [tensor_event("t", 0, big, "text")])
    data = bytearray(path.read_bytes())
    data[-2000] ^= 1
    path.write_bytes(data)
    (ref,) = opened(tmp_path).blobs(SeriesKey("", "t"), Kind.TEXT)
    with pytest.raises(BlobError, match=r"tfevents.*checksum"):
        read_texts(ref)
    path.write_bytes(data[:500])
    with pytest.raises(BlobError, match="rewritten"):
        read_texts(ref)
    path.unlink()
    with pytest.raises(BlobError, match="gone"):
        read_texts(ref)
    path.symlink_to("/etc/passwd")
    with pytest.raises(BlobError, match="cannot be read"):
        read_texts(ref)


def test_asking_for_what_is_not_there(tmp_path: Path) -> None:
    run = opened(tmp_path)
    with pytest.raises(KeyError):
        run.blobs(SeriesKey("", "t"), Kind.TEXT)
    with pytest.raises(KeyError):
        run.series(SeriesKey("", "t"))
