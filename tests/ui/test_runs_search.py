"""The search box: when it searches, how it goes on, what it does not understand, what it keeps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gym_gui.config.paths import config_root
from gym_gui.core.runs.query.query import Query
from gym_gui.core.runs.record import Labels
from gym_gui.core.runs.summary import RunState
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.runs.search.field import SearchField
from gym_gui.ui.runs.search.saved import SavedSearches
from gym_gui.ui.theme import Theme
from tests.panel_helpers import spin, summary, wait_for

RUNS = [
    summary("A", RunState.FAILED, environment="FrozenLake", labels=Labels(tags=("blue",))),
    summary("B", environment="Taxi", labels=Labels(tags=("blue", "green"))),
]


@pytest.fixture
def memory() -> LayoutMemory:
    return LayoutMemory(config_root())


@pytest.fixture
def field(theme: Theme, memory: LayoutMemory, qtbot: QtBot) -> Iterator[SearchField]:
    window = QWidget()
    window.resize(900, 600)
    made = SearchField(theme, SavedSearches(memory), lambda: RUNS)
    QVBoxLayout(window).addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    made.setFocus()
    wait_for(made.hasFocus)
    yield made


def searches(field: SearchField) -> list[str]:
    found: list[str] = []
    field.searched.connect(lambda query: found.append(query.text))
    return found


def test_a_word_is_searched_once_after_its_last_key(field: SearchField, qtbot: QtBot) -> None:
    found = searches(field)
    qtbot.keyClicks(field, "lake")
    assert found == []
    wait_for(lambda: found == ["lake"])
    field.setText("taxi")
    assert found == ["lake", "taxi"], "what is not typed is searched at once"


def test_keys_and_values_are_completed_by_the_keyboard(field: SearchField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "ta")
    wait_for(field.popup.isVisible)
    assert field.popup.suggestions[0].text == "tag:"
    qtbot.keyClick(field, Qt.Key.Key_Tab)
    assert field.text() == "tag:"
    assert [row.text for row in field.popup.suggestions] == ["blue", "green"]
    assert field.popup.suggestions[0].hint == "2 runs"
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "tag:green"
    assert not field.popup.isVisible()
    assert field.hasFocus()


def test_a_suggestion_is_taken_with_the_mouse(field: SearchField, qtbot: QtBot) -> None:
    qtbot.keyClicks(field, "state:")
    wait_for(lambda: field.popup.isVisible() and bool(field.popup.suggestions))
    place = field.popup.list.visualRect(field.popup.list.model().index(0, 0)).center()
    qtbot.mouseClick(field.popup.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert field.text().startswith("state:")
    assert len(field.text()) > len("state:")


def test_escape_closes_then_clears_then_leaves(field: SearchField, qtbot: QtBot) -> None:
    left: list[None] = []
    field.left.connect(lambda: left.append(None))
    qtbot.keyClicks(field, "ta")
    wait_for(field.popup.isVisible)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert (field.popup.isVisible(), field.text()) == (False, "ta")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.text() == ""
    assert not left
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert left


def test_a_term_is_not_called_wrong_while_it_is_typed(field: SearchField, qtbot: QtBot) -> None:
    found: list[Query] = []
    field.searched.connect(found.append)
    qtbot.keyClicks(field, "statte:x")
    wait_for(lambda: bool(found))
    assert field.property("invalid") is not True
    qtbot.keyClicks(field, " lake")
    wait_for(lambda: found[-1].text == "statte:x lake")
    assert field.property("invalid") is True
    assert "Did you mean state:?" in field.accessibleDescription()
    assert field.popup.problem.property("role") == "error"
    image = field.grab().toImage()
    field.setText("state:failed lake")
    assert field.property("invalid") is False
    assert field.accessibleDescription() == ""
    assert field.grab().toImage() != image


def test_enter_searches_at_once_and_is_done(field: SearchField, qtbot: QtBot) -> None:
    found, left = searches(field), list[None]()
    field.left.connect(lambda: left.append(None))
    qtbot.keyClicks(field, "lake")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert found == ["lake"]
    assert left
    spin(0.15)
    assert found == ["lake"]


def test_a_search_is_kept_and_forgotten(field: SearchField, memory: LayoutMemory, qtbot: QtBot) -> None:
    field.setText("state:failed >2d")
    assert not field.star.isChecked()
    field.star.trigger()
    assert SavedSearches(memory).all() == ["state:failed >2d"]
    field.clear()
    qtbot.keyClick(field, Qt.Key.Key_Down)
    assert field.popup.suggestions[0][:2] == ("state:failed >2d", "kept search")
    qtbot.keyClick(field, Qt.Key.Key_Down)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "state:failed >2d"
    assert field.star.isChecked()
    field.star.trigger()
    assert SavedSearches(memory).all() == []


@pytest.mark.parametrize("spoiled", ["{", "7", '["a", 3]'])
def test_spoiled_memory_is_no_search(memory: LayoutMemory, spoiled: str) -> None:
    memory.remember_text("runs/saved-searches", spoiled)
    assert all(isinstance(text, str) for text in SavedSearches(memory).all())
