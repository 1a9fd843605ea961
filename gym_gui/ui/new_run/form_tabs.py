"""What is asked for a run, in three tabs: its config, what varies over several runs, what it is given."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTabWidget, QWidget

from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.new_run.draft import LaunchOptions, RunDraft
from gym_gui.ui.new_run.form_pane import FormPane
from gym_gui.ui.new_run.resources_pane import ResourcesPane
from gym_gui.ui.new_run.sweep_pane import SweepPane
from gym_gui.ui.theme import Theme

_TITLES = ("Config", "Several runs", "Resources")


class FormTabs(QTabWidget):
    """Holds the parts of the form. `options_changed` tells of what is no value of the config."""

    options_changed = Signal()

    def __init__(
        self,
        theme: Theme,
        draft: RunDraft,
        tasks: TaskRunner,
        runs_folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._draft = draft
        self._tasks = tasks
        self._runs_folder = runs_folder
        self._asked_for_cards = False
        self.form_pane = FormPane(theme, draft)
        self.form = self.form_pane.form
        self.sweep = SweepPane(theme, draft)
        self.resources = ResourcesPane()
        self.setDocumentMode(True)
        self.tabBar().setAccessibleName("Parts of the form")
        for part, title in zip((self.form_pane, self.sweep, self.resources), _TITLES, strict=True):
            self.addTab(part, title)
        self.sweep.changed.connect(self.options_changed)
        self.sweep.group.textChanged.connect(lambda _text: self.options_changed.emit())
        self.resources.changed.connect(self.options_changed)
        self.currentChanged.connect(lambda _place: self._ask_for_cards())

    @property
    def options(self) -> LaunchOptions:
        """What the run is given besides its config."""
        return replace(self.resources.options, group=self.sweep.group.text().strip() or None)

    def problem_count(self) -> int:
        """How much is wrong, on all tabs."""
        return sum(map(len, self._problems()))

    def show_standing(self, *, enabled: bool) -> None:
        """Tell on the tabs how many runs it is and where something is wrong; let it be changed or not."""
        counts = ("", f" ({self.sweep.count:,})" if self.sweep.count > 1 else "", "")
        standing = zip(_TITLES, counts, self._problems(), strict=True)
        for place, (title, count, problems) in enumerate(standing):
            self.setTabText(place, f"{title}{count}{' •' if problems and place else ''}")
        for part in (self.form, self.sweep, self.resources):
            part.setEnabled(enabled)

    def show_form(self) -> None:
        """Turn to the config."""
        self.setCurrentWidget(self.form_pane)

    def go_to_first_problem(self) -> None:
        """Turn to what is wrong first, and say there what it is."""
        first = next(iter(self._draft.problems()), None)
        if first is not None:
            self.show_form()
            self.form.touch_all()
            self.form_pane.go_to(first)
        elif self.sweep.reading.problems:
            self.setCurrentWidget(self.sweep)
        elif self.resources.problems:
            self.setCurrentWidget(self.resources)
            for row in self.resources.rows.values():
                row.touch()

    def find_field(self) -> None:
        """Put the cursor where fields are looked for."""
        self.show_form()
        self.form_pane.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _problems(self) -> tuple[Sized, ...]:
        return (self._draft.problems(), self.sweep.reading.problems, self.resources.problems)

    def _ask_for_cards(self) -> None:
        """Look for graphics cards when the person first comes to where they are chosen."""
        if self._asked_for_cards or self.currentWidget() is not self.resources:
            return
        self._asked_for_cards = True
        folder = self._runs_folder

        def look() -> tuple[str, ...]:
            from gym_gui.core.machine import Machine

            return tuple(card.name for card in Machine(folder).read().gpus)

        self._tasks.start("Looking for graphics cards", look, owner=self, done=self.resources.show_cards)
