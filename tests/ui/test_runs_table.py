from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gym_gui.core.runs.summary import RunState
from gym_gui.ui.runs.table.delegates import sparkline
from gym_gui.ui.runs.table.model import RunsModel
from gym_gui.ui.runs.table.table import RunsTable
from gym_gui.ui.theme import Theme, ThemeChoice
from tests.panel_helpers import summary


@pytest.fixture
def table(theme: Theme, qtbot: QtBot) -> Iterator[RunsTable]:
    model = RunsModel()
    made = RunsTable(theme, model, list)
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    yield made


def model_of(table: RunsTable) -> RunsModel:
    model = table.model()
    assert isinstance(model, RunsModel)
    return model


def test_a_run_can_be_chosen_before_it_is_there(table: RunsTable) -> None:
    chosen: list[str] = []
    table.chosen.connect(chosen.append)
    table.choose("B")
    model_of(table).take([summary("A"), summary("B")])
    assert chosen[-1] == "B"
    assert table.currentIndex().row() == model_of(table).row_of("B")


def test_the_choice_survives_reordering_and_a_search(table: RunsTable) -> None:
    model = model_of(table)
    model.take([summary("A", started=1.0), summary("B", started=2.0), summary("C", started=3.0)])
    table.choose("A")
    model.take([summary("A", started=9.0)])
    assert table.currentIndex().row() == 0
    model.search("nothing like it")
    model.search("")
    assert model.summary_at(table.currentIndex().row()).run_id == "A"  # type: ignore[union-attr]


def test_the_arrow_keys_choose(table: RunsTable, qtbot: QtBot) -> None:
    model_of(table).take([summary("A", started=1.0), summary("B", started=2.0)])
    table.choose("B")
    chosen: list[str] = []
    table.chosen.connect(chosen.append)
    qtbot.keyClick(table, Qt.Key.Key_Down)
    assert chosen == ["A"]


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_every_state_can_be_painted(table: RunsTable, theme: Theme, choice: ThemeChoice) -> None:
    theme.choose(choice)
    plain = table.grab().toImage()
    model_of(table).take(
        summary(state.value, state, fraction=0.4, returns=(1.0, 2.0, float("nan"), 3.0)) for state in RunState
    )
    assert table.grab().toImage() != plain


def test_rows_have_room_for_a_larger_font(table: RunsTable) -> None:
    font = table.font()
    font.setPointSizeF(font.pointSizeF() * 1.5)
    holder = QWidget()
    holder.setFont(font)
    assert table.verticalHeader().defaultSectionSize() >= table.fontMetrics().height() + 8
    holder.deleteLater()


def test_a_sparkline_fills_its_place() -> None:
    place = QRectF(10, 20, 90, 30)
    line = sparkline((0.0, 5.0, float("nan"), 10.0), place)
    assert line.size() == 3
    assert (line.first().x(), line.first().y()) == (10, 50)
    assert (line.last().x(), line.last().y()) == (100, 20)


@pytest.mark.parametrize("values", [(), (1.0,), (float("nan"), float("inf")), (1e308, -1e308)])
def test_a_sparkline_of_nothing_is_nothing(values: tuple[float, ...]) -> None:
    assert sparkline(values, QRectF(0, 0, 50, 10)).size() == 0


def test_a_flat_sparkline_lies_in_the_middle() -> None:
    line = sparkline((2.0, 2.0), QRectF(0, 0, 50, 10))
    assert [point.y() for point in line.toList()] == [5, 5]
