"""What there is in one place, as a tree by kind, and beside it what is selected."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QProgressBar,
    QSplitter,
    QStackedLayout,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gym_gui.compat import override
from gym_gui.services.artifacts import ArtifactsReader, Contents
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.checkpoint_actions import CheckpointActions
from gym_gui.ui.artifacts.entries import Entry, EntryKind, Section, SectionKind, sections_of
from gym_gui.ui.artifacts.filtering import matching
from gym_gui.ui.artifacts.tree_model import ArtifactColumn, ArtifactsModel
from gym_gui.ui.artifacts.viewer import Viewer
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.layout_memory import LayoutMemory
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters
from gym_gui.ui.widgets.placeholders import Banner, EmptyState

_FOLDED = frozenset({SectionKind.RECORDS, SectionKind.OTHER})
_OF_EVERY_RUN = frozenset({SectionKind.RECORDS, SectionKind.LOGS, SectionKind.OTHER})
_FEW = 200
_SIDE_BY_SIDE_CHARACTERS = 90
_MOST_PROBLEMS = 5
_FITTED = (ArtifactColumn.SIZE, ArtifactColumn.NOTE)
_NAME_CHARACTERS = 22
_LEAST_CHARACTERS = 38


class ArtifactsView(QWidget):
    """Shows a directory, a manifest or a single file, and looks at it again when told to.

    `resume_wanted` carries the path of a checkpoint.
    """

    resume_wanted = Signal(object)
    shown = Signal()

    def __init__(
        self,
        theme: Theme,
        tasks: TaskRunner,
        desktop: Desktop,
        memory: LayoutMemory,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._contents: Contents | None = None
        self._memory = memory
        self._over = True
        self._nothing = ("", "")
        self.can_resume = False
        self.reader = ArtifactsReader(tasks, self)
        self.model = ArtifactsModel(theme, self)
        self.tree = QTreeView()
        self.search = QLineEdit()
        self.total = PlainLabel("", "small", wrap=True)
        self.busy = QProgressBar()
        self.problem = Banner(theme, "danger")
        self.viewer = Viewer(theme, tasks, desktop)
        self.empty = EmptyState(theme, "package", "")
        self.doings = CheckpointActions(theme, tasks, desktop, self)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.tree.setModel(self.model)
        self.tree.setAccessibleName("Artifacts")
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(characters(self, 2))
        self.tree.setAllColumnsShowFocus(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(characters(self, 6))
        header.setSectionResizeMode(ArtifactColumn.NAME, QHeaderView.ResizeMode.Stretch)
        self.search.setPlaceholderText("Filter by name")
        self.search.setAccessibleName("Filter by name")
        self.search.setClearButtonEnabled(True)
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setAccessibleName("Looking for artifacts")
        self.busy.hide()
        self.problem.hide()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        column.addWidget(self.total)
        left.setMinimumWidth(characters(self, _LEAST_CHARACTERS))
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(left)
        self.split.addWidget(self.viewer)
        self.split.setSizes([400, 600])
        self.split.setStretchFactor(0, 0)
        self.split.setStretchFactor(1, 1)
        full = QWidget()
        layout = QVBoxLayout(full)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.busy)
        layout.addWidget(self.problem)
        layout.addWidget(self.split, 1)
        self._place = QStackedLayout(self)
        self._place.addWidget(self.empty)
        self._place.addWidget(full)
        self._memory.restore_state(self.split, "artifacts/split")

    def _connect(self) -> None:
        self.reader.changed.connect(self._take)
        self.reader.failed.connect(self._fail)
        self.reader.busy_changed.connect(self.busy.setVisible)
        self.search.textChanged.connect(lambda _: self._show_sections())
        self.tree.selectionModel().currentRowChanged.connect(lambda current, _: self._select(current))
        self.tree.activated.connect(self._activate)
        self.viewer.made.connect(self._wire)
        self.doings.changed.connect(self.reader.refresh)
        self.doings.trash_looked_at.connect(self._refresh_table)
        self.split.splitterMoved.connect(
            lambda *_: self._memory.remember_state(self.split, "artifacts/split")
        )
        self.split.splitterMoved.connect(lambda *_: self._fit_columns())

    def show_path(self, path: Path, *, over: bool = True, nothing: tuple[str, str] = ("", "")) -> None:
        """Show what there is at this path.

        Args:
            path: A directory, a manifest or a file.
            over: Whether nothing writes there any more; checkpoints are cleaned up only then.
            nothing: What to say when there is nothing.
        """
        self._over, self._nothing = over, nothing
        if path == self.reader.path:
            return
        self._contents = None
        self.search.clear()
        self.doings.turn_to(None)
        self.empty.say("Looking for artifacts…", str(path))
        self._place.setCurrentIndex(0)
        self.model.show_sections(())
        self.viewer.say("", "")
        self.reader.turn_to(path)

    def say_over(self, over: bool, nothing: tuple[str, str]) -> None:
        """Say whether what is shown is over by now, and what to say when there is nothing."""
        changed = (over, nothing) != (self._over, self._nothing)
        self._over, self._nothing = over, nothing
        if changed and self._contents is not None:
            self._take(self._contents)
            self._refresh_table()

    def select(self, label: str) -> bool:
        """Select the entry with this label; False when there is none."""
        index = self.model.find(label)
        if index.isValid():
            self.tree.setCurrentIndex(index)
            self.tree.scrollTo(index)
        return index.isValid()

    def _take(self, contents: Contents) -> None:
        self._contents = contents
        self.doings.turn_to(contents)
        problems = [contents.manifest.problem] if contents.manifest.problem else []
        problems += contents.found.problems[:_MOST_PROBLEMS]
        self.problem.say("danger" if contents.manifest.problem else "warning", "\n".join(problems))
        self.problem.setVisible(bool(problems))
        self.total.setText(_total_words(contents))
        self._show_sections()
        self.shown.emit()

    def _fail(self, problem: str) -> None:
        self.empty.say("This cannot be opened", problem)
        self._place.setCurrentIndex(0)

    def _show_sections(self) -> None:
        if self._contents is None:
            return
        sections = sections_of(self._contents)
        if not sections and not self.problem.isVisibleTo(self):
            self.empty.say(*self._nothing)
            self._place.setCurrentIndex(0)
            return
        self._place.setCurrentIndex(1)
        shown = matching(sections, self.search.text())
        current, section = self._current()
        folded = self._folded()
        if not self.model.show_sections(shown):
            return
        for row, made in enumerate(shown):
            opened = made.kind not in folded if folded is not None else _opens(made)
            self.tree.setExpanded(self.model.index(row, 0), opened or bool(self.search.text()))
        self._fit_columns()
        self._select_again(current, section)

    def _fit_columns(self) -> None:
        """Give sizes and notes the room they need; names have what is left."""
        room = self.tree.viewport().width() - characters(self, _NAME_CHARACTERS)
        header = self.tree.header()
        for column in _FITTED:
            needed = max(self.tree.sizeHintForColumn(column), header.minimumSectionSize())
            header.resizeSection(column, min(needed, max(room, header.minimumSectionSize())))
            room -= header.sectionSize(column)

    def _current(self) -> tuple[Entry | None, Section | None]:
        index = self.tree.currentIndex()
        return self.model.entry(index), self.model.section(index)

    def _folded(self) -> set[SectionKind] | None:
        """The sections that are folded, None before there were any."""
        if not self.model.sections or self.search.text():
            return None
        rows = enumerate(self.model.sections)
        return {
            section.kind for row, section in rows if not self.tree.isExpanded(self.model.index(row, 0))
        } | {kind for kind in _FOLDED if kind not in {section.kind for section in self.model.sections}}

    def _select_again(self, entry: Entry | None, section: Section | None) -> None:
        """Select what was selected; when that did not change, what is shown of it stays as it is."""
        wanted = self.model.find(entry.label) if entry is not None else QModelIndex()
        if not wanted.isValid():
            kinds = [made.kind for made in self.model.sections]
            kind = section.kind if section is not None else None
            if kind is None and _OF_EVERY_RUN.issuperset(kinds) and any(self._nothing):
                self.viewer.say(*self._nothing)
                return
            row = kinds.index(kind) if kind in kinds else 0
            wanted = self.model.index(row, 0)
            if kind is None and self.model.rowCount(wanted) == 1:
                wanted = self.model.index(0, 0, wanted)
        same = entry is not None and self.model.entry(wanted) == entry
        self.tree.selectionModel().blockSignals(same)
        self.tree.setCurrentIndex(wanted)
        self.tree.selectionModel().blockSignals(False)
        self.tree.viewport().update()

    def _activate(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None and entry == self.viewer.entry:
            self.viewer.open_entry()

    def _select(self, index: QModelIndex) -> None:
        entry, section = self.model.entry(index), self.model.section(index)
        if entry is not None:
            results = dict(self._contents.manifest.metadata) if self._contents else {}
            can_resume = self.can_resume and entry.kind is EntryKind.CHECKPOINT
            self.viewer.show_entry(entry, can_resume=can_resume, results=results)
        elif section is not None:
            self._show_section(section)
        else:
            self.viewer.say("No match" if self.search.text() else "", "")

    def _show_section(self, section: Section) -> None:
        if section.kind is SectionKind.CHECKPOINTS:
            self._refresh_table()
            self.viewer.show_pane(section.title, "", self.viewer.checkpoints())
            return
        if section.kind is SectionKind.PICTURES:
            gallery = self.viewer.pictures()
            gallery.pictures.show_entries(section.entries)
            self.viewer.show_pane(section.title, wording.plural(len(section.entries), "file"), gallery)
            return
        size = f", {wording.size(section.size)}" if section.size else ""
        count = f"{wording.plural(len(section.entries), 'entry', 'entries')}{size}"
        self.viewer.say(section.title, f"{count}. Select one to look at it.")

    def _refresh_table(self) -> None:
        section = next((s for s in self.model.sections if s.kind is SectionKind.CHECKPOINTS), None)
        if section is not None:
            can_clean_up = self._over and self.doings.can_clean_up
            trashed = self.doings.trashed
            self.viewer.checkpoints().show_entries(
                section.entries, can_clean_up=can_clean_up, trashed=trashed
            )

    def _wire(self, pane: QWidget) -> None:
        """Connect a pane that was just made."""
        from gym_gui.ui.artifacts.checkpoints_pane import CheckpointsPane
        from gym_gui.ui.artifacts.gallery import Gallery
        from gym_gui.ui.artifacts.inspector import CheckpointInspector
        from gym_gui.ui.artifacts.wandb_pane import WandbPane

        if isinstance(pane, Gallery):
            pane.opened.connect(lambda entry: self.select(entry.label))
        elif isinstance(pane, CheckpointsPane):
            pane.opened.connect(lambda entry: self.select(entry.label))
            pane.compared.connect(self.doings.compare)
            pane.retention_wanted.connect(self.doings.clean_up)
            pane.trash_wanted.connect(self.doings.open_trash)
        elif isinstance(pane, CheckpointInspector):
            pane.resume_wanted.connect(self.resume_wanted)
        elif isinstance(pane, WandbPane):
            pane.sync_wanted.connect(self.doings.sync)
            pane.file_wanted.connect(self._show_logged_file)

    def _show_logged_file(self, path: Path) -> None:
        """Show a file that a W&B run logged, which the tree does not list."""
        self.viewer.show_entry(Entry(EntryKind.FILE, path.name, path))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= characters(self, _SIDE_BY_SIDE_CHARACTERS)
        wanted = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.split.orientation() is not wanted:
            self.split.setOrientation(wanted)
        self._fit_columns()


def _opens(section: Section) -> bool:
    return section.kind not in _FOLDED and len(section.entries) <= _FEW


def _total_words(contents: Contents) -> str:
    found = contents.found
    words = [wording.plural(len(found.artifacts), "file")]
    if contents.usage is not None:
        words[0] = (
            f"{wording.plural(contents.usage.files, 'file')}, {wording.size(contents.usage.disk_bytes)}"
        )
        if contents.usage.trash_bytes:
            words.append(f"{wording.size(contents.usage.trash_bytes)} of it in the trash")
    if found.links:
        words.append(f"{wording.plural(found.links, 'link')} not followed")
    if found.special:
        words.append(f"{wording.plural(found.special, 'pipe or device', 'pipes or devices')} not opened")
    return "  ·  ".join(words)
