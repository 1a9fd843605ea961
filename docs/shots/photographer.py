"""Takes the pictures of one colour scheme and one window size."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from PIL import Image
from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QDialog, QWidget

from docs.shots.stage import Stage
from docs.shots.waiting import settle, wait
from gym_gui.app import Panel
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.ui.pages import Page
from gym_gui.ui.runs.detail import RunDetail
from gym_gui.ui.toasts import NoticeCard

IMAGES = Path(__file__).resolve().parent.parent / "images"
_Page = TypeVar("_Page", bound=QWidget)


class Photographer:
    """Knows the panel that stands before it, the stage its runs come from, and how a picture is kept.

    Attributes:
        panel: The panel, its window on screen.
        stage: The runs there are.
    """

    def __init__(self, panel: Panel, stage: Stage, suffix: str, only: str) -> None:
        self.panel = panel
        self.stage = stage
        self._suffix = suffix
        self._only = only

    def wants(self, *names: str) -> bool:
        """Whether any of these pictures was asked for; a screen that takes long to set up asks first."""
        return any(self._only in f"{name}-{self._suffix}" for name in names)

    def shoot(self, name: str, widget: QWidget | None = None, *, with_toasts: bool = False) -> None:
        """Save what the window, or one widget, shows as `NAME-SCHEME-WxH.png`, its toasts put away."""
        if not self.wants(name):
            return
        if not with_toasts:
            self._put_toasts_away()
        settle(0.3)
        self._keep(name, (widget or self.panel.window).grab())

    def shoot_over(self, name: str, popup: QWidget) -> None:
        """Save the window with a popup where it stands over it."""
        if not self.wants(name):
            return
        self._put_toasts_away()
        settle(0.3)
        window = self.panel.window
        picture = window.grab()
        painter = QPainter(picture)
        corner = window.mapFromGlobal(popup.mapToGlobal(QPoint(0, 0)))
        painter.drawPixmap(corner, popup.grab())
        if isinstance(popup, QDialog):  # the desktop would draw the edge of its window
            painter.setPen(self.panel.theme.colour("border_strong"))
            painter.drawRect(QRect(corner, popup.size()))
        painter.end()
        self._keep(name, picture)

    def _put_toasts_away(self) -> None:
        for card in self.panel.window.findChildren(NoticeCard, "toast"):
            card.close_button.click()

    def _keep(self, name: str, grabbed: QPixmap) -> None:
        keep(f"{name}-{self._suffix}", grabbed)

    def go_to(self, page: Page, kind: type[_Page]) -> _Page:
        """Show a page and return it."""
        widget = self.panel.window.go_to(page)
        if not isinstance(widget, kind):
            raise TypeError(f"{page} is a {type(widget).__name__}")
        return widget

    def choose(self, run: RunDirectory | None) -> RunDetail:
        """Select a run and return the pane that shows it."""
        if run is None:
            raise RuntimeError("the stage has no such run")
        self.panel.navigation.show_run(run.run_id)
        runs = self.panel.navigation.runs
        wait(lambda: runs.detail is not None and runs.detail.run_id == run.run_id)
        settle(0.8)
        if runs.detail is None:
            raise RuntimeError("no run is shown")
        return runs.detail


def keep(name: str, grabbed: QPixmap) -> None:
    """Save a picture as `NAME.png` among those of the documentation."""
    file = IMAGES / f"{name}.png"
    grabbed.save(str(file))
    # 256 chosen colours are plenty for an interface and take a third of the space.
    with Image.open(file) as picture:
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(file, optimize=True)
