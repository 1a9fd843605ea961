"""The Output tab: what the worker printed, line by line, to read, search, filter and save."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.core.events.terminal import as_terminal
from gym_gui.services.run_tail import RunTail
from gym_gui.ui import wording
from gym_gui.ui.runs.output.bars import RecordBar, SearchBar
from gym_gui.ui.runs.output.model import OutputModel
from gym_gui.ui.runs.output.saving import OutputSaver
from gym_gui.ui.runs.output.source import OutputFilter, OutputSource
from gym_gui.ui.runs.output.table import OutputTable
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.widgets.placeholders import EmptyState

_EMPTY_WORDS = {
    OutputSource.TEXT: (
        "No output",
        "The worker has printed nothing but events to standard output. The list above can show those too.",
    ),
    OutputSource.EVERYTHING: ("No output", "The worker has printed nothing to standard output."),
    OutputSource.STDERR: ("Nothing on stderr", "Warnings, logs and tracebacks of the worker appear here."),
    OutputSource.BOTH: ("No output", "The worker has printed no text to either output."),
}
_LONGEST_UNFINISHED = 4_096


class OutputView(QWidget):
    """Shows one of the outputs of the run that the tail follows, or both."""

    def __init__(self, theme: Theme, tail: RunTail, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tail = tail
        self._saver: OutputSaver | None = None
        self.model = OutputModel(tail, self)
        self.bar = SearchBar(theme)
        self.records = RecordBar()
        self.table = OutputTable(theme, self.model)
        self.source = self.bar.source
        self.follow = self.bar.follow
        self.note = PlainLabel("", "small")
        self.unfinished = ElidedLabel("", "mono")
        self.unfinished.setAccessibleName("The line being written")
        self._empty = EmptyState(theme, "terminal", "")
        self._build()
        self._connect()
        self._restart()

    def show_source(self, source: OutputSource) -> None:
        """Show another of the outputs, as if it had been chosen by hand."""
        self.source.setCurrentIndex(self.source.findData(source))
        self._show_source()

    def _build(self) -> None:
        self._place = QStackedWidget()
        self._place.addWidget(self.table)
        self._place.addWidget(self._empty)
        self.unfinished.setContentsMargins(16, 3, 16, 5)
        self.unfinished.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.note.setContentsMargins(16, 0, 16, 6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.records)
        layout.addWidget(self.note)
        layout.addWidget(self._place, 1)
        layout.addWidget(self.unfinished)
        self.bar.add_shortcuts(self)

    def _connect(self) -> None:
        self.model.modelReset.connect(self._restart)
        self.model.rowsInserted.connect(self._grow)
        self.model.looked.connect(self._show_looked)
        self._tail.published.connect(self._show_unfinished)
        self._tail.restarted.connect(self.records.reset)
        self.source.activated.connect(self._show_source)
        self.records.chosen.connect(self.model.show_only)
        self.bar.searched.connect(self._search)
        self.bar.field.stepped.connect(self._step)
        self.bar.next.clicked.connect(lambda: self._step(True))
        self.bar.previous.clicked.connect(lambda: self._step(False))
        self.bar.first_error.clicked.connect(self._go_to_first_error)
        self.bar.wrap.toggled.connect(self.table.wrap)
        self.bar.save.clicked.connect(self._ask_where_to_save)
        self.follow.toggled.connect(self.table.follow)
        self.table.following_changed.connect(self.follow.setChecked)
        self.table.selectionModel().currentRowChanged.connect(self._show_looked)

    def _show_source(self) -> None:
        self.records.reset()
        self.model.show_only(OutputFilter())
        self.model.show_source(OutputSource(self.source.currentData()))

    def _restart(self) -> None:
        self.table.follow(True)
        self._grow()
        self._show_unfinished()
        self._show_looked()

    def _grow(self) -> None:
        rows, total = self.model.rowCount(), len(self.model.lines)
        if total and not rows:
            self._empty.say("No such lines", "No line matches the level, component and code chosen above.")
        else:
            self._empty.say(*_EMPTY_WORDS[self.model.source])
        self._place.setCurrentIndex(0 if rows else 1)
        self.bar.save.setEnabled(bool(rows) and self._saver is None)
        self.table.fit()

    def _show_looked(self) -> None:
        """Bring up to date what the sorting and the search have found."""
        self.records.offer(self.model.lines.sorts())
        rows, total = self.model.rowCount(), len(self.model.lines)
        lines = wording.plural(total, "line")
        self.records.count.setText(f"{rows:,} of {lines}" if self.model.is_filtered else lines)
        self.bar.first_error.setEnabled(self.model.first_error_row() is not None)
        self.bar.show_found(self._found_words(), self.model.matches > 0)
        if self._saver is None:
            before = self.model.lines.seen_before
            words = f"Of the first {wording.plural(before, 'line')} it is not known which output came first."
            self.note.setText(words)
            self.note.setVisible(before > 0)
        if self.model.is_filtered:
            self._place.setCurrentIndex(0 if rows else 1)

    def _found_words(self) -> str:
        if not self.model.text:
            return "" if self.records.isVisibleTo(self) else wording.plural(len(self.model.lines), "line")
        if not self.model.matches:
            return "searching…" if self.model.is_searching else "no match"
        number = self.model.match_number(self.table.currentIndex().row())
        more = "…" if self.model.is_searching else ""
        if number:
            return f"{number:,} of {self.model.matches:,}{more}"
        return wording.plural(self.model.matches, "match", "matches") + more

    def _search(self, text: str) -> None:
        self.model.search(text)
        self.table.viewport().update()

    def _step(self, forward: bool) -> None:
        self._search(self.bar.field.text())
        row = self.model.match_row(self.table.currentIndex().row(), forward=forward)
        if row is not None:
            self.table.show_row(row)

    def _go_to_first_error(self) -> None:
        row = self.model.first_error_row()
        if row is not None:
            self.table.show_row(row)
            self.table.setFocus()

    def _show_unfinished(self) -> None:
        """Show the line that has no end yet, as a progress bar has none until it is full."""
        logs = self.model.lines.logs
        log = None if logs is None else logs[1 if self.model.source is not OutputSource.TEXT else 0]
        if logs is not None and self.model.source is OutputSource.EVERYTHING:
            log = logs[0]
        raw = b"" if log is None else log.unfinished(_LONGEST_UNFINISHED)
        text = as_terminal(raw.decode("utf-8", "replace")).text if not raw.startswith(b"{") else ""
        self.unfinished.setText(text)
        self.unfinished.setVisible(bool(text.strip()))

    def _ask_where_to_save(self) -> None:
        run = self._tail.run
        name = f"{run.run_id if run else 'run'}-{self.model.source.value.replace(' ', '-')}.log"
        path, _ = QFileDialog.getSaveFileName(
            self, "Save these lines", name, "Text (*.log *.txt);;All files (*)"
        )
        if path:
            self.save_to(Path(path))

    def save_to(self, path: Path) -> None:
        """Write the lines that are shown to a file, in the background of what else happens."""
        self._saver = saver = OutputSaver(self.model, path, self)
        self.bar.save.setEnabled(False)
        saver.progress.connect(lambda share: self._say(f"Saving to {path.name}: {share:.0%}"))
        saver.finished.connect(lambda problem: self._saved(path, problem))
        saver.start()

    def _saved(self, path: Path, problem: str) -> None:
        self._say(f"Could not be saved. {problem}" if problem else f"Saved to {path}")
        if self._saver is not None:
            self._saver.deleteLater()
            self._saver = None
        self.bar.save.setEnabled(self.model.rowCount() > 0)

    def _say(self, words: str) -> None:
        self.note.setText(words)
        self.note.show()
