"""What Start will do, exactly: the command, the config it is given, and where the run will be."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from gym_gui.ui.desktop import Desktop
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.labels import PlainLabel

NEW_ID = "<new run id>"


class LaunchPreview(QFrame):
    """Follows the draft."""

    def __init__(
        self,
        theme: Theme,
        desktop: Desktop,
        draft: RunDraft,
        runs_folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "pane")
        self._draft = draft
        self._folder = runs_folder
        self.command = CommandField(theme, desktop, "Command")
        self.directory = CommandField(theme, desktop, "Directory", str(runs_folder / NEW_ID))
        self.config = QPlainTextEdit(readOnly=True)
        self.config.setProperty("role", "preview")
        self.config.setAccessibleName("config.json")
        self.config.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QToolButton()
        copy.setProperty("role", "bare")
        copy.setToolTip("Copy config.json")
        copy.setAccessibleName("Copy config.json")
        theme.bind_icon(copy, "copy")
        copy.clicked.connect(lambda: desktop.copy(self.config.toPlainText(), "Config"))
        config_head = QHBoxLayout()
        config_head.addWidget(PlainLabel("config.json", "caption"))
        config_head.addStretch(1)
        config_head.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(PlainLabel("What Start will run", "heading"))
        layout.addSpacing(4)
        layout.addWidget(PlainLabel("Command", "caption"))
        layout.addWidget(self.command)
        layout.addSpacing(6)
        layout.addLayout(config_head)
        layout.addWidget(self.config, 1)
        layout.addSpacing(6)
        layout.addWidget(PlainLabel("Directory", "caption"))
        layout.addWidget(self.directory)
        draft.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        worker = self._draft.worker
        if worker is None:
            return
        config_file = self._folder / NEW_ID / "config.json"
        self.command.set_text(f"{shlex.join(worker.command)} --config {config_file}")
        config = {**self._draft.config(), "run_id": NEW_ID}
        text = json.dumps(config, indent=2, ensure_ascii=False, default=str)
        if text != self.config.toPlainText():
            place = self.config.verticalScrollBar().value()
            self.config.setPlainText(text)
            self.config.verticalScrollBar().setValue(place)
