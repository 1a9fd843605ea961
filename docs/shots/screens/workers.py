"""The Workers page: workers that work, one that is broken, none at all."""

from __future__ import annotations

from dataclasses import replace

from docs.shots.photographer import Photographer
from docs.shots.waiting import wait
from gym_gui.ui.pages import Page
from gym_gui.ui.workers.page import WorkersPage
from gym_gui.ui.workers.script_panel import ScriptPanel


def take(photographer: Photographer) -> None:
    """Working and broken workers."""
    page = photographer.go_to(Page.WORKERS, WorkersPage)
    wait(lambda: page.model.total > 0)
    photographer.shoot("workers")
    page.open_script_panel()
    (panel,) = page.findChildren(ScriptPanel)
    panel.form.file.setText("/home/ada/lander/train.py")
    photographer.shoot("workers-add-script")
    panel.form.clear()
    page.show_workers()


def take_empty(photographer: Photographer) -> None:
    """No worker installed."""
    page = photographer.go_to(Page.WORKERS, WorkersPage)
    probe = photographer.panel.probe
    wait(lambda: probe.report is not None)
    if probe.report is not None:
        page._take(replace(probe.report, workers=()))
    photographer.shoot("workers-empty")
