"""What a run is given beside its config: devices, working directory, environment variables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.runs.launch_text import parse_devices, parse_environment
from gym_gui.core.runs.redaction import secrets_of
from gym_gui.ui.forms.editor import Editor
from gym_gui.ui.forms.path_editor import missing_note
from gym_gui.ui.forms.row import FieldRow
from gym_gui.ui.new_run.draft import LaunchOptions
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import lines

DEVICES, CWD, ENV = "devices", "cwd", "env"
_ENV_LINES = 5
_FIELDS = (
    FormField(
        name=DEVICES,
        title="CUDA devices",
        kind=FieldKind.STRING,
        description='Which cards the run may see: 0 or 0,1, an id, or "none". Unset, the worker sees all.',
        nullable=True,
    ),
    FormField(
        name=CWD,
        title="Working directory",
        kind=FieldKind.PATH,
        description="Where the worker is started. Unset, in the run's own directory.",
        nullable=True,
        directory=True,
    ),
    FormField(
        name=ENV,
        title="Environment variables",
        kind=FieldKind.STRING,
        description="A line of NAME=value for each. They come on top of the panel's own.",
    ),
)


class EnvironmentEditor(Editor):
    """Lines of NAME=value, and a word on those that are secrets."""

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.text = QPlainTextEdit(placeholderText="WANDB_MODE=offline")
        self.text.setProperty("role", "mono")
        self.text.setTabChangesFocus(True)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setMinimumHeight(lines(self.text, _ENV_LINES) + 16)
        self._hold(self.text)
        self.text.textChanged.connect(self.report)

    @override
    def show_value(self, value: Any) -> None:
        self.text.setPlainText(str(value or ""))

    @override
    def report(self) -> None:
        self.edited.emit(self.text.toPlainText())


class ResourcesPane(QScrollArea):
    """Emits `changed`; `options` are what was asked for, as far as it is right."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, Any] = {DEVICES: None, CWD: None, ENV: ""}
        self._rejected: dict[str, str] = {}
        self._options = LaunchOptions()
        self._problems: dict[str, str] = {}
        self.cards = PlainLabel("", "small", wrap=True)
        self.secrets = PlainLabel("", "small", wrap=True)
        self.rows = {
            field.name: FieldRow(field, self, EnvironmentEditor(field) if field.name == ENV else None)
            for field in _FIELDS
        }
        self.rows[DEVICES].edited.insertWidget(1, self.cards)
        self.rows[ENV].edited.insertWidget(1, self.secrets)
        self.cards.hide()
        self.secrets.hide()
        self._build()

    @property
    def options(self) -> LaunchOptions:
        """What was asked for, without a group."""
        return self._options

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by row."""
        return dict(self._problems)

    def show_cards(self, names: tuple[str, ...]) -> None:
        """Say which graphics cards there are."""
        listed = ", ".join(f"{number}: {name}" for number, name in enumerate(names))
        self.cards.setText(f"Here: {listed}" if names else "No graphics card is seen on this machine.")
        self.cards.show()

    def has_value(self, name: str) -> bool:
        """True: each row begins with a value."""
        return name in self._values

    def value(self, name: str) -> Any:
        """The value of a row."""
        return self._values.get(name)

    def set_value(self, name: str, value: Any) -> None:
        """Take what was typed."""
        self._rejected.pop(name, None)
        self._values[name] = value
        self._read()

    def reject(self, name: str, problem: str) -> None:
        """Note that what was typed means nothing."""
        self._rejected[name] = problem
        self._read()

    def problem(self, name: str) -> str:
        """What is wrong with a row, "" when it is fine."""
        return self._problems.get(name, "")

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 6, 20, 16)
        layout.setSpacing(0)
        for row in self.rows.values():
            layout.addWidget(row)
        layout.addStretch(1)
        self.setWidget(content)

    def _read(self) -> None:
        self._problems = dict(self._rejected)
        devices, variables = None, {}
        if self._values[DEVICES] is not None:
            try:
                devices = parse_devices(self._values[DEVICES])
            except ValueError as error:
                self._problems.setdefault(DEVICES, str(error))
        try:
            variables = parse_environment(self._values[ENV])
        except ValueError as error:
            self._problems[ENV] = str(error)
        cwd = self._values[CWD]
        if cwd is not None:
            problem = _folder_problem(cwd)
            if problem:
                self._problems.setdefault(CWD, problem)
        self._options = LaunchOptions(cwd=cwd, env=variables, devices=devices)
        self._tell_of_secrets(tuple(secrets_of(variables)))
        for row in self.rows.values():
            row.refresh()
        self.changed.emit()

    def _tell_of_secrets(self, names: tuple[str, ...]) -> None:
        verb = "is a secret" if len(names) == 1 else "are secrets"
        self.secrets.setText(f"{', '.join(names)} {verb}: given to the worker, written to no file.")
        self.secrets.setVisible(bool(names))


def _folder_problem(text: str) -> str:
    if not text.strip():
        return "choose a folder, or leave it unset"
    if not text.startswith("/"):
        return "must be a full path"
    note = missing_note(text, directory=True)
    return "there is no such folder" if note.startswith("There is nothing") else note.rstrip(".")
