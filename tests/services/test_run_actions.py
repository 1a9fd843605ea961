from __future__ import annotations

from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from gym_gui.services.notifier import NoticeLevel, Notifier
from gym_gui.services.run_actions import RunActions
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import ENDLESS, start_tabular, wait_for


def test_cancel_ends_the_run_and_shows_the_receipt(
    store: RunStore, tasks: TaskRunner, notifier: Notifier
) -> None:
    run = start_tabular(store, ENDLESS)
    wait_for(lambda: watch_state(run).state is RunState.RUNNING)
    actions = RunActions(store, tasks, notifier)
    cancelled: list[str] = []
    actions.cancelled.connect(cancelled.append)
    actions.cancel(run.run_id, "the run")
    assert actions.is_cancelling(run.run_id)
    actions.cancel(run.run_id, "the run")  # a second click does nothing
    wait_for(lambda: cancelled)
    assert not actions.is_cancelling(run.run_id)
    assert watch_state(run).state is RunState.CANCELLED
    assert [notice.level for notice in notifier.history] == [NoticeLevel.SUCCESS]
    assert notifier.history[0].text


def test_a_run_that_is_gone_is_told(store: RunStore, tasks: TaskRunner, notifier: Notifier) -> None:
    actions = RunActions(store, tasks, notifier)
    actions.cancel("01ARZ3NDEKTSV4RRFFQ69G5FAV", "ghost")
    wait_for(lambda: notifier.history)
    assert notifier.history[0].level is NoticeLevel.ERROR
    assert not actions.is_cancelling("01ARZ3NDEKTSV4RRFFQ69G5FAV")
