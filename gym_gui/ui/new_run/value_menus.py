"""The buttons over the form: presets, filling in from elsewhere, copying."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from gym_gui.ui.new_run.filling import Filling


class ValueMenus(QWidget):
    """Three menus over what `Filling` can do; those with changing entries are made when they open."""

    def __init__(self, filling: Filling, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filling = filling
        self.presets = self._button("Presets", self._make_presets)
        self.fill = self._button("Fill in", self._make_fill)
        self.copy = self._button("Copy", self._make_copy)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for button in (self.presets, self.fill, self.copy):
            row.addWidget(button)

    def _button(self, label: str, fill: Callable[[QMenu], None]) -> QPushButton:
        button = QPushButton(label)
        button.setProperty("role", "menu")
        menu = QMenu(button)

        def renew() -> None:
            menu.clear()
            fill(menu)

        menu.aboutToShow.connect(renew)
        button.setMenu(menu)
        return button

    def _make_presets(self, menu: QMenu) -> None:
        filling, names = self._filling, self._filling.preset_names()
        menu.addAction("Save as preset…").triggered.connect(filling.save_preset)
        menu.addSeparator()
        for name in names:
            _entry(menu, name).triggered.connect(lambda _checked=False, name=name: filling.use_preset(name))
        if not names:
            menu.addAction("No presets yet").setEnabled(False)
            return
        menu.addSeparator()
        delete = menu.addMenu("Delete")
        for name in names:
            _entry(delete, name).triggered.connect(
                lambda _checked=False, name=name: filling.delete_preset(name)
            )

    def _make_fill(self, menu: QMenu) -> None:
        filling = self._filling
        menu.addAction("Defaults").triggered.connect(filling.use_defaults)
        last = menu.addAction("Last used")
        last.triggered.connect(filling.use_last)
        last.setEnabled(filling.has_last())
        menu.addSeparator()
        menu.addAction("A former run…").triggered.connect(filling.choose_run)
        menu.addAction("A JSON file…").triggered.connect(filling.choose_file)
        menu.addAction("A command line…").triggered.connect(filling.paste_line)
        menu.addSeparator()
        resume = menu.addAction("A checkpoint, to resume…")
        resume.triggered.connect(filling.choose_checkpoint)
        resume.setEnabled(filling.can_resume())

    def _make_copy(self, menu: QMenu) -> None:
        menu.addAction("As a command line").triggered.connect(self._filling.copy_line)
        menu.addAction("As JSON").triggered.connect(self._filling.copy_json)


def _entry(menu: QMenu, name: str) -> QAction:
    # An ampersand would be taken for the mark of a shortcut.
    return menu.addAction(name.replace("&", "&&"))
