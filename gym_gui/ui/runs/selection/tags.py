"""Tags of the selected runs: which all of them have, which some, and others to add."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QCompleter,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.runs_labelling import RunsLabelling
from gym_gui.ui import wording
from gym_gui.ui.runs.selection.targets import short_name, targets_of
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines

_WIDTH_IN_CHARACTERS = 62
_MOST_LINES = 9


class TagCompleter(QCompleter):
    """Completes the last of several tags that are separated by commas."""

    def __init__(self, tags: Iterable[str], parent: QLineEdit) -> None:
        super().__init__(parent)
        self.setModel(QStringListModel(sorted(tags), self))
        self.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterMode(Qt.MatchFlag.MatchContains)
        self._line = parent

    @override
    def splitPath(self, path: str) -> list[str]:
        return [path.rpartition(",")[2].strip()]

    @override
    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        before, comma, _ = self._line.text().rpartition(",")
        chosen = str(index.data())
        return f"{before}{comma} {chosen}" if comma else chosen


class TagDialog(QDialog):
    """A box for each tag the runs have: ticked where all do, half where some do. Stays until it is saved."""

    def __init__(
        self,
        labelling: RunsLabelling,
        runs: Sequence[RunSummary],
        known: Iterable[str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._labelling = labelling
        self._runs = runs
        self._counts = Counter(tag for run in runs for tag in run.labels.tags)
        what = short_name(runs[0]) if len(runs) == 1 else wording.plural(len(runs), "run")
        self.heading = PlainLabel(f"Tags of {what}", "heading", wrap=True)
        self.line = QLineEdit(placeholderText="Tags to add, separated by commas", clearButtonEnabled=True)
        self.line.setAccessibleName("Tags to add")
        self.line.setCompleter(TagCompleter(set(known) - set(self._counts), self.line))
        self.boxes: dict[str, QCheckBox] = {}
        self.problem = PlainLabel("", "error", wrap=True)
        self.save = QPushButton("Save")
        self.discard = QPushButton("Discard")
        self._build()
        labelling.finished.connect(self._on_finished)
        self.save.clicked.connect(self._save)
        self.discard.clicked.connect(self.reject)

    def _build(self) -> None:
        self.setWindowTitle("Tags")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(characters(self, _WIDTH_IN_CHARACTERS))
        self.problem.hide()
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self.discard.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.heading)
        layout.addWidget(self.line)
        if self._counts:
            layout.addWidget(self._boxes())
        layout.addWidget(self.problem)
        layout.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.save)
        layout.addLayout(buttons)

    def _boxes(self) -> QScrollArea:
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(2, 2, 2, 2)
        for tag, count in sorted(self._counts.items()):
            on_some = count < len(self._runs)
            share = f"  ({count:,} of {len(self._runs):,})" if on_some else ""
            box = QCheckBox(f"{tag.replace('&', '&&')}{share}")
            box.setTristate(on_some)
            box.setCheckState(Qt.CheckState.PartiallyChecked if on_some else Qt.CheckState.Checked)
            self.boxes[tag] = box
            column.addWidget(box)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(content)
        area.setFixedHeight(lines(self, min(len(self._counts), _MOST_LINES) * 1.7 + 1))
        return area

    def _save(self) -> None:
        if not self.save.isEnabled():
            return
        typed = [tag.strip() for tag in self.line.text().split(",") if tag.strip()]
        states = {tag: box.checkState() for tag, box in self.boxes.items()}
        ticked = [
            tag
            for tag, state in states.items()
            if state is Qt.CheckState.Checked and self._counts[tag] < len(self._runs)
        ]
        cleared = [tag for tag, state in states.items() if state is Qt.CheckState.Unchecked]
        add = list(dict.fromkeys([*ticked, *typed]))
        if not add and not cleared:
            self.reject()
            return
        self.save.setEnabled(False)
        self._labelling.tag(targets_of(self._runs), add, [tag for tag in cleared if tag not in add])

    def _on_finished(self, problem: str) -> None:
        if self.save.isEnabled():
            return
        if not problem:
            self.accept()
            return
        self.save.setEnabled(True)
        self.problem.setText(f"Not saved for all. {problem}")
        self.problem.show()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._save()
        else:
            super().keyPressEvent(event)


class RenameDialog(QDialog):
    """One line with the run's name; Enter saves, Escape leaves it as it was."""

    def __init__(self, labelling: RunsLabelling, run: RunSummary, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._labelling = labelling
        self._run = run
        self.setWindowTitle("Rename run")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(characters(self, _WIDTH_IN_CHARACTERS))
        self.line = QLineEdit(run.labels.name, placeholderText="A name you will know it by")
        self.line.setAccessibleName("Name")
        self.line.selectAll()
        self.problem = PlainLabel("", "error", wrap=True)
        self.problem.hide()
        self.save = QPushButton("Rename")
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self.discard = QPushButton("Discard")
        self.discard.setAutoDefault(False)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.discard)
        buttons.addWidget(self.save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(f"Name of {run.run_id}", "muted"))
        for part in (self.line, self.problem):
            layout.addWidget(part)
        layout.addLayout(buttons)
        labelling.finished.connect(self._on_finished)
        self.save.clicked.connect(self._save)
        self.discard.clicked.connect(self.reject)

    def _save(self) -> None:
        if self.line.text().strip() == self._run.labels.name:
            self.reject()
            return
        self.save.setEnabled(False)
        self._labelling.rename(targets_of([self._run])[0], self.line.text())

    def _on_finished(self, problem: str) -> None:
        if self.save.isEnabled():
            return
        if not problem:
            self.accept()
            return
        self.save.setEnabled(True)
        self.problem.setText(f"Not renamed. {problem}")
        self.problem.show()
