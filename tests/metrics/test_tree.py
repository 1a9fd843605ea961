from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.metrics.keys import MetricInfo, MetricKey, Source, preferred_first
from gym_gui.ui.metrics.picker import MetricPicker
from gym_gui.ui.metrics.tree_model import MetricTreeModel, TreeColumn
from gym_gui.ui.theme import Theme

CHECK = Qt.ItemDataRole.CheckStateRole


def reported(name: str) -> MetricInfo:
    return MetricInfo(MetricKey(name, Source.OUTPUT), 10)


def written(name: str, kind: Kind = Kind.SCALAR) -> MetricInfo:
    return MetricInfo(MetricKey(name, Source.EVENT_FILES, kind), 10, 3)


METRICS = [
    reported("loss"),
    written("loss"),
    written("charts/return_mean"),
    written("charts/length"),
    written("charts"),
    written("frames", Kind.IMAGE),
]


@pytest.fixture
def model(theme: Theme) -> MetricTreeModel:
    made = MetricTreeModel(theme)
    made.show_metrics(METRICS)
    return made


def labels(model: MetricTreeModel, parent: QModelIndex | None = None) -> list[str]:
    within = parent or QModelIndex()
    return [model.index(row, 0, within).data() for row in range(model.rowCount(within))]


def test_the_tree_is_sound(model: MetricTreeModel, qtmodeltester: ModelTester) -> None:
    qtmodeltester.check(model)
    model.search("char")
    qtmodeltester.check(model)
    model.show_metrics([])
    qtmodeltester.check(model)


def test_names_are_taken_apart_and_sources_shown(model: MetricTreeModel) -> None:
    assert labels(model) == ["charts", "frames", "loss"]
    charts = model.index(0, 0)
    assert labels(model, charts) == ["length", "return_mean"]
    both = model.index(2, 0)
    sources = [model.index(row, TreeColumn.SOURCE, both).data() for row in range(2)]
    assert sources == ["Reported", "TensorBoard"]
    assert model.index(1, TreeColumn.SOURCE).data() == "Image"
    assert "3 more superseded" in model.index(0, 0, charts).data(Qt.ItemDataRole.ToolTipRole)


def test_checking_a_part_checks_what_is_below(model: MetricTreeModel) -> None:
    charts = model.index(0, 0)
    assert model.setData(charts, Qt.CheckState.Checked, CHECK)
    assert [key.name for key in model.checked()] == ["charts/return_mean", "charts/length", "charts"]
    assert model.setData(model.index(0, 0, charts), Qt.CheckState.Unchecked, CHECK)
    assert charts.data(CHECK) is Qt.CheckState.PartiallyChecked
    model.search("loss")
    assert len(model.checked()) == 2, "what a search hides is drawn on"


def test_every_word_of_a_search_counts(model: MetricTreeModel) -> None:
    model.search("MEAN charts")
    assert [key.name for key in model.shown] == ["charts/return_mean"]
    model.search("nothing like it")
    assert model.rowCount() == 0


def test_a_name_may_hold_anything(theme: Theme, qtmodeltester: ModelTester) -> None:
    model = MetricTreeModel(theme)
    model.show_metrics([written(name) for name in ("", "/", "//a", "<b>x</b>", "x\n\ty", "é" * 5000)])
    qtmodeltester.check(model)
    assert max(len(label) for label in labels(model)) <= 120


def test_returns_come_first_and_evaluations_after_training() -> None:
    keys = [written(name).key for name in ("b", "eval/return_mean", "losses/x", "charts/return_mean", "a")]
    assert [key.name for key in preferred_first(keys)] == [
        "charts/return_mean",
        "eval/return_mean",
        "losses/x",
        "a",
        "b",
    ]


def picker(theme: Theme, folder: Path, qtbot: QtBot) -> MetricPicker:
    made = MetricPicker(theme, LayoutMemory(folder))
    qtbot.addWidget(made)
    made.begin("tabular")
    made.offer(METRICS)
    return made


def test_a_first_few_are_drawn_until_one_is_chosen(theme: Theme, tmp_path: Path, qtbot: QtBot) -> None:
    chooser = picker(theme, tmp_path, qtbot)
    assert chooser.drawn()[0].name == "charts/return_mean"
    assert all(key.kind is Kind.SCALAR for key in chooser.drawn())
    chooser.offer([*METRICS, written("returns")])
    assert "returns" in [key.name for key in chooser.drawn()]
    chooser.choose([METRICS[0].key])
    chooser.offer([*METRICS, written("more returns")])
    assert chooser.drawn() == [METRICS[0].key]
    assert chooser.count.text() == "7 metrics  ·  1 drawn"


def test_what_is_pinned_is_remembered_for_the_worker(theme: Theme, tmp_path: Path, qtbot: QtBot) -> None:
    length = METRICS[3].key
    picker(theme, tmp_path, qtbot).set_pinned(length, True)
    again = picker(theme, tmp_path, qtbot)
    assert again.drawn() == [length]
    again.set_pinned(length, False)
    again.begin("another")
    again.offer(METRICS)
    assert len(again.drawn()) == 5
    memory = LayoutMemory(tmp_path)
    memory.remember_text("metrics/pinned/tabular", '[["x", "nowhere"]]')
    again = MetricPicker(theme, memory)
    qtbot.addWidget(again)
    again.begin("tabular")
    again.offer(METRICS)
    assert len(again.drawn()) == 5, "what was spoilt is as if never remembered"
