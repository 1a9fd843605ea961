"""The Workers page: workers that work, one that is broken, none at all."""

from __future__ import annotations

from dataclasses import replace

from docs.shots.photographer import Photographer
from docs.shots.waiting import wait
from gym_gui.ui.pages import Page
from gym_gui.ui.workers.page import WorkersPage


def take(photographer: Photographer) -> None:
    """Working and broken workers."""
    page = photographer.go_to(Page.WORKERS, WorkersPage)
    wait(lambda: page.model.total > 0)
    photographer.shoot("workers")


def take_empty(photographer: Photographer) -> None:
    """No worker installed."""
    page = photographer.go_to(Page.WORKERS, WorkersPage)
    probe = photographer.panel.probe
    wait(lambda: probe.report is not None)
    if probe.report is not None:
        page._take(replace(probe.report, workers=()))
    photographer.shoot("workers-empty")
