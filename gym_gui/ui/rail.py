"""The navigation rail at the left of the window: New run, the pages, and the choice of theme."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.ui.pages import Page
from gym_gui.ui.theme import Theme, ThemeChoice
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.themed_icon import ThemedIcon

_ICONS = {
    Page.RUNS: "runs",
    Page.WORKERS: "workers",
    Page.COMPARE: "compare",
    Page.OPENED: "folder",
    Page.SETTINGS: "settings",
}
_AT_THE_FOOT = frozenset({Page.SETTINGS})
_WIDTH_IN_CHARACTERS = 22
_THEME_ICONS = {ThemeChoice.SYSTEM: "theme", ThemeChoice.LIGHT: "sun", ThemeChoice.DARK: "moon"}


class Rail(QFrame):
    """Emits what was asked for; the window decides what follows."""

    page_wanted = Signal(object)
    new_run_wanted = Signal()
    theme_wanted = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self._theme = theme
        self.setFixedWidth(characters(self, _WIDTH_IN_CHARACTERS) + 24)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 10)
        layout.setSpacing(4)
        layout.addLayout(self._brand())
        layout.addSpacing(8)
        layout.addWidget(self._new_run_button())
        layout.addSpacing(8)
        self._group = QButtonGroup(self)
        self._buttons = {page: self._entry(page) for page in _ICONS}
        for page in [page for page in _ICONS if page not in _AT_THE_FOOT]:
            layout.addWidget(self._buttons[page])
        layout.addStretch(1)
        for page in _AT_THE_FOOT:
            layout.addWidget(self._buttons[page])
        layout.addWidget(self._theme_button())

    def mark(self, page: Page) -> None:
        """Mark the entry of the page that is shown, or none for a page without one."""
        self._group.setExclusive(False)
        for candidate, button in self._buttons.items():
            button.setChecked(candidate is page)
            self._theme.bind_icon(button, _ICONS[candidate], "link" if candidate is page else "text_muted")
        self._group.setExclusive(page in self._buttons)

    def _brand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addSpacing(6)
        row.addWidget(ThemedIcon(self._theme, "mosaic", "text"))
        row.addWidget(PlainLabel("MOSAIC", "strong"))
        row.addStretch(1)
        return row

    def _new_run_button(self) -> QPushButton:
        self.new_run = QPushButton("New run")
        self.new_run.setProperty("role", "primary")
        self.new_run.setToolTip(f"Start a run ({Page.NEW_RUN.shortcut})")
        self._theme.bind_icon(self.new_run, "plus", "accent_text")
        space_icon(self.new_run)
        self.new_run.clicked.connect(self.new_run_wanted)
        return self.new_run

    def _entry(self, page: Page) -> QToolButton:
        button = _wide_button(page.label)
        button.setCheckable(True)
        button.setToolTip(f"{page.label} ({page.shortcut})")
        self._theme.bind_icon(button, _ICONS[page])
        button.clicked.connect(lambda: self.page_wanted.emit(page))
        self._group.addButton(button)
        return button

    def _theme_button(self) -> QToolButton:
        button = _wide_button("Theme")
        button.clicked.connect(lambda: self._open_theme_menu(button))
        self._theme.bind_icon(button, "theme")
        return button

    def _open_theme_menu(self, button: QToolButton) -> None:
        # Made when it is wanted: menus are among the dearest things to have before the first paint.
        from PySide6.QtWidgets import QMenu

        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice, icon in _THEME_ICONS.items():
            action = menu.addAction(self._theme.icon(icon), choice.value.capitalize())
            action.setCheckable(True)
            action.setChecked(choice is self._theme.choice)
            action.triggered.connect(partial(self.theme_wanted.emit, choice))
        corner = button.mapToGlobal(button.rect().topLeft())
        menu.popup(corner - QPoint(0, menu.sizeHint().height()))


def _wide_button(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    space_icon(button)
    return button
