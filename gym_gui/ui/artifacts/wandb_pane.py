"""A W&B run read from its directory: who it is, config, summary, history; synced only when asked to."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTabWidget, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.config.paths import confine
from gym_gui.core.artifacts.wandb.model import WandbFacts
from gym_gui.core.artifacts.wandb.run import WandbRun
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.plain_table import Cell, Column, PlainTable
from gym_gui.ui.artifacts.wandb_history import WandbHistory
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.placeholders import Banner

_SLICE_S = 0.01
_CURVES = "History"
_LOOK_AGAIN_MS = 2_000
_VALUES = (Column("Name", 30), Column("Value", 50))
_MEDIA = (Column("Name", 24), Column("Step", 10, True), Column("Kind", 14), Column("File", 44))
_LONGEST_VALUE = 2_000
_YEAR_9999 = 253_370_764_800


class WandbPane(QWidget):
    """Reads the record log in slices while it is on screen. `sync_wanted` carries the run's directory."""

    sync_wanted = Signal(object)
    file_wanted = Signal(object)

    def __init__(self, theme: Theme, tasks: TaskRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run: WandbRun | None = None
        self._drawn = False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._read)
        self.said = PlainLabel("", "strong", wrap=True, selectable=True)
        self.more = PlainLabel("", "muted", wrap=True, selectable=True)
        self.problems = Banner(theme, "warning")
        self.sync = QPushButton("Sync…")
        self.sync.setToolTip("Upload this offline run with the wandb command; it is shown to you first")
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.config = PlainTable(theme, "Config", _VALUES)
        self.summary = PlainTable(theme, "Summary", _VALUES)
        self.history = WandbHistory(theme, tasks)
        self.media = PlainTable(theme, "Media", _MEDIA)
        self._build()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.said, 1)
        head.addWidget(self.sync)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.more)
        layout.addWidget(self.problems)
        layout.addWidget(self.tabs, 1)
        self.tabs.addTab(self.history, _CURVES)
        for title, table in self._tables():
            self.tabs.addTab(table, title)
        self.sync.clicked.connect(self._ask_to_sync)
        self.media.activated.connect(lambda index: self._open_media(self.media.rows.original(index.row())))

    def _tables(self) -> tuple[tuple[str, PlainTable], ...]:
        return ("Summary", self.summary), ("Config", self.config), ("Media", self.media)

    def show_directory(self, directory: Path) -> None:
        """Read the run in this directory."""
        self.clear()
        self._run = WandbRun(directory)
        self.said.setText("Reading its record log…")
        self.more.hide()
        self.problems.hide()
        self.sync.setVisible(self._run.facts.is_offline)
        self._timer.start(0)

    def clear(self) -> None:
        """Let go of the run."""
        self._timer.stop()
        self._run = None
        self._drawn = False
        self.history.clear()
        for _, table in self._tables():
            table.show_rows(())

    def _read(self) -> None:
        run = self._run
        if run is None:
            return
        changes = run.advance(_SLICE_S)
        if changes.finished and (changes.records or not self._drawn):
            self._drawn = True
            self._draw(run)
        elif not changes.finished:
            self.said.setText(f"Reading its record log… {len(run):,} points")
        if self.isVisible():
            self._timer.start(_LOOK_AGAIN_MS if changes.finished else 0)

    def _draw(self, run: WandbRun) -> None:
        self.said.setText(_identity(run.facts))
        more = _more(run.facts)
        self.more.setText(more)
        self.more.setVisible(bool(more))
        self.problems.setVisible(bool(run.problems))
        self.problems.say("warning", "\n".join(run.problems))
        rows: tuple[list[tuple[Cell, ...]], ...] = (
            [_value(name, value) for name, value in run.summary.items()],
            [_value(name, value) for name, value in run.config.items()],
            [(Cell(m.name), Cell(f"{m.step:,}", m.step), Cell(m.kind), Cell(m.path)) for m in run.media],
        )
        self.history.show_run(run)
        self.tabs.setTabText(0, f"{_CURVES} {len(run.names()):,}" if run.names() else _CURVES)
        for number, ((title, table), cells) in enumerate(zip(self._tables(), rows, strict=True), start=1):
            table.show_rows(cells)
            self.tabs.setTabText(number, f"{title} {len(cells):,}" if cells else title)
            self.tabs.setTabVisible(number, bool(cells) or title != "Media")

    def _ask_to_sync(self) -> None:
        if self._run is not None:
            self.sync_wanted.emit(self._run.directory)

    def _open_media(self, number: int) -> None:
        """Have a logged file shown, when its path stays in the run's own files."""
        if self._run is None:
            return
        try:
            path = confine(self._run.directory / "files", self._run.media[number].path)
        except ValueError as refusal:
            self.problems.say("danger", f"The log names a file outside of the run's own: {refusal}")
            self.problems.show()
            return
        self.file_wanted.emit(path)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._run is not None:
            self._timer.start(0)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()


def _identity(facts: WandbFacts) -> str:
    name = "/".join(part for part in (facts.entity, facts.project, facts.name or facts.run_id) if part)
    where = "offline, on this machine only" if facts.is_offline else "written while online"
    ended = "no end in the log" if facts.exit_code is None else f"exit code {facts.exit_code}"
    return f"{name}   ·   {where}   ·   {ended}"


def _more(facts: WandbFacts) -> str:
    parts = [f"started {wording.clock(facts.started)}"] if facts.started else []
    parts += [f"ran {wording.duration(facts.runtime)}"] if facts.runtime else []
    named = (("group", facts.group), ("job", facts.job_type), ("sweep", facts.sweep_id))
    parts += [f"{name} {value}" for name, value in named if value]
    parts += [f"tags {', '.join(facts.tags)}"] if facts.tags else []
    parts += [f"wandb {facts.writer}"] if facts.writer else []
    return "   ·   ".join([*parts, facts.notes] if facts.notes else parts)


def _value(name: str, value: Any) -> tuple[Cell, ...]:
    if isinstance(value, str):
        return Cell(name), Cell(value[:_LONGEST_VALUE])
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if name == "_timestamp" and 0 <= value < _YEAR_9999:
            shown = wording.clock(value)
        else:
            shown = wording.number(value) if isinstance(value, float) else f"{value:,}"
        return Cell(name), Cell(shown, None if math.isnan(value) else value, tip=repr(value))
    return Cell(name), Cell(json.dumps(value, ensure_ascii=False, default=str)[:_LONGEST_VALUE])
