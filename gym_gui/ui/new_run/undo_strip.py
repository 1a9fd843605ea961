"""A strip that says what replaced the values of the form, and gives them back."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gym_gui.ui.new_run.draft import DraftState, RunDraft
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.placeholders import Banner


class UndoStrip(Banner):
    """Shown while there is something to go back to. Emits `undone` when the form is as it was."""

    undone = Signal()

    def __init__(self, theme: Theme, draft: RunDraft, parent: QWidget | None = None) -> None:
        super().__init__(theme, "info", parent=parent)
        self._draft = draft
        self._before: DraftState | None = None
        self.undo = self.add_button("Undo")
        self.dismiss = self.add_button("Dismiss")
        self.undo.clicked.connect(self._undo)
        self.dismiss.clicked.connect(self.forget)
        self.hide()

    def offer(self, told: str, before: DraftState) -> None:
        """Say what happened, and offer to go back."""
        self._before = before
        self.say("info", told)
        self.show()

    def forget(self) -> None:
        """There is nothing to go back to."""
        self._before = None
        self.hide()

    def _undo(self) -> None:
        before, self._before = self._before, None
        self.hide()
        if before is not None:
            self._draft.restore(before)
            self.undone.emit()
