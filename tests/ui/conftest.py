"""A panel over a store of its own, closed again after each test with nothing of it left."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QApplication

from gym_gui.app import Panel
from gym_gui.config.paths import resources_root, runs_root
from gym_gui.core.runs.directory import RunStore
from gym_gui.services.notifier import Notifier
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme, ThemeChoice
from tests.panel_helpers import (
    active_timers,
    end_all_runs,
    ignore_what_is_there,
    spin,
    top_level_widgets,
    wait_for,
)

OpenPanel = Callable[[], Panel]


@pytest.fixture(scope="session", autouse=True)
def quick_collections() -> None:
    ignore_what_is_there()


@pytest.fixture(autouse=True)
def nothing_of_qt_left_behind(qapp: QApplication) -> Iterator[None]:
    """Fails a test that leaves a top-level widget or a running timer."""
    widgets, timers = top_level_widgets(), active_timers()
    yield
    spin()
    left_widgets = top_level_widgets() - widgets
    left_timers = active_timers() - timers
    for timer in left_timers:
        timer.stop()
    for widget in left_widgets:
        widget.deleteLater()
    spin()
    assert not left_widgets
    assert not left_timers


@pytest.fixture
def store() -> Iterator[RunStore]:
    root = runs_root()
    root.mkdir(parents=True)
    yield RunStore(root)
    end_all_runs(root)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp, resources_root(), ThemeChoice.LIGHT)
    yield made
    made.deleteLater()


@pytest.fixture
def notifier(qapp: QApplication) -> Notifier:
    return Notifier()


@pytest.fixture
def desktop(notifier: Notifier) -> Desktop:
    return Desktop(notifier)


@pytest.fixture
def tail(qapp: QApplication) -> Iterator[RunTail]:
    made = RunTail()
    yield made
    made.stop()


@pytest.fixture
def open_panel(qapp: QApplication, store: RunStore) -> Iterator[OpenPanel]:
    """Opens panels over the same store, as many as a test wants, one after the other or together."""
    panels: list[Panel] = []

    def open_one() -> Panel:
        panel = Panel(qapp)
        panels.append(panel)
        panel.window.resize(1280, 800)
        panel.open()
        # Shortcuts work in the active window only.
        panel.window.activateWindow()
        wait_for(lambda: panel.window.isActiveWindow() and panel.furnished, "an active window")
        return panel

    yield open_one
    for panel in panels:
        close(panel)


def close(panel: Panel) -> None:
    """Close a panel for good, as the end of its process would."""
    panel.window.close()
    assert panel.close()
    panel.window.deleteLater()
    panel.theme.deleteLater()
    spin()
