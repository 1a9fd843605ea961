"""The Metrics tab over runs on disk: what workers print and what event files hold, together."""

from __future__ import annotations

import csv
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QApplication
from tensorboardX import SummaryWriter

from gym_gui.app import Panel
from gym_gui.core.artifacts.scalars.export import ExportFormat
from gym_gui.core.artifacts.scalars.model import Kind
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.services.tensorboard_server import TensorBoardPhase
from gym_gui.ui.metrics.blob_panel import ImagePanel, TextPanel
from gym_gui.ui.metrics.chart import CurveChart
from gym_gui.ui.metrics.histogram_panel import HistogramPanel
from gym_gui.ui.metrics.keys import Across, MetricKey, Source
from gym_gui.ui.metrics.view import MetricsView
from tests.panel_helpers import ENDLESS, finish, make_run, start_tabular, wait_for, write_events
from tests.ui.conftest import OpenPanel
from tests.ui.run_detail_helpers import show

_Panel = TypeVar("_Panel", CurveChart, ImagePanel, TextPanel, HistogramPanel)
LOSS = MetricKey("loss", Source.OUTPUT)


def opened(panel: Panel, run: RunDirectory) -> MetricsView:
    return show(panel, run).tab("Metrics", MetricsView)


def panel_of(view: MetricsView, key: MetricKey, kind: type[_Panel]) -> _Panel:
    # Nobody can check what is not listed yet.
    wait_for(lambda: view.metrics.info(key) is not None, f"{key.name} to be listed")
    view.picker.choose([key])
    wait_for(lambda: isinstance(view.panels().panel(key), kind), f"the panel of {key.name}")
    found = view.panels().panel(key)
    assert isinstance(found, kind)
    return found


def chart(view: MetricsView, key: MetricKey) -> CurveChart:
    found = panel_of(view, key, CurveChart)
    wait_for(found.curves, f"the curve of {key.name}")
    return found


def ended(store: RunStore, losses: list[float]) -> RunDirectory:
    run = make_run(store, name="mine")
    beats = [("heartbeat", {"step": 5 * n, "loss": loss}) for n, loss in enumerate(losses)]
    write_events(run, [("run_started", {}), *beats, ("run_completed", {})])
    finish(run)
    return run


def writer(run: RunDirectory, suffix: str = "") -> SummaryWriter:
    return SummaryWriter(str(run.path / "tensorboard"), filename_suffix=suffix)


def test_what_is_printed_and_what_is_written_is_listed_together(
    open_panel: OpenPanel, store: RunStore
) -> None:
    run = ended(store, [3.0, 2.0, 1.0])
    with writer(run) as events:
        for step in range(20):
            events.add_scalar("charts/return", step * 2.0, step)
    view = opened(open_panel(), run)
    written = MetricKey("charts/return", Source.EVENT_FILES)
    wait_for(lambda: view.metrics.info(written) is not None)
    assert view.picker.drawn() == [written, LOSS]
    raw = chart(view, written).curves()[0].prepared.raw
    assert raw.ys.tolist() == [2.0 * n for n in range(20)]
    loss = chart(view, LOSS)
    assert loss.curves()[0].prepared.raw.xs.tolist() == [0, 5, 10]
    assert loss.value.text() == "1"
    loss.pointed.emit(5.4)
    assert loss.value.text() == "2  at step 5"


def test_a_live_run_grows(open_panel: OpenPanel, store: RunStore) -> None:
    run = start_tabular(store, ENDLESS)
    view = opened(open_panel(), run)
    wait_for(lambda: len(view.picker.drawn()) > 0)
    key = view.picker.drawn()[0]
    shown = chart(view, key)
    before = shown.curves()[0].prepared.seen
    wait_for(lambda: shown.curves()[0].prepared.seen > before, "more points")


def test_axes_smoothing_and_logarithms(open_panel: OpenPanel, store: RunStore) -> None:
    view = opened(open_panel(), ended(store, [100.0, 10.0, float("nan"), 0.0, 1000.0]))
    shown = chart(view, LOSS)
    assert shown.note.text() == "1 value not finite"
    view.controls.log.setChecked(True)
    wait_for(lambda: shown.is_log)
    assert "1 not above zero" in shown.note.text()
    assert shown.value.text() == "1,000"
    view.controls.log.setChecked(False)
    view.controls.smoothing.setValue(50)
    wait_for(lambda: shown.curves()[0].prepared.is_smoothed)
    view.controls.across.setCurrentIndex(list(Across).index(Across.TIME))
    view.controls.across.activated.emit(1)
    wait_for(lambda: shown.axis == "time")
    assert np.diff(shown.curves()[0].prepared.raw.xs).tolist() == [1.0] * 4
    view.controls.across.setCurrentIndex(list(Across).index(Across.EPISODE))
    view.controls.across.activated.emit(2)
    wait_for(lambda: shown.note.text() == "Not reported by episode")


def test_zoom_and_back(open_panel: OpenPanel, store: RunStore) -> None:
    view = opened(open_panel(), ended(store, [float(n) for n in range(50)]))
    shown = chart(view, LOSS)
    whole = shown.shown_range()
    middle = QPointF(shown.plot.viewport().rect().center())
    for modifier, zooms in (
        (Qt.KeyboardModifier.NoModifier, False),
        (Qt.KeyboardModifier.ControlModifier, True),
    ):
        turn = QWheelEvent(
            middle, middle, QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, modifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(shown.plot.viewport(), turn)
        assert (shown.shown_range() != whole) is zooms
    assert view.controls.reset.isVisible()
    view.controls.reset.click()
    assert shown.shown_range() == pytest.approx(whole)
    assert not view.controls.reset.isVisible()
    shown.enlarge_wanted.emit()
    assert view.grid.large is shown
    shown.enlarge_wanted.emit()
    assert view.grid.large is None


def test_what_was_superseded_is_drawn_on_request(open_panel: OpenPanel, store: RunStore) -> None:
    run = ended(store, [1.0])
    for first, times in ((0, 100.0), (5, 200.0)):
        with writer(run, f".{first}") as events:
            for step in range(first, 10):
                events.add_scalar("x", step + times, step, walltime=times + step)
    view = opened(open_panel(), run)
    key = MetricKey("x", Source.EVENT_FILES)
    wait_for(lambda: (info := view.metrics.info(key)) is not None and info.superseded == 5)
    shown = chart(view, key)
    wait_for(lambda: shown.note.text() == "5 superseded")
    assert view.controls.superseded.isVisible()
    view.controls.superseded.setChecked(True)
    wait_for(lambda: shown.curves()[0].prepared.replaced is not None)
    replaced = shown.curves()[0].prepared.replaced
    assert replaced is not None
    assert len(replaced[0]) == 15


def test_pictures_texts_and_distributions(open_panel: OpenPanel, store: RunStore) -> None:
    run = ended(store, [1.0])
    random = np.random.default_rng(1)
    with writer(run) as events:
        for step in range(3):
            events.add_image("frame", np.full((3, 8, 16), step * 40, dtype=np.uint8), step)
            events.add_text("note", f"<b>step {step}</b>", step)
            events.add_histogram("weights", random.normal(step, 1.0, 500), step)
    view = opened(open_panel(), run)
    keys = [
        MetricKey(name, Source.EVENT_FILES, kind)
        for name, kind in (
            ("frame", Kind.IMAGE),
            ("note/text_summary", Kind.TEXT),
            ("weights", Kind.HISTOGRAM),
        )
    ]
    wait_for(lambda: all(view.metrics.info(key) for key in keys), "all are listed")
    picture = panel_of(view, keys[0], ImagePanel)
    wait_for(lambda: not picture.picture.pixmap().isNull())
    assert picture.note.text() == "16 x 8 pixels"
    assert picture.place.text() == "step 2  ·  3 of 3"
    picture.slider.setValue(0)
    wait_for(lambda: picture.picture.pixmap().toImage().pixelColor(1, 1).red() == 0)
    text = panel_of(view, keys[1], TextPanel)
    wait_for(lambda: text.text.toPlainText() == "<b>step 2</b>")
    weights = panel_of(view, keys[2], HistogramPanel)
    wait_for(lambda: weights.distribution is not None)
    assert weights.distribution is not None
    assert weights.distribution.values[:, 4] == pytest.approx([0, 1, 2], abs=0.3)


def test_a_picture_that_is_none_is_said_to_be(open_panel: OpenPanel, store: RunStore) -> None:
    from tensorboardX.proto.summary_pb2 import Summary

    run = ended(store, [1.0])
    with writer(run) as events:
        broken = Summary.Image(encoded_image_string=b"<svg onload='x'/>", height=1, width=1)
        events.file_writer.add_summary(Summary(value=[Summary.Value(tag="frame", image=broken)]), 1)
    view = opened(open_panel(), run)
    key = MetricKey("frame", Source.EVENT_FILES, Kind.IMAGE)
    wait_for(lambda: view.metrics.info(key) is not None)
    picture = panel_of(view, key, ImagePanel)
    wait_for(lambda: picture.note.text().startswith("Cannot be shown"))


def test_a_run_without_numbers_says_what_to_do(open_panel: OpenPanel, store: RunStore) -> None:
    run = make_run(store)
    finish(run)
    panel = open_panel()
    view = opened(panel, run)
    wait_for(lambda: view.empty.title.text() == "This run reported no numbers")
    assert "heartbeat" in view.empty.text.text()
    other = ended(store, [1.0, 2.0])
    panel.watch.look_at(other.run_id)
    wait_for(lambda: panel.watch.summary(other.run_id) is not None)
    show(panel, other)
    assert chart(view, LOSS).curves()[0].prepared.raw.ys.tolist() == [1.0, 2.0]
    show(panel, run)
    wait_for(view.empty.isVisible)


def test_what_is_damaged_is_told(open_panel: OpenPanel, store: RunStore) -> None:
    run = ended(store, [1.0])
    with writer(run) as events:
        for step in range(10):
            events.add_scalar("x", step, step)
    (file,) = (run.path / "tensorboard").glob("*tfevents*")
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)
    view = opened(open_panel(), run)
    wait_for(view.problems.isVisible)
    assert file.name in view.problems.text.text()


def test_charts_and_points_are_exported(open_panel: OpenPanel, store: RunStore, tmp_path: Path) -> None:
    view = opened(open_panel(), ended(store, [1.0, float("inf"), 3.0]))
    chart(view, LOSS)
    view.export.write_picture(tmp_path / "a.png")
    assert QImage(str(tmp_path / "a.png")).width() == 2 * view.grid.content.width()
    view.export.write_drawing(tmp_path / "a.svg")
    assert QSvgRenderer(str(tmp_path / "a.svg")).isValid()
    view.export.write_points(tmp_path / "a.csv", ExportFormat.CSV)
    wait_for((tmp_path / "a.csv").exists)
    rows = list(csv.DictReader((tmp_path / "a.csv").read_text().splitlines()))
    assert [(row["run"], row["series"], row["step"], row["value"]) for row in rows] == [
        ("mine", "loss", "0", "1.0"),
        ("mine", "loss", "5", "inf"),
        ("mine", "loss", "10", "3.0"),
    ]
    assert [float(row["wall_time"]) for row in rows] == [1001.0, 1002.0, 1003.0]


@pytest.mark.skipif(find_spec("tensorboard") is None, reason="tensorboard is not installed")
def test_tensorboard_is_started_for_the_run_and_stopped(
    open_panel: OpenPanel, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ended(store, [1.0])
    with writer(run) as events:
        events.add_scalar("x", 1.0, 1)
    panel = open_panel()
    links: list[str] = []
    monkeypatch.setattr(panel.desktop, "open_link", links.append)
    view = opened(panel, run)
    bar = view.tensorboard
    bar.button.click()
    assert bar.button.text() == "Starting TensorBoard…"
    assert not bar.button.isEnabled()
    wait_for(lambda: panel.tensorboard.state.phase is TensorBoardPhase.READY, seconds=90)
    assert links == [panel.tensorboard.state.url]
    assert bar.button.text().startswith("TensorBoard at 127.0.0.1:")
    bar.stop.click()
    wait_for(lambda: panel.tensorboard.state.phase is TensorBoardPhase.OFF)
    assert bar.button.accessibleName() == "Open in TensorBoard"
    assert bar.stop.isHidden()


def test_why_tensorboard_did_not_start_is_shown(
    open_panel: OpenPanel, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_TENSORBOARD_COMMAND", "/nowhere/tensorboard")
    run = ended(store, [1.0])
    panel = open_panel()
    bar = opened(panel, run).tensorboard
    bar.button.click()
    wait_for(lambda: panel.tensorboard.state.phase is TensorBoardPhase.FAILED)
    assert bar.problem.isVisible()
    assert "did not start" in bar.problem.text.text()
    assert bar.button.isEnabled()
