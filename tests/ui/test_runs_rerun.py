"""Rerunning several runs, and opening the folders of several."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.summary import RunState
from gym_gui.ui.runs.page import RunsPage
from gym_gui.ui.runs.selection.rerun import RerunManyDialog
from tests.panel_helpers import QUICK, finish, make_run, start_tabular, wait_for
from tests.ui.conftest import OpenPanel
from tests.ui.run_detail_helpers import dialog


def page_with(open_panel: OpenPanel, count: int) -> RunsPage:
    page = open_panel().navigation.runs
    wait_for(lambda: page.model.total == count, f"{count} runs")
    return page


def select_all(page: RunsPage, count: int) -> None:
    page.table.setFocus()
    page.table.selectAll()
    wait_for(lambda: len(page.table.selected_runs()) == count)


def tabular(store: RunStore, name: str, seed: int) -> RunDirectory:
    return start_tabular(store, {**QUICK, "seed": seed}, name)


def test_several_runs_are_repeated_through_the_queue_after_a_question(
    open_panel: OpenPanel, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_MAX_CONCURRENT_RUNS", "1")
    former = [tabular(store, f"run {seed}", seed) for seed in (1, 2)]
    wait_for(lambda: all(watch_state(run).state.is_over for run in former))
    (store.root / "foreign").mkdir()
    (store.root / "foreign" / "stdout.log").write_text("no run.json\n")
    page = page_with(open_panel, 3)
    select_all(page, 3)
    rerun = page.actions_for_run.rerun
    assert rerun.isEnabled()

    rerun.trigger()
    asking = dialog(RerunManyDialog)
    assert asking.heading.text() == "Rerun 2 runs?"
    assert "run 1" in asking.names.text() and "seed 2" in asking.names.text()
    assert asking.note.text().startswith("1 of the selected cannot be")
    wait_for(lambda: QApplication.focusWidget() is asking.refrain, "the focus on the safe answer")
    asking.refrain.click()
    assert len(store.run_ids()) == 3, "nothing was asked for"

    rerun.trigger()
    dialog(RerunManyDialog).start.click()
    wait_for(lambda: len(store.run_ids()) == 5, "two more")
    again = [store.open(run_id) for run_id in set(store.run_ids()) - {r.run_id for r in former} - {"foreign"}]
    wait_for(lambda: all(watch_state(run).state is RunState.COMPLETED for run in again), "both to be run")
    summaries = [watch_state(run) for run in again]
    assert {run.labels.name for run in summaries} == {"run 1", "run 2"}
    assert {run.record.seed for run in summaries if run.record} == {1, 2}
    wait_for(lambda: page.model.total == 5)
    assert RunQueue(store).waiting() == []


def test_what_cannot_be_repeated_is_told_and_the_others_are(open_panel: OpenPanel, store: RunStore) -> None:
    RunQueue(store).hold("a test looks at it")
    runs = [make_run(store, name=name, worker="unknown") for name in ("whole", "broken")]
    for run in runs:
        finish(run)
    runs[1].config_file.unlink()
    panel = open_panel()
    page = panel.navigation.runs
    wait_for(lambda: page.model.total == 2)
    select_all(page, 2)
    page.actions_for_run.rerun.trigger()
    dialog(RerunManyDialog).start.click()
    wait_for(lambda: len(panel.notifier.history) == 2, "both told")
    told = {notice.title: notice.text for notice in panel.notifier.history}
    assert "1 run queued" in told
    assert "broken" in told["1 run not queued"] and "config.json is missing" in told["1 run not queued"]
    assert len(RunQueue(store).waiting()) == 1


def test_a_config_that_no_longer_fits_is_not_queued(open_panel: OpenPanel, store: RunStore) -> None:
    RunQueue(store).hold("a test looks at it")
    runs = [tabular(store, name, seed) for seed, name in ((1, "fits"), (2, "of old"))]
    wait_for(lambda: all(watch_state(run).state.is_over for run in runs))
    config = json.loads(runs[1].config_file.read_text())
    runs[1].config_file.write_text(json.dumps({**config, "gamma": 7, "momentum": 0.9}))
    panel = open_panel()
    page = panel.navigation.runs
    panel.probe.ensure_scanned()
    wait_for(lambda: page.model.total == 2 and panel.probe.report is not None)
    select_all(page, 2)
    page.actions_for_run.rerun.trigger()
    dialog(RerunManyDialog).start.click()
    wait_for(lambda: len(panel.notifier.history) == 2, "both told")
    told = {notice.title: notice.text for notice in panel.notifier.history}
    assert "1 run queued" in told
    refused = told["1 run not queued"]
    assert "of old" in refused and "gamma" in refused and "momentum" in refused
    assert len(RunQueue(store).waiting()) == 1


def test_folders_of_several_are_opened_up_to_a_few(
    open_panel: OpenPanel, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        finish(make_run(store, name=f"run {number}"))
    panel = open_panel()
    page = panel.navigation.runs
    wait_for(lambda: page.model.total == 6)
    opened: list[Path] = []
    monkeypatch.setattr(panel.desktop, "open_path", opened.append)
    select_all(page, 6)
    action = page.actions_for_run.open_folder
    assert not action.isEnabled()
    assert action.toolTip() == "Open folder: select 5 runs at most, each opens a window"
    page.search.setText('name:"run 0","run 1","run 2"')
    wait_for(lambda: len(page.table.selected_runs()) == 3)
    assert action.isEnabled()
    action.trigger()
    assert {path.name for path in opened} == {run.run_id for run in page.table.selected_runs()}
