"""What the tests of the artifacts view share."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

from PySide6.QtGui import QColor, QImage

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.ui.artifacts.entries import SectionKind
from gym_gui.ui.artifacts.view import ArtifactsView
from tests.panel_helpers import make_run, wait_for, write_events

DATA = Path(__file__).resolve().parents[2] / "artifacts" / "data"


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
