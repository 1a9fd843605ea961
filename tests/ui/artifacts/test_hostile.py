"""What is there to do harm is shown, refused or named, and never run or followed."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

from PySide6.QtGui import QImage

from gym_gui.ui.artifacts.view import ArtifactsView
from tests.panel_helpers import wait_for
from tests.ui.artifacts.helpers import (
    open_place,
    words,
)


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
