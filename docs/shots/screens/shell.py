"""What belongs to the window as a whole: the settings, the command palette, the shortcuts, notifications."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QWidget

from docs.shots.photographer import Photographer
from docs.shots.waiting import settle, wait
from gym_gui.ui.forms.number_editor import NumberEditor
from gym_gui.ui.pages import Page
from gym_gui.ui.palette.palette import CommandPalette
from gym_gui.ui.palette.shortcuts import ShortcutsDialog
from gym_gui.ui.settings.page import SettingsPage

_Kind = TypeVar("_Kind", bound=QWidget)


def take(photographer: Photographer) -> None:
    """Each of them, and a setting with a mistake."""
    window = photographer.panel.window
    page = photographer.go_to(Page.SETTINGS, SettingsPage)
    photographer.shoot("settings")
    editor = page.rows["stall_factor"].editor
    if not isinstance(editor, NumberEditor):
        raise TypeError("a number is not typed into a line")
    editor.line.setText("0")
    editor.line.textEdited.emit("0")
    page.area.ensureWidgetVisible(page.rows["stall_factor"])
    photographer.shoot("settings-problem")
    photographer.choose(photographer.stage.finished)
    photographer.panel.probe.ensure_scanned()
    wait(lambda: photographer.panel.probe.report is not None)
    photographer.panel.navigation.open_palette()
    palette = _child(window, CommandPalette)
    palette.line.setText("taxi")
    settle(0.2)
    photographer.shoot_over("palette", palette)
    palette.close()
    photographer.panel.navigation.show_shortcuts()
    dialog = _child(window, ShortcutsDialog)
    settle(0.2)
    photographer.shoot("shortcuts", dialog)
    dialog.close()


def _child(window: QWidget, kind: type[_Kind]) -> _Kind:
    found = window.findChild(kind)
    if found is None:
        raise RuntimeError(f"no {kind.__name__} is open")
    return found
