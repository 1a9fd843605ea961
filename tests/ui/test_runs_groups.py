"""Groups in the model of runs: one row for the seeds of an experiment."""

from __future__ import annotations

import math
import statistics
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from gym_gui.core.compare.statistics import interquartile_mean as of_the_comparison
from gym_gui.core.runs.record import Labels
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.ui.runs.table.columns import RunColumn
from gym_gui.ui.runs.table.groups import interquartile_mean, seeds_text, spread_of
from gym_gui.ui.runs.table.model import RunsModel
from gym_gui.ui.runs.table.row_order import group_key
from tests.panel_helpers import summary

DISPLAY = int(Qt.ItemDataRole.DisplayRole)


def member(run_id: str, group: str, state: RunState = RunState.COMPLETED, **values: Any) -> RunSummary:
    made = summary(run_id, state, **values)
    assert made.record is not None
    record = msgspec.structs.replace(made.record, group=group)
    return RunSummary(**{**{f: getattr(made, f) for f in made.__slots__}, "record": record})


def rows(model: RunsModel) -> list[str]:
    return [model.key_at(row) for row in range(model.rowCount())]


@pytest.fixture
def model(qapp: object) -> RunsModel:
    made = RunsModel()
    made.group_runs(True)
    made.take(
        [
            member("A1", "a", started=1.0, seed=1, returns=(1.0,)),
            member("A2", "a", RunState.RUNNING, started=5.0, seed=2, returns=(3.0,)),
            member("B1", "b", started=4.0, returns=(9.0,)),
            summary("C", started=3.0, returns=(2.5,)),
        ]
    )
    return made


def cell(model: RunsModel, key: str, column: RunColumn) -> str:
    row = model.row_of(key)
    assert row is not None
    return str(model.data(model.index(row, column), DISPLAY))


def test_a_group_is_one_row_where_its_first_run_would_be(model: RunsModel) -> None:
    assert rows(model) == [group_key("a"), "B1", "C"], "one run alone is no group"
    model.open_group("a", True)
    assert rows(model) == [group_key("a"), "A2", "A1", "B1", "C"]
    model.open_group("a", False)
    model.sort(RunColumn.STARTED, Qt.SortOrder.AscendingOrder)
    assert rows(model) == [group_key("a"), "C", "B1"]


def test_a_group_tells_of_all_its_runs(model: RunsModel) -> None:
    key = group_key("a")
    assert cell(model, key, RunColumn.NAME) == "a (2)"
    assert cell(model, key, RunColumn.STATE) == "1 running, 1 completed"
    assert cell(model, key, RunColumn.RETURN) == f"2 ± {statistics.stdev([1, 3]):.2f}"
    assert cell(model, key, RunColumn.SEED) == "1, 2"
    assert cell(model, key, RunColumn.WORKER) == "tabular"


def test_groups_sort_by_their_mean_return(model: RunsModel) -> None:
    model.sort(RunColumn.RETURN, Qt.SortOrder.DescendingOrder)
    assert rows(model) == ["B1", "C", group_key("a")]


def test_a_search_leaves_the_group_those_that_it_finds(model: RunsModel) -> None:
    model.take([member("A3", "a", started=2.0)])
    model.search("state:completed")
    assert [run.run_id for run in model.runs_at(model.row_of(group_key("a")) or 0)] == ["A3", "A1"]
    model.search("state:running")
    assert rows(model) == ["A2"]


def test_a_change_of_one_run_is_told_of_its_group(model: RunsModel) -> None:
    told: list[int] = []
    model.dataChanged.connect(lambda first, last: told.append(first.row()))
    model.take([member("A1", "a", started=1.0, seed=1, returns=(1.0, 7.0))])
    assert told == [model.row_of(group_key("a"))]
    assert cell(model, group_key("a"), RunColumn.RETURN).startswith("5 ±")


def test_every_step_with_groups_is_sound(model: RunsModel) -> None:
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.open_group("a", True)
    model.take([member("B2", "b", started=9.0), member("A1", "b", started=1.0)])
    assert rows(model) == [group_key("b"), "A2", "C"]
    model.open_group("b", True)
    model.drop(["B1", "B2"])
    model.group_runs(False)
    model.take([summary("Z", labels=Labels(archived=True))])
    assert rows(model) == ["A2", "C", "A1"]
    tester.deleteLater()


def test_archived_runs_are_shown_when_they_are_asked_for(model: RunsModel) -> None:
    model.take([summary("Z", labels=Labels(archived=True))])
    assert model.row_of("Z") is None
    assert (model.order.archived, model.total) == (1, 5)
    model.search("is:archived")
    assert rows(model) == ["Z"]
    model.search("-is:archived")
    assert model.row_of("Z") is None


def test_a_run_that_is_archived_leaves_at_once(model: RunsModel) -> None:
    model.take([summary("C", started=3.0, labels=Labels(archived=True))])
    assert model.row_of("C") is None


def test_the_queue_is_told_of_where_there_is_no_progress(model: RunsModel) -> None:
    model.take([summary("Q", RunState.QUEUED)])
    model.show_line({"Q": "1 of 2 in line"})
    assert cell(model, "Q", RunColumn.PROGRESS) == "1 of 2 in line"
    model.show_line({})
    assert cell(model, "Q", RunColumn.PROGRESS) == ""


finite = st.floats(-1e6, 1e6)


@given(st.lists(finite, min_size=1, max_size=40))
def test_the_middle_half_is_that_of_the_comparison(values: list[float]) -> None:
    import numpy as np

    expected = float(of_the_comparison(np.array(values)))
    assert interquartile_mean(values) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("values", [(math.nan,), (), (math.inf, -math.inf)])
def test_returns_that_are_no_numbers_have_no_spread(values: tuple[float, ...]) -> None:
    assert spread_of([summary(str(n), returns=(value,)) for n, value in enumerate(values)]) is None


@pytest.mark.parametrize(
    ("seeds", "text"),
    [
        ([], ""),
        ([3], "3"),
        ([2, 1, 3], "1..3"),
        ([1, 5], "1, 5"),
        ([1, 2], "1, 2"),
        ([*range(0, 18, 2)], "9 seeds"),
    ],
)
def test_seeds_are_told_briefly(seeds: list[int], text: str) -> None:
    assert seeds_text(seeds) == text
