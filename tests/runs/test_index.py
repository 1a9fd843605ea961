"""The index: what it keeps, when it believes it, and that whatever befalls it, the directories are told."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.index import IndexedRun, RunCatalogue, RunIndex, Stamps, is_settled, stamps_of
from gym_gui.core.runs.index import judges as judges_module
from gym_gui.core.runs.index.database import SCHEMA_VERSION
from gym_gui.core.runs.index.rows import LARGEST_SUMMARY_BYTES, row_of, summary_in
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ExitCause, ExitRecord, Labels, Provenance, RunRecord
from gym_gui.core.runs.summary import Progress, RunState, RunSummary
from tests.runs.conftest import Launcher, wait_until

NOBODY = 65534


@pytest.fixture(autouse=True)
def files_of_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as old at once; that young ones are passed over has a test of its own."""
    monkeypatch.setattr("gym_gui.core.runs.index.stamps._TICK_NS", 0)


@pytest.fixture
def index(store: RunStore) -> RunIndex:
    return RunIndex(store.index_file)


def ended_run(store: RunStore, name: str = "", code: int = 0, **fields: object) -> RunDirectory:
    run = create_run(store, LaunchSpec(worker_id="w", command=("true",), config={"a": 1}, name=name))
    end = ExitRecord(cause=ExitCause.FINISHED, started=time.time() - 5, ended=time.time(), exit_code=code)
    run.stdout_file.write_text('{"event": "heartbeat", "payload": {"step": 3, "total_steps": 9}}\n' * 3)
    if not code:
        with run.stdout_file.open("a") as file:
            file.write('{"event": "run_completed", "payload": {}}\n')
    write_json_atomically(run.exit_file, end)
    return run


def listed(store: RunStore, index: RunIndex) -> dict[str, RunSummary]:
    catalogue = RunCatalogue(store, index)
    summaries = {summary.run_id: summary for summary in catalogue}
    assert catalogue.remember()
    return summaries


def known(store: RunStore, index: RunIndex) -> dict[str, IndexedRun]:
    return index.load(store.root, store.run_ids())


def from_directories(store: RunStore) -> dict[str, RunSummary]:
    return {run_id: watch_state(store.open(run_id)) for run_id in store.run_ids()}


@pytest.fixture
def three(store: RunStore, index: RunIndex) -> list[RunDirectory]:
    """Three ended runs that the index knows."""
    runs = [ended_run(store, name=f"run {number}", code=number) for number in range(3)]
    listed(store, index)
    assert len(known(store, index)) == 3
    return runs


def test_what_is_known_equals_what_the_directories_say(
    store: RunStore, index: RunIndex, three: list[RunDirectory]
) -> None:
    truth = from_directories(store)
    assert {run_id: run.summary for run_id, run in known(store, index).items()} == truth
    assert listed(store, index) == truth
    assert [summary.run_id for summary in RunCatalogue(store, index)] == store.run_ids()


def test_real_runs_come_back_as_they_ended(launcher: Launcher, store: RunStore, index: RunIndex) -> None:
    for shape in ({}, {"weather": "closed stdout"}):
        launcher.reap(launcher.launch("weather.py" if shape else "talker.py", **shape))
    truth = from_directories(store)
    assert {summary.state for summary in truth.values()} == {RunState.COMPLETED, RunState.FAILED}
    assert listed(store, index) == truth
    assert {run_id: run.summary for run_id, run in known(store, index).items()} == truth


def test_a_run_that_goes_on_is_never_kept(launcher: Launcher, store: RunStore, index: RunIndex) -> None:
    run = launcher.launch("weather.py", weather="wait")
    wait_until(lambda: watch_state(run).state is RunState.RUNNING)
    assert listed(store, index)[run.run_id].state is RunState.RUNNING
    assert known(store, index) == {}


def test_a_run_whose_end_nobody_recorded_is_never_kept(store: RunStore, index: RunIndex) -> None:
    run = ended_run(store)
    run.exit_file.unlink()
    write_json_atomically(run.record_file, {"run_id": run.run_id, "worker_id": "w", "argv": [], "cwd": "/",
                                            "created": 1000.0})  # fmt: skip
    assert listed(store, index)[run.run_id].state is RunState.LOST
    assert known(store, index) == {}


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    path.write_bytes(path.read_bytes().replace(old, new))


def relabel(run: RunDirectory) -> None:
    write_json_atomically(run.labels_file, Labels(name="other"))


def rewrite_in_place_at_the_same_time(run: RunDirectory) -> None:
    """Same inode, same size, same time of content: as careless programs, and careful ones, may leave it."""
    before = run.exit_file.stat()
    with run.exit_file.open("r+b") as file:
        content = file.read().replace(b'"exit_code": 0', b'"exit_code": 7')
        file.seek(0)
        file.write(content)
    os.utime(run.exit_file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert run.exit_file.stat().st_mtime_ns == before.st_mtime_ns
    assert run.exit_file.stat().st_size == before.st_size


CHANGES: dict[str, Callable[[RunDirectory], object]] = {
    "labels": relabel,
    "labels removed": lambda run: run.labels_file.unlink(),
    "record": lambda run: rewrite(run.record_file, b'"w"', b'"x"'),
    "exit removed": lambda run: run.exit_file.unlink(),
    "exit rewritten at the same time": rewrite_in_place_at_the_same_time,
    "exit torn": lambda run: os.truncate(run.exit_file, 20),
    "output": lambda run: run.stdout_file.open("a").write("more\n"),
    "output removed": lambda run: run.stdout_file.unlink(),
    "standard error": lambda run: run.stderr_file.write_text("ValueError: late\n"),
    "config": lambda run: run.config_file.write_text('{"total_steps": 500}'),
    "process": lambda run: run.process_file.write_text("{}"),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_whatever_is_changed_by_hand_is_seen(
    store: RunStore, index: RunIndex, three: list[RunDirectory], change: str
) -> None:
    run = three[0]
    CHANGES[change](run)
    assert set(known(store, index)) == {other.run_id for other in three[1:]}
    truth = from_directories(store)
    assert listed(store, index)[run.run_id].state is truth[run.run_id].state
    if is_settled(truth[run.run_id]):
        assert known(store, index)[run.run_id].summary == truth[run.run_id]


def test_a_young_file_could_be_written_again_unseen_so_its_run_is_not_kept(
    store: RunStore, index: RunIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gym_gui.core.runs.index.stamps._TICK_NS", 2_000_000_000)
    run = ended_run(store)
    listed(store, index)
    assert known(store, index) == {}
    stamps = stamps_of(str(run.path))
    newest = max(path.stat().st_ctime for path in run.path.iterdir())
    assert not stamps.are_unmistakable(newest + 1.9)
    assert stamps.are_unmistakable(newest + 2.1)


def test_rows_of_runs_that_are_gone_go(store: RunStore, index: RunIndex, three: list[RunDirectory]) -> None:
    shutil.rmtree(three[0].path)
    ended_run(store)
    listed(store, index)
    with sqlite3.connect(index.path) as connection:
        kept = {run_id for (run_id,) in connection.execute("SELECT run_id FROM runs")}
    connection.close()
    assert kept == set(store.run_ids())


def test_a_moved_data_directory_says_where_its_runs_are(
    store: RunStore, index: RunIndex, three: list[RunDirectory]
) -> None:
    moved = RunStore(store.root.parent.rename(store.root.parent.with_name("moved")) / "runs")
    runs = known(moved, RunIndex(moved.index_file))
    assert {run.summary.path for run in runs.values()} == {moved.root / run.run_id for run in three}


def test_a_copied_data_directory_is_read_anew(
    store: RunStore, index: RunIndex, three: list[RunDirectory]
) -> None:
    copy = store.root.parent.with_name("copy")
    shutil.copytree(store.root.parent, copy)
    copied = RunStore(copy / "runs")
    assert known(copied, RunIndex(copied.index_file)) == {}
    assert listed(copied, RunIndex(copied.index_file)).keys() == set(store.run_ids())


def test_other_code_does_not_believe_what_this_code_found_out(
    store: RunStore, index: RunIndex, three: list[RunDirectory], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gym_gui.core.runs.index.rows.judges", lambda: b"another version")
    assert known(store, index) == {}
    listed(store, index)
    assert len(known(store, index)) == 3


def test_the_fingerprint_of_the_code_is_of_every_module_that_judges() -> None:
    core = Path(judges_module.__file__).parents[2]
    paths = [path for folder in judges_module.JUDGING for path in judges_module._modules(str(core / folder))]
    read = {Path(path).name for path in paths}
    assert {"observe.py", "state.py", "digest.py", "explanation.py", "liveness.py", "lines.py"} <= read


def as_text(path: Path) -> None:
    path.write_text("not a database at all\n" * 500)


def as_random(path: Path) -> None:
    path.write_bytes(os.urandom(50_000))


def as_empty(path: Path) -> None:
    path.write_bytes(b"")


def as_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "something").touch()


def as_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def as_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/passwd")


def execute(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


def as_foreign(path: Path) -> None:
    path.unlink()
    execute(path, "CREATE TABLE runs (id, name)", "INSERT INTO runs VALUES (1, 'x')")


def as_newer(path: Path) -> None:
    execute(path, f"PRAGMA user_version={SCHEMA_VERSION + 1}", "ALTER TABLE runs ADD COLUMN more")


def as_older(path: Path) -> None:
    execute(path, f"PRAGMA user_version={SCHEMA_VERSION - 1}")


def with_traps(path: Path) -> None:
    execute(path, "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM runs; END")


def with_broken_text(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"CREATE TABLE runs", b"CREATE TABLE r\xbans"))


def without_table(path: Path) -> None:
    execute(path, "DROP TABLE runs")


UNUSABLE = (
    as_text, as_random, as_empty, as_folder, as_pipe, as_link, as_foreign, as_newer, as_older, with_traps,
    with_broken_text, without_table,
)  # fmt: skip


@pytest.mark.parametrize("make", UNUSABLE)
def test_what_is_no_index_is_set_aside_and_built_anew(
    store: RunStore, index: RunIndex, three: list[RunDirectory], make: Callable[[Path], None]
) -> None:
    make(index.path)
    truth = from_directories(store)
    assert known(store, index) == {}
    assert listed(store, index) == truth
    assert {run_id: run.summary for run_id, run in known(store, index).items()} == truth
    beside = {path.name for path in index.path.parent.iterdir()}
    assert beside <= {"runs", "index.sqlite", "index.sqlite.unusable"}
    assert Path("/etc/passwd").is_file()


@pytest.mark.parametrize("column", ["run_id", "stamps", "summary", "seal"])
@pytest.mark.parametrize(
    "value", ["NULL", "7", "'text'", "x'00ff'", "zeroblob(2000000)", "CAST(x'ff' AS TEXT)"]
)
def test_a_row_that_is_not_ours_is_not_believed(
    store: RunStore, index: RunIndex, three: list[RunDirectory], column: str, value: str
) -> None:
    run_id = three[1].run_id
    execute(index.path, f"UPDATE runs SET {column} = {value} WHERE run_id = '{run_id}'")
    assert run_id not in known(store, index)
    assert listed(store, index) == from_directories(store)


def test_a_state_cannot_be_changed_in_the_index(
    store: RunStore, index: RunIndex, three: list[RunDirectory]
) -> None:
    failed = three[1].run_id
    forged = "CAST(replace(CAST(summary AS TEXT), 'failed', 'lost') AS BLOB)"
    execute(index.path, f"UPDATE runs SET summary = {forged} WHERE run_id = '{failed}'")
    assert failed not in known(store, index)
    execute(index.path, f"UPDATE runs SET run_id = 'elsewhere' WHERE run_id = '{three[0].run_id}'")
    assert list(known(store, index)) == [three[2].run_id]


def test_an_index_that_another_process_locks_is_done_without(
    store: RunStore, index: RunIndex, three: list[RunDirectory]
) -> None:
    other = sqlite3.connect(index.path, isolation_level=None)
    try:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DELETE FROM runs")
        catalogue = RunCatalogue(store, index)
        assert {summary.run_id: summary for summary in catalogue} == from_directories(store)
        assert not catalogue.remember(), "it says that nothing was kept"
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert len(known(store, index)) == 3, "and is not thrown away for being in use"


def test_a_directory_that_cannot_be_written_is_read_and_disturbed_in_nothing(
    store: RunStore, index: RunIndex, three: list[RunDirectory], tmp_path: Path
) -> None:
    if os.geteuid() != 0:
        pytest.skip("becoming another user needs root")
    folder = index.path.parent
    shown = [
        folder,
        store.root,
        *(path for path in folder.parents if tmp_path.parent.parent in (path, *path.parents)),
    ]
    modes = [(path, path.stat().st_mode) for path in shown]
    for path in shown:
        path.chmod(0o755)
    os.setresuid(NOBODY, NOBODY, 0)
    try:
        runs = known(store, index)
        kept = index.save(runs.values())
    finally:
        os.setresuid(0, 0, 0)
        for path, mode in modes:
            path.chmod(mode)
    assert len(runs) == 3
    assert not kept
    assert {path.name for path in folder.iterdir()} == {"runs", "index.sqlite"}


def test_no_index_can_be_made_where_there_is_no_folder(tmp_path: Path, store: RunStore) -> None:
    run = ended_run(store)
    index = RunIndex(tmp_path / "nowhere" / "index.sqlite")
    summary = watch_state(run)
    assert index.load(store.root, [run.run_id]) == {}
    assert not index.save([IndexedRun(stamps_of(str(run.path)), summary)])
    assert not (tmp_path / "nowhere").exists()


def test_a_python_without_sqlite_does_without(
    store: RunStore, index: RunIndex, three: list[RunDirectory], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("sqlite3", "gym_gui.core.runs.index.database"):
        monkeypatch.setitem(sys.modules, name, None)
    assert known(store, index) == {}
    catalogue = RunCatalogue(store, index)
    assert {summary.run_id: summary for summary in catalogue} == from_directories(store)
    assert not catalogue.remember()


SAVES = """
import sys, time
from pathlib import Path
import gym_gui.core.runs.index.stamps as stamps
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.index import IndexedRun, RunIndex, stamps_of
from gym_gui.core.runs.observe import watch_state
stamps._TICK_NS = 0
store = RunStore(Path(sys.argv[1]))
index = RunIndex(store.index_file)
runs = [
    IndexedRun(stamps_of(str(store.root / run_id)), watch_state(store.open(run_id)))
    for run_id in store.run_ids()
]
kept = 0
for turn in range(40):
    kept += index.save(runs[turn % len(runs):], store.run_ids() if turn % 7 == 0 else None)
    known = index.load(store.root, store.run_ids())
    for run in runs:
        assert run.summary.run_id not in known or known[run.summary.run_id].summary == run.summary
print(kept)
"""


def test_several_processes_share_it(store: RunStore, index: RunIndex, three: list[RunDirectory]) -> None:
    programs = [
        subprocess.Popen([sys.executable, "-c", SAVES, str(store.root)], stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    said = [program.communicate(timeout=60)[0] for program in programs]
    assert [program.returncode for program in programs] == [0, 0, 0]
    assert all(int(kept) > 0 for kept in said)
    assert {run_id: run.summary for run_id, run in known(store, index).items()} == from_directories(store)
    assert not index.path.with_name("index.sqlite.unusable").exists()


texts = st.text(max_size=30)
numbers = st.floats(allow_nan=False)
moments = st.floats(0, 250_000_000_000)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | numbers | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
summaries = st.builds(
    RunSummary,
    run_id=st.just("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    path=st.just(Path("/runs/01ARZ3NDEKTSV4RRFFQ69G5FAV")),
    state=st.sampled_from(RunState),
    evidence=st.lists(texts, max_size=3).map(tuple),
    record=st.none() | st.builds(
        RunRecord, run_id=texts, worker_id=texts, argv=st.lists(texts, max_size=3).map(tuple), cwd=texts,
        created=moments, resources=st.dictionaries(texts, json_values, max_size=3),
        seed=st.none() | st.integers(0, 99),
        provenance=st.builds(Provenance, packages=st.dictionaries(texts, texts, max_size=3)),
    ),
    exit=st.none() | st.builds(ExitRecord, cause=st.sampled_from(ExitCause), ended=moments, detail=texts),
    labels=st.builds(Labels, name=texts, tags=st.lists(texts, max_size=3).map(tuple), archived=st.booleans()),
    progress=st.none() | st.builds(Progress, done=numbers, total=st.none() | numbers, unit=texts),
    returns=st.lists(numbers, max_size=4).map(tuple),
    started=st.none() | moments,
    headline=texts,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(summaries)
def test_every_summary_comes_back_as_it_was(summary: RunSummary) -> None:
    row = row_of(IndexedRun(Stamps(b"s" * 248, 0), summary))
    assert row is not None
    assert summary_in(row, summary.path) == summary


def test_what_is_too_large_or_odd_is_not_kept(store: RunStore, index: RunIndex) -> None:
    run = ended_run(store)
    summary = watch_state(run)
    stamps = stamps_of(str(run.path))
    assert summary.record is not None
    large = RunSummary(
        run.run_id, run.path, summary.state, headline="x" * LARGEST_SUMMARY_BYTES, exit=summary.exit
    )
    odd = RunSummary(run.run_id, run.path, summary.state, headline="\udcff", exit=summary.exit)
    for unfit in (large, odd):
        assert row_of(IndexedRun(stamps, unfit)) is None
        assert index.save([IndexedRun(stamps, unfit)])
    assert known(store, index) == {}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    sizes: list[int] = []
    load = RunIndex.load

    def counting(self: RunIndex, root: Path, run_ids: list[str]) -> dict[str, IndexedRun]:
        sizes.append(len(run_ids))
        return load(self, root, run_ids)

    monkeypatch.setattr(RunIndex, "load", counting)
    yield sizes


def test_whoever_wants_the_newest_few_loads_few(store: RunStore, index: RunIndex, asked: list[int]) -> None:
    for _ in range(70):
        store.new().stdout_file.touch()
    next(iter(RunCatalogue(store, index)))
    assert asked == [64]
    asked.clear()
    assert len(list(RunCatalogue(store, index))) == 70
    assert asked == [64, 6]
