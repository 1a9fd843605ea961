from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from gym_gui.config.paths import config_root
from gym_gui.core.runs.directory import RunStore
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.pages import Page
from gym_gui.ui.runs.table.model import RunsModel
from gym_gui.ui.theme import ThemeChoice
from gym_gui.ui.toasts import NoticeCard, NoticeList
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.themed_icon import ThemedIcon
from tests.panel_helpers import ShownWindows, finish, make_run, spin, wait_for, write_events
from tests.ui.conftest import OpenPanel

ROOT = Path(__file__).resolve().parent.parent.parent


def test_pages_are_made_when_they_are_first_wanted(open_panel: OpenPanel) -> None:
    panel = open_panel()
    assert set(panel.window._pages) == {Page.RUNS}
    panel.window.go_to(Page.WORKERS)
    assert set(panel.window._pages) == {Page.RUNS, Page.WORKERS}
    assert panel.window.page(Page.WORKERS) is panel.window.page(Page.WORKERS)


def test_nothing_but_the_window_shows_as_a_window(open_panel: OpenPanel, store: RunStore) -> None:
    run = make_run(store)
    write_events(run, [("heartbeat", {"step": n, "return_mean": n}) for n in range(5)])
    finish(run)
    other = make_run(store)
    finish(other)
    shown = ShownWindows()
    panel = open_panel()
    wait_for(lambda: panel.navigation.runs.detail is not None)
    detail = panel.navigation.runs.detail
    assert detail is not None
    for index in range(detail.tabs.count()):
        detail.tabs.setCurrentIndex(index)
        spin(0.05)
    for run_id in store.run_ids():
        panel.navigation.show_run(run_id)
        spin(0.2)
    for page in Page:
        panel.window.go_to(page)
        spin(0.05)
    wait_for(lambda: panel.probe.report)
    panel.notifier.info("done")
    spin(0.05)
    assert shown.stop() == ["MainWindow"]


def test_the_keyboard_leads_to_every_page(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    window = panel.window
    control = Qt.KeyboardModifier.ControlModifier
    for key, page in ((Qt.Key.Key_2, Page.WORKERS), (Qt.Key.Key_N, Page.NEW_RUN), (Qt.Key.Key_1, Page.RUNS)):
        qtbot.keyClick(window, key, control)
        assert window.stack.currentWidget() is window.page(page)
    qtbot.keyClick(window, Qt.Key.Key_N, control)
    wait_for(lambda: panel.probe.report)
    window.page(Page.NEW_RUN).setFocus()
    qtbot.keyClick(window.page(Page.NEW_RUN), Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is window.page(Page.RUNS)


def test_a_page_that_is_opened_with_the_mouse_takes_the_keyboard(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    window = panel.window
    left = Qt.MouseButton.LeftButton
    qtbot.mouseClick(window.rail.new_run, left)
    page = window.page(Page.NEW_RUN)
    wait_for(lambda: panel.probe.report)
    assert page.isAncestorOf(window.focusWidget())
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is window.page(Page.RUNS)
    qtbot.mouseClick(window.rail._buttons[Page.WORKERS], left)
    assert window.page(Page.WORKERS).isAncestorOf(window.focusWidget())


def test_the_window_is_remembered(open_panel: OpenPanel, store: RunStore) -> None:
    finish(make_run(store))
    first = open_panel()
    wait_for(lambda: first.navigation.runs.detail is not None)
    first.window.resize(1111, 666)
    first.window.rail.theme_wanted.emit(ThemeChoice.DARK)
    first.navigation.runs.split.layout_action.setChecked(True)
    first.navigation.runs.table.setColumnWidth(1, 321)
    first.window.close()
    assert (config_root() / "panel.ini").is_file()
    second = open_panel()
    assert second.theme.is_dark
    assert second.navigation.runs.table.columnWidth(1) == 321
    wait_for(lambda: second.navigation.runs.detail is not None)
    assert second.navigation.runs.split.orientation() is Qt.Orientation.Horizontal


def test_a_spoilt_memory_is_no_hindrance(open_panel: OpenPanel) -> None:
    config_root().mkdir(parents=True)
    (config_root() / "panel.ini").write_text(
        "[window]\ngeometry=nonsense\ntheme=pink\n[runs]\ncolumns=@Variant("
    )
    assert open_panel().window.isVisible()


def test_memory_gives_back_what_it_was_given(qtbot: QtBot, tmp_path: Path) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    memory = LayoutMemory(tmp_path)
    assert memory.text("a", "default") == "default"
    assert not memory.restore_geometry(window, "geometry")
    memory.remember_text("a", "b")
    memory.remember_geometry(window, "geometry")
    memory.save()
    again = LayoutMemory(tmp_path)
    assert again.text("a") == "b"
    assert again.restore_geometry(window, "geometry")


def test_notices_come_as_toasts_and_stay_in_the_list(open_panel: OpenPanel, qtbot: QtBot) -> None:
    panel = open_panel()
    for number in range(5):
        panel.notifier.error(f"notice {number}", "<b>text</b>")
    assert panel.window.toasts.titles == ["notice 2", "notice 3", "notice 4"]
    assert panel.window.status.bell.text() == "5"
    card = panel.window.toasts._shown[-1]
    assert card.geometry().right() <= panel.window.width()
    assert card.geometry().bottom() <= panel.window.height()
    card.close_button.click()
    assert panel.window.toasts.titles == ["notice 2", "notice 3"]
    panel.window.status.bell.click()
    popup = next(child for child in panel.window.findChildren(NoticeList))
    assert len(popup.findChildren(NoticeCard)) == 5
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in popup.findChildren(PlainLabel))
    popup.close()


def test_every_label_is_plain_text(open_panel: OpenPanel, store: RunStore) -> None:
    finish(make_run(store, name="<b>bold</b>"))
    panel = open_panel()
    wait_for(lambda: panel.navigation.runs.detail is not None)
    for page in Page:
        panel.window.go_to(page)
    wait_for(lambda: panel.probe.report)
    spin(0.05)
    guessing = [
        label.text()
        for label in panel.window.findChildren(QLabel)
        if label.textFormat() is not Qt.TextFormat.PlainText and not isinstance(label, ThemedIcon)
    ]
    assert guessing == []


def test_what_can_be_pressed_has_a_name(open_panel: OpenPanel, store: RunStore) -> None:
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit

    finish(make_run(store))
    panel = open_panel()
    wait_for(lambda: panel.navigation.runs.detail is not None)
    for page in Page:
        panel.window.go_to(page)
    wait_for(lambda: panel.probe.report)
    spin(0.05)
    nameless = [
        widget
        for kind in (QAbstractButton, QComboBox, QLineEdit)
        for widget in panel.window.findChildren(kind)
        if not (widget.accessibleName() or (isinstance(widget, QAbstractButton) and widget.text()))
        and not widget.objectName().startswith("qt_")
        and type(widget).__module__.startswith("gym_gui")
    ]
    assert nameless == []


@pytest.mark.parametrize("scale", [1.0, 1.5])
def test_text_is_not_clipped(open_panel: OpenPanel, store: RunStore, qapp: object, scale: float) -> None:
    from PySide6.QtWidgets import QApplication, QPushButton, QToolButton

    font = QApplication.font()
    larger = QApplication.font()
    larger.setPointSizeF(font.pointSizeF() * scale)
    finish(make_run(store, name="a run"))
    QApplication.setFont(larger)
    try:
        panel = open_panel()
        wait_for(lambda: panel.navigation.runs.detail is not None)
        spin(0.1)
        for page in Page:
            panel.window.go_to(page)
            wait_for(lambda page=page: panel.probe.report or page is Page.RUNS)
            spin(0.1)
            for kind in (QPushButton, QToolButton, PlainLabel):
                for widget in panel.window.findChildren(kind):
                    if widget.isVisible() and widget.text():
                        assert widget.height() >= widget.fontMetrics().height() - 1, widget.text()
                        if isinstance(widget, PlainLabel) and widget.wordWrap():
                            assert widget.height() >= widget.heightForWidth(widget.width()) - 1, widget.text()
    finally:
        QApplication.setFont(font)


def test_the_status_bar_counts_what_is_going(open_panel: OpenPanel, store: RunStore) -> None:
    panel = open_panel()
    wait_for(lambda: panel.window.status.running.text() == "Nothing running")
    run = make_run(store)
    wait_for(lambda: panel.window.status.running.text() == "1 run going")
    finish(run)
    wait_for(lambda: panel.window.status.running.text() == "Nothing running")


def test_a_search_that_hides_a_run_gives_way_to_it(open_panel: OpenPanel, store: RunStore) -> None:
    runs = [make_run(store, name=name) for name in ("apple", "pear")]
    panel = open_panel()
    page = panel.navigation.runs
    wait_for(lambda: page.model.total == 2)
    page.search.setText("pear")
    assert page.model.rowCount() == 1
    page.search.setText("plum")
    assert page.found.nothing_found.isVisible()
    panel.navigation.show_run(runs[0].run_id)
    assert page.search.text() == ""
    assert page.detail is not None
    assert page.detail.run_id == runs[0].run_id


def test_the_first_window_needs_none_of_the_heavy_modules(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from gym_gui.app import Panel\n"
        "app = QApplication([])\n"
        "panel = Panel(app)\n"
        "panel.open()\n"
        "app.processEvents()\n"
        "heavy = {'numpy', 'pyqtgraph', 'pydantic', 'gym_gui.core.probing.probe',\n"
        "         'gym_gui.ui.workers.page',\n"
        "         'gym_gui.ui.new_run.page', 'gym_gui.ui.runs.overview.curve_plot',\n"
        "         'asyncio', 'multiprocessing'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "panel.window.close()\n"
        "panel.close()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"


def test_no_page_holds_more_than_its_model(open_panel: OpenPanel) -> None:
    assert isinstance(open_panel().navigation.runs.table.model(), RunsModel)
