"""An artifacts view on the screen, and a run's tab."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gym_gui.config.paths import config_root
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.artifacts.tab import ArtifactsTab
from gym_gui.ui.artifacts.view import ArtifactsView
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.theme import Theme


@pytest.fixture
def tasks(notifier: Notifier) -> Iterator[TaskRunner]:
    made = TaskRunner(notifier)
    yield made
    assert made.close(20_000)


@pytest.fixture
def view(theme: Theme, desktop: Desktop, tasks: TaskRunner, qtbot: QtBot) -> ArtifactsView:
    made = ArtifactsView(theme, tasks, desktop, LayoutMemory(config_root()))
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    return made


@pytest.fixture
def tab(theme: Theme, desktop: Desktop, tasks: TaskRunner, qtbot: QtBot) -> ArtifactsTab:
    made = ArtifactsTab(theme, tasks, desktop, LayoutMemory(config_root()))
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    return made
