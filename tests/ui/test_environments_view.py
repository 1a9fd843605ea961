"""The environments of the Workers page: added, asked about, removed with undo, made and deleted."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gym_gui.core.environments.creating import MARKER
from gym_gui.core.environments.planning import CreationPlan
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.probing.model import ProbeFailure, ProbeReport
from gym_gui.services.environments import Environments
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.environments.card import EnvironmentCard
from gym_gui.ui.environments.view import EnvironmentsView
from gym_gui.ui.pages import Page
from gym_gui.ui.theme import Theme
from gym_gui.ui.workers.page import WorkersPage
from tests.panel_helpers import wait_for
from tests.ui.conftest import OpenPanel

NO_SDK = ProbeFailure("NoSdk", "the SDK is not installed", hint="python -m pip install mosaic-panel")


def fake_environment(folder: Path) -> Path:
    """A folder that looks like an environment; its interpreter is this one."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    return folder


@pytest.fixture
def view(
    theme: Theme,
    desktop: Desktop,
    notifier: Notifier,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[EnvironmentsView]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX", "PYENV_ROOT", "WORKON_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    tasks = TaskRunner(notifier)
    registry = EnvironmentRegistry()
    environments = Environments(registry, tasks)

    def probe_one(python: str) -> ProbeReport:
        return ProbeReport(python, failure=None if python == sys.executable else NO_SDK)

    probe = WorkersProbe(tasks, notifier, probe=probe_one, others=registry.environments)
    environments.changed.connect(probe.environments_changed)
    made = EnvironmentsView(
        theme=theme,
        environments=environments,
        probe=probe,
        notifier=notifier,
        desktop=desktop,
        users_of=lambda _python: 2,
    )
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show()
    wait_for(lambda: made.cards and probe.report is not None)
    yield made
    environments.cancel()
    assert tasks.close(20_000)


def card_of(view: EnvironmentsView, name: str) -> EnvironmentCard | None:
    return next((card for card in view.cards.values() if card.environment.name == name), None)


def test_the_own_environment_is_there_and_stays(view: EnvironmentsView) -> None:
    (card,) = view.cards.values()
    wait_for(lambda: card.version.text().startswith("Python 3."))
    assert not hasattr(card, "remove")
    assert card.workers.text() == "No workers"


def test_one_is_added_and_says_what_it_lacks(view: EnvironmentsView, tmp_path: Path) -> None:
    view.add.click()
    assert view.add_panel.isVisible()
    view.add_panel.add.click()
    assert "Give a path" in view.add_panel.problem.text.text()
    view.add_panel.path.setText(str(tmp_path / "nowhere"))
    view.add_panel.add.click()
    assert "does not exist" in view.add_panel.problem.text.text()
    view.add_panel.path.setText(str(fake_environment(tmp_path / "torch2")))
    view.add_panel.add.click()
    assert not view.add_panel.isVisible()
    card = card_of(view, "torch2")
    assert card is not None
    wait_for(card.problem.isVisible)
    assert "The SDK is not installed" in card.problem.text.text()
    assert card.mend.label.text() == NO_SDK.hint


def test_found_ones_are_offered(view: EnvironmentsView, tmp_path: Path) -> None:
    fake_environment(tmp_path / ".venv")
    view.refresh()
    wait_for(lambda: not view.add_panel.found_title.isHidden())
    view.add.click()
    added = view.add_panel.found.itemAtPosition(0, 3)
    assert added is not None
    added.widget().click()  # type: ignore[union-attr]
    assert card_of(view, tmp_path.name) is not None


def test_removing_can_be_undone(view: EnvironmentsView, tmp_path: Path, notifier: Notifier) -> None:
    view.add_panel.add_wanted.emit(str(fake_environment(tmp_path / "torch2")), "mine")
    card = card_of(view, "mine")
    assert card is not None
    card.remove.click()
    assert card_of(view, "mine") is None
    action = notifier.history[0].action
    assert action is not None
    action.run()
    assert card_of(view, "mine") is not None


def test_deleting_asks_first(view: EnvironmentsView, tmp_path: Path) -> None:
    folder = fake_environment(tmp_path / "made")
    (folder / MARKER).write_text("{}")
    EnvironmentRegistry().add(str(folder), "made", created=True)
    view.refresh()
    card = card_of(view, "made")
    assert card is not None
    card.delete.click()
    assert "for good" in card.question.text.text()
    assert "2 runs using it" in card.question.text.text()
    card.keep.click()
    assert not card.question.isVisible()
    assert folder.exists()
    card.delete.click()
    card.delete_wanted.emit(card.environment)
    wait_for(lambda: card_of(view, "made") is None)
    assert not folder.exists()


def test_a_plan_is_shown_before_it_is_made(view: EnvironmentsView) -> None:
    view.make.click()
    panel = view.create_panel
    panel.name.setText("bad name")
    assert "use 1 to 64 letters" in panel.problem.text.text()
    panel.name.setText("good")
    panel.packages.setText("gymnasium 'torch>=2'")
    assert "venv" in panel.preview.label.text()
    assert "'torch>=2'" in panel.preview.label.text()
    panel.packages.setText("'unbalanced")
    assert "packages" in panel.problem.text.text()


def plan_of(tmp_path: Path, command: tuple[str, ...]) -> CreationPlan:
    return CreationPlan("new", tmp_path / "environments" / "new", sys.executable, (), (command,), "test")


def test_a_failure_is_shown_with_its_output(view: EnvironmentsView, tmp_path: Path) -> None:
    view.make.click()
    code = "print('collecting'); print('ERROR: No matching distribution found for x'); raise SystemExit(1)"
    view.create_panel.make_wanted.emit(plan_of(tmp_path, (sys.executable, "-c", code)))
    assert view.create_panel.progress.isVisible()
    wait_for(view.create_panel.problem.isVisible)
    assert "No matching distribution" in view.create_panel.problem.text.text()
    assert "Check the name" in view.create_panel.problem.text.text()
    assert "collecting" in view.create_panel.output.toPlainText()
    assert not view.create_panel.progress.isVisible()
    assert list((tmp_path / "environments").iterdir()) == []


def test_a_cancel_is_told_and_the_end_of_the_view_leaves_nothing(
    view: EnvironmentsView, tmp_path: Path
) -> None:
    view.make.click()
    code = "print('working', flush=True); import time; time.sleep(600)"
    view.create_panel.make_wanted.emit(plan_of(tmp_path, (sys.executable, "-c", code)))
    wait_for(lambda: "working" in view.create_panel.output.toPlainText().splitlines())
    view.create_panel.cancel.click()
    wait_for(view.create_panel.problem.isVisible)
    assert "Nothing of it was left behind" in view.create_panel.problem.text.text()


def test_one_that_is_made_joins_the_list(view: EnvironmentsView, tmp_path: Path, notifier: Notifier) -> None:
    view.make.click()
    plan = plan_of(
        tmp_path, (sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "environments" / "new"))
    )
    view.create_panel.make_wanted.emit(plan)
    wait_for(lambda: card_of(view, "new"))
    card = card_of(view, "new")
    assert card is not None and card.environment.created
    assert not view.create_panel.isVisible()
    assert notifier.history[0].title == "new is ready"


def test_a_list_that_cannot_be_read_is_told(view: EnvironmentsView) -> None:
    file = EnvironmentRegistry().file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("broken")
    view.refresh()
    assert view.banner.isVisible()
    assert "environments.json" in view.banner.text.text()


def test_the_workers_page_leads_there_and_back(open_panel: OpenPanel, tmp_path: Path, qtbot: QtBot) -> None:
    EnvironmentRegistry().add(str(broken_interpreter(tmp_path / "old")), "old")
    panel = open_panel()
    page = panel.window.go_to(Page.WORKERS)
    assert isinstance(page, WorkersPage)
    wait_for(page.others.isVisible)
    assert page.others.text.text() == "old cannot be asked for workers."
    assert page.grid.cards(), "the other workers are there"
    qtbot.mouseClick(page.environments, Qt.MouseButton.LeftButton)
    view = page.show_environments()
    assert view is not None and view.isVisible()
    assert card_of(view, "old") is not None
    qtbot.keyClick(view.add, Qt.Key.Key_Escape)
    assert not view.isVisible()
    assert page.search.isVisible()


def broken_interpreter(folder: Path) -> Path:
    """An environment whose interpreter is none."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to("/bin/true")
    return folder
