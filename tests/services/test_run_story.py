from __future__ import annotations

import json

import pytest

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.endings import EndClass
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ExitCause
from gym_gui.services.process_watch import ProcessLook, ProcessWatch
from gym_gui.services.run_story import RunStory, drawn_seed
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import finish, make_run, wait_for, write_events


def test_why_a_run_ended_is_read_once_it_is_over(store: RunStore, tasks: TaskRunner) -> None:
    run = make_run(store)
    story = RunStory(tasks)
    told: list[int] = []
    story.explained.connect(lambda: told.append(1))
    story.follow(watch_state(run))
    assert tasks.pending == 0, "nothing to explain yet"
    run.stderr_file.write_text("warming up\nRuntimeError: it broke\n")
    run.stderr_file.write_text('Traceback (most recent call last):\n  File "x"\nRuntimeError: it broke\n')
    finish(run, ExitCause.FAILED, 1)
    story.follow(watch_state(run))
    wait_for(lambda: story.explanation is not None)
    assert story.explanation is not None
    assert story.explanation.cause is EndClass.EXCEPTION
    assert story.explanation.first_line == "RuntimeError: it broke"
    story.follow(watch_state(run))
    assert tasks.pending == 0, "not read twice"
    assert told == [1]


def test_another_run_takes_nothing_over_from_the_former(store: RunStore, tasks: TaskRunner) -> None:
    first, second = make_run(store), make_run(store)
    finish(first, ExitCause.FAILED, 1)
    story = RunStory(tasks)
    story.follow(watch_state(first))
    story.follow(watch_state(second))
    wait_for(lambda: tasks.pending == 0)
    assert story.explanation is None


@pytest.mark.parametrize(
    ("payload", "seed"),
    [
        ({"seed": 7}, 7),
        ({"seed": 0}, 0),
        ({"seed": None}, None),
        ({"seed": True}, None),
        ({"seed": "7"}, None),
    ],
)
def test_the_seed_is_taken_from_run_started(
    store: RunStore, payload: dict[str, object], seed: int | None
) -> None:
    run = make_run(store)
    run.stdout_file.write_text('loading "run_started" things\n')
    write_events(run, [("run_started", payload), ("run_started", {"seed": 99})])
    assert drawn_seed(run) == seed


def test_a_seed_that_was_given_is_not_looked_for(store: RunStore, tasks: TaskRunner) -> None:
    given, none = make_run(store, seed=3), make_run(store)
    story = RunStory(tasks)
    for run in (given, none):
        write_events(run, [("run_started", {"seed": 11})])
        story.follow(watch_state(run))
        wait_for(lambda: tasks.pending == 0)
        assert story.drawn_seed == (None if run is given else 11)


def test_broken_output_has_no_seed(store: RunStore) -> None:
    run = make_run(store)
    assert drawn_seed(run) is None
    run.stdout_file.write_bytes(b'\xff\x00{"event": "run_started", "payload": [1]}\n"run_started"\n')
    assert drawn_seed(run) is None
    other = RunDirectory(store.root / "nowhere")
    assert drawn_seed(other) is None
    run.stdout_file.write_text(json.dumps({"event": "run_started"}))
    assert drawn_seed(run) is None


def test_looking_at_processes_ends_when_it_is_stopped(store: RunStore, tasks: TaskRunner) -> None:
    watch = ProcessWatch(tasks, make_run(store))
    looks: list[ProcessLook] = []
    watch.looked.connect(looks.append)
    watch.start()
    wait_for(lambda: len(looks) >= 2, "again and again")
    assert looks[0] == ProcessLook(())
    watch.stop()
    wait_for(lambda: tasks.pending == 0)
    assert not watch._pause.isActive()
