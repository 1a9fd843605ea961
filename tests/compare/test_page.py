"""Runs compared on their page, with the files real workers write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.app import Panel
from gym_gui.core.compare.configs import ABSENT, Difference
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.ui.compare.models import ComparedRow, ComparedRunsModel, DifferencesModel, RunColumn
from gym_gui.ui.compare.page import ComparePage
from gym_gui.ui.metrics.inks import MOST_DISTINCT, Ink
from gym_gui.ui.metrics.keys import MetricKey, Source
from gym_gui.ui.pages import Page
from gym_gui.ui.theme import Theme
from tests.panel_helpers import finish, make_run, summary, wait_for, write_events
from tests.ui.conftest import OpenPanel

RETURN = MetricKey("return_mean", Source.OUTPUT)


def run_with_curve(store: RunStore, name: str, offset: float, **config: object) -> RunDirectory:
    run = make_run(store, name=name, **config)
    beats = [("heartbeat", {"step": 10 * n, "return_mean": offset + n}) for n in range(50)]
    write_events(run, [("run_started", {}), *beats, ("run_completed", {})])
    finish(run)
    return run


@pytest.fixture
def runs(store: RunStore) -> list[RunDirectory]:
    return [
        run_with_curve(store, "a", 0.0, seed=1, lr=0.1),
        run_with_curve(store, "b", 10.0, seed=2, lr=0.1),
        run_with_curve(store, "c", 100.0, seed=1, lr=0.5),
    ]


def compare(panel: Panel, runs: list[RunDirectory]) -> ComparePage:
    wait_for(lambda: all(panel.watch.summary(run.run_id) for run in runs), "the runs are listed")
    panel.navigation.compare([run.run_id for run in runs])
    page = panel.window.page(Page.COMPARE)
    assert isinstance(page, ComparePage)
    return page


def drawn(page: ComparePage) -> list[str]:
    chart = page.charts().chart(RETURN)
    return [] if chart is None else [curve.label for curve in chart.curves()]


def test_curves_lie_over_each_other_and_their_values_are_listed(
    open_panel: OpenPanel, runs: list[RunDirectory]
) -> None:
    page = compare(open_panel(), runs)
    wait_for(lambda: drawn(page) == ["a", "b", "c"], "three curves")
    model = page.tables.table.model()
    wait_for(lambda: model.index(0, RunColumn.LAST).data() == "49")
    assert [model.index(2, c).data() for c in (RunColumn.LAST, RunColumn.BEST, RunColumn.BEST_AT)] == [
        "149",
        "149",
        "490",
    ]
    assert model.index(0, RunColumn.END_MEAN).data() == "47"
    assert [model.index(row, RunColumn.GROUP).data() for row in range(3)] == ["group 1", "group 1", ""]
    chart = page.charts().chart(RETURN)
    assert chart is not None
    chart.pointed.emit(200.0)
    assert model.index(1, RunColumn.POINTER).data() == "30"
    chart.pointed.emit(None)
    assert model.index(1, RunColumn.POINTER).data() is None


def test_a_run_is_hidden_by_its_check_mark(open_panel: OpenPanel, runs: list[RunDirectory]) -> None:
    page = compare(open_panel(), runs)
    wait_for(lambda: len(drawn(page)) == 3)
    check = Qt.ItemDataRole.CheckStateRole
    shown = page.tables.table.model()
    assert shown.setData(shown.index(1, 0), Qt.CheckState.Unchecked, check)
    wait_for(lambda: drawn(page) == ["a", "c"])
    assert len(page._whole_points()) == 2
    shown.setData(shown.index(1, 0), Qt.CheckState.Checked, check)
    wait_for(lambda: drawn(page) == ["a", "b", "c"])


def test_seeds_of_one_experiment_are_drawn_as_one(open_panel: OpenPanel, runs: list[RunDirectory]) -> None:
    page = compare(open_panel(), runs)
    wait_for(lambda: len(drawn(page)) == 3)
    wait_for(page.grouped.isEnabled)
    page.grouped.setChecked(True)
    wait_for(lambda: drawn(page) == ["a and 1 more", "c"])
    chart = page.charts().chart(RETURN)
    assert chart is not None
    group = chart.curves()[0]
    assert group.band is not None
    assert group.prepared.raw.ys[0] == pytest.approx(5.0), "the mean of 0 and 10"
    assert (group.band[0].raw.ys[0], group.band[1].raw.ys[0]) == (0.0, 10.0)
    assert "bootstrap" in page.method.text()
    assert page.method.isVisible()


def test_only_what_differs_in_the_configs_is_listed(open_panel: OpenPanel, runs: list[RunDirectory]) -> None:
    page = compare(open_panel(), runs)
    wait_for(lambda: page.tables.differences.rowCount() == 2)
    model = page.tables.differences
    assert [[model.index(r, c).data() for c in range(4)] for r in range(2)] == [
        ["lr", "0.1", "0.1", "0.5"],
        ["seed", "1", "2", "1"],
    ]
    assert not page.tables.config_note.isVisible()


def test_a_config_that_cannot_be_read_is_said(open_panel: OpenPanel, runs: list[RunDirectory]) -> None:
    runs[2].config_file.write_text("{broken")
    page = compare(open_panel(), runs)
    wait_for(lambda: "cannot be read" in page.tables.config_note.text())
    assert "config.json is not JSON" in page.tables.config_note.text()
    assert page.tables.differences.columnCount() == 3, "the other two are compared"


def test_points_are_exported_of_what_is_drawn(
    open_panel: OpenPanel, runs: list[RunDirectory], tmp_path: Path
) -> None:
    from gym_gui.core.artifacts.scalars.export import ExportFormat

    page = compare(open_panel(), runs)
    wait_for(lambda: len(drawn(page)) == 3)
    target = tmp_path / "out.json"
    page.export.write_points(target, ExportFormat.JSON)
    wait_for(target.exists)
    written = json.loads(target.read_text())
    assert [(row["run"], row["series"], len(row["values"])) for row in written] == [
        (name, "return_mean", 50) for name in "abc"
    ]
    assert written[0]["steps"][:3] == [0, 10, 20]


def test_nothing_to_compare_says_what_to_do(open_panel: OpenPanel) -> None:
    panel = open_panel()
    page = panel.window.go_to(Page.COMPARE)
    assert isinstance(page, ComparePage)
    assert page.empty.isVisible()
    page.runs_wanted.emit()
    assert panel.window.stack.currentWidget() is panel.navigation.runs


def test_a_run_that_is_gone_is_compared_no_longer(open_panel: OpenPanel, runs: list[RunDirectory]) -> None:
    panel = open_panel()
    page = compare(panel, runs)
    wait_for(lambda: len(drawn(page)) == 3)
    panel.watch.removed.emit([runs[0].run_id])
    wait_for(lambda: drawn(page) == ["b", "c"])


def test_the_tables_are_sound(theme: Theme, qtmodeltester: ModelTester, qtbot: QtBot) -> None:
    model = ComparedRunsModel(theme)
    model.show_runs([ComparedRow(summary(f"r{n}", seed=n), Ink(n), n % 2 or None) for n in range(3)])
    qtmodeltester.check(model)
    differences = DifferencesModel()
    differences.show_differences(["a", "b"], [Difference("lr", (0.1, ABSENT)), Difference("x", ([1], None))])
    qtmodeltester.check(differences)
    assert differences.index(0, 2).data() == "not set"
    assert differences.index(1, 1).data() == "[1]"


def test_no_two_of_32_curves_look_the_same(theme: Theme) -> None:
    looks = {(Ink(n).colour(theme).name(), Ink(n).line) for n in range(MOST_DISTINCT)}
    assert len(looks) == MOST_DISTINCT == 32
    assert all(Ink(n).line is not Ink(n + 1).line for n in range(7))
