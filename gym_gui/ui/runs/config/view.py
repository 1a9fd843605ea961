"""The Config tab: what the run was launched with, what differs from elsewhere, where it comes from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFileDialog, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.compat import override
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.run_cli_line import cli_line
from gym_gui.services.run_config import read_config
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.config.bar import ConfigBar
from gym_gui.ui.runs.config.comparison import ConfigComparison, without_id
from gym_gui.ui.runs.config.entries import ConfigEntry, count_differences, count_leaves, entries_of, matching
from gym_gui.ui.runs.config.provenance import ProvenancePane
from gym_gui.ui.runs.config.tree import ConfigTree
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import Banner, EmptyState

_SIDE_BY_SIDE_CHARACTERS = 105
_Stamp = tuple[int, int]


class ConfigView(QWidget):
    """Shows one run's config, read in the background when the run is turned to or the file changes."""

    def __init__(
        self,
        *,
        theme: Theme,
        tasks: TaskRunner,
        desktop: Desktop,
        comparison: ConfigComparison,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._desktop = desktop
        self._summary: RunSummary | None = None
        self._stamp: _Stamp | None = None
        self._config: Mapping[str, Any] | None = None
        self._entries: tuple[ConfigEntry, ...] = ()
        self.comparison = comparison
        comparison.setParent(self)
        self.bar = ConfigBar(theme)
        self.note = Banner(theme, "info")
        self.tree = ConfigTree(theme)
        self.provenance = ProvenancePane(theme, desktop)
        self.empty = EmptyState(theme, "file", "")
        self._build()
        self._connect()
        self._refresh()

    def _build(self) -> None:
        self.empty.add_button("Open folder").clicked.connect(self._open_folder)
        self._left = QStackedWidget()
        self._left.addWidget(self.empty)
        self._left.addWidget(self.tree)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self._left)
        self.split.addWidget(self.provenance)
        self.split.setSizes([580, 420])
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.note)
        layout.addWidget(self.split, 1)

    def _connect(self) -> None:
        self.bar.search.textChanged.connect(self._refresh)
        self.bar.only_different.toggled.connect(self._refresh)
        self.bar.nothing_wanted.connect(self.comparison.with_nothing)
        self.bar.defaults_wanted.connect(self._compare_with_defaults)
        self.bar.run_wanted.connect(self._pick_run)
        self.bar.same_run_wanted.connect(self.comparison.with_same_run)
        self.bar.copy_json.clicked.connect(self._copy_json)
        self.bar.copy_line.clicked.connect(self._copy_line)
        self.bar.export.clicked.connect(self._export)
        self.comparison.changed.connect(self._compare)

    def show_run(self, summary: RunSummary) -> None:
        """Show the config of this run; called again as the run goes on."""
        another = self._summary is None or self._summary.path != summary.path
        before, self._summary = self._summary, summary
        if another or before is None or before.record != summary.record:
            self.provenance.show_record(summary.record)
        stamp = _stamp_of(summary.path / "config.json")
        if another:
            self._config = None
            self._say("Reading config.json…", "")
            if self.bar.compares_with_defaults:
                self.comparison.with_defaults(summary.record)
        if another or stamp != self._stamp:
            self._stamp = stamp
            self._read(RunDirectory(summary.path))

    def _read(self, run: RunDirectory) -> None:
        self._tasks.start(
            "Reading the config",
            lambda: read_config(run),
            owner=self,
            done=lambda config: self._take(run, config),
            failed=lambda error: self._miss(run, error),
        )

    def _take(self, run: RunDirectory, config: Mapping[str, Any]) -> None:
        if self._is_shown(run):
            self._config = without_id(config)
            self._compare()

    def _miss(self, run: RunDirectory, error: Exception) -> None:
        if self._is_shown(run):
            self._config = None
            self._refresh()
            self._say("The config cannot be shown", str(error))

    def _is_shown(self, run: RunDirectory) -> bool:
        return self._summary is not None and self._summary.path == run.path

    def _say(self, title: str, text: str) -> None:
        self.empty.say(title, text)
        self._left.setCurrentWidget(self.empty)
        self.bar.allow(False)

    def _compare(self) -> None:
        """Set the config beside what it is compared with, once for many searches in it."""
        comparison = self.comparison
        self._entries = entries_of(self._config or {}, comparison.other, are_defaults=comparison.are_defaults)
        self._refresh()

    def _refresh(self) -> None:
        comparison = self.comparison
        self.note.setVisible(bool(comparison.note))
        self.note.say("info", comparison.note)
        self.bar.show_comparing(comparison.other is not None)
        if self._config is None:
            self.bar.count.setText("")
            return
        entries = self._entries
        only_different = comparison.other is not None and self.bar.only_different.isChecked()
        shown = matching(entries, self.bar.search.text(), only_different=only_different)
        differences = count_differences(entries) if comparison.other is not None else None
        self.bar.show_counts(count_leaves(shown), count_leaves(entries), differences)
        self.tree.show_entries(shown, comparison.name if comparison.other is not None else "")
        self._left.setCurrentWidget(self.tree)
        self.bar.allow(True)
        if not shown:
            title = "No field matches" if self.bar.search.text() else "Nothing differs"
            self._say(title if entries else "The config is empty", "")
            self.bar.allow(bool(entries))

    def _compare_with_defaults(self) -> None:
        self.comparison.with_defaults(self._summary.record if self._summary else None)

    def _pick_run(self) -> None:
        from gym_gui.ui.runs.config.picker import RunPicker

        summary = self._summary
        if summary is None:
            return
        others = [run for run in self.comparison.runs() if run.path != summary.path]
        picker = RunPicker(others, summary.record.worker_id if summary.record else "", self)
        picker.picked.connect(self._compare_with)
        picker.rejected.connect(self.bar.forget_choice)
        picker.open()

    def _compare_with(self, other: RunSummary) -> None:
        self.comparison.with_run(other)
        self.bar.show_run(self.comparison.name)

    def _copy_json(self) -> None:
        self._desktop.copy(self._json(), "Config")

    def _copy_line(self) -> None:
        if self._config is not None and self._summary is not None and self._summary.record is not None:
            worker_id = self._summary.record.worker_id
            schema = self.comparison.schema_of(worker_id)
            self._desktop.copy(cli_line(worker_id, self._config, schema), "Command line")

    def _json(self) -> str:
        return json.dumps(dict(self._config or {}), indent=2, ensure_ascii=False)

    def _export(self) -> None:
        summary = self._summary
        if summary is None:
            return
        suggested = str(Path.home() / f"config-{summary.run_id}.json")
        name, _ = QFileDialog.getSaveFileName(self, "Export config", suggested, "JSON (*.json)")
        if not name:
            return
        file, text = Path(name), f"{self._json()}\n"
        self._tasks.start(
            "Exporting the config",
            lambda: file.write_text(text, encoding="utf-8"),
            owner=self,
            done=lambda _: self._tell("success", f"Exported as {file}"),
            failed=lambda error: self._tell("danger", f"{file} was not written: {error}"),
        )

    def _tell(self, tone: str, text: str) -> None:
        self.note.say(tone, text)
        self.note.show()

    def _open_folder(self) -> None:
        if self._summary is not None:
            self._desktop.open_path(self._summary.path)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= characters(self, _SIDE_BY_SIDE_CHARACTERS)
        wanted = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.split.orientation() is not wanted:
            self.split.setOrientation(wanted)


def _stamp_of(file: Path) -> _Stamp | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
