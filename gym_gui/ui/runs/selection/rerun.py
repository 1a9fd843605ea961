"""The question before several runs are launched once more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording
from gym_gui.ui.runs.selection.targets import short_name
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters

_WIDTH_IN_CHARACTERS = 72
_MOST_NAMED = 8
_TEXT = (
    "Each is launched anew with its config, name, tags, group, variables and devices, by its worker as it is "
    "installed now. They join the queue, so that no more run at the same time than the settings allow."
)


class RerunManyDialog(QDialog):
    """Asks once for all of them; `begin` is called when the answer is yes."""

    def __init__(
        self, runs: Sequence[RunSummary], selected: int, begin: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        count = wording.plural(len(runs), "run")
        self.heading = PlainLabel(f"Rerun {count}?", "heading")
        self.text = PlainLabel(_TEXT, "muted", wrap=True)
        self.names = PlainLabel(_names(runs), wrap=True)
        left_out = selected - len(runs)
        self.note = PlainLabel("", "muted", wrap=True)
        self.note.setText(f"{left_out:,} of the selected cannot be: no run.json says how" if left_out else "")
        self.note.setVisible(bool(left_out))
        self.start = QPushButton(f"Queue {count}")
        self.refrain = QPushButton("Do nothing")
        self._build()
        self.start.clicked.connect(begin)
        self.start.clicked.connect(self.accept)
        self.refrain.clicked.connect(self.reject)

    def _build(self) -> None:
        self.setWindowTitle("Rerun runs")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(characters(self, _WIDTH_IN_CHARACTERS))
        self.start.setProperty("role", "primary")
        self.start.setAutoDefault(False)
        self.refrain.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.refrain)
        buttons.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for part in (self.heading, self.text, self.names, self.note):
            layout.addWidget(part)
        layout.addLayout(buttons)
        self.refrain.setFocus()


def _names(runs: Sequence[RunSummary]) -> str:
    """The first few, a line each, and how many more."""
    named = [f"•  {_described(run)}" for run in runs[:_MOST_NAMED]]
    more = len(runs) - len(named)
    return "\n".join([*named, f"and {more:,} more"] if more else named)


def _described(run: RunSummary) -> str:
    record = run.record
    parts = (record.worker_id, record.algorithm, record.environment) if record is not None else ()
    seed = f"seed {record.seed}" if record is not None and record.seed is not None else ""
    return "  ·  ".join(part for part in (short_name(run), *parts, seed) if part)
