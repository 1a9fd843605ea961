from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from gym_gui.config.paths import resources_root
from gym_gui.ui.theme import Theme, ThemeChoice, theme_choice
from gym_gui.ui.tokens import DARK, LIGHT


@pytest.mark.parametrize("choice", [ThemeChoice.LIGHT, ThemeChoice.DARK])
def test_the_style_sheet_has_no_gaps(theme: Theme, qapp: QApplication, choice: ThemeChoice) -> None:
    theme.choose(choice)
    sheet = qapp.styleSheet()
    assert "$" not in sheet
    for path in re.findall(r'url\("([^"]+)"\)', sheet):
        assert (resources_root() / "icons" / path.rpartition("/")[2]).is_file(), path


def test_the_sheet_takes_every_colour_from_the_tokens() -> None:
    template = (resources_root() / "theme.qss").read_text()
    assert not re.findall(r":[^;{]*#[0-9a-fA-F]{3,8}", template)


def test_switching_changes_palette_and_tells(theme: Theme, qapp: QApplication, qtbot: QtBot) -> None:
    assert theme.tokens is LIGHT
    with qtbot.waitSignal(theme.changed):
        theme.choose(ThemeChoice.DARK)
    assert theme.tokens is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    assert theme.colour("text") == QColor(DARK.text)
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose(ThemeChoice.DARK)


def test_bound_icons_are_drawn_anew(theme: Theme, qtbot: QtBot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    theme.bind_icon(button, "plus")
    before = button.icon().pixmap(16).toImage()
    theme.choose(ThemeChoice.DARK)
    assert button.icon().pixmap(16).toImage() != before


def test_following_the_system(theme: Theme, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    class DarkDesktop:
        def colorScheme(self) -> Qt.ColorScheme:
            return Qt.ColorScheme.Dark

    theme.choose(ThemeChoice.SYSTEM)
    assert theme.tokens is LIGHT, "the offscreen platform has no scheme, which means light"
    monkeypatch.setattr(theme, "_app", AppWith(qapp, DarkDesktop()))
    theme._on_system_change()
    assert theme.tokens is DARK
    theme.choose(ThemeChoice.LIGHT)
    theme._on_system_change()
    assert theme.tokens is LIGHT, "the user's own choice comes first"


class AppWith:
    """The application with other style hints."""

    def __init__(self, app: QApplication, hints: object) -> None:
        self._app = app
        self._hints = hints

    def styleHints(self) -> object:
        return self._hints

    def __getattr__(self, name: str) -> object:
        return getattr(self._app, name)


def test_every_icon_can_be_drawn(theme: Theme) -> None:
    for file in (resources_root() / "icons").glob("*.svg"):
        image = theme.pixmap(file.stem, "text", 16).toImage()
        drawn = any(image.pixelColor(x, y).alpha() for x in range(16) for y in range(16))
        assert drawn, file.name


@pytest.mark.parametrize(
    ("word", "choice"), [("dark", ThemeChoice.DARK), ("", ThemeChoice.SYSTEM), ("?", ThemeChoice.SYSTEM)]
)
def test_a_remembered_choice_may_be_nonsense(word: str, choice: ThemeChoice) -> None:
    assert theme_choice(word) is choice
