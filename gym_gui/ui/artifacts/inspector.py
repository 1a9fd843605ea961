"""One checkpoint looked into: what it is, its tensors, what loading it would import, what it lacks."""

from __future__ import annotations

import threading
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from gym_gui.core.artifacts.checkpoints.inspecting import inspect_checkpoint
from gym_gui.core.artifacts.checkpoints.model import GlobalUse, Inspection, Tensor
from gym_gui.core.artifacts.checkpoints.pickle_globals import Danger
from gym_gui.core.artifacts.checkpoints.resuming import lacks_to_resume
from gym_gui.core.artifacts.stopping import StopAsked, StoppedError
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.checksum import Checksum
from gym_gui.ui.artifacts.plain_table import Cell, Column, PlainTable
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import Banner

_DANGER_TONES = {
    Danger.DANGEROUS: "danger",
    Danger.CARRIES_CODE: "danger",
    Danger.UNKNOWN: "warning",
    Danger.KNOWN: "success",
}
_MOST_PROBLEMS_SHOWN = 5
_TENSORS = (
    Column("Tensor", 34),
    Column("Shape", 14),
    Column("Type", 12),
    Column("Numbers", 12, True),
    Column("Size", 10, True),
    Column("For", 14),
)
_IMPORTS = (Column("Imports", 34), Column("Verdict", 13), Column("What it can do", 40), Column("Part", 18))
_FACTS = (Column("Name", 24), Column("Value", 60))
_MEMBERS = (Column("Part", 40), Column("Size", 12, True), Column("Stored", 12, True))


class CheckpointInspector(QWidget):
    """Shows what a checkpoint holds. It is read in the background; nothing of it is loaded.

    `resume_wanted` carries the path of the checkpoint.
    """

    resume_wanted = Signal(object)
    inspected = Signal()

    def __init__(
        self, theme: Theme, tasks: TaskRunner, desktop: Desktop, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._stop = threading.Event()
        self._path: Path | None = None
        self.inspection: Inspection | None = None
        self.said = PlainLabel("", "strong", wrap=True, selectable=True)
        self.verdict = Banner(theme, "success")
        self.problems = Banner(theme, "warning")
        self.lacks = PlainLabel("", "muted", wrap=True, selectable=True)
        self.resume = QPushButton("Resume from here")
        self.resume.setToolTip("Fill in a new run that goes on from this checkpoint")
        self.checksum = Checksum(tasks, desktop)
        self.tensors = PlainTable(theme, "Tensors", _TENSORS)
        self.imports = PlainTable(theme, "Imports", _IMPORTS)
        self.metadata = PlainTable(theme, "Metadata", _FACTS)
        self.members = PlainTable(theme, "Parts", _MEMBERS)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.said, 1)
        head.addWidget(self.resume)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        for part in (self.verdict, self.problems, self.lacks, self.checksum):
            layout.addWidget(part)
        layout.addWidget(self.tabs, 1)
        layout.addStretch(0)
        # Once in it they belong to it, also while they have nothing to show and no handle.
        for table in (self.tensors, self.imports, self.metadata, self.members):
            self.tabs.addTab(table, table.accessibleName())
        self.resume.clicked.connect(lambda: self.resume_wanted.emit(self._path))
        self.resume.hide()

    def show_path(self, path: Path, *, can_resume: bool = False) -> None:
        """Look into the checkpoint at this path."""
        self.clear()
        self._path = path
        self.resume.setVisible(can_resume)
        stop = self._stop
        self.said.setText("Looking into it…")
        self._tasks.start(
            "Looking into a checkpoint",
            lambda: _inspect(path, stop.is_set),
            owner=self,
            done=lambda found: self._take(stop, found),
            failed=lambda error: self._miss(stop, error),
        )

    def clear(self) -> None:
        """Let go of the checkpoint; whatever is being read of it is stopped."""
        self._stop.set()
        self._stop = threading.Event()
        self._path = None
        self.inspection = None
        self.checksum.show_path(None)
        for part in (self.verdict, self.problems, self.lacks, self.tabs, self.resume):
            part.hide()

    def _miss(self, stop: threading.Event, error: Exception) -> None:
        if stop is self._stop:
            self.resume.hide()
            self.said.setText("It cannot be looked into")
            self.problems.say("danger", str(error))
            self.problems.show()

    def _take(self, stop: threading.Event, found: Inspection | None) -> None:
        if stop is not self._stop or found is None:
            return
        self.inspection = found
        self.said.setText(summary_words(found))
        if found.path.is_file():
            self.checksum.show_path(found.path)
        self._show_verdict(found)
        self._show_problems(found)
        told = lacks_to_resume(found)
        lacks = "\n".join(f"•  {lack.value}" for lack in told.lacks)
        if not told.can_be_told:
            self.lacks.setText(f"What it lacks to resume cannot be told: {told.reason}.")
        else:
            self.lacks.setText(f"To resume it lacks\n{lacks}" if lacks else "It has what it takes to resume.")
        self.lacks.show()
        self._show_tabs(found)
        self.inspected.emit()

    def _show_verdict(self, found: Inspection) -> None:
        worst = found.worst
        self.verdict.setVisible(worst is not None)
        if worst is not None:
            self.verdict.say(*verdict_words(found, worst))

    def _show_problems(self, found: Inspection) -> None:
        problems = list(found.problems[:_MOST_PROBLEMS_SHOWN])
        if len(found.problems) > _MOST_PROBLEMS_SHOWN:
            problems.append(f"and {len(found.problems) - _MOST_PROBLEMS_SHOWN:,} more")
        self.problems.setVisible(bool(problems))
        self.problems.say("warning", "\n".join(problems))

    def _show_tabs(self, found: Inspection) -> None:
        tabs: list[tuple[PlainTable, str, list[tuple[Cell, ...]]]] = [
            (self.tensors, "Tensors", [_tensor(tensor) for tensor in found.tensors]),
            (self.imports, "Imports", [_import(use) for use in found.globals]),
            (self.metadata, "Metadata", _metadata(found)),
            (self.members, "Parts", [
                (Cell(part.name), _bytes(part.size), _bytes(part.stored)) for part in found.members
            ]),
        ]  # fmt: skip
        self.tabs.clear()
        for table, title, rows in tabs:
            table.show_rows(rows)
            if rows:
                self.tabs.addTab(table, f"{title} {len(rows):,}")
        self.tabs.setVisible(self.tabs.count() > 0)


def _inspect(path: Path, asked: StopAsked) -> Inspection | None:
    try:
        return inspect_checkpoint(path, asked)
    except StoppedError:
        return None


def summary_words(found: Inspection) -> str:
    """A checkpoint in a line; its size stands above it."""
    parts = [found.format.value]
    if found.tensors:
        parts.append(
            f"{found.parameter_count:,} parameters in {wording.plural(len(found.tensors), 'tensor')}"
        )
    parts += [f"step {found.step:,}"] if found.step is not None else []
    parts += [f"episode {found.episode:,}"] if found.episode is not None else []
    return "   ·   ".join(parts)


def verdict_words(found: Inspection, worst: Danger) -> tuple[str, str]:
    """The tone, and what loading it with pickle would mean."""
    unread = "" if found.is_complete else " It was not read to its end, so there may be more."
    count = sum(1 for use in found.globals if use.danger is worst)
    names = wording.plural(count, "name")
    if worst is Danger.DANGEROUS:
        return "danger", (
            f"Dangerous: loading it would run code. It imports {names} that can start programs or reach "
            "files. Nothing of it was run here. Do not load it unless you trust where it is from."
        )
    if worst is Danger.CARRIES_CODE:
        return "danger", (
            f"Carries code: {names} rebuild functions or classes from code inside the file, which loading it "
            f"would run. Nothing of it was run here.{unread}"
        )
    if worst is Danger.UNKNOWN:
        return "warning", (
            f"Unknown: it imports {names} on no list, as safe as the packages they are from.{unread}"
        )
    if unread:
        return "warning", f"Everything it imports as far as it was read is known to be harmless.{unread}"
    return "success", "Known: everything that loading it would import is known to be harmless."


def _tensor(tensor: Tensor) -> tuple[Cell, ...]:
    shape = " x ".join(str(side) for side in tensor.shape) or "number"
    role = f"{tensor.role.value}, {tensor.note}" if tensor.note else tensor.role.value
    size = _bytes(tensor.size_bytes) if tensor.size_bytes is not None else Cell("")
    return (
        Cell(tensor.name),
        Cell(shape, tensor.elements),
        Cell(tensor.dtype),
        Cell(f"{tensor.elements:,}", tensor.elements),
        size,
        Cell(role, ink="text_muted"),
    )


def _import(use: GlobalUse) -> tuple[Cell, ...]:
    marks = {Danger.DANGEROUS: "✕ ", Danger.CARRIES_CODE: "✕ ", Danger.UNKNOWN: "? ", Danger.KNOWN: "✓ "}
    ink = _DANGER_TONES[use.danger]
    called = f"{use.meaning}, called" if use.is_called else use.meaning
    times = f"{called} {use.count:,} times" if use.count > 1 else called
    return (
        Cell(use.name, ink=ink if use.danger.rank > 1 else "text"),
        Cell(f"{marks[use.danger]}{use.danger.value}", -use.danger.rank, ink),
        Cell(times),
        Cell(use.member, ink="text_muted"),
    )


def _metadata(found: Inspection) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = [(Cell(name), Cell(value)) for name, value in found.metadata.items()]
    if found.top_level:
        rows.append((Cell("(top level)"), Cell(", ".join(found.top_level))))
    return rows


def _bytes(count: int) -> Cell:
    return Cell(wording.size(count), count)
