"""The look of the panel: palette, style sheet, fonts and icons, light or dark."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from gym_gui.ui.icons import IconSet
from gym_gui.ui.tokens import DARK, LIGHT, Tokens

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QFont, QPixmap
    from PySide6.QtWidgets import QAbstractButton


class ThemeChoice(StrEnum):
    """Which scheme the user wants; SYSTEM follows the desktop as it changes."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def theme_choice(word: str) -> ThemeChoice:
    """The choice with this name; following the system for any other word."""
    return ThemeChoice(word) if word in set(ThemeChoice) else ThemeChoice.SYSTEM


def scale_font(app: QApplication, percent: int) -> None:
    """Make the application's text this much of what the desktop says; what is no sane share is left alone."""
    if percent != 100 and 50 <= percent <= 300:
        font = app.font()
        font.setPointSizeF(font.pointSizeF() * percent / 100)
        app.setFont(font)


class Theme(QObject):
    """Applies one scheme to the whole application and hands out its colours, fonts and icons.

    The style sheet is written for Fusion, which `gym_gui.app.make_application` sees to: whoever asks an
    application for its style object loads a hundred constants, which the first paint would wait for.
    """

    changed = Signal()

    def __init__(self, app: QApplication, resources: Path, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._template = Template((resources / "theme.qss").read_text(encoding="utf-8"))
        self._icon_folder = resources / "icons"
        self._icons = IconSet(self._icon_folder)
        self._bound: WeakKeyDictionary[QAbstractButton | QAction, tuple[str, str]] = WeakKeyDictionary()
        self._choice = choice
        self._colours: dict[str, QColor] = {}
        self._fixed_font: QFont | None = None
        self.tokens: Tokens = LIGHT
        self._apply()
        self._app.styleHints().colorSchemeChanged.connect(self._on_system_change)

    @property
    def choice(self) -> ThemeChoice:
        """What the user chose, which may be to follow the system."""
        return self._choice

    @property
    def is_dark(self) -> bool:
        """Whether the dark scheme is the one on screen."""
        return self.tokens is DARK

    def choose(self, choice: ThemeChoice) -> None:
        """Switch to a scheme, or to following the system."""
        if choice is not self._choice:
            self._choice = choice
            self._apply()
            self.changed.emit()

    def colour(self, token: str) -> QColor:
        """A token of the current scheme as a `QColor`; for painting, so cached."""
        found = self._colours.get(token)
        if found is None:
            found = self._colours[token] = QColor(getattr(self.tokens, token))
        return found

    def icon(self, name: str, ink: str = "text_muted") -> QIcon:
        """An icon in a colour of the current scheme. Use `bind_icon` where it must follow the scheme."""
        return self._icons.icon(name, getattr(self.tokens, ink), self.tokens.text_disabled)

    def pixmap(self, name: str, token: str, size: int, ratio: float = 1.0) -> QPixmap:
        """An icon as a pixmap of the current scheme, for delegates and labels."""
        return self._icons.pixmap(name, getattr(self.tokens, token), size, ratio)

    def bind_icon(self, target: QAbstractButton | QAction, name: str, ink: str = "text_muted") -> None:
        """Give a button or an action an icon that is drawn anew whenever the scheme changes."""
        target.setIcon(self.icon(name, ink))
        self._bound[target] = (name, ink)

    def fixed_font(self) -> QFont:
        """The system's monospace font at the application's text size."""
        if self._fixed_font is None:
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
            font.setPointSizeF(self._app.font().pointSizeF())
            self._fixed_font = font
        return self._fixed_font

    def _on_system_change(self) -> None:
        if self._choice is ThemeChoice.SYSTEM and self._wanted() is not self.tokens:
            self._apply()
            self.changed.emit()

    def _wanted(self) -> Tokens:
        if self._choice is ThemeChoice.SYSTEM:
            dark = self._app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            dark = self._choice is ThemeChoice.DARK
        return DARK if dark else LIGHT

    def _apply(self) -> None:
        self.tokens = self._wanted()
        self._colours.clear()
        self._app.setPalette(_palette(self.tokens))
        self._app.setStyleSheet(self._style_sheet())
        for target, (name, ink) in list(self._bound.items()):
            if isValid(target):
                target.setIcon(self.icon(name, ink))

    def _style_sheet(self) -> str:
        points = self._app.font().pointSizeF()
        return self._template.substitute(
            self.tokens.as_dict(),
            small=f"{points * 0.9:.1f}",
            heading=f"{points * 1.15:.1f}",
            title=f"{points * 1.4:.1f}",
            check=f"{round(points * 1.4)}",
            dash=f"{round(points * 1.4) - 6}",
            arrow=f"{round(points * 1.2)}",
            mark=f"{round(points)}",
            mono=self.fixed_font().family(),
            icons=self._icon_folder.as_posix(),
            scheme="dark" if self.is_dark else "light",
        )


def _palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for place, colour in (
        (role.Window, tokens.window),
        (role.WindowText, tokens.text),
        (role.Base, tokens.surface),
        (role.AlternateBase, tokens.sunken),
        (role.Text, tokens.text),
        (role.PlaceholderText, tokens.text_muted),
        (role.Button, tokens.surface),
        (role.ButtonText, tokens.text),
        (role.BrightText, tokens.danger),
        (role.Highlight, tokens.accent),
        (role.HighlightedText, tokens.accent_text),
        (role.ToolTipBase, tokens.raised),
        (role.ToolTipText, tokens.text),
        (role.Link, tokens.link),
        (role.LinkVisited, tokens.link),
        (role.Light, tokens.raised),
        (role.Midlight, tokens.hover),
        (role.Mid, tokens.border),
        (role.Dark, tokens.border_strong),
        (role.Shadow, tokens.border_strong),
        (role.Accent, tokens.accent),
    ):
        palette.setColor(place, QColor(colour))
    for place in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, place, QColor(tokens.text_disabled))
    return palette
