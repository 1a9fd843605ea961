"""What is done to many runs at once: what is refused leaves the rest, and everything has a way back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.labelling import edit_labels
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.record import Labels
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.trash.trash import Trash, TrashRefusedError
from gym_gui.services.many_runs import ManyRuns, many_runs
from gym_gui.services.notifier import NoticeLevel, Notifier
from gym_gui.services.queue_watch import QueueWatch
from gym_gui.services.run_batch import Target, do_to_all_at_once, do_to_each
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import ENDLESS, end_all_runs, finish, make_run, start_tabular, wait_for


@pytest.fixture
def notifier(qapp: QApplication) -> Notifier:
    return Notifier()


@pytest.fixture
def store() -> Iterator[RunStore]:
    runs_root().mkdir(parents=True)
    yield RunStore(runs_root())
    end_all_runs(runs_root())


@pytest.fixture
def many(store: RunStore, notifier: Notifier) -> Iterator[ManyRuns]:
    tasks = TaskRunner(notifier)
    yield many_runs(store, tasks, notifier, QueueWatch(RunQueue(store), tasks, notifier))
    wait_for(lambda: tasks.pending == 0, "the last task")
    assert tasks.close(5_000)


def over(store: RunStore, name: str) -> Target:
    run = make_run(store, name=name)
    finish(run)
    return Target(run, name)


def labels(run: RunDirectory) -> Labels:
    return edit_labels(run)


def test_tags_are_taken_back_without_what_others_wrote_since(
    many: ManyRuns, store: RunStore, notifier: Notifier
) -> None:
    one, two = over(store, "one"), over(store, "two")
    edit_labels(one.run, add_tags=["old", "both"])
    many.labelling.tag([one, two], ["new", "both"], ["old"])
    wait_for(lambda: many.undo.what == "2 runs tagged")
    assert (labels(one.run).tags, labels(two.run).tags) == (("both", "new"), ("new", "both"))
    edit_labels(two.run, add_tags=["by somebody else"], notes="theirs")
    many.undo.take_back()
    wait_for(lambda: labels(two.run).tags == ("by somebody else",))
    wait_for(lambda: set(labels(one.run).tags) == {"both", "old"})
    assert labels(two.run).notes == "theirs"
    wait_for(lambda: notifier.history[0].title == "The labels of 2 runs are as they were")
    assert many.undo.what == ""


def test_a_run_whose_labels_cannot_be_read_does_not_keep_the_others_from_it(
    many: ManyRuns, store: RunStore, notifier: Notifier
) -> None:
    good, bad = over(store, "good"), over(store, "bad")
    bad.run.labels_file.write_text("{ no json")
    finished: list[str] = []
    many.labelling.finished.connect(finished.append)
    many.labelling.archive([bad, good], True)
    wait_for(lambda: bool(finished))
    assert labels(good.run).archived
    assert finished[0].startswith("bad: ")
    assert "labels.json" in finished[0]
    assert notifier.history[0].level is NoticeLevel.ERROR
    assert bad.run.labels_file.read_text() == "{ no json"


def test_labels_that_are_there_already_are_no_change_to_take_back(many: ManyRuns, store: RunStore) -> None:
    run = over(store, "one")
    finished: list[str] = []
    many.labelling.finished.connect(finished.append)
    many.labelling.archive([run], False)
    wait_for(lambda: finished == [""])
    assert many.undo.what == ""


def test_what_goes_on_stays_and_the_rest_is_deleted(
    many: ManyRuns, store: RunStore, notifier: Notifier
) -> None:
    done, waiting = over(store, "done"), Target(make_run(store, name="waiting"), "waiting")
    deleted: list[list[str]] = []
    many.trash.deleted.connect(deleted.append)
    many.trash.delete([waiting, done])
    wait_for(lambda: bool(deleted))
    assert deleted == [[done.run.run_id]]
    assert waiting.run.path.exists()
    titles = [notice.title for notice in notifier.history]
    assert titles == ["1 run not deleted", "done moved to the trash"]
    assert "gym-gui cancel" in notifier.history[0].text


def test_a_place_that_is_taken_again_is_not_restored_over(
    many: ManyRuns, store: RunStore, notifier: Notifier
) -> None:
    done = over(store, "done")
    trashed = Trash(store).put(done.run)
    done.run.path.mkdir()
    restored: list[list[str]] = []
    many.trash.restored.connect(restored.append)
    many.trash.restore([trashed])
    wait_for(lambda: restored == [[]])
    assert "is there again" in notifier.history[0].text
    assert len(Trash(store).contents()) == 1
    done.run.path.rmdir()


def test_receipts_of_real_processes_are_added_up(many: ManyRuns, store: RunStore, notifier: Notifier) -> None:
    going = [start_tabular(store, ENDLESS, f"going {n}") for n in range(3)]
    wait_for(lambda: all(watch_state(run).state is RunState.RUNNING for run in going))
    targets = [Target(run, run.run_id) for run in going]
    one_by_one: list[str] = []

    def note(run_id: str, receipt: object, problem: str) -> None:
        one_by_one.append(run_id)

    many.control.cancelled_one.connect(note)
    sums: list[object] = []
    many.control.cancelled_all.connect(sums.append)
    many.control.cancel(targets)
    assert many.control.is_busy(going[0].run_id)
    many.control.cancel(targets)  # those that are being ended are not asked again
    wait_for(lambda: len(sums) == 2, "the sum")
    receipt = max(sums, key=lambda found: found.found)  # type: ignore[attr-defined]
    assert (receipt.found, receipt.left) == (3, 0)  # type: ignore[attr-defined]
    assert all(watch_state(run).state is RunState.CANCELLED for run in going)
    wait_for(lambda: sorted(one_by_one) == sorted(run.run_id for run in going))
    assert not many.control.is_busy(going[0].run_id)
    assert "3 runs cancelled" in [notice.title for notice in notifier.history]


def test_refusals_are_told_and_others_are_errors() -> None:
    from pathlib import Path

    targets = [Target(RunDirectory(Path(name)), name) for name in "abcde"]

    def refuse(run: RunDirectory) -> str:
        if run.run_id != "c":
            raise TrashRefusedError(f"not {run.run_id}")
        return "done"

    outcome = do_to_each(targets, refuse, (TrashRefusedError,))
    assert outcome.run_ids == ["c"]
    assert outcome.reasons == "a: not a\nb: not b\nd: not d\nand 1 more"
    told: list[str] = []
    at_once = do_to_all_at_once(
        targets, lambda t: refuse(t.run), (TrashRefusedError,), lambda t, r, why: told.append(t.label)
    )
    assert at_once == outcome
    assert sorted(told) == list("abcde")
    with pytest.raises(TrashRefusedError):
        do_to_each(targets, refuse, (OSError,))
