"""The main window: the rail, the pages, the status bar, and the ways between them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from gym_gui.compat import override
from gym_gui.services.notifier import Notice, Notifier
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.pages import Page
from gym_gui.ui.rail import Rail
from gym_gui.ui.status_bar import StatusBar
from gym_gui.ui.theme import Theme

if TYPE_CHECKING:
    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QPaintEvent

    from gym_gui.ui.toasts import Toasts

_DEFAULT_SIZE = (1280, 800)
_LEAST_SIZE = (760, 480)
_APPLICATION = "MOSAIC"
PageMaker = Callable[[], QWidget]


class MainWindow(QMainWindow):
    """Shows one page at a time; a page is made when it is first wanted.

    `first_painted` tells once that the window is on screen.
    """

    closing = Signal()
    first_painted = Signal()
    page_shown = Signal(object)
    theme_wanted = Signal(object)
    palette_wanted = Signal()
    shortcuts_wanted = Signal()
    path_dropped = Signal(object)

    def __init__(
        self,
        *,
        theme: Theme,
        notifier: Notifier,
        desktop: Desktop,
        memory: LayoutMemory,
        data_directory: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(_APPLICATION)
        self.setMinimumSize(*_LEAST_SIZE)
        self.setAcceptDrops(True)
        self._theme = theme
        self._notifier = notifier
        self._memory = memory
        self._makers: dict[Page, PageMaker] = {}
        self._pages: dict[Page, QWidget] = {}
        self._current = Page.RUNS
        self._before = Page.RUNS
        self._has_painted = False
        self.rail = Rail(theme)
        self.stack = QStackedWidget()
        self.status = StatusBar(theme, notifier, data_directory)
        self._toasts: Toasts | None = None
        self._build()
        self.rail.mark(self._current)
        self.rail.page_wanted.connect(self.go_to)
        self.rail.new_run_wanted.connect(lambda: self.go_to(Page.NEW_RUN))
        self.rail.theme_wanted.connect(self.theme_wanted)
        self.status.folder_wanted.connect(lambda: desktop.open_path(data_directory))
        notifier.published.connect(self._toast)
        self.status.notices_wanted.connect(self._show_notices)

    def _build(self) -> None:
        centre = QWidget()
        layout = QHBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rail)
        layout.addWidget(self.stack, 1)
        self.setCentralWidget(centre)
        self.setStatusBar(self.status)
        if not self._memory.restore_geometry(self, "window/geometry"):
            self.resize(*_DEFAULT_SIZE)

    @property
    def toasts(self) -> Toasts:
        """The notices on screen."""
        if self._toasts is None:
            # Imported when the first notice comes: the window opens without it.
            from gym_gui.ui.toasts import Toasts

            self._toasts = Toasts(self._theme, self)
        return self._toasts

    def _toast(self, notice: Notice) -> None:
        self.toasts.show(notice)

    def bind_keys(self) -> None:
        """Have the keyboard lead to the pages; the pages must be there."""
        from PySide6.QtGui import QKeySequence

        for page in Page:
            self._bind(page.label, page.shortcut, partial(self.go_to, page))
        self._bind("Commands", "Ctrl+K", self.palette_wanted.emit)
        self._bind("Keyboard shortcuts", "F1", self.shortcuts_wanted.emit)
        self._bind("Notifications", "Ctrl+Shift+N", self._show_notices)
        self._bind("Quit", "Ctrl+Q", self.close)
        self._bind("Close window", QKeySequence.StandardKey.Close, self.close)

    def _bind(self, text: str, keys: str | QKeySequence.StandardKey, do: Callable[[], object]) -> None:
        from PySide6.QtGui import QAction, QKeySequence

        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked: do())
        self.addAction(action)

    def offer(self, page: Page, make: PageMaker) -> None:
        """Have `make` build this page the first time it is shown."""
        self._makers[page] = make

    def page(self, page: Page) -> QWidget:
        """The page, built now if it was not yet."""
        if page not in self._pages:
            made = self._makers.pop(page)()
            self._pages[page] = made
            made.windowTitleChanged.connect(self._say_where)
            self.stack.addWidget(made)
        return self._pages[page]

    def go_to(self, page: Page) -> QWidget:
        """Show a page and return it."""
        widget = self.page(page)
        if page is not self._current:
            self._before = self._current
        self._current = page
        self.stack.setCurrentWidget(widget)
        widget.setFocus()
        self.rail.mark(page)
        self._say_where()
        self.page_shown.emit(page)
        return widget

    def _say_where(self) -> None:
        """Name in the title what is shown: lists of windows tell several panels apart by it."""
        shown = self._pages[self._current].windowTitle() or self._current.label
        # Qt's mark for unsaved changes is no mark when it stands twice.
        self.setWindowTitle(f"{shown.replace('[*]', '[*][*]')} - {_APPLICATION}")

    def go_back(self) -> None:
        """Show the page that was shown before this one."""
        self.go_to(self._before)

    def _show_notices(self) -> None:
        from gym_gui.ui.toasts import NoticeList

        NoticeList(self._theme, self._notifier, self).show_above(self.status.bell)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            QTimer.singleShot(0, self, self.first_painted.emit)

    @override
    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped_path(event.mimeData()) is not None:
            event.acceptProposedAction()

    @override
    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped_path(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.path_dropped.emit(path)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        self._memory.remember_geometry(self, "window/geometry")
        self.closing.emit()
        self._memory.save()
        super().closeEvent(event)


def _dropped_path(dragged: QMimeData) -> Path | None:
    """The directory or file that is dragged, None when it is none of this machine, or several."""
    urls = dragged.urls()
    return Path(urls[0].toLocalFile()) if len(urls) == 1 and urls[0].isLocalFile() else None
