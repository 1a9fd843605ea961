"""The New run page with the real worker: filling in, several runs, resources, checks, resuming, keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from gym_gui.app import Panel
from gym_gui.core.forms.taking import Offer
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.preflight import CheckItem, CheckState
from gym_gui.core.runs.summary import RunState
from gym_gui.ui.new_run.offer_dialog import OfferDialog
from gym_gui.ui.new_run.page import NewRunPage
from gym_gui.ui.new_run.small_dialogs import ConfirmQuestion, NameQuestion
from gym_gui.ui.new_run.starting import Wanted
from gym_gui.ui.pages import Page
from tests.panel_helpers import QUICK, start_tabular, wait_for
from tests.ui.conftest import OpenPanel


@pytest.fixture
def panel(open_panel: OpenPanel) -> Panel:
    return open_panel()


@pytest.fixture
def page(panel: Panel) -> NewRunPage:
    panel.navigation.launch("tabular")
    made = panel.window.page(Page.NEW_RUN)
    assert isinstance(made, NewRunPage)
    wait_for(made.footer.start.isEnabled, "a form")
    return made


def dialog_of(page: NewRunPage) -> OfferDialog:
    wait_for(lambda: page.findChildren(OfferDialog), "the dialog")
    return page.findChildren(OfferDialog)[-1]


def test_a_changed_value_says_so_and_goes_back(page: NewRunPage, qtbot: QtBot) -> None:
    row = page.tabs.form.rows["episodes"]
    line = row.editor.marked_widget()
    assert isinstance(line, QLineEdit)
    assert row.reset.isHidden()
    line.selectAll()
    qtbot.keyClicks(line, "7")
    assert not row.reset.isHidden()
    assert "40000" in row.reset.text()
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert page.draft.value("episodes") == 40_000
    assert line.text() == "40000"
    assert row.reset.isHidden()


def test_fields_are_found_by_name_and_help(page: NewRunPage, qtbot: QtBot) -> None:
    qtbot.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.tabs.form_pane.search.hasFocus()
    qtbot.keyClicks(page.tabs.form_pane.search, "heartbeat")
    assert page.tabs.form.rows["heartbeat_interval_s"].isVisible(), "an advanced one is unfolded"
    assert not page.tabs.form.rows["episodes"].isVisible()
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page.tabs.form.rows["episodes"].isVisible()
    assert page.isVisible()


def test_presets_are_saved_used_deleted_and_taken_back(page: NewRunPage, panel: Panel) -> None:
    page.draft.set_value("episodes", 77)
    page.filling.save_preset()
    question = page.findChild(NameQuestion)
    assert isinstance(question, NameQuestion)
    assert not question.answer.isEnabled()
    question.name.setText("short")
    question.accept()
    assert page.filling.preset_names() == ["short"]
    page.filling.use_defaults()
    assert page.draft.value("episodes") == 40_000
    assert page.undo.isVisible()
    page.undo.undo.click()
    assert page.draft.value("episodes") == 77
    page.filling.use_defaults()
    page.filling.use_preset("short")
    assert page.draft.value("episodes") == 77
    page.filling.delete_preset("short")
    assert page.filling.preset_names() == []
    action = panel.notifier.history[0].action
    assert action is not None
    action.run()
    assert page.filling.preset_names() == ["short"]


def test_a_file_is_shown_before_it_is_taken(page: NewRunPage, tmp_path: Path) -> None:
    file = tmp_path / "mine.json"
    config = {"episodes": 5, "gamma": 7, "nope": 1}
    file.write_text(json.dumps({"metadata": {"worker": {"config": config}}}))
    page.filling.offer_file(file)
    dialog = dialog_of(page)
    assert "nope" in dialog.banner.text.text()
    assert dialog.model.rowCount() == 2
    assert page.draft.value("episodes") == 40_000
    dialog.take.click()
    assert page.draft.value("episodes") == 5
    assert "gamma" in page.draft.problems(), "a wrong value is there to be mended"
    page.undo.undo.click()
    assert page.draft.value("episodes") == 40_000
    assert not page.draft.problems()


def test_a_pasted_line_changes_only_what_it_names(page: NewRunPage, qtmodeltester: object) -> None:
    page.draft.set_value("gamma", 0.5)
    page.filling.paste_line()
    dialog = dialog_of(page)
    assert not dialog.take.isEnabled()
    dialog.text.setPlainText("python x.py --episodes 9 --gamma nine --unknown 3")
    assert dialog.take.text() == "Change 1 field"
    qtmodeltester.check(dialog.model)  # type: ignore[attr-defined]
    dialog.take.click()
    assert (page.draft.value("episodes"), page.draft.value("gamma")) == (9, 0.5)


def test_values_of_a_former_run(page: NewRunPage, panel: Panel, store: RunStore) -> None:
    run = start_tabular(store, {**QUICK, "episodes": 20}, "before")
    wait_for(lambda: watch_state(run).state is RunState.COMPLETED)
    panel.watch.look_at(run.run_id)
    wait_for(lambda: panel.watch.summary(run.run_id))
    summary = panel.watch.summary(run.run_id)
    assert summary is not None
    page.filling._offer_run(summary)
    dialog = dialog_of(page)
    dialog.take.click()
    assert page.draft.value("episodes") == 20


def test_copying_as_a_command_line_and_as_json(page: NewRunPage) -> None:
    page.filling.copy_line()
    assert QGuiApplication.clipboard().text().startswith("gym-gui run tabular ")
    page.filling.copy_json()
    assert json.loads(QGuiApplication.clipboard().text())["episodes"] == 40_000


def test_several_runs_are_counted_and_queued_as_one_group(page: NewRunPage, store: RunStore) -> None:
    for name, value in {**QUICK, "episodes": 10}.items():
        page.draft.set_value(name, value)
    page.tabs.sweep.seeds.setText("1-2")
    page.tabs.sweep.add_row("gamma", "0.9, 2")
    assert page.tabs.sweep.rows[0].error.text().startswith("Must be at most 1")
    assert not page.footer.start.isEnabled()
    page.tabs.sweep.rows[0].values.setText("0.9, 0.95")
    page.tabs.sweep.rows[0].changed.emit()
    page.tabs.sweep.group.setText("pair")
    assert page.tabs.sweep.told.text() == "4 runs: 2 values of gamma x 2 seeds"
    assert page.footer.queue.text() == "Queue 4 runs"
    assert not page.tabs.form.rows["gamma"].editor.isEnabled()
    page.footer.queue.click()
    wait_for(lambda: len(store.run_ids()) == 4, "four runs")
    wait_for(lambda: not page.starting.doing)
    configs = [json.loads(store.open(run_id).config_file.read_text()) for run_id in store.run_ids()]
    assert {(config["gamma"], config["seed"]) for config in configs} == {
        (gamma, seed) for gamma in (0.9, 0.95) for seed in (1, 2)
    }
    wait_for(lambda: all(watch_state(store.open(run_id)).state.is_over for run_id in store.run_ids()))


def test_many_runs_at_once_are_asked_about_first(page: NewRunPage, store: RunStore) -> None:
    page.draft.set_value("episodes", 10)
    page.tabs.sweep.seeds.setText("1-30")
    page.footer.start.click()
    wait_for(lambda: page.findChildren(ConfirmQuestion), "the question")
    question = page.findChildren(ConfirmQuestion)[-1]
    assert question.cancel.hasFocus() or question.cancel.isDefault()
    question.reject()
    assert store.run_ids() == []
    assert not page.starting.doing


def test_resources_are_checked_and_reach_the_launch(page: NewRunPage, tmp_path: Path) -> None:
    pane = page.tabs.resources
    pane.set_value("devices", "cuda:0")
    assert page.footer.problems.text() == "1 problem to fix"
    pane.set_value("devices", "0,1")
    pane.set_value("cwd", str(tmp_path / "gone"))
    assert pane.problem("cwd") == "there is no such folder"
    pane.set_value("cwd", str(tmp_path))
    pane.set_value("env", "WANDB_MODE=offline\nMY_TOKEN=quiet")
    assert "MY_TOKEN is a secret" in pane.secrets.text()
    spec = page.draft.spec()
    assert spec.resources == {"devices": ["0", "1"]}
    assert (spec.cwd, spec.env["MY_TOKEN"]) == (str(tmp_path), "quiet")
    shown = page.preview.command.label.text()
    assert "CUDA_VISIBLE_DEVICES=0,1" in shown
    assert "quiet" not in shown
    assert shown.startswith(f"cd {tmp_path} && ")


def test_check_looks_and_starts_nothing(page: NewRunPage, store: RunStore) -> None:
    page.footer.check.click()
    assert page.footer.cancel.isVisible()
    wait_for(lambda: not page.starting.doing)
    names = {item.name: item.state for item in page.checks.items}
    assert names["Config"] is CheckState.PASSED
    assert names["Dry run"] is CheckState.PASSED
    assert store.run_ids() == []
    assert page.footer.start.text() == "Start"


def test_checks_are_called_off_by_escape(page: NewRunPage, qtbot: QtBot, store: RunStore) -> None:
    page.footer.start.click()
    assert page.starting.stoppable
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert not page.starting.doing
    assert page.isVisible(), "the first Escape stops the checks, the next one leaves"
    assert page.checks.note.text() == "Stopped."
    wait_for(lambda: page.starting._tasks.pending == 0)
    assert store.run_ids() == []


def test_a_failed_check_may_be_overruled_until_the_form_changes(page: NewRunPage) -> None:
    page.starting._wanted = Wanted.START
    page.starting._specs = (page.draft.spec(),)
    page.starting._take_checks([CheckItem("GPU", CheckState.FAILED, "none")])
    assert page.footer.start.text() == "Start anyway"
    page.draft.set_value("episodes", 8)
    assert page.footer.start.text() == "Start"
    page.starting._take_checks([CheckItem("Disk", CheckState.FAILED, "full", forbids_start=True)])
    assert page.footer.start.text() == "Start"


def test_what_was_launched_last_is_offered_again(page: NewRunPage, panel: Panel, store: RunStore) -> None:
    assert not page.filling.has_last()
    page.draft.set_value("episodes", 12)
    page.footer.start.click()
    wait_for(store.run_ids, "a run")
    panel.navigation.launch("tabular")
    assert page.draft.value("episodes") == 40_000
    page.filling.use_last()
    assert page.draft.value("episodes") == 12


def test_resuming_takes_the_config_and_the_checkpoint(panel: Panel, store: RunStore) -> None:
    run = start_tabular(store, {**QUICK, "episodes": 50}, "first half")
    wait_for(lambda: watch_state(run).state is RunState.COMPLETED)
    panel.watch.look_at(run.run_id)
    wait_for(lambda: (found := panel.watch.summary(run.run_id)) and found.record)
    checkpoint = run.path / "checkpoints" / "final.npz"
    assert checkpoint.exists()
    panel.navigation.resume(run.run_id, checkpoint)
    page = panel.window.page(Page.NEW_RUN)
    assert isinstance(page, NewRunPage)
    wait_for(lambda: page.draft.value("resume_from") == str(checkpoint))
    assert page.draft.value("episodes") == 50
    assert "resume from final.npz" in page.undo.text.text()


def test_an_offer_that_cannot_be_read_takes_nothing(page: NewRunPage) -> None:
    page.filling.open_offer("Values from x.json", Offer(failure="x.json is not JSON"))
    dialog = dialog_of(page)
    assert not dialog.take.isEnabled()
    assert dialog.banner.text.text() == "X.json is not JSON."


def test_every_control_of_the_page_has_a_name_for_a_screen_reader(page: NewRunPage) -> None:
    page.tabs.setCurrentWidget(page.tabs.form_pane)
    nameless = [
        line.objectName() or line.placeholderText()
        for line in page.findChildren(QLineEdit)
        if line.isVisible() and not line.accessibleName() and not line.parent().property("accessibleName")
    ]
    assert nameless == []


def test_keys_alone_lead_from_ctrl_n_through_a_typed_value_to_a_run(
    panel: Panel, store: RunStore, qtbot: QtBot
) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    qtbot.keyClick(panel.window, Qt.Key.Key_N, control)
    page = panel.window.page(Page.NEW_RUN)
    assert isinstance(page, NewRunPage)
    wait_for(page.footer.start.isEnabled)
    target = page.tabs.form.rows["episodes"].editor.marked_widget()
    for _ in range(40):
        if target.hasFocus():
            break
        qtbot.keyClick(panel.window.focusWidget(), Qt.Key.Key_Tab)
    assert target.hasFocus(), "the Tab key never came to the field"
    qtbot.keyClicks(target, "200")
    assert page.draft.value("episodes") == 200
    qtbot.keyClick(target, Qt.Key.Key_Return, control)
    wait_for(store.run_ids, "a run")
    (run_id,) = store.run_ids()
    assert json.loads(store.open(run_id).config_file.read_text())["episodes"] == 200
    wait_for(lambda: (found := panel.watch.summary(run_id)) and found.state is RunState.COMPLETED)
    assert panel.navigation.runs.isVisible()


def test_the_tab_key_goes_through_the_fields_before_the_button_that_starts(
    panel: Panel, page: NewRunPage, qtbot: QtBot
) -> None:
    page.header.picker.setFocus()
    wait_for(page.header.picker.hasFocus, "the keyboard")
    seen = []
    for _ in range(80):
        focused = panel.window.focusWidget()
        assert focused is not None
        seen.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
        if panel.window.focusWidget() is page.header.picker:
            break
    assert panel.window.focusWidget() is page.header.picker, "round the window and back"
    plain = [row.editor for row in page.tabs.form.rows.values() if not row.field.advanced]
    places = [next(n for n, w in enumerate(seen) if w is e or e.isAncestorOf(w)) for e in plain]
    assert places == sorted(places)
    wanted = (page.menus.presets, page.tabs.tabBar(), page.tabs.form_pane.search)
    assert [seen.index(widget) for widget in wanted] == sorted(seen.index(widget) for widget in wanted)
    assert seen.index(page.tabs.form_pane.search) < places[0] < places[-1] < seen.index(page.footer.start)
    assert seen.index(page.footer.start) < seen.index(page.right.tabBar())


def test_the_tab_key_goes_back_the_way_it_came(panel: Panel, page: NewRunPage, qtbot: QtBot) -> None:
    page.header.picker.setFocus()
    wait_for(page.header.picker.hasFocus, "the keyboard")
    there = []
    while panel.window.focusWidget() is not page.footer.start:
        focused = panel.window.focusWidget()
        assert focused is not None
        assert len(there) < 60
        there.append(focused)
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    for focused in reversed(there):
        qtbot.keyClick(panel.window.focusWidget(), Qt.Key.Key_Backtab)
        assert panel.window.focusWidget() is focused


def test_an_empty_panel_leads_to_the_first_run_by_enter_alone(
    panel: Panel, store: RunStore, qtbot: QtBot
) -> None:
    empty = panel.navigation.runs.empty
    wait_for(
        lambda: (focused := panel.window.focusWidget()) is not None and empty.isAncestorOf(focused),
        "the keyboard on what says that there are no runs",
    )
    first = panel.window.focusWidget()
    assert isinstance(first, QPushButton)
    assert first.text() == "New run"
    qtbot.keyClick(first, Qt.Key.Key_Return)
    page = panel.window.page(Page.NEW_RUN)
    assert isinstance(page, NewRunPage)
    wait_for(page.footer.start.isEnabled, "a form")
    page.draft.set_value("episodes", 50)
    page.footer.start.setFocus()
    qtbot.keyClick(page.footer.start, Qt.Key.Key_Return)
    wait_for(store.run_ids, "a run")
    (run_id,) = store.run_ids()
    wait_for(lambda: (found := panel.watch.summary(run_id)) and found.state is RunState.COMPLETED)
