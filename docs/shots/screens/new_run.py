"""The New run page: a fresh form, and one with mistakes."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from docs.shots.photographer import Photographer
from docs.shots.waiting import wait
from gym_gui.ui.new_run.page import NewRunPage
from gym_gui.ui.pages import Page


def take(photographer: Photographer) -> None:
    """As it opens, and with errors under two fields."""
    photographer.panel.navigation.launch("tabular")
    page = photographer.go_to(Page.NEW_RUN, NewRunPage)
    wait(page.footer.start.isEnabled)
    page.header.name.setText("lake 8x8, seed 3")
    photographer.shoot("new-run")
    for name, text in (("episodes", "0"), ("learning_rate", "fast")):
        line = page.form.rows[name].editor.marked_widget()
        if not isinstance(line, QLineEdit):
            raise TypeError(f"{name} is not typed into a line")
        line.setText(text)
        line.textEdited.emit(text)
    photographer.shoot("new-run-problems")
    photographer.panel.navigation.launch("tabular")
