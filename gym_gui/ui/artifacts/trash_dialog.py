"""The trash of a run's checkpoints: put back, or removed for good after a question."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMessageBox, QPushButton, QVBoxLayout, QWidget

from gym_gui.core.artifacts.disk import TRASH_NAME, DiskMeter
from gym_gui.core.artifacts.disk_trash import (
    TrashEntry,
    empty_checkpoint_trash,
    restore,
    trashed_checkpoints,
)
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.plain_table import Cell, Column, PlainTable
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import Banner

_WIDTH, _HEIGHT = 92, 22
_COLUMNS = (Column("Moved", 20), Column("Files", 8, True), Column("Takes", 10, True), Column("What", 60))
_MOST_NAMES = 50
_Listed = tuple[TrashEntry, int]


class TrashDialog(QDialog):
    """Lists what was moved to the trash at once, newest first. `changed` says that files came or went."""

    changed = Signal()

    def __init__(self, theme: Theme, tasks: TaskRunner, run_dir: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._run_dir = run_dir
        self._listed: list[_Listed] = []
        self.said = PlainLabel("Looking into the trash…", "strong", wrap=True)
        self.table = PlainTable(theme, "Trash", _COLUMNS)
        self.outcome = Banner(theme, "success")
        self.back = QPushButton("Put back")
        self.remove = QPushButton("Remove for good…")
        self.empty = QPushButton("Empty trash…")
        self._build()
        self._look()

    def _build(self) -> None:
        self.setWindowTitle("Trash of checkpoints")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(characters(self, _WIDTH), lines(self, _HEIGHT))
        self.outcome.hide()
        close = QPushButton("Close")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        for button in (self.back, self.remove, self.empty):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.remove.setProperty("role", "danger")
        self.empty.setProperty("role", "danger")
        row.addStretch(1)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(self.said)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.outcome)
        layout.addLayout(row)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        self.back.clicked.connect(self._put_back)
        self.remove.clicked.connect(lambda: self._ask_to_remove(self._chosen()))
        self.empty.clicked.connect(lambda: self._ask_to_remove(self._listed))
        self._allow()

    def _look(self) -> None:
        run_dir = self._run_dir
        self._tasks.start(
            "Looking into the trash",
            lambda: _listing(run_dir),
            owner=self,
            done=self._show,
            failed=self._fail,
        )

    def _show(self, listed: list[_Listed]) -> None:
        self._listed = listed
        rows = []
        for entry, size in listed:
            names = ", ".join(entry.paths[:_MOST_NAMES])
            count = len(entry.paths)
            rows.append((
                Cell(wording.clock(entry.time), entry.time), Cell(f"{count:,}", count),
                Cell(wording.size(size), size), Cell(names, tip="\n".join(entry.paths[:_MOST_NAMES])),
            ))  # fmt: skip
        self.table.show_rows(rows)
        if rows:
            self.table.selectRow(0)
        total = wording.size(sum(size for _, size in listed))
        self.said.setText(f"{total} come free when it is emptied." if listed else "The trash is empty.")
        self._allow()

    def _chosen(self) -> list[_Listed]:
        return [self._listed[number] for number in self.table.chosen() if number < len(self._listed)]

    def _allow(self) -> None:
        for button in (self.back, self.remove):
            button.setEnabled(bool(self._chosen()))
        self.empty.setEnabled(bool(self._listed))

    def _put_back(self) -> None:
        names = [entry.name for entry, _ in self._chosen()]
        run_dir = self._run_dir
        self._tasks.start(
            "Putting checkpoints back",
            lambda: [restore(run_dir, name) for name in names],
            owner=self,
            done=self._tell_back,
            failed=self._fail,
        )

    def _tell_back(self, entries: list[TrashEntry]) -> None:
        count = sum(len(entry.paths) for entry in entries)
        skipped = [words for entry in entries for words in entry.skipped]
        said = f"{wording.plural(count, 'checkpoint')} put back."
        self._tell("warning" if skipped else "success", "\n".join([said, *skipped]))

    def _ask_to_remove(self, listed: list[_Listed]) -> None:
        if not listed:
            return
        count = sum(len(entry.paths) for entry, _ in listed)
        size = wording.size(sum(size for _, size in listed))
        question = QMessageBox(self)
        question.setWindowTitle("Remove for good")
        question.setTextFormat(Qt.TextFormat.PlainText)
        question.setText(f"Remove {wording.plural(count, 'file')} for good? This cannot be undone.")
        question.setInformativeText(f"{size} come free.")
        yes = question.addButton("Remove for good", QMessageBox.ButtonRole.DestructiveRole)
        question.setDefaultButton(question.addButton(QMessageBox.StandardButton.Cancel))
        question.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        names = [entry.name for entry, _ in listed]
        question.buttonClicked.connect(lambda button: self._remove(names) if button is yes else None)
        question.open()

    def _remove(self, names: list[str]) -> None:
        run_dir = self._run_dir
        self._tasks.start(
            "Emptying the trash",
            lambda: sum(empty_checkpoint_trash(run_dir, name) for name in names),
            owner=self,
            done=lambda freed: self._tell("success", f"{wording.size(freed)} came free."),
            failed=self._fail,
        )

    def _tell(self, tone: str, words: str) -> None:
        self.outcome.say(tone, words)
        self.outcome.show()
        self.changed.emit()
        self._look()

    def _fail(self, error: Exception) -> None:
        self.outcome.say("danger", str(error))
        self.outcome.show()


def _listing(run_dir: Path) -> list[_Listed]:
    return [
        (entry, DiskMeter(run_dir / TRASH_NAME / entry.name).measure().disk_bytes)
        for entry in trashed_checkpoints(run_dir)
    ]
