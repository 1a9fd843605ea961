"""What is shown of the entry that is selected: the viewer that fits it, made when first needed."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from gym_gui.core.artifacts.media import MediaFacts, MediaKind, media_facts
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.checkpoints_pane import CheckpointsPane
from gym_gui.ui.artifacts.entries import Entry, EntryKind
from gym_gui.ui.artifacts.gallery import Gallery
from gym_gui.ui.artifacts.inspector import CheckpointInspector
from gym_gui.ui.artifacts.picture_pane import PicturePane
from gym_gui.ui.artifacts.player import Player
from gym_gui.ui.artifacts.text_pane import TextPane
from gym_gui.ui.artifacts.tree_model import shown_name
from gym_gui.ui.artifacts.wandb_pane import WandbPane
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import ElidedLabel
from gym_gui.ui.widgets.placeholders import Banner, EmptyState

_Pane = TypeVar("_Pane", bound=QWidget)


class Viewer(QWidget):
    """A head with the name and what can be done, and below it one pane at a time."""

    made = Signal(object)

    def __init__(
        self, theme: Theme, tasks: TaskRunner, desktop: Desktop, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tasks = tasks
        self._desktop = desktop
        self._entry: Entry | None = None
        self._asked = threading.Event()
        self._panes: dict[type[QWidget], QWidget] = {}
        self.name = ElidedLabel("", "strong", mode=Qt.TextElideMode.ElideMiddle, least=12)
        self.facts = ElidedLabel("", "muted", least=4)
        self.copy_path = self._button("Copy path", self._copy)
        self.open_button = self._button("Open", self.open_entry)
        self.reveal_button = self._button("Reveal", self._reveal)
        self.warning = Banner(theme, "warning")
        self.words = EmptyState(theme, "file", "")
        self.link = self.words.add_button("Open in browser", primary=True)
        self.stack = QStackedWidget()
        self._build()

    def _button(self, text: str, do: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("role", "quiet")
        button.clicked.connect(lambda _checked: do())
        return button

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.name)
        head.addWidget(self.facts)
        head.addStretch(1)
        for button in (self.copy_path, self.open_button, self.reveal_button):
            head.addWidget(button)
        self.link.clicked.connect(self.open_entry)
        self.stack.addWidget(self.words)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 14, 10)
        layout.setSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.warning)
        layout.addWidget(self.stack, 1)
        self.say("", "")

    def pane(self, kind: type[_Pane], make: Callable[[], _Pane]) -> _Pane:
        """The pane of this kind, made now if there was none."""
        if kind not in self._panes:
            made = self._panes[kind] = make()
            self.stack.addWidget(made)
            self.made.emit(made)
        found = self._panes[kind]
        assert isinstance(found, kind)  # noqa: S101 - just put there
        return found

    def pictures(self) -> Gallery:
        """The pane of thumbnails."""
        return self.pane(Gallery, lambda: Gallery(self._theme, self._tasks))

    def checkpoints(self) -> CheckpointsPane:
        """The pane with the table of checkpoints."""
        return self.pane(CheckpointsPane, lambda: CheckpointsPane(self._theme))

    def text(self) -> TextPane:
        """The pane of text."""
        return self.pane(TextPane, lambda: TextPane(self._theme))

    def inspector(self) -> CheckpointInspector:
        """The pane of one checkpoint."""
        return self.pane(
            CheckpointInspector, lambda: CheckpointInspector(self._theme, self._tasks, self._desktop)
        )

    @property
    def entry(self) -> Entry | None:
        """The entry that is shown."""
        return self._entry

    def show_pane(self, title: str, facts: str, pane: QWidget) -> None:
        """Show a pane that is no entry's."""
        self._begin(None, title, facts)
        self.stack.setCurrentWidget(pane)

    def say(self, title: str, text: str, entry: Entry | None = None, *, icon_note: str = "") -> None:
        """Show words in place of a pane."""
        self._begin(entry, entry.label if entry else "", icon_note)
        self._words(title, text)

    def _words(self, title: str, text: str) -> None:
        self.words.say(title, text)
        self.link.setVisible(bool(self._entry and self._entry.link))
        self.stack.setCurrentWidget(self.words)

    def show_entry(self, entry: Entry, *, can_resume: bool = False, results: object = None) -> None:
        """Show an entry as what it is."""
        self._begin(entry, entry.label, wording.size(entry.size) if entry.size is not None else "")
        if entry.problem:
            self._words("Refused" if entry.tone == "danger" else "Not there", entry.problem)
        elif entry.kind is EntryKind.LINK:
            text = entry.link or "The manifest tells of this run on W&B and gives no link to it."
            self._words(shown_name(entry.label), text)
        elif entry.kind is EntryKind.RESULTS:
            text = json.dumps(results, indent=2, ensure_ascii=False, default=str)
            self.text().show_plain(text, MediaKind.JSON)
            self.stack.setCurrentWidget(self.text())
        elif entry.kind is EntryKind.SCALARS:
            self._words("Scalars", "The curves in this file are on the Metrics tab of its run.")
        elif entry.path is None:
            self._words("Nothing to show", "")
        else:
            self._show_path(entry.kind, entry.path, can_resume)

    def _show_path(self, kind: EntryKind, path: Path, can_resume: bool) -> None:
        if kind is EntryKind.CHECKPOINT:
            self.stack.setCurrentWidget(self.inspector())
            self.inspector().show_path(path, can_resume=can_resume)
        elif kind is EntryKind.WANDB:
            pane = self.pane(WandbPane, lambda: WandbPane(self._theme, self._tasks))
            pane.show_directory(path)
            self.stack.setCurrentWidget(pane)
        else:
            self.show_file(path)

    def show_file(self, path: Path) -> None:
        """Show a file as what its bytes say it is."""
        asked = self._asked
        self._tasks.start(
            "Looking at a file",
            lambda: media_facts(path),
            owner=self,
            done=lambda facts: self._take(asked, facts),
            failed=lambda error: self._miss(asked, error),
        )

    def _take(self, asked: threading.Event, facts: MediaFacts) -> None:
        if asked is not self._asked:
            return
        self.facts.setText(facts_words(facts))
        self.warning.setVisible(bool(facts.warnings))
        self.warning.say("warning", "; ".join(f"It {warning}" for warning in facts.warnings))
        if facts.refusal and facts.kind is not MediaKind.SVG:
            self._words("Not shown", f"{facts.kind.value}: {facts.refusal}")
            return
        pane = self._pane_for(facts)
        if pane is None:
            self._words("No viewer for it here", "Open hands it to the program your desktop has for it.")
            return
        pane.show_facts(facts)
        self.stack.setCurrentWidget(pane)

    def _miss(self, asked: threading.Event, error: Exception) -> None:
        if asked is self._asked:
            self._words("It cannot be read", str(error))

    def _pane_for(self, facts: MediaFacts) -> PicturePane | Player | TextPane | None:
        kind = facts.kind
        if kind.is_video or (kind.is_image and (facts.frames or 1) > 1):
            return self.pane(Player, lambda: Player(self._theme, self._desktop))
        if facts.refusal:
            # A drawing that is not drawn can still be read.
            self.warning.say("warning", f"Shown as text, for it is not drawn: {facts.refusal}")
            self.warning.show()
            return self.text()
        if kind.is_image:
            return self.pane(PicturePane, lambda: PicturePane(self._tasks))
        return self.text() if kind.is_text else None

    def _begin(self, entry: Entry | None, title: str, facts: str) -> None:
        """Let go of what was shown."""
        self._asked = threading.Event()
        self._entry = entry
        for kind in (CheckpointInspector, PicturePane, Player, TextPane, WandbPane):
            pane = self._panes.get(kind)
            if isinstance(pane, (CheckpointInspector, PicturePane, Player, TextPane, WandbPane)):
                pane.clear()
        self.name.setText(shown_name(title))
        self.facts.setText(facts)
        self.warning.hide()
        self.link.hide()
        has_file = entry is not None and entry.path is not None and not entry.problem
        for button in (self.copy_path, self.open_button, self.reveal_button):
            button.setVisible(has_file)

    def _copy(self) -> None:
        if self._entry is not None and self._entry.path is not None:
            self._desktop.copy(str(self._entry.path), "Path")

    def open_entry(self) -> None:
        """Hand what is shown to the desktop."""
        if self._entry is not None and self._entry.link:
            self._desktop.open_link(self._entry.link)
        elif self._entry is not None and self._entry.path is not None:
            self._desktop.open_path(self._entry.path)

    def _reveal(self) -> None:
        if self._entry is not None and self._entry.path is not None:
            self._desktop.reveal(self._entry.path)


def facts_words(facts: MediaFacts) -> str:
    """What a file is, in a line."""
    parts = [facts.kind.value, wording.size(facts.size)]
    parts += [f"{facts.width:,} x {facts.height:,}"] if facts.width and facts.height else []
    parts += [wording.plural(facts.frames, "frame")] if facts.frames and facts.frames > 1 else []
    parts += [wording.duration(facts.duration_s)] if facts.duration_s else []
    return "  ·  ".join(parts)
