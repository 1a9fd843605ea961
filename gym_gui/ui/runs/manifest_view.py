"""The Manifest tab: what the run left behind, opened, revealed or previewed from here."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.artifacts.manifest import Artifact, ManifestView, read_manifest
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunSummary
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.runs.manifest_model import ManifestColumn, ManifestModel
from gym_gui.ui.runs.preview import PicturePreview, can_preview
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import Banner, EmptyState

_PENDING = "No manifest yet"
_PENDING_TEXT = "The worker writes analytics.json when the run ends. It will open here by itself."
_NONE = "This run left no manifest"
_NONE_TEXT = "It ended without writing analytics.json. Whatever files it wrote are in its directory."


class ManifestTab(QWidget):
    """Shows a run's manifest, read in the background when it appears or changes."""

    def __init__(
        self, theme: Theme, tasks: TaskRunner, desktop: Desktop, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._desktop = desktop
        self._run: RunDirectory | None = None
        self._over = False
        self._stamp: tuple[float, int] | None = None
        self.model = ManifestModel(theme, self)
        self.tree = QTreeView()
        self.tree.setModel(self.model)
        self.tree.setAccessibleName("Artifacts")
        self.preview = PicturePreview()
        self.results = QPlainTextEdit(readOnly=True)
        self.results.setProperty("role", "preview")
        self.results.setAccessibleName("Results")
        self.problem = Banner(theme, "danger")
        self.selected = ElidedLabel("", "muted", mode=Qt.TextElideMode.ElideMiddle)
        self.open_button = QPushButton("Open")
        self.reveal_button = QPushButton("Reveal")
        self.empty = EmptyState(theme, "package", _PENDING, _PENDING_TEXT)
        self._build()
        self._connect()
        self._select(QModelIndex())

    def _build(self) -> None:
        self.tree.setUniformRowHeights(True)
        self.tree.setAllColumnsShowFocus(True)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(ManifestColumn.NAME, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(ManifestColumn.SIZE, characters(self, 15))
        header.resizeSection(ManifestColumn.NOTE, characters(self, 22))
        right = QWidget()
        side = QVBoxLayout(right)
        side.setContentsMargins(12, 4, 16, 12)
        side.addLayout(self._button_row())
        self._side = QStackedWidget()
        self._side.addWidget(self.results)
        self._side.addWidget(self.preview)
        side.addWidget(self._side, 1)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.tree)
        self.split.addWidget(right)
        self.split.setStretchFactor(0, 3)
        self.split.setStretchFactor(1, 2)
        full = QWidget()
        full_layout = QVBoxLayout(full)
        full_layout.setContentsMargins(0, 0, 0, 0)
        full_layout.addWidget(self.problem)
        full_layout.addWidget(self.split, 1)
        self._place = QStackedLayout(self)
        self._place.addWidget(self.empty)
        self._place.addWidget(full)

    def _button_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(self.selected)
        row.addStretch(1)
        row.addWidget(self.open_button)
        row.addWidget(self.reveal_button)
        return row

    def _connect(self) -> None:
        self.tree.selectionModel().currentRowChanged.connect(self._select)
        self.tree.activated.connect(lambda index: self._open(self.model.artifact(index)))
        self.open_button.clicked.connect(lambda: self._open(self._current()))
        self.reveal_button.clicked.connect(self._reveal)

    def show_run(self, summary: RunSummary) -> None:
        """Show the manifest of this run; called again as the run goes on."""
        another = self._run is None or self._run.path != summary.path
        self._over = summary.state.is_over
        if another:
            self._run = RunDirectory(summary.path)
            self._stamp = None
            self._show_empty()
        stamp = _stamp_of(self._run.manifest_file) if self._run else None
        if stamp is None:
            self._show_empty()
        elif stamp != self._stamp and self._run is not None:
            self._stamp = stamp
            self._read(self._run)

    def _read(self, run: RunDirectory) -> None:
        self._tasks.start(
            "Reading the manifest",
            lambda: read_manifest(run.path),
            owner=self,
            done=lambda view: self._show(run, view),
        )

    def _show_empty(self) -> None:
        self.empty.say(*((_NONE, _NONE_TEXT) if self._over else (_PENDING, _PENDING_TEXT)))
        self._place.setCurrentIndex(0)

    def _show(self, run: RunDirectory, view: ManifestView) -> None:
        if self._run is None or run.path != self._run.path:
            return
        if not view.found:
            self._show_empty()
            return
        self.problem.setVisible(bool(view.problem))
        self.problem.say("danger", view.problem)
        self.model.show_groups(view.groups)
        self.tree.expandAll()
        self.results.setPlainText(_results_text(view))
        self._select(QModelIndex())
        self._place.setCurrentIndex(1)

    def _current(self) -> Artifact | None:
        return self.model.artifact(self.tree.currentIndex())

    def _select(self, index: QModelIndex) -> None:
        artifact = self.model.artifact(index)
        usable = artifact is not None and (
            bool(artifact.link) or (artifact.path is not None and artifact.exists)
        )
        self.open_button.setEnabled(usable)
        self.reveal_button.setEnabled(usable and artifact is not None and artifact.path is not None)
        self.selected.setText(artifact.label if artifact else "Results")
        self._preview(artifact)

    def _preview(self, artifact: Artifact | None) -> None:
        if artifact is None:
            self._side.setCurrentWidget(self.results)
            self.preview.show_nothing("")
            return
        self._side.setCurrentWidget(self.preview)
        if artifact.refusal:
            self.preview.show_nothing(f"This path was refused: {artifact.refusal}")
        elif artifact.path is None or not artifact.exists:
            self.preview.show_nothing(artifact.link or "The manifest names it, but it is not there.")
        elif can_preview(artifact.path):
            self.preview.show_file(artifact.path)
        else:
            self.preview.show_nothing("Open shows it with the program your desktop has for it.")

    def _open(self, artifact: Artifact | None) -> None:
        if artifact is None:
            return
        if artifact.link:
            self._desktop.open_link(artifact.link)
        elif artifact.path is not None:
            self._desktop.open_path(artifact.path)

    def _reveal(self) -> None:
        artifact = self._current()
        if artifact is not None and artifact.path is not None:
            self._desktop.reveal(artifact.path)


def _stamp_of(file: Path) -> tuple[float, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_mtime, status.st_size


def _results_text(view: ManifestView) -> str:
    if not view.metadata:
        return "The manifest holds no results besides the artifacts."
    return json.dumps(dict(view.metadata), indent=2, ensure_ascii=False, default=str)
