"""Runs are measured as they come, grow, end and go."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.services.disk_watch import RunSizes
from gym_gui.services.run_sizing import RunSizing
from gym_gui.services.runs_watch import RunsWatch
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import finish, make_run, wait_for

MEGABYTE = 1_000_000
Told = dict[str, int]


@pytest.fixture
def watch(store: RunStore, tasks: TaskRunner) -> Iterator[RunsWatch]:
    made = RunsWatch(store, tasks, interval_ms=20)
    yield made
    made.stop()


@pytest.fixture
def told(watch: RunsWatch, tasks: TaskRunner) -> Iterator[Told]:
    """The sizes that were told last."""
    sizing = RunSizing(watch, RunSizes(tasks), watch, interval_ms=20)
    found: Told = {}
    sizing.measured.connect(found.update)
    yield found
    sizing.stop()


def grow(run: RunDirectory, name: str) -> None:
    (run.path / name).write_bytes(b"x" * MEGABYTE)


def test_a_run_that_goes_on_is_measured_again_and_again(
    store: RunStore, watch: RunsWatch, told: Told
) -> None:
    run = make_run(store, name="grows")
    watch.start()
    wait_for(lambda: 0 < told.get(run.run_id, 0) < MEGABYTE, "its first size")
    grow(run, "a")
    wait_for(lambda: MEGABYTE <= told[run.run_id] < 2 * MEGABYTE, "its size as it goes on")
    grow(run, "b")
    wait_for(lambda: told[run.run_id] >= 2 * MEGABYTE, "its size a little later")


def test_runs_that_come_later_and_those_that_end_are_measured(
    store: RunStore, watch: RunsWatch, told: Told
) -> None:
    first = make_run(store, name="first")
    finish(first)
    watch.start()
    wait_for(lambda: first.run_id in told, "the first")
    later = make_run(store, name="later")
    wait_for(lambda: later.run_id in told, "one that came later")
    grow(later, "last-checkpoint")
    finish(later)
    wait_for(lambda: told[later.run_id] >= MEGABYTE, "its size at the end")


def test_a_run_that_is_over_is_measured_when_somebody_turns_to_it(
    store: RunStore, watch: RunsWatch, tasks: TaskRunner
) -> None:
    sizing = RunSizing(watch, RunSizes(tasks), watch)
    told: Told = {}
    sizing.measured.connect(told.update)
    run = make_run(store, name="over")
    finish(run)
    watch.start()
    wait_for(lambda: run.run_id in told)
    grow(run, "copied-into-it")
    sizing.look_at(run.run_id)
    wait_for(lambda: told[run.run_id] >= MEGABYTE)
    sizing.stop()
