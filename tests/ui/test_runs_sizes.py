"""The column of what runs take on the disk."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from gym_gui.core.runs.directory import RunStore
from gym_gui.ui.runs.table.columns import RunColumn
from gym_gui.ui.runs.table.model import RunsModel
from gym_gui.ui.runs.table.row_order import group_key
from tests.panel_helpers import finish, make_run, summary, wait_for
from tests.ui.conftest import OpenPanel
from tests.ui.test_runs_groups import cell, member, rows

LARGEST_FIRST = Qt.SortOrder.DescendingOrder


@pytest.fixture
def model(qapp: object) -> RunsModel:
    made = RunsModel()
    made.take([summary(name, started=float(n)) for n, name in enumerate("ABC")])
    return made


def test_sizes_are_words_and_sort_as_numbers(model: RunsModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_sizes({"A": 900, "B": 1_200_000})
    assert [cell(model, key, RunColumn.SIZE) for key in "ABC"] == ["900 B", "1.2 MB", ""]
    tip = model.data(model.index(model.row_of("B") or 0, RunColumn.SIZE), Qt.ItemDataRole.ToolTipRole)
    assert "1,200,000 bytes on the disk" in tip
    model.sort(RunColumn.SIZE, LARGEST_FIRST)
    assert rows(model) == ["B", "A", "C"], "what was not measured comes last"
    model.sort(RunColumn.SIZE, Qt.SortOrder.AscendingOrder)
    assert rows(model) == ["A", "B", "C"]
    tester.deleteLater()


def test_a_run_that_grows_moves_its_row_while_that_column_sorts(model: RunsModel) -> None:
    model.sort(RunColumn.SIZE, LARGEST_FIRST)
    model.show_sizes({"A": 3, "B": 2, "C": 1})
    assert rows(model) == ["A", "B", "C"]
    model.show_sizes({"C": 10})
    assert rows(model) == ["C", "A", "B"]
    model.drop(["C"])
    model.take([summary("C")])
    assert cell(model, "C", RunColumn.SIZE) == "", "a size is not that of another run of the same name"


def test_a_size_that_is_the_same_tells_nobody(model: RunsModel) -> None:
    model.show_sizes({"A": 3})
    told: list[int] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        told.append(first.column())

    model.dataChanged.connect(note)
    model.show_sizes({"A": 3, "unknown": 7})
    assert not told
    model.show_sizes({"A": 4})
    assert told == [RunColumn.SIZE]


def test_a_group_takes_what_its_runs_take_together(qapp: object) -> None:
    model = RunsModel()
    model.group_runs(True)
    model.take([member("A1", "a"), member("A2", "a"), summary("B")])
    model.show_sizes({"A1": 400, "B": 500})
    tip = model.data(
        model.index(model.row_of(group_key("a")) or 0, RunColumn.SIZE), Qt.ItemDataRole.ToolTipRole
    )
    assert "1 of 2 runs measured" in tip
    model.sort(RunColumn.SIZE, LARGEST_FIRST)
    assert rows(model) == ["B", group_key("a")]
    model.show_sizes({"A2": 300})
    assert cell(model, group_key("a"), RunColumn.SIZE) == "700 B"
    assert rows(model) == [group_key("a"), "B"]


def test_the_panel_measures_its_runs_and_shows_it_where_the_column_is_wanted(
    open_panel: OpenPanel, store: RunStore
) -> None:
    small, large = make_run(store, name="small"), make_run(store, name="large")
    (large.path / "weights.bin").write_bytes(b"x" * 3_000_000)
    for run in (small, large):
        finish(run)
    page = open_panel().navigation.runs
    wait_for(lambda: page.model.total == 2)
    assert page.table.isColumnHidden(RunColumn.SIZE)
    menu = page.columns.menu_of_columns()
    next(action for action in menu.actions() if action.text() == "Size on disk").trigger()
    menu.close()
    assert not page.table.isColumnHidden(RunColumn.SIZE)
    wait_for(lambda: cell(page.model, large.run_id, RunColumn.SIZE) == "3.0 MB", "its size")
    page.table.sortByColumn(RunColumn.SIZE, LARGEST_FIRST)
    assert rows(page.model) == [large.run_id, small.run_id]
