"""The Settings page: every setting with its help; what is typed is saved by itself."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QHideEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.config.paths import usual_data_root
from gym_gui.config.settings import settings_file
from gym_gui.core.preferences.catalogue import DATA_DIRECTORY_SETTING
from gym_gui.services.preferences import Preferences
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.settings.draft import SettingsDraft
from gym_gui.ui.settings.row import SettingRow
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.scrolled import ScrolledColumn

_WIDTH_IN_CHARACTERS = 110


class SettingsPage(QWidget):
    """Emits `back_wanted` for Escape, and `environments_wanted` for the list of Python environments."""

    back_wanted = Signal()
    environments_wanted = Signal()

    def __init__(
        self, theme: Theme, preferences: Preferences, desktop: Desktop, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self._theme = theme
        self._desktop = desktop
        self.draft = SettingsDraft(preferences, self)
        self.rows: dict[str, SettingRow] = {}
        self._build()
        self.draft.judged.connect(self._refresh)
        self.draft.saved.connect(lambda name: self.rows[name].mark_saved())
        preferences.changed.connect(self._reread)
        back = QAction("Back", self)
        back.setShortcut(QKeySequence("Esc"))
        back.triggered.connect(self.back_wanted)
        self.addAction(back)

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 10)
        head.setSpacing(10)
        head.addWidget(PlainLabel("Settings", "title"))
        head.addStretch(1)
        head.addWidget(ElidedLabel(str(settings_file()), "muted", mode=Qt.TextElideMode.ElideMiddle))
        self.open_file = QPushButton("Open file")
        self.open_file.setToolTip("Open settings.toml with the program the desktop has for it")
        self.open_file.clicked.connect(self._open_file)
        head.addWidget(self.open_file)
        layout.addLayout(head)
        self.area = ScrolledColumn(characters(self, _WIDTH_IN_CHARACTERS) + 64)
        self._fill(self.area.column)
        layout.addWidget(self.area, 1)
        self.setFocusProxy(next(iter(self.rows.values())).editor)

    def _fill(self, column: QVBoxLayout) -> None:
        column.setContentsMargins(16, 4, 16, 24)
        column.setSpacing(14)
        groups: dict[str, QVBoxLayout] = {}
        usual = str(usual_data_root())
        for setting in self.draft.settings.values():
            if setting.group not in groups:
                groups[setting.group] = self._group(setting.group, column)
            row = self.rows[setting.name] = SettingRow(
                setting, self.draft, usual if setting.name == DATA_DIRECTORY_SETTING else ""
            )
            groups[setting.group].addWidget(row)
        tools = groups["Workers and tools"]
        environments = QPushButton("Python environments…")
        environments.setToolTip("The environments whose workers are offered: add, make and remove them")
        environments.clicked.connect(self.environments_wanted)
        tools.addSpacing(6)
        tools.addWidget(environments, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)

    def _group(self, title: str, column: QVBoxLayout) -> QVBoxLayout:
        card = QFrame()
        card.setProperty("role", "card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(16, 12, 16, 10)
        inside.setSpacing(2)
        inside.addWidget(PlainLabel(title, "heading"))
        column.addWidget(card)
        return inside

    def _refresh(self, name: str) -> None:
        self.rows[name].refresh()

    def _reread(self, name: str) -> None:
        if name in self.rows:
            self.rows[name].reread()

    def _open_file(self) -> None:
        file = settings_file()
        self._desktop.open_path(file if file.exists() else _nearest_directory(file))

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # The file may have been edited elsewhere meanwhile.
        for row in self.rows.values():
            row.reread()

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.draft.save_now()


def _nearest_directory(file: Path) -> Path:
    return next(parent for parent in file.parents if parent.is_dir())
