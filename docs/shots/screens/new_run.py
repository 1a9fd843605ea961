"""The New run page: a fresh form, mistakes, several runs, resources, checks, a command line pasted."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from docs.shots.photographer import Photographer
from docs.shots.waiting import settle, wait
from gym_gui.ui.new_run.offer_dialog import OfferDialog
from gym_gui.ui.new_run.page import NewRunPage
from gym_gui.ui.pages import Page

_PASTED = "python train.py --algorithm sarsa --episodes 8000 --learnig-rate 0.2 --gamma nine"


def take(photographer: Photographer) -> None:
    """As it opens, and what it says of mistakes, sweeps, resources and checks."""
    photographer.panel.navigation.launch("tabular")
    page = photographer.go_to(Page.NEW_RUN, NewRunPage)
    wait(page.footer.start.isEnabled)
    page.header.name.setText("lake 8x8, seed 3")
    photographer.shoot("new-run")
    if photographer.wants("new-run-several"):
        _several(photographer, page)
    if photographer.wants("new-run-resources"):
        _resources(photographer, page)
    if photographer.wants("new-run-checks"):
        _checks(photographer, page)
    if photographer.wants("new-run-paste"):
        _paste(photographer, page)
    _problems(photographer, page)
    page.tabs.sweep.clear()
    page.filling.use_defaults()
    page.undo.forget()


def _several(photographer: Photographer, page: NewRunPage) -> None:
    page.tabs.setCurrentWidget(page.tabs.sweep)
    page.tabs.sweep.seeds.setText("1-5")
    page.tabs.sweep.add_row("learning_rate", "0.05, 0.1, 0.2")
    page.tabs.sweep.add_row("gamma", "0.9, 1.9")
    settle(0.1)
    photographer.shoot("new-run-several")
    page.tabs.sweep.clear()


def _resources(photographer: Photographer, page: NewRunPage) -> None:
    page.tabs.setCurrentWidget(page.tabs.resources)
    environment = page.tabs.resources.rows["env"].editor
    environment.show_value("WANDB_MODE=offline\nWANDB_API_KEY=0123456789abcdef")
    settle(0.4)
    photographer.shoot("new-run-resources")
    environment.show_value("")
    page.tabs.setCurrentWidget(page.tabs.form_pane)


def _checks(photographer: Photographer, page: NewRunPage) -> None:
    page.footer.check.click()
    wait(lambda: not page.starting.doing)
    photographer.shoot("new-run-checks")
    page.right.setCurrentIndex(0)


def _paste(photographer: Photographer, page: NewRunPage) -> None:
    page.filling.paste_line()
    dialog = page.findChildren(OfferDialog)[-1]
    dialog.text.setPlainText(_PASTED)
    photographer.shoot_over("new-run-paste", dialog)
    dialog.reject()


def _problems(photographer: Photographer, page: NewRunPage) -> None:
    page.tabs.setCurrentWidget(page.tabs.form_pane)
    for name, text in (("episodes", "0"), ("learning_rate", "fast")):
        line = page.tabs.form.rows[name].editor.marked_widget()
        if not isinstance(line, QLineEdit):
            raise TypeError(f"{name} is not typed into a line")
        line.setText(text)
        line.textEdited.emit(text)
    photographer.shoot("new-run-problems")
