from __future__ import annotations

import json
import os
import pickle
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QImage
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.config.paths import config_root
from gym_gui.core.artifacts.checkpoints.comparing import Change
from gym_gui.core.artifacts.media import media_facts
from gym_gui.core.artifacts.scalars.smoothing import smooth
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.artifacts.comparison_dialog import ComparisonDialog
from gym_gui.ui.artifacts.decoding import decode
from gym_gui.ui.artifacts.entries import SectionKind
from gym_gui.ui.artifacts.gallery import Gallery
from gym_gui.ui.artifacts.picture_pane import PicturePane
from gym_gui.ui.artifacts.retention_dialog import RetentionDialog
from gym_gui.ui.artifacts.sync_dialog import SyncDialog
from gym_gui.ui.artifacts.tab import ArtifactsTab
from gym_gui.ui.artifacts.text_pane import TextPane
from gym_gui.ui.artifacts.trash_dialog import TrashDialog
from gym_gui.ui.artifacts.view import ArtifactsView
from gym_gui.ui.artifacts.wandb_history import WandbHistory
from gym_gui.ui.artifacts.wandb_pane import WandbPane
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.theme import Theme
from tests.panel_helpers import finish, make_run, wait_for, write_events
from tests.ui.conftest import OpenPanel
from tests.ui.run_detail_helpers import dialog

DATA = Path(__file__).resolve().parent.parent / "artifacts" / "data"


@pytest.fixture
def tasks(notifier: Notifier) -> Iterator[TaskRunner]:
    made = TaskRunner(notifier)
    yield made
    assert made.close(20_000)


@pytest.fixture
def view(theme: Theme, desktop: Desktop, tasks: TaskRunner, qtbot: QtBot) -> ArtifactsView:
    made = ArtifactsView(theme, tasks, desktop, LayoutMemory(config_root()))
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    return made


@pytest.fixture
def tab(theme: Theme, desktop: Desktop, tasks: TaskRunner, qtbot: QtBot) -> ArtifactsTab:
    made = ArtifactsTab(theme, tasks, desktop, LayoutMemory(config_root()))
    qtbot.addWidget(made)
    made.resize(1100, 600)
    made.show()
    return made


def open_place(view: ArtifactsView, path: Path) -> None:
    view.show_path(path)
    wait_for(lambda: view.model.sections, "sections")


def titles(view: ArtifactsView) -> list[str]:
    return [section.title for section in view.model.sections]


def choose(view: ArtifactsView, kind: SectionKind) -> None:
    row = next(row for row, section in enumerate(view.model.sections) if section.kind is kind)
    view.tree.setCurrentIndex(view.model.index(row, 0))


def words(view: ArtifactsView) -> str:
    return f"{view.viewer.words.title.text()} {view.viewer.words.text.text()}"


def save_picture(path: Path, width: int = 40, height: int = 20) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(path))


def run_with_checkpoints(store: RunStore, count: int = 5) -> RunDirectory:
    """A run whose events tell of checkpoints, of which the last was never written."""
    run = make_run(store)
    (run.path / "checkpoints").mkdir()
    events: list[tuple[str, dict[str, Any]]] = []
    for number in range(1, count + 1):
        name = f"checkpoints/step_{number}.safetensors"
        shutil.copy(DATA / "model.safetensors", run.path / name)
        os.utime(run.path / name, (1_000 + number, 1_000 + number))
        payload = {"path": name, "step": number * 100, "return_mean": float(number % 3)}
        events.append(("checkpoint_saved", payload))
    events.append(("checkpoint_saved", {"path": "checkpoints/never.pt", "step": 900}))
    write_events(run, events)
    return run


def test_what_there_is_is_shown_by_kind_and_the_model_is_sound(
    view: ArtifactsView, tmp_path: Path, qtmodeltester: ModelTester
) -> None:
    save_picture(tmp_path / "here" / "plots" / "a.png")
    (tmp_path / "here" / "notes.txt").write_text("words")
    shutil.copy(DATA / "module.pt", tmp_path / "here" / "module.pt")
    open_place(view, tmp_path / "here")
    assert titles(view) == ["Checkpoints", "Pictures and videos", "Data and text"]
    qtmodeltester.check(view.model, force_py=True)
    view.search.setText("notes")
    assert titles(view) == ["Data and text"]


def test_an_empty_directory_and_a_missing_one_say_so(view: ArtifactsView, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    view.show_path(tmp_path / "empty", nothing=("Nothing here", "at all"))
    wait_for(lambda: view.empty.title.text() == "Nothing here")
    view.show_path(tmp_path / "gone")
    wait_for(lambda: view.empty.title.text() == "This cannot be opened")
    assert "gone" in view.empty.text.text()


def test_a_manifest_opened_by_another_name_tells_its_results(view: ArtifactsView, tmp_path: Path) -> None:
    manifest = {
        "run_id": "r",
        "worker_type": "t",
        "artifacts": {"plots_dir": "gone"},
        "metadata": {"score": 7},
    }
    (tmp_path / "other.json").write_text(json.dumps(manifest))
    open_place(view, tmp_path / "other.json")
    assert titles(view)[0] == "Results" and "Named but not there" in titles(view)
    wait_for(lambda: '"score": 7' in view.viewer.text().text.toPlainText())


def test_a_broken_manifest_says_what_is_wrong_and_the_files_are_shown(
    view: ArtifactsView, tmp_path: Path
) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "analytics.json").write_text('{"run_id": 5}')
    (tmp_path / "here" / "x.txt").write_text("x")
    open_place(view, tmp_path / "here")
    assert view.problem.isVisible() and "analytics.json" in view.problem.text.text()
    assert "Data and text" in titles(view)


def test_a_single_file_is_shown_alone(view: ArtifactsView, tmp_path: Path) -> None:
    save_picture(tmp_path / "one.png")
    (tmp_path / "two.txt").write_text("x")
    open_place(view, tmp_path / "one.png")
    assert titles(view) == ["Pictures and videos"]
    wait_for(lambda: (pane := view.viewer.findChild(PicturePane)) and not pane.picture.image.isNull())


def test_checkpoints_tell_their_metrics_and_what_is_missing(tab: ArtifactsTab, store: RunStore) -> None:
    run = run_with_checkpoints(store)
    finish(run)
    tab.show_run(watch_state(run))
    view = tab.view
    wait_for(lambda: "Checkpoints" in titles(view))
    choose(view, SectionKind.CHECKPOINTS)
    pane = view.viewer.checkpoints()
    model = pane.table.rows
    heads = [
        model.headerData(n, pane.table.horizontalHeader().orientation()) for n in range(model.columnCount())
    ]
    assert "return_mean" in heads
    assert pane.said.text() == "6 checkpoints, 1 missing"
    pane.table.sortByColumn(2, pane.table.horizontalHeader().sortIndicatorOrder().DescendingOrder)
    assert model.index(0, 2).data() == "900"
    assert model.index(0, 1).data() == "missing"
    pane.table.selectRow(0)
    assert not pane.compare.isEnabled()
    assert view.select("checkpoints/never.pt")
    assert "Not there" in words(view)


def test_two_checkpoints_are_compared(view: ArtifactsView, qtbot: QtBot, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "here")
    open_place(view, tmp_path / "here")
    choose(view, SectionKind.CHECKPOINTS)
    pane = view.viewer.checkpoints()
    labels = [entry.label for entry in pane.entries]
    pane.compared.emit(*(pane.entries[labels.index(f"training_{n}.pt")] for n in (100, 200)))
    compared = dialog(ComparisonDialog)
    wait_for(lambda: compared.comparison is not None, "the comparison")
    assert compared.comparison is not None
    assert compared.comparison.count(Change.CHANGED) > 0
    shown = compared.tensors.rows.rowCount()
    compared.only_changes.setChecked(False)
    assert compared.tensors.rows.rowCount() == len(compared.comparison.changes) >= shown
    compared.accept()


def test_cleaning_up_moves_to_the_trash_and_undo_brings_back(tab: ArtifactsTab, store: RunStore) -> None:
    run = run_with_checkpoints(store)
    finish(run)
    tab.show_run(watch_state(run))
    wait_for(lambda: "Checkpoints" in titles(tab.view))
    folder = run.path / "checkpoints"
    there = sorted(path.name for path in folder.iterdir())
    tab.view.doings.clean_up()
    asking = dialog(RetentionDialog)
    wait_for(lambda: asking.plan is not None and asking.move_button.isEnabled())
    assert sorted(path.name for path in folder.iterdir()) == there, "planning moves nothing"
    asking.keep_last.setValue(1)
    asking.keep_best.setValue(1)
    wait_for(lambda: asking.move_button.text() == "Move 3 to trash")
    asking.move_button.click()
    wait_for(lambda: asking.undo.isVisible())
    assert sorted(path.name for path in folder.iterdir()) == ["step_2.safetensors", "step_5.safetensors"]
    asking.undo.click()
    wait_for(lambda: sorted(path.name for path in folder.iterdir()) == there, "back")
    asking.reject()


def test_the_trash_is_emptied_only_after_a_question(tab: ArtifactsTab, store: RunStore) -> None:
    from PySide6.QtWidgets import QMessageBox

    run = run_with_checkpoints(store)
    finish(run)
    tab.show_run(watch_state(run))
    wait_for(lambda: "Checkpoints" in titles(tab.view))
    tab.view.doings.clean_up()
    asking = dialog(RetentionDialog)
    wait_for(asking.move_button.isEnabled)
    asking.move_button.click()
    wait_for(lambda: asking.undo.isVisible())
    asking.to_trash.click()
    trash = dialog(TrashDialog)
    wait_for(lambda: trash.empty.isEnabled())
    (entry,) = (run.path / ".trash").iterdir()
    trash.empty.click()
    question = dialog(QMessageBox)
    question.button(QMessageBox.StandardButton.Cancel).click()
    assert entry.exists()
    trash.empty.click()
    question = next(box for box in trash.findChildren(QMessageBox) if box.isVisible())
    next(b for b in question.buttons() if b.text() == "Remove for good").click()
    wait_for(lambda: not entry.exists(), "the entry is gone")
    wait_for(lambda: trash.said.text() == "The trash is empty.")
    trash.accept()


def test_a_run_that_is_going_cannot_be_cleaned_up(tab: ArtifactsTab, store: RunStore) -> None:
    run = run_with_checkpoints(store)
    tab.show_run(watch_state(run))
    wait_for(lambda: "Checkpoints" in titles(tab.view))
    choose(tab.view, SectionKind.CHECKPOINTS)
    assert not tab.view.viewer.checkpoints().retention.isVisible()


def test_a_malicious_pickle_is_told_as_dangerous_and_never_runs(view: ArtifactsView, tmp_path: Path) -> None:
    canary = tmp_path / "canary"

    class Bomb:
        def __reduce__(self) -> tuple[Any, ...]:
            return os.system, (f"touch {canary}",)

    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "evil.pkl").write_bytes(pickle.dumps({"w": Bomb()}))
    open_place(view, tmp_path / "here")
    view.select("evil.pkl")
    inspector = view.viewer.inspector()
    wait_for(lambda: inspector.inspection is not None)
    assert inspector.verdict.isVisible()
    assert inspector.verdict.property("tone") == "danger"
    assert inspector.verdict.text.text().startswith("Dangerous")
    verdicts = [
        inspector.imports.rows.index(row, 1).data() for row in range(inspector.imports.rows.rowCount())
    ]
    assert "✕ dangerous" in verdicts
    assert not canary.exists()


def test_the_checksum_is_that_of_the_file(view: ArtifactsView, tmp_path: Path) -> None:
    import hashlib

    shutil.copy(DATA / "module.pt", tmp_path / "module.pt")
    open_place(view, tmp_path / "module.pt")
    view.select("module.pt")
    checksum = view.viewer.inspector().checksum
    wait_for(checksum.isVisible)
    checksum.begin.click()
    expected = hashlib.sha256((tmp_path / "module.pt").read_bytes()).hexdigest()
    wait_for(lambda: checksum.value.text() == expected)


def test_a_hostile_directory_is_shown_without_a_hang(view: ArtifactsView, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours")
    (here / "out.txt").symlink_to(secret)
    (here / "loop").symlink_to(here)
    os.mkfifo(here / "pipe.png")
    with (here / "sparse.txt").open("wb") as file:
        file.truncate(1 << 40)
    (here / "na\u202eme\n<b>x.txt").write_text("text")
    (here / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 30)
    open_place(view, here)
    labels = [entry.label for section in view.model.sections for entry in section.entries]
    assert "out.txt" not in labels and not any(label.startswith("loop") for label in labels)
    assert "2 links not followed" in view.total.text() and "1 pipe or device not opened" in view.total.text()
    shown = [view.model.find(label).data() for label in labels]
    assert all(name.isprintable() for name in shown)
    view.select("broken.png")
    wait_for(lambda: "Not shown" in words(view) and view.viewer.words.isVisible())
    view.select("sparse.txt")
    wait_for(lambda: view.viewer.entry is not None and view.viewer.entry.label == "sparse.txt")


def test_a_file_that_became_a_link_after_it_was_listed_is_not_followed(
    view: ArtifactsView, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours")
    here = tmp_path / "here"
    here.mkdir()
    (here / "a.txt").write_text("harmless")
    (here / "b.txt").write_text("harmless")
    open_place(view, here)
    (here / "b.txt").unlink()
    (here / "b.txt").symlink_to(secret)
    view.select("b.txt")
    wait_for(lambda: "It cannot be read" in words(view))


def test_a_picture_of_too_many_pixels_is_refused(view: ArtifactsView, tmp_path: Path) -> None:
    image = QImage(15_000, 15_000, QImage.Format.Format_Mono)
    image.fill(0)
    (tmp_path / "here").mkdir()
    assert image.save(str(tmp_path / "here" / "bomb.png"))
    open_place(view, tmp_path / "here")
    view.select("bomb.png")
    wait_for(lambda: "MiB to show" in words(view))


def test_a_drawing_with_a_script_is_shown_as_text(view: ArtifactsView, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>x()</script></svg>'
    (tmp_path / "here" / "x.svg").write_text(drawing)
    open_place(view, tmp_path / "here")
    view.select("x.svg")
    wait_for(lambda: "<script>" in view.viewer.text().text.toPlainText())
    assert view.viewer.warning.isVisible()


def test_pictures_zoom_and_thumbnails_lead_to_them(view: ArtifactsView, tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        save_picture(tmp_path / "here" / name, 400, 200)
    open_place(view, tmp_path / "here")
    choose(view, SectionKind.PICTURES)
    gallery = view.viewer.findChild(Gallery)
    assert gallery is not None
    wait_for(lambda: len(gallery.pictures._icons) == 2, "thumbnails")
    gallery.opened.emit(gallery.pictures.entry(gallery.pictures.index(1)))
    assert view.viewer.entry is not None and view.viewer.entry.label == "b.png"
    pane = view.viewer.findChild(PicturePane)
    wait_for(lambda: (p := view.viewer.findChild(PicturePane)) and p.picture.image.size() == QSize(400, 200))
    pane = view.viewer.findChild(PicturePane)
    assert pane is not None and pane.picture.is_fitted
    pane.picture.zoom_to(1.0)
    assert pane.bar.zoom.text() == "100 %" and not pane.picture.is_fitted


def test_a_big_text_is_paged_and_csv_is_a_table(view: ArtifactsView, tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "big.txt").write_text("".join(f"line {n}\n" for n in range(20_000)))
    (tmp_path / "here" / "table.csv").write_text("step,loss\n1,0.5\n2,0.25\n")
    open_place(view, tmp_path / "here")
    view.select("big.txt")
    wait_for(lambda: view.viewer.text().where.text() == "20,000 lines")
    pane = view.viewer.text()
    pane.page.setValue(40)
    assert pane.text.toPlainText().endswith("line 19999")
    assert pane.text.toPlainText().startswith("line 19500")
    view.select("table.csv")
    wait_for(lambda: isinstance(view.viewer.stack.currentWidget(), TextPane) and pane.table.isVisible())
    assert pane.table.rows.headerData(1, pane.table.horizontalHeader().orientation()) == "loss"
    assert pane.table.rows.index(1, 1).data() == "0.25"


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


def test_a_directory_dropped_on_the_window_opens(open_panel: OpenPanel, tmp_path: Path) -> None:
    save_picture(tmp_path / "dropped" / "x.png")
    panel = open_panel()
    panel.window.path_dropped.emit(tmp_path / "dropped")
    page = panel.navigation.open_page()
    wait_for(lambda: page.view.model.sections, "what was dropped")
    assert titles(page.view) == ["Pictures and videos"]
    assert page.path.text() == str(tmp_path / "dropped")


def test_curves_of_a_wandb_run_are_smoothed_and_drawn_over_a_log_axis_on_request(
    view: ArtifactsView, tmp_path: Path
) -> None:
    shutil.copytree(DATA / "wandb", tmp_path / "wandb")
    history = wandb_pane(view, tmp_path).history
    wait_for(lambda: len(drawn(history)) == 4)
    assert not history.controls.across.isVisible()  # W&B's step is all there is
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


def test_a_large_drawing_is_drawn_without_holding_up_the_window(tmp_path: Path) -> None:
    marks = "".join(f'<use href="#m" x="{n % 100}" y="{n // 100}"/>' for n in range(9_000))
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="100" height="90">{{}}{marks}</svg>'
    mark = '<g id="m">' + '<rect width="1" height="1" fill="#ff0000"/>' * 8 + "</g>"
    (tmp_path / "figure.svg").write_text(drawing.format(mark))
    drawn: list[QImage] = []
    facts = media_facts(tmp_path / "figure.svg")
    turns = 0
    drawer = threading.Thread(target=lambda: drawn.append(decode(facts)))
    drawer.start()
    while drawer.is_alive():
        time.sleep(0.001)
        turns += 1
    assert drawn[0].size() == QSize(2048, 1843)
    assert drawn[0].pixelColor(1000, 900) == QColor("#ff0000")
    assert turns > 5  # this thread had its turns while the other one drew
