"""The Runs page: going, finished, failed, every tab, a search without matches, nothing there."""

from __future__ import annotations

from docs.shots.photographer import Photographer
from docs.shots.waiting import settle
from gym_gui.ui.runs.events.view import EventsView
from gym_gui.ui.runs.output.view import OutputView


def take(photographer: Photographer) -> None:
    """Every state and tab."""
    stage = photographer.stage
    runs = photographer.panel.navigation.runs
    detail = photographer.choose(stage.going[0])
    detail.tabs.setCurrentIndex(0)
    settle(1.2)
    photographer.shoot("runs-live")
    photographer.choose(stage.finished)
    photographer.shoot("runs-finished")
    events = detail.tab("Events", EventsView)
    settle(0.4)
    events.table.selectRow(2)
    photographer.shoot("runs-events")
    detail.tab("Output", OutputView)
    photographer.shoot("runs-output")
    detail.tabs.setCurrentIndex(0)
    photographer.choose(stage.failed)
    photographer.shoot("runs-failed")
    runs.search.setText("atari")
    photographer.shoot("runs-nothing-found")
    runs.search.clear()
    runs.split.layout_action.setChecked(True)
    photographer.choose(stage.going[1])
    photographer.shoot("runs-beside")
    runs.split.layout_action.setChecked(False)


def take_empty(photographer: Photographer) -> None:
    """Before the first run."""
    settle(0.5)
    photographer.shoot("runs-empty")
