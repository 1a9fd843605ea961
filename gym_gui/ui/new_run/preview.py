"""What Start will do, exactly: the command, the config it is given, and where the run will be."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.constants import ENV_CUDA_VISIBLE_DEVICES
from gym_gui.core.forms.text import shown
from gym_gui.core.runs.redaction import redacted
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.new_run.draft import RunDraft
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.labels import PlainLabel

NEW_ID = "<new run id>"
_NO_DIFFERENCE = "Every value is the worker's default."


class LaunchPreview(QFrame):
    """Follows the draft; of several runs it shows the first."""

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
        self.first = PlainLabel("", "small", wrap=True)
        self.command = CommandField(theme, desktop, "Command")
        self.directory = CommandField(theme, desktop, "Directory", str(runs_folder / NEW_ID))
        self.only_changes = QCheckBox("Changes only")
        self.only_changes.setToolTip("Show only what is not the worker's default")
        self.config = QPlainTextEdit(readOnly=True)
        self.config.setProperty("role", "preview")
        self.config.setAccessibleName("config.json")
        self.config.setTabChangesFocus(True)
        self.config.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = QToolButton()
        copy.setProperty("role", "bare")
        copy.setToolTip("Copy config.json")
        copy.setAccessibleName("Copy config.json")
        theme.bind_icon(copy, "copy")
        copy.clicked.connect(lambda: desktop.copy(self._json(), "Config"))
        config_head = QHBoxLayout()
        config_head.addWidget(PlainLabel("config.json", "caption"))
        config_head.addStretch(1)
        config_head.addWidget(self.only_changes)
        config_head.addWidget(copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(6)
        layout.addWidget(self.first)
        layout.addWidget(PlainLabel("Command", "caption"))
        layout.addWidget(self.command)
        layout.addSpacing(6)
        layout.addLayout(config_head)
        layout.addWidget(self.config, 1)
        layout.addSpacing(6)
        layout.addWidget(PlainLabel("Directory", "caption"))
        layout.addWidget(self.directory)
        draft.changed.connect(self.refresh)
        self.only_changes.toggled.connect(lambda _on: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        """Show the draft as it is now."""
        draft = self._draft
        worker = draft.worker
        if worker is None:
            return
        varied = ", ".join(draft.varied)
        self.first.setText(f"The first of several runs; the others differ in {varied}." if varied else "")
        self.first.setVisible(bool(varied))
        config_file = self._folder / NEW_ID / "config.json"
        self.command.set_text(f"{self._before()}{shlex.join(worker.command)} --config {config_file}")
        text = self._changes() if self.only_changes.isChecked() else self._json()
        if text != self.config.toPlainText():
            place = self.config.verticalScrollBar().value()
            self.config.setPlainText(text)
            self.config.verticalScrollBar().setValue(place)

    def _before(self) -> str:
        """What a shell would be told before the command, secrets left out."""
        options = self._draft.options
        variables = redacted(options.env)
        if options.devices is not None:
            variables[ENV_CUDA_VISIBLE_DEVICES] = ",".join(options.devices)
        words = [f"{name}={shlex.quote(value)}" for name, value in variables.items()]
        place = f"cd {shlex.quote(options.cwd)} && " if options.cwd else ""
        return place + "".join(f"{word} " for word in words)

    def _json(self) -> str:
        config = {**self._draft.first_config(), "run_id": NEW_ID}
        return json.dumps(config, indent=2, ensure_ascii=False, default=str)

    def _changes(self) -> str:
        draft = self._draft
        fields = {field.name: field for field in draft.fields}
        names = dict.fromkeys([*draft.differences(), *draft.varied])
        config = draft.first_config()
        lines = []
        for name in names:
            field = fields.get(name)
            has_default = field is not None and not field.required and not field.omittable
            default = shown(field.default) if field is not None and has_default else "not set"
            lines.append(f"{name}: {default} → {shown(config[name]) if name in config else 'not set'}")
        return "\n".join(lines) or _NO_DIFFERENCE
