"""The pictures of a directory as thumbnails, decoded in the background, those on screen first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from gym_gui.compat import override
from gym_gui.core.artifacts.media import MediaFacts, media_facts
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.decoding import PictureError, decode
from gym_gui.ui.artifacts.entries import Entry
from gym_gui.ui.artifacts.tree_model import shown_name
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.metrics import characters

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_SIDE = 128
_KEPT = 600
_AT_ONCE = 2


class GalleryModel(QAbstractListModel):
    """Entries with a picture each, fetched when the view asks for it; the latest 600 are kept."""

    def __init__(self, theme: Theme, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tasks = tasks
        self._entries: tuple[Entry, ...] = ()
        self._icons: OrderedDict[tuple[Path, int | None], QIcon] = OrderedDict()
        self._waiting: OrderedDict[Path, Entry] = OrderedDict()
        self._running: set[Path] = set()
        self._asked = threading.Event()
        theme.changed.connect(self._recolour)

    def show_entries(self, entries: tuple[Entry, ...]) -> None:
        """Show these entries."""
        if entries == self._entries:
            return
        self.beginResetModel()
        self._entries = entries
        self._waiting.clear()
        self._asked = threading.Event()
        self.endResetModel()

    def entry(self, index: Index) -> Entry:
        """The entry of a row."""
        return self._entries[index.row()]

    @override
    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._entries)

    @override
    def data(self, index: Index, role: int = 0) -> Any:
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return shown_name(Path(entry.label).name)
        if role == Qt.ItemDataRole.ToolTipRole:
            size = wording.size(entry.size) if entry.size is not None else ""
            return wording.plain_tip(f"{shown_name(entry.label)}\n{size}")
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(entry)
        return None

    def _icon(self, entry: Entry) -> QIcon:
        key = (entry.path or Path(), entry.size)
        if key in self._icons:
            self._icons.move_to_end(key)
            return self._icons[key]
        if entry.path is not None and entry.path not in self._running:
            # The last that was asked for is the one on screen.
            self._waiting[entry.path] = entry
            self._waiting.move_to_end(entry.path)
            self._fetch()
        return self._stand_in("image")

    def _fetch(self) -> None:
        while self._waiting and len(self._running) < _AT_ONCE:
            path, entry = self._waiting.popitem()
            self._running.add(path)
            self._tasks.start(
                "Drawing a thumbnail",
                lambda path=path: _thumbnail(path),  # type: ignore[misc]
                owner=self,
                done=lambda image, entry=entry: self._take(entry, image),  # type: ignore[misc]
                failed=lambda _error, entry=entry: self._take(entry, None),  # type: ignore[misc]
            )

    def _take(self, entry: Entry, image: QImage | None) -> None:
        if entry.path is not None:
            self._running.discard(entry.path)
            picture = _framed(image, self._theme.colour("sunken")) if image is not None else None
            self._icons[entry.path, entry.size] = (
                QIcon(picture) if picture else self._stand_in(_icon_of(entry))
            )
            while len(self._icons) > _KEPT:
                self._icons.popitem(last=False)
        if entry in self._entries:
            place = self.index(self._entries.index(entry))
            self.dataChanged.emit(place, place, [Qt.ItemDataRole.DecorationRole])
        self._fetch()

    def _stand_in(self, icon: str) -> QIcon:
        tile = QPixmap(_SIDE, _SIDE)
        tile.fill(self._theme.colour("sunken"))
        painter = QPainter(tile)
        drawn = self._theme.pixmap(icon, "text_muted", 32)
        painter.drawPixmap((_SIDE - 32) // 2, (_SIDE - 32) // 2, drawn)
        painter.end()
        return QIcon(tile)

    def _recolour(self) -> None:
        self._icons.clear()
        if self._entries:
            self.dataChanged.emit(self.index(0), self.index(len(self._entries) - 1))


class Gallery(QListView):
    """Thumbnails in rows; `opened` tells which was chosen."""

    opened = Signal(object)

    def __init__(self, theme: Theme, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pictures = GalleryModel(theme, tasks, self)
        self.setModel(self.pictures)
        self.setAccessibleName("Pictures and videos")
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setLayoutMode(QListView.LayoutMode.Batched)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setWordWrap(False)
        self.setIconSize(QSize(_SIDE, _SIDE))
        self.setGridSize(
            QSize(max(_SIDE, characters(self, 20)) + 16, _SIDE + self.fontMetrics().height() + 18)
        )
        self.activated.connect(lambda index: self.opened.emit(self.pictures.entry(index)))
        self.clicked.connect(lambda index: self.opened.emit(self.pictures.entry(index)))


def _thumbnail(path: Path) -> QImage | None:
    facts: MediaFacts = media_facts(path)
    if not facts.kind.is_image:
        return None
    try:
        return decode(facts, QSize(_SIDE * 2, _SIDE * 2))
    except PictureError:
        return None


def _framed(image: QImage, paper: QColor) -> QPixmap:
    """The picture in the middle of a square, so that names stand in line."""
    tile = QPixmap(_SIDE, _SIDE)
    tile.fill(paper)
    fitted = image.scaled(
        tile.size(), Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    painter = QPainter(tile)
    painter.drawImage((_SIDE - fitted.width()) // 2, (_SIDE - fitted.height()) // 2, fitted)
    painter.end()
    return tile


def _icon_of(entry: Entry) -> str:
    return "play" if Path(entry.label).suffix.lower() in (".mp4", ".m4v", ".webm", ".mkv") else "image"
