"""What is opened, from a directory, a manifest or a file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from pytestqt.modeltest import ModelTester

from gym_gui.ui.artifacts.picture_pane import PicturePane
from gym_gui.ui.artifacts.view import ArtifactsView
from tests.panel_helpers import wait_for
from tests.ui.artifacts.helpers import (
    DATA,
    open_place,
    save_picture,
    titles,
)
from tests.ui.conftest import OpenPanel


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


def test_a_directory_dropped_on_the_window_opens(open_panel: OpenPanel, tmp_path: Path) -> None:
    save_picture(tmp_path / "dropped" / "x.png")
    panel = open_panel()
    panel.window.path_dropped.emit(tmp_path / "dropped")
    page = panel.navigation.open_page()
    wait_for(lambda: page.view.model.sections, "what was dropped")
    assert titles(page.view) == ["Pictures and videos"]
    assert page.path.text() == str(tmp_path / "dropped")
