"""Where a run comes from: the facts beside its config, worded, and the packages of its interpreter."""

from __future__ import annotations

import shlex

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from gym_gui.core.runs.record import RunRecord
from gym_gui.ui import wording
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.overview.facts import Fact
from gym_gui.ui.runs.overview.facts_grid import FactsGrid
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.fold import Fold
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import lines

_PACKAGE_LINES = 14
_COMMIT_CHARACTERS = 12
_NO_RECORD = "This run has no run.json: another program started it, and where it comes from is not known."


def provenance_facts(record: RunRecord) -> list[Fact]:
    """What is known of the code, the interpreter, the machine and the way it was launched."""
    origin = record.provenance
    commit = origin.git_commit or ""
    facts = [
        Fact("Launched", wording.clock(record.created)),
        Fact("Host", origin.host or ""),
        Fact("Platform", origin.platform or ""),
        Fact("Git commit", commit[:_COMMIT_CHARACTERS], mono=True, copyable=True, whole=commit),
        Fact("Changes", _changes(record)),
        Fact("Source", origin.source_dir or "", mono=True, copyable=True),
        Fact("Python", origin.python_version or ""),
        Fact("Interpreter", record.interpreter, mono=True, copyable=True),
        Fact("Command", shlex.join(record.argv), mono=True, copyable=True),
        Fact("Working dir", record.cwd, mono=True, copyable=True),
        Fact("Variables", "\n".join(f"{name}={value}" for name, value in record.env.items()), mono=True),
        Fact("Resources", ", ".join(f"{name} {value}" for name, value in record.resources.items())),
    ]
    return [fact for fact in facts if fact.value]


def packages_text(record: RunRecord) -> str:
    """The packages of the interpreter, one a line."""
    return "\n".join(f"{name} {version}" for name, version in record.provenance.packages.items())


def _changes(record: RunRecord) -> str:
    """Whether the commit tells all of the code."""
    origin = record.provenance
    if not origin.git_commit:
        return "the source is in no git repository" if origin.source_dir else ""
    return {True: "uncommitted, besides the commit", False: "none beside the commit", None: "not known"}[
        origin.git_dirty
    ]


class ProvenancePane(QScrollArea):
    """Shows where a run comes from."""

    def __init__(self, theme: Theme, desktop: Desktop, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.facts = FactsGrid(theme, desktop)
        self.unknown = PlainLabel(_NO_RECORD, "muted", wrap=True)
        self.packages = QPlainTextEdit(readOnly=True)
        self.packages.setProperty("role", "preview")
        self.packages.setAccessibleName("Packages")
        self.packages.setTabChangesFocus(True)
        self.packages.setFixedHeight(lines(self, _PACKAGE_LINES))
        self.fold = Fold(theme, "Packages", self.packages)
        content = QWidget()
        content.setObjectName("scrolled")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 10, 16, 12)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel("Where it comes from", "strong"))
        for part in (self.unknown, self.facts, self.fold):
            layout.addWidget(part)
        layout.addStretch(1)
        self.setWidget(content)

    def show_record(self, record: RunRecord | None) -> None:
        """Show the provenance in this record, or that there is none."""
        self.unknown.setVisible(record is None)
        self.facts.show_facts(provenance_facts(record) if record is not None else [])
        text = packages_text(record) if record is not None else ""
        self.fold.setVisible(bool(text))
        if record is not None:
            self.fold.button.setText(wording.plural(len(record.provenance.packages), "package"))
        if text != self.packages.toPlainText():
            self.packages.setPlainText(text)
