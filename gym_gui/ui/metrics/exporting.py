"""Charts written to files: as a picture, as a drawing, or point by point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from gym_gui.core.artifacts.scalars.model import Series
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.wording import plural

if TYPE_CHECKING:
    from gym_gui.core.artifacts.scalars.export import ExportFormat

_PICTURE_SCALE = 2
_WORDS = "Export"
Whole = tuple[str, str, Callable[[], Series]]
"""A run's name, a metric's name, and how to have its points on any thread."""


class ExportButton(QPushButton):
    """A menu of the ways to keep what is shown.

    Args:
        theme: The theme.
        tasks: Points are written in the background.
        notifier: Told what was written, or why not.
        picture: The widget whose looks are kept.
        points: Every metric that is drawn.
    """

    def __init__(
        self,
        theme: Theme,
        tasks: TaskRunner,
        notifier: Notifier,
        *,
        picture: Callable[[], QWidget],
        points: Callable[[], Sequence[Whole]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_WORDS, parent)
        self._tasks = tasks
        self._notifier = notifier
        self._picture = picture
        self._points = points
        theme.bind_icon(self, "download")
        space_icon(self)
        self.setAccessibleName(_WORDS)
        self.setToolTip("Export the charts, or every point of them")
        self.clicked.connect(self._open_menu)

    def show_narrow(self, narrow: bool) -> None:
        """Show the icon without the words, where there is little room."""
        self.setText("" if narrow else _WORDS)

    def _open_menu(self) -> None:
        from gym_gui.core.artifacts.scalars.export import ExportFormat, can_export

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)
        menu.addAction("Charts as PNG…", lambda: self._ask("png", self.write_picture))
        menu.addAction("Charts as SVG…", lambda: self._ask("svg", self.write_drawing))
        menu.addSeparator()
        for kind, words in (
            (ExportFormat.CSV, "Every point as CSV…"),
            (ExportFormat.JSON, "Every point as JSON…"),
            (ExportFormat.PARQUET, "Every point as Parquet…"),
        ):
            action = menu.addAction(words, self._asker(kind))
            missing = can_export(kind)
            action.setEnabled(not missing and bool(self._points()))
            action.setToolTip(missing)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    def _asker(self, kind: ExportFormat) -> Callable[[], None]:
        return lambda: self._ask(kind.value, lambda path: self.write_points(path, kind))

    def _ask(self, ending: str, write: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self.window(), "Export", f"metrics.{ending}", f"*.{ending}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.fileSelected.connect(lambda name: write(Path(name)))
        dialog.open()

    def write_picture(self, path: Path) -> None:
        """Write what is shown as a PNG of twice the size it has on screen."""
        widget = self._picture()
        image = QImage(widget.size() * _PICTURE_SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_PICTURE_SCALE)
        image.fill(widget.palette().base().color())
        widget.render(image)
        self._tell(path, QImageWriter(str(path), QByteArray(b"png")).write(image))

    def write_drawing(self, path: Path) -> None:
        """Write what is shown as an SVG."""
        from PySide6.QtSvg import QSvgGenerator

        widget = self._picture()
        generator = QSvgGenerator()
        generator.setFileName(str(path))
        generator.setSize(QSize(widget.size()))
        generator.setViewBox(QRect(widget.rect()))
        generator.setTitle("Metrics")
        painter = QPainter()
        if painter.begin(generator):
            painter.fillRect(widget.rect(), widget.palette().base())
            widget.render(painter, QPoint())
            painter.end()
        self._tell(path, path.is_file() and path.stat().st_size > 0)

    def write_points(self, path: Path, kind: ExportFormat) -> None:
        """Write every point of what is drawn, in the background."""
        wholes = list(self._points())

        def write() -> int:
            from gym_gui.core.artifacts.scalars.export import NamedSeries, export

            return export([NamedSeries(run, name, whole()) for run, name, whole in wholes], path, kind)

        self._tasks.start(
            "Exporting",
            write,
            owner=self,
            done=lambda count: self._notifier.info(f"{plural(count, 'point')} exported", str(path)),
            failed=lambda error: self._notifier.error("The export failed", str(error)),
        )

    def _tell(self, path: Path, is_there: bool) -> None:
        if is_there:
            self._notifier.info("Charts exported", str(path))
        else:
            self._notifier.error("The export failed", f"{path} cannot be written")
