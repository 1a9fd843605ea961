"""Damaged and malicious event files: what is good is read, the rest is counted, nothing runs away."""

from __future__ import annotations

import os
import random
import struct
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tensorboardX import SummaryWriter
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.summary_pb2 import Summary

from gym_gui.core.artifacts.scalars import limits
from gym_gui.core.artifacts.scalars.blobs import BlobError, read_histogram, read_images, read_texts
from gym_gui.core.artifacts.scalars.last_values import last_values
from gym_gui.core.artifacts.scalars.model import Kind, SeriesKey
from gym_gui.core.artifacts.scalars.run import ScalarRun
from tests.artifacts.event_writing import (
    event_file,
    framed,
    masked_crc32c,
    opened,
    points,
    read_all,
    restart,
    scalar,
    steps,
    version,
)

ALL = [scalar("a", step, step) for step in range(1, 51)]


def texts(run: ScalarRun) -> str:
    return " | ".join(f"{problem.text} ({problem.count})" for problem in run.problems)


@pytest.mark.parametrize("place", [0, 5, 9, 12, 20, 30, -1])
def test_a_damaged_record_is_skipped_and_counted(tmp_path: Path, place: int) -> None:
    broken = bytearray(ALL[20])
    broken[place] ^= 0x40
    event_file(tmp_path, [*ALL[:20], bytes(broken), *ALL[21:]])
    run = opened(tmp_path)
    assert steps(run, "a") == [step for step in range(1, 51) if step != 21]
    assert "corrupt records skipped (1)" in texts(run)


def test_garbage_between_records(tmp_path: Path) -> None:
    garbage = random.Random(5).randbytes(3 * limits.BLOCK_BYTES // 2)
    event_file(tmp_path, [*ALL[:10], garbage, *ALL[10:], b"\0" * 40, scalar("a", 99, 9)])
    run = opened(tmp_path)
    assert steps(run, "a") == [*range(1, 51), 99]
    assert "corrupt records skipped (2)" in texts(run)


def test_a_record_that_claims_what_follows_it_does_not_get_it(tmp_path: Path) -> None:
    head = struct.pack("<Q", len(b"".join(ALL[10:14])) + 7)
    liar = head + struct.pack("<I", masked_crc32c(head)) + b"\x09half"
    event_file(tmp_path, [*ALL[:10], liar, *ALL[10:]])
    assert steps(opened(tmp_path), "a") == list(range(1, 51))


def test_a_record_of_four_gigabytes_is_waited_for_and_said(tmp_path: Path) -> None:
    for number, length in enumerate((2**32, 2**63, 2**64 - 1)):
        head = struct.pack("<Q", length)
        liar = head + struct.pack("<I", masked_crc32c(head))
        path = event_file(tmp_path / str(number), [*ALL, liar, b"x" * 100])
        os.utime(path, (1.7e9, 1.7e9))
    run = opened(tmp_path)
    assert [info.count for info in run.tags()] == [50, 50, 50]
    assert texts(run).count("unfinished record") == 3


def test_a_sparse_file_of_a_terabyte(tmp_path: Path) -> None:
    path = event_file(tmp_path, ALL)
    os.truncate(path, 2**40)
    with path.open("r+b") as file:
        file.seek(2**39)
        file.write(scalar("late", 1, 1))
    run = ScalarRun(tmp_path)
    read_all(run, slices=400)
    assert steps(run, "a") == list(range(1, 51))
    assert steps(run, "late") == [1]


def test_a_record_that_is_mostly_a_hole(tmp_path: Path) -> None:
    """Its checksum would take minutes: it is listed, and refused when it is to be shown."""
    length = 2**36
    prefix = Event(wall_time=1.0, step=3).SerializeToString()
    inner = b"\x0a\x01i" + b"\x22" + _varint(length - 100)
    summary_length = len(inner) + length - 100
    data = prefix + b"\x2a" + _varint(summary_length + 1 + len(_varint(summary_length))) + b"\x0a"
    data += _varint(summary_length) + inner
    total = len(data) + length - 100
    head = struct.pack("<Q", total)
    path = event_file(tmp_path, [*ALL, head + struct.pack("<I", masked_crc32c(head)) + data])
    os.truncate(path, path.stat().st_size + length - 100 + 4)
    with path.open("ab") as file:
        file.write(scalar("after", 1, 1))
    run = opened(tmp_path)
    assert steps(run, "after") == [1]
    ref = run.blobs(SeriesKey("", "i"), Kind.IMAGE)[0]
    with pytest.raises(BlobError, match="at most"):
        read_images(ref)


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def test_zeros_that_are_really_there_end_the_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gym_gui.core.artifacts.scalars.recovery.LONGEST_RESYNC", limits.MIB)
    event_file(tmp_path, [*ALL, b"\0" * (4 * limits.MIB)])
    assert "no good record" in texts(opened(tmp_path))


def test_a_file_broken_everywhere_is_given_up(tmp_path: Path) -> None:
    event_file(tmp_path, [record + b"!" for record in ALL * 30])
    run = opened(tmp_path)
    assert "more than 1,000 places" in texts(run)
    assert steps(run, "a")[:50] == list(range(1, 51))


def test_a_tag_of_megabytes_is_passed_over(tmp_path: Path) -> None:
    event_file(tmp_path, [scalar("t" * 3_000_000, 1, 1), *ALL, scalar("u" * 5_000, 1, 1)])
    run = opened(tmp_path)
    assert [info.name for info in run.tags()] == ["a"]
    assert "tag of more than 2,048 bytes passed over (2)" in texts(run)


def test_more_tags_than_anybody_can_look_at(tmp_path: Path) -> None:
    extra = 500
    event_file(tmp_path, [scalar(f"tag {n}", 1, 1) for n in range(limits.MOST_SERIES + extra)])
    run = opened(tmp_path)
    assert len(run.tags()) == limits.MOST_SERIES
    assert f"beyond the first {limits.MOST_SERIES:,} passed over ({extra})" in texts(run)


def test_an_event_with_more_values_than_anybody_writes(tmp_path: Path) -> None:
    values = [Summary.Value(tag="x", simple_value=1)] * (limits.MOST_VALUES_IN_EVENT + 1)
    event = Event(wall_time=1.0, summary=Summary(value=values))
    event_file(tmp_path, [framed(event.SerializeToString()), *ALL])
    run = opened(tmp_path)
    assert [info.name for info in run.tags()] == ["a"]
    assert "no events" in texts(run)


def test_restarts_without_end(tmp_path: Path) -> None:
    event_file(tmp_path, [*(restart(step) for step in range(limits.MOST_RESTARTS_IN_FILE * 3)), *ALL])
    run = opened(tmp_path)
    assert steps(run, "a") == list(range(1, 51))
    assert "restarts after the first" in texts(run)


def test_links_lead_nowhere(tmp_path: Path) -> None:
    outside = event_file(tmp_path / "outside", [scalar("secret", 1, 1)])
    inside = tmp_path / "run"
    event_file(inside, ALL)
    (inside / "loop").symlink_to(inside)
    (inside / "out").symlink_to(outside.parent)
    (inside / "events.out.tfevents.9.link").symlink_to(outside)
    (inside / "deep").mkdir()
    (inside / "deep" / "up").symlink_to("..")
    run = opened(inside)
    assert [info.name for info in run.tags()] == ["a"]
    assert run.problems[0].count == 4
    assert last_values(inside).keys() == {"a"}


def test_what_is_no_plain_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "events.out.tfevents.1.pipe")
    (tmp_path / "events.out.tfevents.2.directory").mkdir()
    event_file(tmp_path, ALL)
    assert steps(opened(tmp_path), "a") == list(range(1, 51))


def test_a_file_that_becomes_a_link_is_not_followed(tmp_path: Path) -> None:
    outside = event_file(tmp_path / "outside", [scalar("secret", 1, 1)])
    path = event_file(tmp_path / "run", ALL)
    run = ScalarRun(tmp_path / "run")
    run.refresh(0.0)
    path.unlink()
    path.symlink_to(outside)
    read_all(run)
    assert all(info.name != "secret" for info in run.tags())


def test_directories_without_end(tmp_path: Path) -> None:
    event_file(tmp_path.joinpath(*["d"] * (limits.DEEPEST_DIRECTORY + 2)), ALL)
    run = opened(tmp_path)
    assert run.tags() == ()
    assert "deep are not looked into" in texts(run)


def test_what_was_thrown_away_is_not_shown(tmp_path: Path) -> None:
    event_file(tmp_path, ALL)
    event_file(tmp_path / ".trash" / "1", [scalar("thrown away", 1, 1)])
    assert [info.name for info in opened(tmp_path).tags()] == ["a"]


def test_compressed_files_are_named(tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1.h.gz").write_bytes(b"\x1f\x8b123")
    (tmp_path / "events.out.tfevents.2.h").write_bytes(b"\x1f\x8b" + b"3" * 50)
    assert texts(opened(tmp_path)).count("is compressed; unpack it") == 2


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    path = event_file(tmp_path, ALL)
    path.chmod(0)
    assert "cannot be read" in texts(opened(tmp_path))
    path.chmod(0o600)


def real_file(folder: Path) -> bytes:
    with SummaryWriter(str(folder)) as writer:
        for step in range(120):
            writer.add_scalar("charts/return", step * 0.5, step)
            writer.add_scalar("loss", -step, step)
            if step % 20 == 0:
                writer.add_text("words", f"step {step}", step)
                writer.add_histogram("weights", list(range(step + 2)), step)
    return next(folder.iterdir()).read_bytes()


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "double", "zero"]),
        st.integers(0, 10**6),
        st.integers(0, 400),
    ),
    min_size=1,
    max_size=8,
)


def mutated(data: bytes, mutations: list[tuple[str, int, int]]) -> bytes:
    work = bytearray(data)
    for kind, where, size in mutations:
        place = where % (len(work) + 1)
        if kind == "flip" and place < len(work):
            work[place] ^= 1 << size % 8
        elif kind == "cut":
            del work[place : place + size]
        elif kind == "insert":
            work[place:place] = random.Random(size).randbytes(size)
        elif kind == "double":
            work[place:place] = work[place : place + size]
        elif kind == "zero":
            work[place : place + size] = bytes(len(work[place : place + size]))
    return bytes(work)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(mutations=MUTATIONS)
def test_mutated_real_files(
    tmp_path_factory: pytest.TempPathFactory, genuine: bytes, mutations: list[tuple[str, int, int]]
) -> None:
    folder = tmp_path_factory.mktemp("mutated")
    (folder / "events.out.tfevents.1.h").write_bytes(mutated(genuine, mutations))
    run = ScalarRun(folder)
    read_all(run, slices=2_000)
    last_values(folder)
    for info in run.tags():
        if info.kind is Kind.SCALAR:
            # A checksum guards every number: what is left is true.
            wanted = {"charts/return": 0.5, "loss": -1.0}[info.key.tag]
            assert all(value == step * wanted for step, value in points(run, info.key.tag))
            continue
        reader = {Kind.TEXT: read_texts, Kind.HISTOGRAM: read_histogram}[info.kind]
        for ref in run.blobs(info.key, info.kind):
            reader(ref)


@pytest.fixture(scope="module")
def genuine(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return real_file(tmp_path_factory.mktemp("genuine"))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(payloads=st.lists(st.binary(max_size=80), max_size=20), head=st.binary(max_size=12))
def test_any_bytes_with_good_checksums(
    tmp_path_factory: pytest.TempPathFactory, payloads: list[bytes], head: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    event_file(folder, [*(framed(payload) for payload in payloads), scalar("sure", 1, 1), head])
    run = ScalarRun(folder)
    read_all(run, slices=2_000)
    assert steps(run, "sure") == [1]


def test_memory_stays_in_proportion_to_the_points(tmp_path: Path) -> None:
    count = 40_000
    image = framed(
        Event(
            wall_time=1.0,
            summary=Summary(
                value=[Summary.Value(tag="i", image=Summary.Image(encoded_image_string=b"x" * 3_000_000))]
            ),
        ).SerializeToString()
    )
    event_file(tmp_path, [*(scalar("a", n, n) for n in range(count)), *[image] * 10, version()])
    opened(tmp_path)  # tables and templates of the library itself
    tracemalloc.start()
    run = ScalarRun(tmp_path)
    read_all(run)
    held, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 2 * 20 * count + 500_000
    assert peak < held + 24 * limits.BLOCK_BYTES
