"""Ids, the list of runs, and the records in a directory."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.runs import atomic
from gym_gui.core.runs.atomic import write_atomically
from gym_gui.core.runs.directory import RecordError, RunDirectory, RunNotFoundError, RunStore
from gym_gui.core.runs.files import read_record, write_json_atomically
from gym_gui.core.runs.ids import created_from_id, is_run_id, new_run_id
from gym_gui.core.runs.record import ExitRecord, Labels, ProcessRecord, RunRecord


@given(st.lists(st.integers(min_value=0, max_value=2**48 * 10**6 - 1), min_size=2, unique=True))
def test_ids_sort_by_the_nanosecond_they_were_made(moments: list[int]) -> None:
    ids = [new_run_id(moment) for moment in sorted(moments)]
    assert ids == sorted(ids)
    for moment, run_id in zip(sorted(moments), ids, strict=True):
        assert is_run_id(run_id) and len(run_id) == 26
        assert created_from_id(run_id) == pytest.approx(moment // 10**6 / 1000)


def test_ids_are_different_within_a_nanosecond() -> None:
    assert len({new_run_id(1_700_000_000_000_000_000) for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "text", ["", ".", "..", "../x", "a/b", "a\\b", "-x", ".hidden", "a" * 129, "a\n", "ä", "a b"]
)
def test_what_could_leave_the_folder_is_no_id(text: str) -> None:
    assert not is_run_id(text)


@pytest.mark.parametrize("text", ["not-a-ulid", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01ARZ3NDEKTSV4RRFFQ69G5FAI"])
def test_ids_from_elsewhere_carry_no_time(text: str) -> None:
    assert created_from_id(text) is None


def make_run(store: RunStore, run_id: str, *, mtime: float | None = None) -> Path:
    path = store.root / run_id
    path.mkdir(parents=True)
    (path / "run.json").write_text("{}")
    if mtime is not None:
        os.utime(path, (mtime, mtime))
    return path


def test_runs_are_listed_newest_first_whoever_named_them(store: RunStore) -> None:
    at = {moment: new_run_id(moment * 10**9) for moment in (1000, 3000)}
    for run_id in at.values():
        make_run(store, run_id)
    make_run(store, "cartpole_ppo.1", mtime=2000)
    assert store.run_ids() == [at[3000], "cartpole_ppo.1", at[1000]]


def test_a_missing_folder_has_no_runs(store: RunStore) -> None:
    assert store.run_ids() == []
    with pytest.raises(RunNotFoundError, match="no run starts with 'x'"):
        store.open("x")


def test_what_is_no_run_is_not_listed(store: RunStore, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "run.json").write_text("{}")
    store.root.mkdir(parents=True)
    (store.root / "index.sqlite").write_text("")
    (store.root / "empty").mkdir()
    (store.root / "link").symlink_to(outside)
    make_run(store, "-odd")
    (store.root / "half_launched").mkdir()
    (store.root / "half_launched" / "config.json").write_text("{}")
    assert store.run_ids() == []
    for name in ("link", "..", "../outside", "-odd", ""):
        with pytest.raises(RunNotFoundError):
            store.open(name)


@pytest.mark.parametrize("trace", ["analytics.json", "tensorboard", "checkpoints", "stdout.log"])
def test_runs_of_other_programs_are_listed_by_what_they_left(store: RunStore, trace: str) -> None:
    (store.root / "theirs" / trace).mkdir(parents=True)
    assert store.run_ids() == ["theirs"]


def test_a_run_is_opened_by_the_start_of_its_id(store: RunStore) -> None:
    make_run(store, "abc1")
    make_run(store, "abd2")
    make_run(store, "abd2x")
    assert store.open("abc").run_id == "abc1"
    assert store.open("ABC").run_id == "abc1"
    assert store.open("abd2").run_id == "abd2", "a whole id counts more than a start"
    with pytest.raises(RunNotFoundError, match=r"'ab' is the start of 3 runs \(.*\); give more of the id"):
        store.open("ab")


def test_a_new_run_has_a_directory_of_its_own(store: RunStore) -> None:
    runs = [store.new() for _ in range(20)]
    assert len({run.run_id for run in runs}) == 20
    assert all(run.path.is_dir() and not list(run.path.iterdir()) for run in runs)
    assert store.run_ids() == [], "a directory is a run once it has its record"


@pytest.mark.parametrize(
    ("content", "kind", "field", "said"),
    [
        (b'{"pid": 1', ProcessRecord, "", "process.json: not valid JSON"),
        (b"\xff\xfe", ProcessRecord, "", "process.json: not valid JSON"),
        (b'{"unknown": ' + b"[" * 100_000, ProcessRecord, "", "process.json: not valid JSON"),
        (b"[]", ProcessRecord, "", "process.json: expected object, got array; correct it"),
        (b"{}", ProcessRecord, "supervisor", "process.json: supervisor: this field is required and missing"),
        (
            b'{"supervisor": {"pid": "1", "start_ticks": 1, "boot_id": ""}}',
            ProcessRecord,
            "supervisor.pid",
            "process.json: supervisor.pid: expected int, got str; correct it",
        ),
        (
            b'{"supervisor": {"pid": 1, "boot_id": ""}}',
            ProcessRecord,
            "supervisor.start_ticks",
            "process.json: supervisor.start_ticks: this field is required and missing",
        ),
        (b'{"tags": ["a", 2]}', Labels, "tags[1]", "process.json: tags[1]: expected str, got int"),
        (
            b'{"cause": "odd", "ended": 1}',
            ExitRecord,
            "cause",
            "process.json: cause: invalid enum value 'odd'",
        ),
        (
            b'{"format_version": 99, "run_id": 5}',
            RunRecord,
            "run_id",
            "process.json: run_id: format 99 is newer than this program reads (1); upgrade mosaic-panel",
        ),
    ],
)
def test_a_broken_record_is_named_with_its_field(
    tmp_path: Path, content: bytes, kind: type[Any], field: str, said: str
) -> None:
    path = tmp_path / "process.json"
    path.write_bytes(content)
    with pytest.raises(RecordError) as caught:
        read_record(path, kind)
    assert str(caught.value).startswith(said)
    assert (caught.value.path, caught.value.field) == (path, field)


def test_odd_things_in_place_of_a_record(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_record(tmp_path / "none.json", Labels)
    (tmp_path / "directory.json").mkdir()
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "link.json").symlink_to("/etc/hostname")
    for name in ("directory.json", "pipe.json", "link.json"):
        with pytest.raises(RecordError, match=f"{name}: cannot be read"):
            read_record(tmp_path / name, Labels)


@given(
    st.builds(
        Labels, name=st.text(), tags=st.lists(st.text()).map(tuple), notes=st.text(), archived=st.booleans()
    )
)
def test_records_survive_writing_and_reading(
    tmp_path_factory: pytest.TempPathFactory, labels: Labels
) -> None:
    path = tmp_path_factory.getbasetemp() / "labels.json"
    try:
        msgspec.json.encode(labels)
    except UnicodeEncodeError:
        return  # half a surrogate pair cannot be written, and is refused
    write_json_atomically(path, labels)
    assert read_record(path, Labels) == labels


def test_unknown_fields_of_a_newer_launcher_are_ignored(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    path.write_text('{"name": "x", "colour": "red"}')
    assert read_record(path, Labels).name == "x"


def test_a_record_torn_at_any_byte_is_an_error_not_a_wrong_record(tmp_path: Path) -> None:
    path = tmp_path / "exit.json"
    write_json_atomically(path, ExitRecord(cause="finished", ended=12.5, exit_code=0))  # type: ignore[arg-type]
    whole = path.read_bytes().rstrip()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(RecordError):
            read_record(path, ExitRecord)


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, code: int
) -> None:
    path = tmp_path / "labels.json"
    write_json_atomically(path, Labels(name="old"))

    def fail(*arguments: object, **options: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(atomic.os, step, fail)
    with pytest.raises(OSError, match=os.strerror(code)):
        write_json_atomically(path, Labels(name="new"))
    monkeypatch.undo()
    assert read_record(path, Labels).name == "old"
    assert [entry.name for entry in tmp_path.iterdir() if entry.name.startswith(".")] == []


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr(atomic.os, "write", lambda descriptor, data: write(descriptor, bytes(data)[:3]))
    write_atomically(str(tmp_path / "file"), b"0123456789")
    assert (tmp_path / "file").read_bytes() == b"0123456789"


def test_the_files_are_where_the_format_says(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "r1")
    names = {name: getattr(run, name).name for name in dir(RunDirectory) if name.endswith("_file")}
    assert run.run_id == "r1"
    assert names == {
        "record_file": "run.json",
        "config_file": "config.json",
        "stdout_file": "stdout.log",
        "stderr_file": "stderr.log",
        "lock_file": "supervisor.lock",
        "process_file": "process.json",
        "resources_file": "resources.jsonl",
        "freeze_file": "freeze.json",
        "exit_file": "exit.json",
        "labels_file": "labels.json",
        "manifest_file": "analytics.json",
    }
