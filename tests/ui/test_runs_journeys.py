"""Many runs in the panel, from the keyboard to the files: found, folded, tagged, deleted and brought back."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gym_gui.app import Panel
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.queue.queue import RunQueue, enqueue_run
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.trash.trash import Trash
from gym_gui.ui.runs.page import RunsPage
from gym_gui.ui.runs.selection.cancel import CancelManyDialog
from gym_gui.ui.runs.selection.tags import RenameDialog, TagDialog
from gym_gui.ui.runs.selection.trash_dialog import TrashDialog
from gym_gui.ui.runs.table.columns import RunColumn
from gym_gui.ui.runs.table.row_order import group_key
from tests.panel_helpers import ENDLESS, finish, make_run, start_tabular, wait_for
from tests.ui.conftest import OpenPanel
from tests.ui.run_detail_helpers import dialog

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def spec(name: str, group: str | None = None) -> LaunchSpec:
    return LaunchSpec(worker_id="tabular", command=("/bin/true",), config={}, name=name, group=group)


def ended(store: RunStore, name: str, group: str | None = None) -> RunDirectory:
    run = create_run(store, spec(name, group))
    finish(run)
    return run


def page_with(panel: Panel, count: int) -> RunsPage:
    page = panel.navigation.runs
    wait_for(lambda: page.model.total == count and page.detail is not None, "the runs")
    page.table.setFocus()
    return page


def tags(run: RunDirectory) -> list[str]:
    found = json.loads(run.labels_file.read_text())["tags"]
    assert isinstance(found, list)
    return found


def test_found_tagged_deleted_and_brought_back_by_keyboard(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot
) -> None:
    lakes = [ended(store, f"lake {n}") for n in range(3)]
    ended(store, "taxi")
    panel = open_panel()
    page = page_with(panel, 4)

    qtbot.keyClick(page.table, Qt.Key.Key_F, CONTROL)
    wait_for(page.search.hasFocus)
    qtbot.keyClicks(page.search, "name:lake")
    wait_for(lambda: page.model.rowCount() == 3, "the search")
    assert page.count.text() == "3 of 4"
    qtbot.keyClick(page.search, Qt.Key.Key_Return)
    wait_for(page.table.hasFocus)
    qtbot.keyClick(page.table, Qt.Key.Key_A, CONTROL)
    assert len(page.table.selected_runs()) == 3
    assert page.selection is not None
    assert page.selection.heading.text() == "3 runs selected"

    qtbot.keyClick(page.table, Qt.Key.Key_T, CONTROL)
    asking = dialog(TagDialog)
    qtbot.keyClicks(asking.line, "frozen, kept")
    qtbot.keyClick(asking.line, Qt.Key.Key_Return)
    wait_for(lambda: all(tags(run) == ["frozen", "kept"] for run in lakes), "the tags")
    wait_for(lambda: page._known_tags() == {"frozen", "kept"})

    assert page.selection_actions.delete.isEnabled()
    panel.window.activateWindow()
    wait_for(page.table.hasFocus)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    wait_for(lambda: len(Trash(store).contents()) == 3, "the trash")
    wait_for(page.found.nothing_found.isVisible)
    assert panel.notifier.history[0].title == "3 runs moved to the trash"
    page.search.clear()
    page.table.setFocus()
    wait_for(page.table.hasFocus)
    qtbot.keyClick(page.table, Qt.Key.Key_Z, CONTROL)
    wait_for(lambda: page.model.total == 4 and not Trash(store).contents(), "undone")
    assert {run.run_id for run in lakes} < set(store.run_ids())
    assert all(tags(run) == ["frozen", "kept"] for run in lakes)


def test_undo_on_the_toast_brings_a_run_back_once(open_panel: OpenPanel, store: RunStore) -> None:
    run = ended(store, "only")
    ended(store, "other")
    panel = open_panel()
    page = page_with(panel, 2)
    page.choose(run.run_id)
    page.selection_actions.delete.trigger()
    wait_for(lambda: bool(Trash(store).contents()))
    wait_for(lambda: page.model.total == 1)
    buttons = [b for b in panel.window.findChildren(QPushButton) if b.text() == "Undo" and b.isVisible()]
    assert len(buttons) == 1
    buttons[0].click()
    buttons[0].click()
    wait_for(lambda: page.model.total == 2)
    assert not Trash(store).contents()
    assert not any(notice.level == "danger" for notice in panel.notifier.history)


def test_a_run_that_goes_on_is_not_deleted_and_the_tip_says_why(
    open_panel: OpenPanel, store: RunStore
) -> None:
    going = start_tabular(store, ENDLESS, "going")
    wait_for(lambda: watch_state(going).state is RunState.RUNNING)
    panel = open_panel()
    page = page_with(panel, 1)
    wait_for(lambda: page.model.summary(going.run_id).state is RunState.RUNNING)  # type: ignore[union-attr]
    page.choose(going.run_id)
    delete = page.selection_actions.delete
    assert not delete.isEnabled()
    assert delete.toolTip() == "Delete: it is running; cancel it first"


def test_several_runs_are_cancelled_by_one_question(open_panel: OpenPanel, store: RunStore) -> None:
    going = [start_tabular(store, ENDLESS, f"going {n}") for n in range(2)]
    ended(store, "over")
    wait_for(lambda: all(watch_state(run).state is RunState.RUNNING for run in going))
    panel = open_panel()
    page = page_with(panel, 3)
    wait_for(lambda: all(page.model.summary(r.run_id).state is RunState.RUNNING for r in going))  # type: ignore[union-attr]
    page.table.selectAll()
    page.actions_for_run.cancel.trigger()
    asking = dialog(CancelManyDialog)
    assert asking.model.rowCount() == 2
    assert asking.note.text() == "1 of the selected need no cancelling"
    wait_for(lambda: QApplication.focusWidget() is asking.keep, "the focus on the safe answer")
    asking.stop.click()
    wait_for(lambda: asking.heading.text() == "2 runs cancelled, nothing is left", "the receipts")
    assert asking.receipt.number("found") == "2"
    assert asking.receipt.number("left") == "0"
    assert all(watch_state(run).state is RunState.CANCELLED for run in going)
    asking.keep.click()
    wait_for(lambda: not page.actions_for_run.cancel.isEnabled())


def test_a_group_is_opened_folded_and_remembered(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot
) -> None:
    seeds = [ended(store, f"seed {n}", "lake") for n in range(3)]
    panel = open_panel()
    page = page_with(panel, 3)
    assert page.model.rowCount() == 1
    page.table.choose(group_key("lake"))
    assert page.selection is not None
    assert page.selection.heading.text() == "Group lake: 3 runs"
    qtbot.keyClick(page.table, Qt.Key.Key_Right)
    assert page.model.rowCount() == 4
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert [run.run_id for run in page.table.selected_runs()] == [seeds[2].run_id]
    qtbot.keyClick(page.table, Qt.Key.Key_Left)
    assert page.table.selected_group() is not None
    qtbot.keyClick(page.table, Qt.Key.Key_Left)
    assert page.model.rowCount() == 1
    page.choose(seeds[0].run_id)
    assert [run.run_id for run in page.table.selected_runs()] == [seeds[0].run_id], "the fold gives way"
    panel.window.close()
    again = open_panel()
    wait_for(lambda: again.navigation.runs.model.rowCount() == 4, "the open group")
    again.navigation.runs.columns.grouping.trigger()
    assert again.navigation.runs.model.rowCount() == 3


def test_a_click_on_the_chevron_opens_a_group(open_panel: OpenPanel, store: RunStore, qtbot: QtBot) -> None:
    for n in range(2):
        ended(store, f"seed {n}", "lake")
    page = page_with(open_panel(), 2)
    cell = page.table.visualRect(page.model.index(0, RunColumn.NAME))
    place = cell.topLeft()
    place.setX(cell.left() + 16)
    place.setY(cell.center().y())
    qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert page.model.rowCount() == 3


def test_archived_runs_leave_and_are_found_again(open_panel: OpenPanel, store: RunStore) -> None:
    run = ended(store, "old")
    panel = open_panel()
    page = page_with(panel, 1)
    page.choose(run.run_id)
    page.selection_actions.archive.trigger()
    wait_for(page.found.nothing_found.isVisible)
    assert page.found.nothing_found.title.text() == "All runs are archived"
    page.found.search_archived.click()
    wait_for(lambda: page.model.rowCount() == 1)
    page.choose(run.run_id)
    assert page.selection_actions.archive.text() == "Take out of the archive"
    page.selection_actions.undo.trigger()
    wait_for(lambda: not watch_state(run).labels.archived)


def test_a_run_is_renamed_by_f2_and_a_wrong_name_is_refused(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot
) -> None:
    run = ended(store, "before")
    page = page_with(open_panel(), 1)
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    asking = dialog(RenameDialog)
    asking.line.setText("x" * 300)
    qtbot.keyClick(asking.line, Qt.Key.Key_Return)
    wait_for(asking.problem.isVisible)
    assert "200 at most" in asking.problem.text()
    asking.line.setText("after")
    qtbot.keyClick(asking.line, Qt.Key.Key_Return)
    wait_for(lambda: watch_state(run).labels.name == "after")
    wait_for(lambda: page.model.summary(run.run_id).labels.name == "after")  # type: ignore[union-attr]


def test_a_tag_is_taken_from_those_that_have_it(open_panel: OpenPanel, store: RunStore) -> None:
    one, other = ended(store, "one"), ended(store, "other")
    one.labels_file.write_text(json.dumps({"name": "one", "tags": ["a", "b"]}))
    other.labels_file.write_text(json.dumps({"name": "other", "tags": ["b"]}))
    page = page_with(open_panel(), 2)
    page.table.selectAll()
    page.selection_actions.tags.trigger()
    asking = dialog(TagDialog)
    assert asking.boxes["a"].checkState() is Qt.CheckState.PartiallyChecked
    assert asking.boxes["b"].checkState() is Qt.CheckState.Checked
    asking.boxes["a"].setCheckState(Qt.CheckState.Checked)
    asking.boxes["b"].setCheckState(Qt.CheckState.Unchecked)
    asking.save.click()
    wait_for(lambda: tags(one) == ["a"] and tags(other) == ["a"])


def test_the_trash_restores_and_is_emptied_after_a_question(open_panel: OpenPanel, store: RunStore) -> None:
    runs = [ended(store, f"old {n}") for n in range(2)]
    ended(store, "kept")
    for run in runs:
        Trash(store).put(run)
    page = page_with(open_panel(), 1)
    page.selection_actions.show_trash.trigger()
    shown = dialog(TrashDialog)
    wait_for(lambda: len(shown.model.sizes) == 2, "the sizes")
    assert not shown.restore.isEnabled()
    shown.table.selectRow(1)
    shown.restore.click()
    wait_for(lambda: page.model.total == 2 and shown.model.rowCount() == 1)
    shown.empty.click()
    assert "cannot be undone" in shown.banner.text.text()
    assert QApplication.focusWidget() is shown.refrain
    shown.refrain.click()
    assert len(Trash(store).contents()) == 1
    shown.empty.click()
    shown.confirm.click()
    wait_for(lambda: shown.nothing.isVisible() and not Trash(store).contents())
    shown.reject()


def test_queued_runs_are_moved_in_the_line(open_panel: OpenPanel, store: RunStore, qtbot: QtBot) -> None:
    queue = RunQueue(store)
    queue.hold("a test looks at it")
    runs = [enqueue_run(queue, spec(f"queued {n}")) for n in range(3)]
    page = page_with(open_panel(), 3)
    page.choose(runs[2].run_id)
    wait_for(page.selection_actions.move_up.isEnabled)
    assert page.selection_actions.move_down.toolTip() == "Move down in the queue: already last in line"
    row = page.model.row_of(runs[2].run_id) or 0
    assert page.model.index(row, RunColumn.PROGRESS).data() == "3 of 3 in line"
    qtbot.keyClick(page.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    wait_for(lambda: [e.run_id for e in queue.waiting()] == [runs[n].run_id for n in (0, 2, 1)])
    page.choose(runs[0].run_id)
    assert page.selection_actions.start_now.isEnabled()
    page.selection_actions.start_now.trigger()
    wait_for(lambda: watch_state(runs[0]).state.is_over, "started out of turn")


def test_a_selection_that_a_search_hides_is_not_acted_upon(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot
) -> None:
    for name in ("apple", "apricot", "plum"):
        ended(store, name)
    page = page_with(open_panel(), 3)
    page.table.selectAll()
    page.search.setText("name:ap")
    assert {run.labels.name for run in page.table.selected_runs()} == {"apple", "apricot"}
    page.search.clear()
    assert len(page.table.selected_runs()) == 2
    page.table.choose(page.model.key_at(0))
    qtbot.keyClick(page.table, Qt.Key.Key_Down, SHIFT)
    assert [run.labels.name for run in page.table.selected_runs()] == ["plum", "apricot"]


def test_columns_are_chosen_remembered_and_reset(open_panel: OpenPanel, store: RunStore) -> None:
    finish(make_run(store, name="one"))
    panel = open_panel()
    page = page_with(panel, 1)
    menu = page.columns.menu_of_columns()
    by_name = {action.text(): action for action in menu.actions()}
    assert not by_name["Name"].isEnabled()
    by_name["Seed"].trigger()
    by_name["Tags"].trigger()
    menu.close()
    assert page.table.isColumnHidden(RunColumn.SEED)
    panel.window.close()
    again = open_panel().navigation.runs
    assert again.table.isColumnHidden(RunColumn.SEED)
    assert not again.table.isColumnHidden(RunColumn.TAGS)
    again.columns.reset()
    assert not again.table.isColumnHidden(RunColumn.SEED)
    assert again.table.isColumnHidden(RunColumn.TAGS)


def test_comparing_is_offered_once_somebody_listens(open_panel: OpenPanel, store: RunStore) -> None:
    runs = [ended(store, name) for name in ("one", "two")]
    page = page_with(open_panel(), 2)
    wanted: list[list[str]] = []
    page.compare_wanted.connect(wanted.append)
    page.offer_compare()
    compare = page.selection_actions.compare
    page.choose(runs[0].run_id)
    assert compare.toolTip() == "Compare: select two runs or more"
    page.table.selectAll()
    compare.trigger()
    assert [sorted(ids) for ids in wanted] == [sorted(run.run_id for run in runs)]


@pytest.mark.parametrize("frozen_first", [False, True])
def test_several_runs_are_frozen_and_continued(
    open_panel: OpenPanel, store: RunStore, frozen_first: bool
) -> None:
    runs = [start_tabular(store, ENDLESS, f"going {n}") for n in range(2)]
    wait_for(lambda: all(watch_state(run).state is RunState.RUNNING for run in runs))
    page = page_with(open_panel(), 2)
    freeze = page.actions_for_run.freeze

    def all_are(state: RunState) -> bool:
        return all(page.model.summary(run.run_id).state is state for run in runs)  # type: ignore[union-attr]

    wait_for(lambda: all_are(RunState.RUNNING))
    if frozen_first:
        page.choose(runs[0].run_id)
        freeze.trigger()
        wait_for(lambda: page.model.summary(runs[0].run_id).state is RunState.PAUSED)  # type: ignore[union-attr]
    page.table.selectAll()
    assert freeze.text() == "Freeze", "one of them goes on"
    freeze.trigger()
    wait_for(lambda: all_are(RunState.PAUSED), "both frozen")
    wait_for(lambda: freeze.text() == "Continue" and freeze.isEnabled())
    freeze.trigger()
    wait_for(lambda: all_are(RunState.RUNNING), "both going")
