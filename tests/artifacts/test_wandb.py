"""Offline W&B runs, one of them written by wandb itself (data/regenerate_wandb.py)."""

from __future__ import annotations

import json
import math
import shutil
import struct
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gym_gui.core.artifacts.wandb.finding import run_link, wandb_runs_below
from gym_gui.core.artifacts.wandb.record_log import BLOCK_BYTES, RecordLog
from gym_gui.core.artifacts.wandb.run import WandbRun
from gym_gui.core.artifacts.wandb.sync import sync_command
from gym_gui.core.worker import WandBMetadata
from tests.artifacts.wandb_logs import LOG, RUN, copy_of_run, field, history, log_of


def read(directory: Path) -> WandbRun:
    run = WandbRun(directory)
    run.advance()
    return run


def test_a_real_offline_run() -> None:
    run = read(RUN)
    facts = run.facts
    assert (facts.run_id, facts.entity, facts.project, facts.name) == ("abc12345", "team", "lake", "first")
    assert (facts.group, facts.notes, facts.tags) == ("g", "a note", ("t1",))
    assert (facts.exit_code, facts.writer, facts.is_offline) == (3, "0.31.0", True)
    assert facts.started is not None and facts.started > 1.7e9
    assert run.config == {"learning_rate": 0.1, "layers": [4, 2], "nested": {"a": 1}}
    assert run.summary["best"] == 3.5
    assert run.names() == ["loss", "deep/x", "nan", "inf"]
    loss = run.series("loss")
    assert list(loss.steps) == [number * 10 for number in range(150)]
    assert list(loss.values) == [1 / (number + 1) for number in range(150)]
    assert list(loss.times) == sorted(loss.times)
    assert facts.started - 60 < loss.times[0] <= loss.times[-1] < facts.started + 60
    assert math.isnan(run.series("nan").values[0])
    assert math.isinf(run.series("inf").values[0])
    assert run.problems == ()


def test_it_is_read_as_it_grows_whatever_the_pieces(tmp_path: Path) -> None:
    whole = LOG.read_bytes()
    run = WandbRun(copy_of_run(tmp_path, b""))
    seen = 0
    with (run.directory / LOG.name).open("ab", buffering=0) as file:
        for start in range(0, len(whole), 997):
            file.write(whole[start : start + 997])
            seen += run.advance().records
    assert seen == 459
    assert list(run.series("loss").values) == list(read(RUN).series("loss").values)
    assert run.problems == ()


def test_a_budget_leaves_the_rest_for_later(tmp_path: Path) -> None:
    run = WandbRun(RUN)
    first = run.advance(budget_s=1e-9)
    assert not first.finished
    while not (changes := run.advance(budget_s=1e-9)).finished:
        assert changes.records
    assert len(run) == len(read(RUN))


def test_a_torn_tail_is_waited_for_and_said(tmp_path: Path) -> None:
    run = read(copy_of_run(tmp_path, LOG.read_bytes()[:-5]))
    assert run.facts.exit_code is None or run.problems
    assert any("unfinished" in problem for problem in run.problems)
    (run.directory / LOG.name).write_bytes(LOG.read_bytes())
    run.advance()
    assert run.problems == ()
    assert run.facts.exit_code == 3


def test_a_damaged_piece_costs_its_block_and_is_counted(tmp_path: Path) -> None:
    content = bytearray(LOG.read_bytes())
    content[20_000] ^= 0xFF
    run = read(copy_of_run(tmp_path, bytes(content)))
    assert any("damaged" in problem for problem in run.problems)
    steps = list(run.series("loss").steps)
    assert 0 in steps and 1490 in steps, "what stands before and behind is there"
    assert len(steps) < 150


def test_a_file_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    run = read(copy_of_run(tmp_path, LOG.read_bytes()))
    other = tmp_path / "other"
    other.write_bytes(LOG.read_bytes()[:5_000])
    other.replace(run.directory / LOG.name)
    changes = run.advance()
    assert changes.reset
    assert 0 < len(run) < 302


@pytest.mark.parametrize("content", [b"PK\3\4 no such log", b"\0" * 100, b"{}" * 50])
def test_what_is_no_log_says_so(tmp_path: Path, content: bytes) -> None:
    run = read(copy_of_run(tmp_path, content))
    assert any(":W&B" in problem for problem in run.problems)


@settings(max_examples=60, deadline=None)
@given(sizes=st.lists(st.integers(0, 3 * BLOCK_BYTES), max_size=8))
def test_records_of_any_size_come_back_whole(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    path = tmp_path_factory.mktemp("log") / "run-a.wandb"
    records = [bytes([number + 1]) * size for number, size in enumerate(sizes)]
    path.write_bytes(log_of(*records))
    log = RecordLog(path)
    assert list(log.read()) == records
    assert (log.damaged, log.is_torn) == (0, False)


def test_a_record_that_is_too_large_is_passed_over(tmp_path: Path) -> None:
    big = history(text="x" * (17 * 2**20))
    run = read(copy_of_run(tmp_path, log_of(big, history(_step=1, loss=2.0))))
    assert list(run.series("loss").values) == [2.0]
    assert any("too large" in problem for problem in run.problems)


def test_values_of_every_kind(tmp_path: Path) -> None:
    image = {"_type": "image-file", "path": "media/images/a.png", "sha256": "0"}
    records = [history(_step=4, loss=1, flag=True, text="no", bad="NaN", image=image, deep={"a": {"b": 2}})]
    typed = field(1, field(1, b"typed") + b"\x31" + struct.pack("<d", 2.5))  # field 6: a double
    zigzag = field(1, field(2, b"outer") + field(2, b"inner") + b"\x28\x05")  # field 5: -3
    records.append(field(2, typed + zigzag + field(2, b"\x08\x09")))
    run = read(copy_of_run(tmp_path, log_of(*records)))
    found = {name: (list(run.series(name).steps), list(run.series(name).values)) for name in run.names()}
    assert math.isnan(found.pop("bad")[1][0])
    assert found == {
        "loss": ([4.0], [1.0]),
        "flag": ([4.0], [1.0]),
        "deep/a/b": ([4.0], [2.0]),
        "typed": ([9.0], [2.5]),
        "outer/inner": ([9.0], [-3.0]),
    }
    assert [(media.name, media.kind, media.path) for media in run.media] == [
        ("image", "image-file", "media/images/a.png")
    ]


def test_a_row_without_a_usable_time_has_that_of_the_row_before(tmp_path: Path) -> None:
    rows = [{"_runtime": 2.5}, {"_timestamp": 1.7e9}, {}, {"_timestamp": "NaN"}, {"_timestamp": "soon"}]
    records = [history(_step=number, loss=1.0, **row) for number, row in enumerate(rows)]
    run = read(copy_of_run(tmp_path, log_of(*records)))
    assert list(run.series("loss").times) == [2.5, 1.7e9, 1.7e9, 1.7e9, 1.7e9]


def nested(*path: str, value: object) -> bytes:
    """A value of the history as wandb 0.31 writes those of nested dictionaries: a field for each part."""
    name = b"".join(field(2, part.encode()) for part in path)
    return field(1, name + field(16, json.dumps(value).encode()))


def test_an_image_logged_in_pieces_is_media_and_its_size_no_curve(tmp_path: Path) -> None:
    pieces = [("width", 16), ("_type", "image-file"), ("path", "media/images/a.png"), ("height", 16)]
    image = b"".join(nested("eval", "img", name, value=value) for name, value in pieces)
    counts = nested("hist", "values", value=[1, 2]) + nested("hist", "_type", value="histogram")
    plain = nested("eval", "score", value=2.5) + nested("other", "_type", value=7)
    record = field(2, image + plain + counts + field(2, b"\x08\x09"))
    run = read(copy_of_run(tmp_path, log_of(record)))
    assert run.names() == ["eval/score", "other/_type"]
    assert [(media.name, media.step, media.kind, media.path) for media in run.media] == [
        ("eval/img", 9, "image-file", "media/images/a.png")
    ]


def test_an_image_in_the_summary_is_one_value_however_it_was_set(tmp_path: Path) -> None:
    first = nested("img", "_type", value="image-file") + nested("img", "path", value="a.png")
    second = nested("img", "path", value="b.png") + nested("best", "loss", value=1.5)
    run = read(copy_of_run(tmp_path, log_of(field(3, first), field(3, second))))
    assert run.summary == {"img": {"_type": "image-file", "path": "b.png"}, "best/loss": 1.5}


@settings(max_examples=60, deadline=None)
@given(
    paths=st.lists(
        st.lists(st.sampled_from(["a", "b", "_type", "", "a/b", "path"]), min_size=1, max_size=40),
        max_size=20,
    ),
    values=st.lists(st.one_of(st.none(), st.floats(), st.text(max_size=4), st.integers()), min_size=20),
)
def test_typed_values_in_any_pieces_are_read(
    tmp_path_factory: pytest.TempPathFactory, paths: list[list[str]], values: list[object]
) -> None:
    items = b"".join(nested(*path, value=value) for path, value in zip(paths, values, strict=False))
    folder = copy_of_run(
        tmp_path_factory.mktemp("typed"), log_of(field(2, items), history(_step=3, loss=1.0))
    )
    run = read(folder)
    assert list(run.series("loss").values) == [1.0]
    assert run.problems == ()


def test_config_values_can_be_removed(tmp_path: Path) -> None:
    def config(number: int, name: bytes, value: bytes) -> bytes:
        return field(5, field(number, field(1, name) + field(16, value)))

    run = read(
        copy_of_run(
            tmp_path, log_of(config(1, b"lr", b"0.1"), config(1, b"seed", b"1"), config(2, b"lr", b""))
        )
    )
    assert run.config == {"seed": 1}


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_mutated_logs(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    content = bytearray(LOG.read_bytes()[: data.draw(st.integers(0, 4_000))])
    for _ in range(data.draw(st.integers(0, 10)) if content else 0):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    read(copy_of_run(tmp_path_factory.mktemp("mutated"), bytes(content)))


@settings(max_examples=200, deadline=None)
@given(records=st.lists(st.binary(max_size=60), max_size=5))
def test_any_bytes_as_records(tmp_path_factory: pytest.TempPathFactory, records: list[bytes]) -> None:
    read(
        copy_of_run(
            tmp_path_factory.mktemp("any"), log_of(*(field(2, record) for record in records), *records)
        )
    )


def test_runs_are_found_and_links_are_not_followed(tmp_path: Path) -> None:
    inside = copy_of_run(tmp_path / "run", LOG.read_bytes())
    deep = tmp_path / "run" / "logs" / "wandb" / "run-20250101_000000-xyz"
    deep.mkdir(parents=True)
    (deep / "run-xyz.wandb").write_bytes(LOG.read_bytes())
    (tmp_path / "run" / "wandb" / "latest-run").symlink_to(inside)
    (tmp_path / "run" / "loop").symlink_to(tmp_path / "run")
    assert wandb_runs_below(tmp_path / "run") == (deep, inside)
    assert WandbRun(deep).facts.is_offline is False


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "https://", "http://[", None, "https://a\nb"]
)
def test_links_that_are_none(url: str | None) -> None:
    assert run_link(WandBMetadata("p", "e", "i", None, url, True)) == ""
    good = "https://wandb.ai/e/p/runs/i"
    assert run_link(WandBMetadata("p", "e", "i", None, good, True)) == good


def test_sync_is_a_command_for_a_person_to_start() -> None:
    argv = sync_command(RUN, "/venv/bin/wandb", project="p")
    assert argv == ["/venv/bin/wandb", "sync", "--project=p", str(RUN)]


def test_reading_imports_neither_wandb_nor_protobuf() -> None:
    code = (
        "import sys; from pathlib import Path\n"
        "from gym_gui.core.artifacts.wandb.run import WandbRun\n"
        f"run = WandbRun(Path({str(RUN)!r})); run.advance(); assert len(run) == 302\n"
        "print(sorted({'wandb', 'google', 'socket', 'numpy'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


def test_what_wandb_itself_wrote_is_unchanged_by_reading(tmp_path: Path) -> None:
    folder = tmp_path / RUN.name
    shutil.copytree(RUN, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    read(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
