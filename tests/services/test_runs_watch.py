from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.index import RunCatalogue, RunIndex
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.record import Labels
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services import runs_settled, runs_watch
from gym_gui.services.runs_watch import RunsWatch
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import finish, make_run, spin, wait_for


@pytest.fixture
def watch(store: RunStore, tasks: TaskRunner) -> Iterator[RunsWatch]:
    watcher = RunsWatch(store, tasks, interval_ms=20)
    yield watcher
    watcher.stop()


def test_runs_that_are_there_are_found(store: RunStore, watch: RunsWatch) -> None:
    runs = [make_run(store, name=f"run {n}") for n in range(30)]
    listed: list[None] = []
    watch.listed.connect(lambda: listed.append(None))
    watch.start()
    wait_for(lambda: listed)
    assert {summary.run_id for summary in watch.summaries()} == {run.run_id for run in runs}
    spin(0.1)
    assert len(listed) == 1


def test_an_empty_store_is_listed_too(watch: RunsWatch) -> None:
    listed: list[None] = []
    watch.listed.connect(lambda: listed.append(None))
    watch.start()
    wait_for(lambda: listed)
    assert watch.summaries() == []


def test_a_new_run_appears_and_its_end_is_told(store: RunStore, watch: RunsWatch) -> None:
    watch.start()
    run = make_run(store)
    wait_for(lambda: watch.summary(run.run_id))
    changes: list[RunSummary] = []
    watch.changed.connect(changes.extend)
    finish(run)
    wait_for(lambda: any(change.state.is_over for change in changes))


def test_nothing_is_told_when_nothing_changes(store: RunStore, watch: RunsWatch) -> None:
    run = make_run(store)
    finish(run)
    watch.start()
    wait_for(lambda: (found := watch.summary(run.run_id)) and found.state.is_over)
    spin(0.1)
    batches: list[list[RunSummary]] = []
    watch.changed.connect(batches.append)
    spin(0.4)
    assert batches == []


def test_a_deleted_run_is_told(store: RunStore, watch: RunsWatch) -> None:
    run, other = make_run(store), make_run(store)
    watch.start()
    wait_for(lambda: len(watch.summaries()) == 2)
    removed: list[str] = []
    watch.removed.connect(removed.extend)
    shutil.rmtree(run.path)
    wait_for(lambda: removed)
    assert removed == [run.run_id]
    assert watch.summary(other.run_id) is not None


def test_a_run_can_be_looked_at_out_of_turn(store: RunStore, watch: RunsWatch) -> None:
    run = make_run(store)
    assert watch.summary(run.run_id) is None
    seen = watch.look_at(run.run_id)
    assert seen is not None
    assert watch.look_at("01ARZ3NDEKTSV4RRFFQ69G5FAV") is None


def test_labels_of_a_finished_run_are_seen_when_it_is_looked_at(store: RunStore, watch: RunsWatch) -> None:
    run = make_run(store)
    finish(run)
    watch.look_at(run.run_id)
    write_json_atomically(run.labels_file, Labels(name="renamed"))
    assert (seen := watch.look_at(run.run_id)) is not None
    assert seen.labels.name == "renamed"


class Slow:
    """An observer that takes its time, to be refused more than a slice of it."""

    def __init__(self, run: RunDirectory, log: list[str], pause: Callable[[], None]) -> None:
        self.run = run
        self._log = log
        self._pause = pause

    def refresh(self, now: float | None = None) -> RunSummary:
        self._pause()
        self._log.append(self.run.run_id)
        return RunSummary(self.run.run_id, self.run.path, RunState.COMPLETED)


def test_a_slice_ends_when_its_time_is_up(
    store: RunStore, tasks: TaskRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": 0.0}

    def pause() -> None:
        clock["now"] += 0.0025

    monkeypatch.setattr(runs_watch.time, "monotonic", lambda: clock["now"])
    for _ in range(7):
        make_run(store)
    log: list[str] = []
    watch = CountingWatch(store, tasks, interval_ms=10_000, observe=lambda run: Slow(run, log, pause))
    watch.start()
    for _ in range(100):
        spin(0.01)
        if len(log) == 7:
            break
    watch.stop()
    # Six milliseconds a slice, two and a half for each run: two, since a third would not be done in time.
    assert watch.slices[-4:] == [2, 2, 2, 1]


class CountingWatch(RunsWatch):
    """Notes how many runs each slice got through."""

    slices: list[int]

    def _work_a_slice(self) -> None:
        self.slices = getattr(self, "slices", [])
        before = len(self._queue)
        super()._work_a_slice()
        self.slices.append(before - len(self._queue))


def test_an_unreadable_folder_is_told_once(
    store: RunStore, watch: RunsWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> list[str]:
        raise PermissionError("not yours")

    monkeypatch.setattr(store, "run_ids", refuse)
    told: list[str] = []
    watch.unreadable.connect(told.append)
    watch.start()
    wait_for(lambda: told)
    spin(0.2)
    assert len(told) == 1
    assert "not yours" in told[0]


@pytest.fixture
def index(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> RunIndex:
    """An index for which files count as old at once, and everything due at once."""
    monkeypatch.setattr("gym_gui.core.runs.index.stamps._TICK_NS", 0)
    monkeypatch.setattr(runs_settled, "_CHECK_EVERY_S", 0.05)
    monkeypatch.setattr(runs_settled, "_SAVE_EVERY_S", 0.05)
    return RunIndex(store.index_file)


Open = Callable[[], tuple[RunsWatch, list[str]]]


@pytest.fixture
def open_watch(store: RunStore, tasks: TaskRunner, index: RunIndex) -> Iterator[Open]:
    """Opens a watch with the index, and notes which runs it looks at itself."""
    watches: list[RunsWatch] = []

    def opened() -> tuple[RunsWatch, list[str]]:
        looked_at: list[str] = []

        def observe(run: RunDirectory) -> RunObserver:
            looked_at.append(run.run_id)
            return RunObserver(run)

        watches.append(RunsWatch(store, tasks, index=index, interval_ms=20, observe=observe))
        return watches[-1], looked_at

    yield opened
    for watcher in watches:
        watcher.stop()


def known(store: RunStore, index: RunIndex) -> set[str]:
    return set(index.load(store.root, store.run_ids()))


def ended_runs(store: RunStore, number: int) -> list[RunDirectory]:
    runs = [make_run(store, name=f"run {n}") for n in range(number)]
    for run in runs:
        finish(run)
    return runs


def test_what_has_ended_is_kept_and_not_looked_at_again(
    store: RunStore, index: RunIndex, open_watch: Open
) -> None:
    ended = {run.run_id for run in ended_runs(store, 5)}
    going = make_run(store).run_id
    first, looked_at = open_watch()
    first.start()
    wait_for(lambda: known(store, index) == ended)
    first.stop()
    assert set(looked_at) == {*ended, going}
    second, looked_at = open_watch()
    listed: list[None] = []
    second.listed.connect(lambda: listed.append(None))
    second.start()
    wait_for(lambda: listed)
    assert set(looked_at) == {going}, "what is not over is judged at once, and only that"
    by_id = {summary.run_id: summary for summary in second.summaries()}
    assert by_id == {summary.run_id: summary for summary in first.summaries()}
    assert {run_id for run_id, summary in by_id.items() if summary.state.is_over} == ended


def test_a_run_that_changed_while_no_panel_was_open_is_looked_at(
    store: RunStore, index: RunIndex, open_watch: Open
) -> None:
    run, other = ended_runs(store, 2)
    catalogue = RunCatalogue(store, index)
    list(catalogue)
    assert catalogue.remember()
    write_json_atomically(run.labels_file, Labels(name="renamed"))
    shutil.rmtree(other.path)
    watcher, looked_at = open_watch()
    watcher.start()
    wait_for(lambda: watcher.summary(run.run_id))
    assert looked_at == [run.run_id]
    assert [summary.labels.name for summary in watcher.summaries()] == ["renamed"]


def test_an_edit_of_an_ended_run_is_told(store: RunStore, index: RunIndex, open_watch: Open) -> None:
    run, _ = ended_runs(store, 2)
    watcher, looked_at = open_watch()
    watcher.start()
    wait_for(lambda: len(watcher.summaries()) == 2)
    changes: list[RunSummary] = []
    watcher.changed.connect(changes.extend)
    write_json_atomically(run.labels_file, Labels(name="renamed"))
    wait_for(lambda: changes)
    assert [change.labels.name for change in changes] == ["renamed"]
    write_json_atomically(run.labels_file, Labels(name="again"))
    assert (seen := watcher.look_at(run.run_id)) is not None
    assert seen.labels.name == "again"
    before = len(looked_at)
    assert watcher.look_at(run.run_id) == seen
    assert len(looked_at) == before, "one that is as it was is not read again"


def test_an_ended_run_that_is_deleted_is_told_and_forgotten(
    store: RunStore, index: RunIndex, open_watch: Open
) -> None:
    run, other = ended_runs(store, 2)
    watcher, _ = open_watch()
    removed: list[str] = []
    watcher.removed.connect(removed.extend)
    watcher.start()
    wait_for(lambda: len(known(store, index)) == 2)
    shutil.rmtree(run.path)
    wait_for(lambda: removed)
    assert removed == [run.run_id]
    assert [summary.run_id for summary in watcher.summaries()] == [other.run_id]
    wait_for(lambda: index_rows(index) == {other.run_id})


def index_rows(index: RunIndex) -> set[str]:
    import sqlite3

    connection = sqlite3.connect(index.path)
    try:
        return {run_id for (run_id,) in connection.execute("SELECT run_id FROM runs")}
    finally:
        connection.close()


def test_a_run_whose_exit_record_goes_is_no_longer_taken_for_ended(
    store: RunStore, index: RunIndex, open_watch: Open
) -> None:
    (run,) = ended_runs(store, 1)
    watcher, _ = open_watch()
    watcher.start()
    wait_for(lambda: run.run_id in known(store, index))
    run.exit_file.unlink()
    wait_for(lambda: (seen := watcher.summary(run.run_id)) and not seen.state.is_over)
    assert known(store, index) == set()


def test_an_index_that_cannot_be_used_costs_nothing_but_time(
    store: RunStore, index: RunIndex, open_watch: Open
) -> None:
    index.path.mkdir()
    (index.path / "in the way").touch()
    index.path.with_name("index.sqlite.unusable").mkdir()
    index.path.with_name("index.sqlite.unusable").joinpath("too").touch()
    runs = ended_runs(store, 3)
    watcher, _ = open_watch()
    watcher.start()
    wait_for(lambda: len(watcher.summaries()) == 3)
    assert all(summary.state is RunState.COMPLETED for summary in watcher.summaries())
    spin(0.2)
    assert {summary.run_id for summary in watcher.summaries()} == {run.run_id for run in runs}


def test_many_runs_are_told_in_portions(
    store: RunStore, index: RunIndex, open_watch: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs_watch, "_TOLD_AT_ONCE", 4)
    ended_runs(store, 10)
    catalogue = RunCatalogue(store, index)
    list(catalogue)
    catalogue.remember()
    watcher, looked_at = open_watch()
    portions: list[int] = []
    watcher.changed.connect(lambda batch: portions.append(len(batch)))
    listed: list[int] = []
    watcher.listed.connect(lambda: listed.append(sum(portions)))
    watcher.start()
    wait_for(lambda: listed)
    assert portions == [4, 4, 2]
    assert listed == [10], "the list is called complete when all of it was told"
    assert looked_at == []


def test_what_is_found_out_is_kept_before_all_are_looked_at(
    store: RunStore, tasks: TaskRunner, index: RunIndex
) -> None:
    ended_runs(store, 60)

    def slowly(run: RunDirectory) -> RunObserver:
        threading.Event().wait(0.02)
        return RunObserver(run)

    watcher = RunsWatch(store, tasks, index=index, interval_ms=10, observe=slowly)
    listed: list[None] = []
    watcher.listed.connect(lambda: listed.append(None))
    try:
        watcher.start()
        wait_for(lambda: known(store, index))
        assert not listed
        wait_for(lambda: listed)
        wait_for(lambda: len(known(store, index)) == 60)
    finally:
        watcher.stop()


def test_the_window_is_built_without_sqlite() -> None:
    code = (
        "import sys; from PySide6.QtWidgets import QApplication; from gym_gui.app import Panel\n"
        "app = QApplication([]); panel = Panel(app); panel.furnish(); panel.close()\n"
        "assert 'sqlite3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ}, timeout=60)


class _SlowlyListedStore(RunStore):
    """A store whose folder is read, and told only when that is allowed."""

    def __init__(self, store: RunStore) -> None:
        super().__init__(store.root)
        self.has_read = threading.Event()
        self.may_tell = threading.Event()

    def run_ids(self) -> list[str]:
        found = super().run_ids()
        self.has_read.set()
        assert self.may_tell.wait(30)
        return found


def test_a_run_looked_at_while_the_folder_is_read_is_not_taken_for_gone(
    store: RunStore, tasks: TaskRunner
) -> None:
    slow = _SlowlyListedStore(store)
    watcher = RunsWatch(slow, tasks, interval_ms=20)
    gone: list[list[str]] = []
    listed: list[None] = []
    watcher.removed.connect(gone.append)
    watcher.listed.connect(lambda: listed.append(None))
    try:
        watcher.start()
        wait_for(slow.has_read.is_set)
        run = make_run(store)
        assert watcher.look_at(run.run_id) is not None
        slow.may_tell.set()
        wait_for(lambda: listed)
        assert gone == []
        shutil.rmtree(run.path)
        wait_for(lambda: gone == [[run.run_id]])
    finally:
        slow.may_tell.set()
        watcher.stop()
