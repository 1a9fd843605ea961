from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.record import Labels
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.services import runs_watch
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
        clock["now"] += 0.004

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
    # Six milliseconds a slice, four for each run: two in a slice and never three.
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
