"""Pictures and texts."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from gym_gui.core.artifacts.media import media_facts
from gym_gui.ui.artifacts.decoding import decode
from gym_gui.ui.artifacts.entries import SectionKind
from gym_gui.ui.artifacts.gallery import Gallery
from gym_gui.ui.artifacts.picture_pane import PicturePane
from gym_gui.ui.artifacts.text_pane import TextPane
from gym_gui.ui.artifacts.view import ArtifactsView
from tests.panel_helpers import wait_for
from tests.ui.artifacts.helpers import (
    choose,
    open_place,
    save_picture,
)


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
