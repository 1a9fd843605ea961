"""The tree of a config's entries: opened in full, with the columns that there is something in."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QHeaderView, QTreeView, QWidget

from gym_gui.ui.runs.config.entries import ABSENT, ConfigEntry, value_text
from gym_gui.ui.runs.config.model import ConfigColumn, ConfigModel
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.metrics import characters

_MOST_OPENED = 500


class ConfigTree(QTreeView):
    """Shows entries; the value of the one selected can be copied."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entries = ConfigModel(theme, self)
        self.setModel(self.entries)
        self.setAccessibleName("Config")
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(ConfigColumn.VALUE, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(ConfigColumn.OTHER, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(ConfigColumn.NAME, characters(self, 25))
        header.resizeSection(ConfigColumn.CHANGE, characters(self, 12))
        copy = QAction("Copy value", self)
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy_value)
        self.addAction(copy)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def show_entries(self, entries: tuple[ConfigEntry, ...], other_name: str) -> None:
        """Show these; with the columns of a comparison when there is one."""
        place = self.verticalScrollBar().value()
        self.entries.show_entries(entries, other_name)
        for column in (ConfigColumn.OTHER, ConfigColumn.CHANGE):
            self.setColumnHidden(column, not other_name)
        if sum(1 + len(entry.children) for entry in entries) <= _MOST_OPENED:
            self.expandAll()
        self.verticalScrollBar().setValue(place)

    def _copy_value(self) -> None:
        entry = self.entries.entry(self.currentIndex() if self.currentIndex().isValid() else QModelIndex())
        if entry is not None and entry.value is not ABSENT:
            value = entry.value
            QGuiApplication.clipboard().setText(value if isinstance(value, str) else value_text(value))
