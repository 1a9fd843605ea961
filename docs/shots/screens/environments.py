"""The environments of the Workers page, with the form of a new one."""

from __future__ import annotations

from docs.shots.photographer import Photographer
from docs.shots.waiting import wait
from gym_gui.ui.pages import Page
from gym_gui.ui.workers.page import WorkersPage


def take(photographer: Photographer) -> None:
    """The panel's own environment, and a new one about to be made."""
    if not photographer.wants("environments"):
        return
    page = photographer.go_to(Page.WORKERS, WorkersPage)
    view = page.show_environments()
    if view is None:
        return
    wait(
        lambda: (
            bool(view.cards)
            and all(card.workers.text().startswith("Workers") for card in view.cards.values())
        )
    )
    view.make.click()
    photographer.shoot("environments")
    view.create_panel.hide()
    page.show_workers()
