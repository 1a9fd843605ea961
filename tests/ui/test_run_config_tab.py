from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.core.probing.model import ProbedWorker, ProbeReport
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.notifier import Notifier
from gym_gui.services.run_cli_line import cli_line
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.workers_probe import WorkersProbe
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.config.comparison import ConfigComparison
from gym_gui.ui.runs.config.entries import (
    Change,
    count_differences,
    count_leaves,
    entries_of,
    matching,
    value_text,
)
from gym_gui.ui.runs.config.model import ConfigColumn, ConfigModel
from gym_gui.ui.runs.config.picker import RunPicker
from gym_gui.ui.runs.config.provenance import provenance_facts
from gym_gui.ui.runs.config.view import ConfigView
from gym_gui.ui.theme import Theme
from tests.panel_helpers import make_run, wait_for
from tests.ui.run_detail_helpers import dialog

NESTED = {"lr": 0.1, "net": {"layers": [64, 64], "groups": [{"lr": 0.001}]}, "env": None}
SCHEMA = {
    "properties": {
        "lr": {"type": "number", "default": 0.1},
        "episodes": {"type": "integer", "default": 100},
        "env_id": {"type": "string", "default": "Taxi"},
    }
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


class Bench:
    """A Config tab over a store, with a probe that answers as it is told."""

    def __init__(self, theme: Theme, notifier: Notifier, desktop: Desktop, store: RunStore) -> None:
        self.tasks = TaskRunner(notifier)
        self.store = store
        self.report = ProbeReport("python")
        probe = WorkersProbe(self.tasks, notifier, probe=lambda _: self.report)
        self.comparison = ConfigComparison(self.tasks, probe, self.summaries)
        self.view = ConfigView(theme=theme, tasks=self.tasks, desktop=desktop, comparison=self.comparison)
        self.probe = probe

    def summaries(self) -> list[RunSummary]:
        return [watch_state(self.store.open(run_id)) for run_id in self.store.run_ids()]

    def show(self, run: RunDirectory) -> None:
        self.view.show_run(watch_state(run))
        wait_for(lambda: self.tasks.pending == 0)

    def compare(self, choice: int) -> None:
        """Choose from the list of comparisons as by hand."""
        self.view.bar.compare.setCurrentIndex(choice)
        self.view.bar.compare.activated.emit(choice)
        wait_for(lambda: self.tasks.pending == 0)

    def rows(self) -> dict[str, tuple[str, str, str]]:
        """What the tree shows: value, other value and difference by field; nested ones by their path."""
        model = self.view.tree.entries
        return {model.entry(index).path: texts(index) for index in every_row(model)}  # type: ignore[union-attr]


def texts(index: QModelIndex) -> tuple[str, str, str]:
    columns = (ConfigColumn.VALUE, ConfigColumn.OTHER, ConfigColumn.CHANGE)
    return tuple(index.siblingAtColumn(column).data() for column in columns)  # type: ignore[return-value]


def every_row(model: ConfigModel, parent: QModelIndex | None = None) -> Iterator[QModelIndex]:
    parent = parent or QModelIndex()
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        yield index
        yield from every_row(model, index)


@pytest.fixture
def bench(
    theme: Theme, notifier: Notifier, desktop: Desktop, store: RunStore, qtbot: QtBot
) -> Iterator[Bench]:
    made = Bench(theme, notifier, desktop, store)
    qtbot.addWidget(made.view)
    made.view.resize(1000, 400)
    made.view.show()
    yield made
    made.tasks.close(5_000)


def test_the_model_is_sound(theme: Theme, qtmodeltester: ModelTester) -> None:
    model = ConfigModel(theme)
    model.show_entries(entries_of(NESTED, {"lr": 0.2, "more": [[1], 2]}), "other")
    qtmodeltester.check(model, force_py=True)
    assert [model.headerData(column, Qt.Orientation.Horizontal) for column in range(3)] == [
        "Field",
        "Value",
        "other",
    ]


def test_differences_are_told_apart() -> None:
    here = {"a": 1, "b": {"x": 1, "y": 2}, "c": True, "gone": 1, "l": [1, 2]}
    there = {"a": 1.0, "b": {"x": 1, "y": 3}, "c": 1, "new": 2, "l": [1, 2]}
    changes = {entry.name: entry.change for entry in entries_of(here, there)}
    assert changes == {
        "a": Change.SAME,
        "b": Change.CHANGED,
        "c": Change.CHANGED,
        "gone": Change.ONLY_HERE,
        "l": Change.SAME,
        "new": Change.ONLY_THERE,
    }
    entries = entries_of(here, there)
    assert count_differences(entries) == 4
    only = matching(entries, "", only_different=True)
    assert [entry.name for entry in only] == ["b", "c", "gone", "new"]
    assert [child.name for child in only[0].children] == ["y"]


def test_what_is_left_to_its_default_is_no_difference() -> None:
    entries = entries_of({"lr": 0.2}, {"lr": 0.1, "episodes": 100, "net": {"width": 8}}, are_defaults=True)
    assert [entry.change for entry in entries] == [Change.CHANGED, Change.LEFT_OUT, Change.LEFT_OUT]
    assert count_differences(entries) == 1


def test_an_object_beside_null_differs_in_all_it_holds() -> None:
    (entry,) = entries_of({"net": {"width": 8}}, {"net": None})
    assert entry.change is Change.CHANGED
    assert count_differences([entry]) == 1


def test_search_finds_fields_and_values_with_what_they_are_in() -> None:
    entries = entries_of(NESTED)
    assert [entry.name for entry in matching(entries, "LAYERS")] == ["net"]
    assert count_leaves(matching(entries, "0.001")) == 1
    assert count_leaves(matching(entries, "net")) == 2
    assert matching(entries, "nowhere") == ()


@given(JSON)
def test_any_value_is_one_line_and_any_config_equals_itself(value: Any) -> None:
    assert "\n" not in value_text(value)
    entries = entries_of({"it": value}, {"it": value})
    assert count_differences(entries) == 0
    assert matching(entries, "", only_different=True) == ()


def test_hostile_configs_are_cut_to_what_can_be_shown() -> None:
    deep: Any = 1
    for _ in range(300):
        deep = {"deeper": deep}
    entries = entries_of({"deep": deep, "long": "x" * 10_000, "wide": [[n] for n in range(5_000)]})
    assert len(value_text("x" * 10_000)) < 400
    assert len(entries[2].children) == 1_001
    assert entries[2].children[-1].value == "4,000 more"
    assert count_leaves(entries) < 1_100
    broad = {str(n): {str(m): m for m in range(1_000)} for n in range(1_000)}
    assert count_leaves(entries_of(broad)) < 25_000
    assert len(value_text(list(range(1_000_000)))) < 400
    bottomless: Any = 1
    for _ in range(50_000):
        bottomless = [bottomless]
    assert entries_of({"it": bottomless}, {"it": [bottomless]})[0].change is Change.CHANGED
    assert len(value_text(bottomless)) < 400


def test_the_config_is_shown_as_launched_with_where_it_comes_from(bench: Bench, store: RunStore) -> None:
    run = make_run(store, **NESTED)
    bench.show(run)
    rows = bench.rows()
    assert rows["lr"][0] == "0.1"
    assert rows["net.groups.0.lr"][0] == "0.001"
    assert rows["net.layers"][0] == "[64, 64]"
    assert "run_id" not in rows
    assert bench.view.provenance.facts.value("Command").startswith("/bin/true --config ")
    assert bench.view.provenance.facts.value("Host")
    bench.view.bar.search.setText("layers")
    assert set(bench.rows()) == {"net", "net.layers"}
    bench.view.bar.search.setText("nothing like it")
    assert bench.view.empty.title.text() == "No field matches"


def test_compared_with_the_defaults_of_the_worker(bench: Bench, store: RunStore) -> None:
    worker = ProbedWorker("tabular", "python", "t:m", version="2.0", command=("x",), schema=SCHEMA)
    bench.report = ProbeReport("python", workers=(worker,))
    run = make_run(store, lr=0.5, env_id="Taxi", extra=[1])
    bench.show(run)
    bench.compare(1)
    assert bench.rows() == {
        "lr": ("0.5", "0.1", "changed"),
        "env_id": ("Taxi", "Taxi", ""),
        "extra": ("[1]", "", "only here"),
        "episodes": ("", "100", "left out"),
    }
    bench.view.bar.only_different.setChecked(True)
    assert set(bench.rows()) == {"lr", "extra"}
    assert "2 differ" in bench.view.bar.count.text()
    bench.compare(0)
    assert set(bench.rows()) == {"lr", "env_id", "extra"}


def test_defaults_that_are_not_known_are_said_to_be_so(bench: Bench, store: RunStore) -> None:
    bench.show(make_run(store, lr=0.5))
    bench.compare(1)
    assert "tabular is not installed" in bench.view.note.text.text()
    assert bench.rows()["lr"] == ("0.5", "", "")


def test_compared_with_another_run(bench: Bench, store: RunStore, qtbot: QtBot) -> None:
    first = make_run(store, name="first", lr=0.5)
    make_run(store, name="second", worker="other", lr=0.1)
    make_run(store, name="third", lr=0.7)
    bench.show(first)
    bench.view.bar.compare.activated.emit(2)
    picker = dialog(RunPicker)
    lines = picker.names.stringList()
    assert [line.partition("  ")[0] for line in lines] == ["third", "second"], "its own worker's first"
    qtbot.keyClicks(picker.search, "second")
    qtbot.keyClick(picker.search, Qt.Key.Key_Return)
    wait_for(lambda: bench.comparison.other is not None)
    assert bench.rows()["lr"] == ("0.5", "0.1", "changed")
    assert bench.view.bar.compare.currentText() == "Compared with second"
    bench.view.bar.compare.activated.emit(2)
    dialog(RunPicker).reject()
    assert bench.view.bar.compare.currentText() == "Compared with second"


def test_a_missing_and_a_broken_config_are_named(bench: Bench, store: RunStore) -> None:
    run = make_run(store, lr=0.5)
    run.config_file.write_text('{"lr": ')
    bench.show(run)
    assert bench.view.empty.isVisible()
    assert str(run.config_file) in bench.view.empty.text.text()
    assert "not JSON" in bench.view.empty.text.text()
    assert not bench.view.bar.export.isEnabled()
    run.config_file.unlink()
    bench.show(run)
    assert "cannot be read" in bench.view.empty.text.text()
    run.config_file.write_text('{"lr": 1}')
    bench.show(run)
    assert bench.rows()["lr"][0] == "1"


def test_taken_along_as_json_as_a_command_and_as_a_file(
    bench: Bench, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.show(make_run(store, lr=0.5, name_of="a b"))
    bench.view.bar.copy_json.click()
    assert json.loads(QApplication.clipboard().text()) == {"lr": 0.5, "name_of": "a b"}
    bench.view.bar.copy_line.click()
    assert QApplication.clipboard().text() == "gym-gui run tabular lr=0.5 'name_of=a b'"
    file = tmp_path / "config.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    bench.view.bar.export.click()
    wait_for(lambda: "Exported" in bench.view.note.text.text())
    assert json.loads(file.read_text()) == {"lr": 0.5, "name_of": "a b"}
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "no" / "c.json"), ""))
    bench.view.bar.export.click()
    wait_for(lambda: "was not written" in bench.view.note.text.text())


CONFIGS = st.dictionaries(
    st.sampled_from(["lr", "episodes", "env_id", "extra"]),
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.lists(st.integers(), max_size=2),
)


@given(CONFIGS)
def test_the_command_line_means_the_same_values_to_the_command(config: dict[str, Any]) -> None:
    import shlex

    from gym_gui.commands.configuring import _guess, _split

    words = shlex.split(cli_line("tabular", {**config, "run_id": "x"}))
    assert words[:3] == ["gym-gui", "run", "tabular"]
    assert {key: _guess(text) for key, text in map(_split, words[3:])} == config


def test_secrets_are_shown_redacted(store: RunStore) -> None:
    spec = LaunchSpec(
        worker_id="w", command=("/bin/true",), config={}, env={"WANDB_API_KEY": "hunter2", "MODE": "fast"}
    )
    record = watch_state(create_run(store, spec, source_dir=Path(__file__).parent)).record
    assert record is not None
    facts = {fact.name: fact.value for fact in provenance_facts(record)}
    assert facts["Variables"] == "WANDB_API_KEY=<redacted>\nMODE=fast"
    assert "hunter2" not in str(facts)
