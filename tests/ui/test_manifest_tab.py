from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QImage
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.core.artifacts.manifest import Artifact, ArtifactGroup, Mark
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.manifest_model import ManifestColumn, ManifestModel
from gym_gui.ui.runs.manifest_view import ManifestTab
from gym_gui.ui.runs.preview import PicturePreview
from gym_gui.ui.theme import Theme
from tests.panel_helpers import finish, make_run, wait_for

GROUPS = (
    ArtifactGroup(
        "Checkpoints", "checkpoint", (Artifact("a", Path("/a"), True, 5, (Mark.BEST,)), Artifact("b"))
    ),
    ArtifactGroup("W&B", "link", (Artifact("me/run", exists=True, link="https://wandb.ai/x"),)),
)


class Opened:
    """What was handed to the desktop."""

    def __init__(self) -> None:
        self.urls: list[str] = []

    def __call__(self, url: QUrl) -> bool:
        self.urls.append(url.toString())
        return True


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Opened:
    record = Opened()
    monkeypatch.setattr(QDesktopServices, "openUrl", record)
    return record


@pytest.fixture
def tab(theme: Theme, desktop: Desktop, notifier: Notifier, qtbot: QtBot) -> Iterator[ManifestTab]:
    tasks = TaskRunner(notifier)
    made = ManifestTab(theme, tasks, desktop)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    yield made
    tasks.close(5_000)


def leave_artifacts(run: RunDirectory, **artifacts: Any) -> None:
    (run.path / "plots").mkdir()
    image = QImage(40, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    assert image.save(str(run.path / "plots" / "values.png"))
    (run.path / "plots" / "broken.png").write_bytes(b"not a picture")
    content = {
        "run_id": run.run_id,
        "worker_type": "tabular",
        "artifacts": {"plots_dir": "plots", **artifacts},
        "metadata": {"return": 0.5},
    }
    run.manifest_file.write_text(json.dumps(content))


def find(model: ManifestModel, label: str) -> QModelIndex:
    for group in range(model.rowCount()):
        parent = model.index(group, 0)
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            artifact = model.artifact(index)
            if artifact and artifact.label == label:
                return index
    raise AssertionError(f"{label} is not shown")


def test_the_model_is_sound(theme: Theme, qtmodeltester: ModelTester) -> None:
    model = ManifestModel(theme)
    model.show_groups(GROUPS)
    qtmodeltester.check(model, force_py=True)
    group = model.index(0, 0)
    assert group.data() == "Checkpoints  2"
    assert model.index(0, ManifestColumn.SIZE, group).data() == "5 B"
    assert model.index(0, ManifestColumn.NOTE, group).data() == "★ best"
    assert model.index(1, ManifestColumn.NOTE, group).data() == "not there"
    assert model.artifact(group) is None


def test_no_manifest_yet_says_when_it_will_come(tab: ManifestTab, store: RunStore) -> None:
    run = make_run(store)
    tab.show_run(watch_state(run))
    assert tab.empty.title.text() == "No manifest yet"
    finish(run)
    tab.show_run(watch_state(run))
    assert tab.empty.title.text() == "This run left no manifest"


def test_the_manifest_opens_by_itself_when_it_appears(tab: ManifestTab, store: RunStore) -> None:
    run = make_run(store)
    tab.show_run(watch_state(run))
    leave_artifacts(run)
    tab.show_run(watch_state(run))
    wait_for(lambda: tab.model.rowCount() == 1)
    assert tab.tree.isVisible()
    assert '"return": 0.5' in tab.results.toPlainText()
    assert not tab.open_button.isEnabled()


def test_pictures_are_shown_files_opened_and_revealed(
    tab: ManifestTab, store: RunStore, opened: Opened
) -> None:
    run = make_run(store)
    leave_artifacts(run)
    tab.show_run(watch_state(run))
    wait_for(lambda: tab.model.rowCount() == 1)
    tab.tree.setCurrentIndex(find(tab.model, "plots/values.png"))
    assert tab.preview.isVisible()
    assert not tab.preview.pixmap().isNull()
    tab.open_button.click()
    tab.reveal_button.click()
    assert [QUrl(url).toLocalFile() for url in opened.urls] == [
        str(run.path / "plots" / "values.png"),
        str(run.path / "plots"),
    ]
    tab.tree.setCurrentIndex(find(tab.model, "plots/broken.png"))
    assert "cannot be shown" in tab.preview.text()


def test_refused_paths_are_shown_with_the_reason_and_cannot_be_opened(
    tab: ManifestTab, store: RunStore
) -> None:
    run = make_run(store)
    checkpoints = {"directory": "checkpoints", "format": "npz", "files": ["../../../etc/passwd"]}
    leave_artifacts(run, checkpoints=checkpoints)
    tab.show_run(watch_state(run))
    wait_for(lambda: tab.model.rowCount() == 2)
    tab.tree.setCurrentIndex(find(tab.model, "../../../etc/passwd"))
    assert "refused" in tab.preview.text()
    assert not tab.open_button.isEnabled()
    assert not tab.reveal_button.isEnabled()


def test_links_that_are_no_web_addresses_are_not_opened(
    tab: ManifestTab, store: RunStore, opened: Opened, notifier: Notifier
) -> None:
    run = make_run(store)
    wandb = {"project": "p", "entity": "e", "run_id": "r", "run_name": "n", "enabled": True}
    leave_artifacts(run, wandb={**wandb, "url": "file:///etc/passwd"})
    tab.show_run(watch_state(run))
    wait_for(lambda: tab.model.rowCount() == 2)
    tab.tree.setCurrentIndex(find(tab.model, "e/p/n"))
    tab.open_button.click()
    assert opened.urls == []
    assert notifier.history[0].title == "This link was not opened"


def test_a_broken_manifest_says_what_is_wrong(tab: ManifestTab, store: RunStore) -> None:
    run = make_run(store)
    run.manifest_file.write_text('{"run_id": 5}')
    tab.show_run(watch_state(run))
    wait_for(lambda: tab.problem.isVisible())
    assert "analytics.json" in tab.problem.text.text()


def test_another_run_does_not_show_the_former_ones_artifacts(tab: ManifestTab, store: RunStore) -> None:
    first, second = make_run(store), make_run(store)
    leave_artifacts(first)
    tab.show_run(watch_state(first))
    tab.show_run(watch_state(second))
    wait_for(lambda: tab._tasks.pending == 0)
    assert tab.empty.isVisible()


def test_a_gif_plays_at_the_size_there_is(qtbot: QtBot, tmp_path: Path) -> None:
    pil = pytest.importorskip("PIL.Image")
    frames = [pil.new("RGB", (64, 32), colour) for colour in ("red", "blue")]
    file = tmp_path / "episode.gif"
    frames[0].save(file, save_all=True, append_images=frames[1:], duration=20)
    preview = PicturePreview()
    qtbot.addWidget(preview)
    preview.resize(100, 100)
    preview.show()
    preview.show_file(file)
    movie = preview.movie()
    wait_for(lambda: movie.currentFrameNumber() == 1)
    assert movie.scaledSize().width() == 100
    preview.show_nothing("")
    assert preview.movie() is None


def test_a_picture_too_large_for_memory_is_refused(qtbot: QtBot, tmp_path: Path) -> None:
    image = QImage(8_000, 8_000, QImage.Format.Format_Mono)
    image.fill(0)
    assert image.save(str(tmp_path / "huge.png"))
    preview = PicturePreview()
    qtbot.addWidget(preview)
    preview.show_file(tmp_path / "huge.png")
    assert "too many pixels" in preview.text()
