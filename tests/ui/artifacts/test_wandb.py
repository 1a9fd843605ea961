"""W&B runs: what is read, what is drawn, and that nothing is sent unasked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from gym_gui.core.artifacts.scalars.smoothing import smooth
from gym_gui.core.artifacts.wandb.run import WandbRun
from gym_gui.ui.artifacts.entries import SectionKind
from gym_gui.ui.artifacts.sync_dialog import SyncDialog
from gym_gui.ui.artifacts.view import ArtifactsView
from gym_gui.ui.artifacts.wandb_history import WandbHistory
from gym_gui.ui.artifacts.wandb_pane import WandbPane
from tests.panel_helpers import wait_for
from tests.ui.artifacts.helpers import (
    DATA,
    choose,
    open_place,
    words,
)
from tests.ui.run_detail_helpers import dialog


def wandb_pane(view: ArtifactsView, folder: Path) -> WandbPane:
    """The pane of the W&B run below the folder, once it was read."""
    open_place(view, folder)
    choose(view, SectionKind.WANDB)
    section = next(s for s in view.model.sections if s.kind is SectionKind.WANDB)
    view.select(section.entries[0].label)
    wait_for(lambda: (p := view.viewer.findChild(WandbPane)) and p.history.table.rows.rowCount() > 0)
    pane = view.viewer.findChild(WandbPane)
    assert pane is not None
    return pane


def drawn(history: WandbHistory) -> dict[str, int]:
    """How many points each chart on screen has been given."""
    return {
        name: chart.curves()[0].prepared.raw.total
        for name, chart in history.charts.items()
        if chart.curves() and chart.isVisible()
    }


def test_an_offline_wandb_run_is_read_and_synced_only_when_asked(
    view: ArtifactsView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(DATA / "wandb", tmp_path / "here" / "wandb")
    program = tmp_path / "bin" / "wandb"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho called >> {tmp_path}/calls\necho uploading "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    open_place(view, tmp_path / "here")
    choose(view, SectionKind.WANDB)
    section = next(s for s in view.model.sections if s.kind is SectionKind.WANDB)
    view.select(section.entries[0].label)
    wait_for(lambda: (p := view.viewer.findChild(WandbPane)) and p.summary.rows.rowCount() > 0)
    pane = view.viewer.findChild(WandbPane)
    assert pane is not None
    pane.sync.click()
    asking = dialog(SyncDialog)
    assert asking.command[:2] == [str(program), "sync"]
    assert not (tmp_path / "calls").exists()
    asking.start.click()
    wait_for(lambda: "uploading sync" in asking.output.toPlainText())
    wait_for(lambda: not asking.is_running)
    asking.reject()


def test_the_history_of_a_wandb_run_is_drawn_and_grows(view: ArtifactsView, tmp_path: Path) -> None:
    shutil.copytree(DATA / "wandb", tmp_path / "wandb")
    (log,) = tmp_path.glob("wandb/*/*.wandb")
    whole = log.read_bytes()
    log.write_bytes(whole[: len(whole) // 2])
    history = wandb_pane(view, tmp_path).history
    wait_for(lambda: set(drawn(history)) == {"loss", "deep/x"}, "what has been logged so far")
    before = drawn(history)["loss"]
    assert 0 < before < 150
    log.write_bytes(whole)
    wait_for(lambda: drawn(history).get("loss") == 150, "what was logged since")
    wait_for(lambda: set(drawn(history)) == {"loss", "deep/x", "nan", "inf"}, "series that came later")
    xs, ys = (
        history.charts["loss"].curves()[0].prepared.raw.xs,
        history.charts["loss"].curves()[0].prepared.raw.ys,
    )
    assert list(xs) == [10.0 * n for n in range(150)]
    assert list(ys) == [1.0 / (n + 1) for n in range(150)]
    assert history.charts["nan"].curves()[0].prepared.odd_count == 1


def test_curves_of_a_wandb_run_are_smoothed_and_drawn_over_a_log_axis_on_request(
    view: ArtifactsView, tmp_path: Path
) -> None:
    shutil.copytree(DATA / "wandb", tmp_path / "wandb")
    history = wandb_pane(view, tmp_path).history
    wait_for(lambda: len(drawn(history)) == 4)
    raw = history.charts["loss"].curves()[0].prepared.raw.ys.copy()
    history.controls.smoothing.setValue(60)
    wait_for(lambda: history.charts["loss"].curves()[0].prepared.is_smoothed, "a smoothed curve")
    assert np.array_equal(history.charts["loss"].curves()[0].prepared.line.ys, smooth(raw, 0.6))
    history.controls.smoothing.setValue(0)
    history.controls.log.setChecked(True)
    wait_for(lambda: history.charts["loss"].is_log, "a log axis")
    line = history.charts["loss"].curves()[0].prepared.line.ys
    assert np.allclose(line, np.log10(raw))
    (last,) = history.charts["loss"].readings(None)
    assert last is not None
    assert last.value == pytest.approx(raw[-1])


def test_a_zoomed_wandb_curve_goes_back_to_everything_by_a_button_and_escape_ends_the_large_one(
    view: ArtifactsView, tmp_path: Path, qtbot: QtBot
) -> None:
    shutil.copytree(DATA / "wandb", tmp_path / "wandb")
    history = wandb_pane(view, tmp_path).history
    wait_for(lambda: len(drawn(history)) == 4)
    chart = history.charts["loss"]
    everything = chart.shown_range()
    chart.zoom(0.5)
    assert history.controls.reset.isVisible()
    history.controls.reset.click()
    assert chart.shown_range() == everything
    assert not history.controls.reset.isVisible()
    qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert set(drawn(history)) == {"loss"}
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert len(drawn(history)) == 4


def test_the_series_that_are_selected_are_drawn_whatever_the_order(
    view: ArtifactsView, tmp_path: Path
) -> None:
    shutil.copytree(DATA / "wandb", tmp_path / "wandb")
    history = wandb_pane(view, tmp_path).history
    wait_for(lambda: len(drawn(history)) == 4)
    history.table.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    names = [history.table.rows.index(row, 0).data() for row in range(4)]
    assert names == ["nan", "loss", "inf", "deep/x"]
    shown = [[history.table.rows.index(row, column).data() for column in (4, 5, 6)] for row in (0, 2)]
    assert shown == [["NaN", "", ""], ["∞", "", ""]]
    history.table.selectRow(1)
    wait_for(lambda: set(drawn(history)) == {"loss"}, "one chart")
    assert history.note.text() == "1 curve of 4 series; select others above."
    history.table.clearSelection()
    wait_for(lambda: drawn(history) == {}, "no chart")
    assert "Select series" in history.note.text()
    history.table.selectAll()
    wait_for(lambda: len(drawn(history)) == 4)
    history.charts["loss"].enlarge_wanted.emit()
    assert set(drawn(history)) == {"loss"}
    history.charts["loss"].enlarge_wanted.emit()
    history.charts["loss"].range_wanted.emit((100.0, 500.0))
    assert history.charts["deep/x"].shown_range() == (100.0, 500.0)


def test_a_link_that_is_no_web_address_is_refused(
    view: ArtifactsView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url) or True)
    wandb = {"project": "p", "entity": "e", "run_id": "r", "run_name": "n", "enabled": True}
    artifacts = {"wandb": {**wandb, "url": "file:///etc/passwd"}}
    manifest = {"run_id": "r", "worker_type": "t", "artifacts": artifacts, "metadata": {}}
    (tmp_path / "analytics.json").write_text(json.dumps(manifest))
    open_place(view, tmp_path / "analytics.json")
    view.select("e/p/n")
    assert "Refused" in words(view)
    assert not view.viewer.link.isVisible()
    view.viewer.open_entry()
    assert opened == []


def test_curves_of_a_wandb_run_are_drawn_over_the_time_since_its_first_point(
    view: ArtifactsView, tmp_path: Path
) -> None:
    shutil.copytree(DATA / "wandb", tmp_path / "wandb")
    (directory,) = tmp_path.glob("wandb/*")
    run = WandbRun(directory)
    run.advance()
    times = np.asarray(run.series("loss").times)
    history = wandb_pane(view, tmp_path).history
    wait_for(lambda: len(drawn(history)) == 4)
    history.charts["loss"].zoom(0.5)
    across = history.controls.across
    across.setCurrentIndex(across.findText("Time"))
    across.activated.emit(across.currentIndex())
    wait_for(lambda: history.charts["loss"].curves()[0].prepared.raw.xs[-1] < 1490, "an axis of time")
    xs = history.charts["loss"].curves()[0].prepared.raw.xs
    assert np.allclose(xs, times - times[0])
    assert not history.controls.reset.isVisible()  # the span of steps that was zoomed to is forgotten
