"""What belongs to the window as a whole: settings, palette, shortcuts, news of runs, the machine."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.config.paths import data_root
from gym_gui.config.settings import settings_file
from gym_gui.core.machine import GpuReading, MachineReading
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.summary import RunState
from gym_gui.services.notifier import NoticeLevel, Notifier
from gym_gui.services.run_news import RunNews
from gym_gui.services.runs_watch import RunsWatch
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.pages import Page
from gym_gui.ui.palette.commands import Command, rank
from gym_gui.ui.palette.model import CommandsModel
from gym_gui.ui.palette.palette import CommandPalette
from gym_gui.ui.palette.shortcuts import ShortcutsDialog
from gym_gui.ui.settings.page import SettingsPage
from gym_gui.ui.status_bar import machine_words
from gym_gui.ui.theme import Theme
from gym_gui.ui.workers.script_panel import ScriptPanel
from tests.panel_helpers import finish, make_run, spin, summary, wait_for
from tests.ui.conftest import OpenPanel

CONTROL = Qt.KeyboardModifier.ControlModifier


def command(title: str, detail: str = "") -> Command:
    return Command(title, detail, "", "play", lambda: None)


def test_titles_that_start_with_what_was_typed_come_first() -> None:
    commands = [command("a long taxi"), command("other", "taxi"), command("taxi 1"), command("cataxi")]
    assert [found.title for found in rank("taxi", commands, 9)] == [
        "taxi 1",
        "a long taxi",
        "cataxi",
        "other",
    ]
    assert [found.title for found in rank("TAXI long", commands, 9)] == ["a long taxi"]
    assert rank("zzz", commands, 9) == []
    assert len(rank("", commands, 2)) == 2


def test_the_model_of_commands_is_sound(theme: Theme, qtmodeltester: ModelTester) -> None:
    model = CommandsModel(theme, [command(f"run {n}") for n in range(100)])
    qtmodeltester.check(model)
    model.search("run 7")
    assert model.rowCount() == 19
    qtmodeltester.check(model)


def test_the_palette_leads_to_a_run_by_the_keyboard(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot
) -> None:
    first = make_run(store, name="first of all")
    finish(first)
    finish(make_run(store, name="second"))
    panel = open_panel()
    wait_for(lambda: panel.navigation.runs.model.total == 2)
    panel.window.go_to(Page.WORKERS)
    qtbot.keyClick(panel.window, Qt.Key.Key_K, CONTROL)
    palette = panel.window.findChild(CommandPalette)
    assert palette is not None
    assert palette.line.hasFocus()
    qtbot.keyClicks(palette.line, "first of")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    wait_for(lambda: panel.window.stack.currentWidget() is panel.navigation.runs)
    detail = panel.navigation.runs.detail
    wait_for(lambda: detail is None or detail.run_id == first.run_id)
    spin()
    assert panel.window.findChild(CommandPalette) is None


def test_the_palette_leads_to_adding_a_script_from_any_page(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    for _ in range(2):  # from the Runs page, then from where it leads: it is offered once on either
        panel.navigation.open_palette()
        palette = panel.window.findChild(CommandPalette)
        assert palette is not None
        qtbot.keyClicks(palette.line, "add script")
        assert palette.model.rowCount() == 1
        qtbot.keyClick(palette.line, Qt.Key.Key_Return)
        wait_for(lambda: (found := panel.window.findChild(ScriptPanel)) is not None and found.isVisible())
        spin()


def test_the_palette_runs_actions_and_moves_with_the_arrows(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    wait_for(lambda: panel.probe.report is not None or not panel.probe.ensure_scanned())
    panel.navigation.open_palette()
    palette = panel.window.findChild(CommandPalette)
    assert palette is not None
    qtbot.keyClicks(palette.line, "settings")
    assert palette.model.rowCount() >= 1
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Up)
    qtbot.keyClick(palette.line, Qt.Key.Key_Enter)
    wait_for(lambda: panel.window.stack.currentWidget() is panel.window.page(Page.SETTINGS))


def test_nothing_found_is_said(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    panel.navigation.open_palette()
    palette = panel.window.findChild(CommandPalette)
    assert palette is not None
    qtbot.keyClicks(palette.line, "no such thing at all")
    assert palette.nothing.isVisible()
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.close()
    spin()


def test_every_shortcut_is_listed_and_none_is_given_twice_on_a_page(
    open_panel: OpenPanel, qtbot: QtBot
) -> None:
    panel = open_panel()
    qtbot.keyClick(panel.window, Qt.Key.Key_F1)
    dialog = panel.window.findChild(ShortcutsDialog)
    assert isinstance(dialog, QDialog)
    texts = [label.text() for label in dialog.findChildren(type(panel.window.status.running))]
    for wanted in ("Everywhere", "Ctrl+K", "Ctrl+N", "F1", "Ctrl+.", "Cancel"):
        assert wanted in texts
    everywhere = [a.shortcut().toString() for a in panel.window.actions() if not a.shortcut().isEmpty()]
    assert len(set(everywhere)) == len(everywhere)
    dialog.close()
    spin()


def settings_page(panel: object) -> SettingsPage:
    page = panel.window.go_to(Page.SETTINGS)  # type: ignore[attr-defined]
    assert isinstance(page, SettingsPage)
    return page


def test_what_is_typed_is_saved_by_itself(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    page = settings_page(panel)
    line = page.rows["stall_least_s"].editor.marked_widget()
    line.setFocus()
    line.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(line, "90")
    wait_for(lambda: settings_file().exists(), "the file to be written")
    assert settings_file().read_text() == "stall_least_s = 90.0\n"
    assert "Saved" in page.rows["stall_least_s"].origin.text()
    page.rows["stall_least_s"].reset.click()
    assert settings_file().read_text() == ""
    assert page.rows["stall_least_s"].origin.text() == "Default"
    assert panel.preferences.value("stall_least_s") == 60.0


def test_what_is_wrong_is_said_and_not_saved(open_panel: OpenPanel, qtbot: QtBot) -> None:
    page = settings_page(open_panel())
    row = page.rows["stall_factor"]
    line = row.editor.marked_widget()
    line.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(line, "0")
    assert row.error.isVisible()
    page.draft.save_now()
    assert not settings_file().exists()


def test_an_unset_data_directory_says_where_that_is(
    open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = settings_page(open_panel()).rows["data_directory"]
    monkeypatch.delenv("MOSAIC_HOME", raising=False)
    row.reread()
    assert row.origin.text().startswith(f"Default: {data_root()}.")


def test_a_theme_is_applied_and_kept(open_panel: OpenPanel) -> None:
    panel = open_panel()
    page = settings_page(panel)
    page.draft.set_value("theme", "dark")
    page.draft.save_now()
    assert panel.theme.is_dark
    assert open_panel().theme.is_dark


def test_the_environment_wins_and_says_so(open_panel: OpenPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOSAIC_STALL_FACTOR", "5")
    row = settings_page(open_panel()).rows["stall_factor"]
    assert not row.editor.isEnabled()
    assert "MOSAIC_STALL_FACTOR" in row.origin.text()


def test_a_broken_settings_file_is_told_of_and_the_panel_opens(open_panel: OpenPanel) -> None:
    settings_file().write_text("theme = [\n")
    panel = open_panel()
    assert any(str(settings_file()) in notice.text for notice in panel.notifier.history)
    page = settings_page(panel)
    assert "not valid TOML" in page.rows["theme"].error.text()
    page.draft.set_value("theme", "dark")
    page.draft.save_now()
    assert settings_file().read_text() == "theme = [\n"


News = tuple[RunsWatch, RunNews, list[str]]


@pytest.fixture
def news(qapp: QApplication, store: RunStore, notifier: Notifier) -> News:
    watch = RunsWatch(store, TaskRunner(notifier))
    shown: list[str] = []
    return watch, RunNews(watch, notifier, shown.append), shown


def test_the_end_of_a_run_is_news_once(news: News, notifier: Notifier) -> None:
    watch, told, shown = news
    watch.changed.emit([summary("a", RunState.RUNNING), summary("old", RunState.FAILED)])
    watch.changed.emit([summary("a", RunState.FAILED, headline="ValueError: no")])
    watch.changed.emit([summary("a", RunState.FAILED, headline="ValueError: no")])
    wait_for(lambda: notifier.history)
    (notice,) = notifier.history
    assert (notice.level, notice.text) == (NoticeLevel.ERROR, "ValueError: no")
    assert notice.action is not None
    notice.action.run()
    assert shown == ["a"]
    told.stop()


def test_what_was_cancelled_is_no_news(news: News, notifier: Notifier) -> None:
    watch, told, _ = news
    watch.changed.emit([summary("a", RunState.RUNNING)])
    watch.changed.emit([summary("a", RunState.STALLED)])
    watch.changed.emit([summary("a", RunState.CANCELLED)])
    spin(1.0)
    assert not notifier.history
    told.stop()


def test_a_sweep_that_ends_is_told_in_two_notices(news: News, notifier: Notifier) -> None:
    watch, told, _ = news
    watch.changed.emit([summary(f"r{n}", RunState.RUNNING) for n in range(9)])
    watch.changed.emit([summary(f"r{n}", RunState.COMPLETED if n % 3 else RunState.FAILED) for n in range(9)])
    wait_for(lambda: len(notifier.history) == 2)
    assert {notice.title for notice in notifier.history} == {"3 runs are in trouble", "6 runs completed"}
    told.stop()


def test_the_machine_in_words() -> None:
    card = GpuReading("A <b>card</b>", 10**9, 4 * 10**9, 12.0)
    reading = MachineReading(
        4,
        37.4,
        2 * 10**9,
        8 * 10**9,
        5 * 10**10,
        10**11,
        (card,),
    )
    short, full = machine_words(reading)
    assert short == "CPU 37 %   Memory 25 %   GPU 25 %   50.0 GB free"
    assert "A <b>card</b>: 1.0 GB of 4.0 GB in use, 12 % busy" in full
    nothing = machine_words(MachineReading(4, None, None, None, None, None, ()))
    assert nothing == ("", "Graphics cards: none found")


def test_the_status_bar_tells_the_queued_from_the_going(open_panel: OpenPanel) -> None:
    panel = open_panel()
    status = panel.window.status
    status.show_going([summary("a", RunState.RUNNING), summary("b", RunState.QUEUED), summary("c")])
    assert status.running.text() == "1 run going, 1 queued"
    wait_for(lambda: "free" in status.machine.text(), "a reading of the machine")
