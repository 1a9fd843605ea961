from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractListModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.modeltest import ModelTester

from gym_gui.core.runs.record import Labels
from gym_gui.core.runs.summary import Progress, RunState
from gym_gui.ui.runs.table.columns import RunColumn
from gym_gui.ui.runs.table.model import SUMMARY_ROLE, RunsModel
from gym_gui.ui.runs.table.row_changes import apply_order
from tests.panel_helpers import summary

DISPLAY = int(Qt.ItemDataRole.DisplayRole)


def shown(model: RunsModel) -> list[str]:
    return [found.run_id for row in range(model.rowCount()) if (found := model.summary_at(row))]


@pytest.fixture
def model(qapp: object) -> RunsModel:
    return RunsModel()


def test_the_model_is_sound(model: RunsModel, qtmodeltester: ModelTester) -> None:
    model.take(
        [summary(f"R{n}", algorithm="sarsa", fraction=n / 10, returns=(1.0, float(n))) for n in range(10)]
    )
    qtmodeltester.check(model, force_py=True)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.search("R1")
    model.search("")
    model.sort(RunColumn.PROGRESS, Qt.SortOrder.AscendingOrder)
    model.drop(["R3", "R4", "R9"])
    model.take([summary("R5", RunState.FAILED), summary("Z")])
    tester.deleteLater()


def test_the_newest_come_first(model: RunsModel) -> None:
    model.take([summary("A", started=1.0), summary("C", started=3.0), summary("B", started=2.0)])
    assert shown(model) == ["C", "B", "A"]


def test_sorting_puts_what_is_unknown_last_either_way(model: RunsModel) -> None:
    model.take([summary("A", returns=(5.0,)), summary("B"), summary("C", returns=(-1.0, 9.0))])
    model.sort(RunColumn.RETURN, Qt.SortOrder.AscendingOrder)
    assert shown(model) == ["A", "C", "B"]
    model.sort(RunColumn.RETURN, Qt.SortOrder.DescendingOrder)
    assert shown(model) == ["C", "A", "B"]


def test_a_changed_value_moves_its_row(model: RunsModel) -> None:
    model.take([summary("A", returns=(1.0,)), summary("B", returns=(2.0,))])
    model.sort(RunColumn.RETURN, Qt.SortOrder.DescendingOrder)
    kept = QPersistentModelIndex(model.index(1, 0))
    model.take([summary("A", returns=(3.0,))])
    assert shown(model) == ["A", "B"]
    assert kept.row() == 0, "whoever had A selected still has"


@pytest.mark.parametrize(
    ("text", "found"),
    [("lake", ["A"]), ("LAKE", ["A"]), ("tabular", ["A", "B"]), ("failed", ["B"]), ("tabular taxi", ["B"]),
     ("blue", ["A"]), ("sarsa", ["B"]), ("nothing", []), ("  ", ["B", "A"])],
)  # fmt: skip
def test_search_looks_at_names_and_states(model: RunsModel, text: str, found: list[str]) -> None:
    model.take(
        [
            summary("A", environment="FrozenLake", labels=Labels(name="first", tags=("blue",))),
            summary("B", RunState.FAILED, environment="Taxi", algorithm="sarsa"),
        ]
    )
    model.search(text)
    assert sorted(shown(model)) == sorted(found)
    assert model.total == 2


def test_only_what_changed_is_told(model: RunsModel) -> None:
    model.take([summary("A"), summary("B"), summary("C")])
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    row = model.row_of("B")
    model.take([summary("A"), summary("B", returns=(1.0,))])
    assert told == [(row, row)]


def test_the_clock_moves_only_runs_that_are_going(model: RunsModel, monkeypatch: pytest.MonkeyPatch) -> None:
    model.take([summary("A", RunState.RUNNING, started=0.0), summary("B", started=0.0, ended=5.0)])
    model.tick()  # a new minute may have begun
    told: list[int] = []
    model.dataChanged.connect(lambda first, last: told.append(first.row()))
    monkeypatch.setattr("time.time", lambda now=model.now: now)
    model.tick()
    assert told == [model.row_of("A")]


def test_every_minute_all_ages_move(model: RunsModel, monkeypatch: pytest.MonkeyPatch) -> None:
    model.take([summary("A", started=0.0, ended=5.0), summary("B", started=0.0, ended=5.0)])
    model.tick()
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    monkeypatch.setattr("time.time", lambda now=model.now: now + 61)
    model.tick()
    assert told == [(0, 1)]


def test_cells_are_worded(model: RunsModel) -> None:
    model.take(
        [
            summary(
                "01M84QKM0EFME5MFTDEKTEMWKC", RunState.RUNNING, seed=2**70, algorithm="sarsa", started=0.0,
                progress=Progress(50, None, "episode"), returns=(0.5,),
            )
        ]
    )  # fmt: skip

    def cell(column: RunColumn) -> str:
        return str(model.data(model.index(0, column), DISPLAY))

    assert cell(RunColumn.STATE) == "running"
    assert cell(RunColumn.NAME) == "…EKTEMWKC"
    assert cell(RunColumn.SEED) == str(2**70)
    assert cell(RunColumn.PROGRESS) == "50 episodes"
    assert cell(RunColumn.RETURN) == "0.500"
    assert model.data(model.index(0, 0), SUMMARY_ROLE).run_id.startswith("01M84")


def test_markup_in_a_name_stays_text(model: RunsModel) -> None:
    model.take([summary("A", labels=Labels(name="<img src=x>"), problem="<b>broken</b>")])
    tip = model.data(model.index(0, RunColumn.STATE), int(Qt.ItemDataRole.ToolTipRole))
    assert "<b>" not in tip
    assert "&lt;b&gt;" in tip


class Letters(QAbstractListModel):
    """A list that changes by `apply_order`, watched by Qt's own tester."""

    def __init__(self, rows: list[str]) -> None:
        super().__init__()
        self.rows = rows

    def rowCount(self, parent: object = None) -> int:  # type: ignore[override]
        return 0 if parent is not None and parent.isValid() else len(self.rows)  # type: ignore[attr-defined]

    def data(self, index: object, role: int = 0) -> object:  # type: ignore[override]
        return self.rows[index.row()] if role == DISPLAY else None  # type: ignore[attr-defined]

    def go_to(self, rows: list[str]) -> None:
        apply_order(self, self.rows, rows, self._store)

    def _store(self, rows: list[str]) -> None:
        self.rows = rows


orders = st.lists(st.sampled_from("ABCDEFGHIJKL"), unique=True)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(start=orders, stops=st.lists(orders, max_size=4))
def test_any_order_is_reached_in_sound_steps(qapp: object, start: list[str], stops: list[list[str]]) -> None:
    model = Letters(list(start))
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    kept = {model.rows[row]: QPersistentModelIndex(model.index(row)) for row in range(len(start))}
    present = set(start)
    for stop in stops:
        model.go_to(list(stop))
        assert model.rows == list(stop)
        present &= set(stop)
        for letter, index in kept.items():
            if letter in present:
                assert index.row() == stop.index(letter)
            else:
                assert not index.isValid()
    tester.deleteLater()


def test_a_change_of_most_rows_is_a_reset(qapp: object) -> None:
    rows = [f"{n:04}" for n in range(1_000)]
    model = Letters(rows)
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.go_to(rows[::2])
    assert model.rows == rows[::2]
    assert len(resets) == 1


@pytest.fixture(name="model_of")
def _model_of(model: RunsModel) -> Callable[[int], RunsModel]:
    def fill(count: int) -> RunsModel:
        model.take([summary(f"R{n:05}", environment=f"env{n % 10}") for n in range(count)])
        return model

    return fill


def test_thousands_of_runs_can_be_searched(model_of: Callable[[int], RunsModel]) -> None:
    model = model_of(5_000)
    model.search("env3")
    assert model.rowCount() == 500
    model.search("")
    assert model.rowCount() == 5_000
