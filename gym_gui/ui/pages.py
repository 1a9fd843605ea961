"""The pages of the window."""

from __future__ import annotations

from enum import StrEnum


class Page(StrEnum):
    """A page, and the keys that open it."""

    RUNS = "runs"
    WORKERS = "workers"
    COMPARE = "compare"
    OPENED = "opened"
    NEW_RUN = "new-run"
    SETTINGS = "settings"

    @property
    def label(self) -> str:
        """What the page is called."""
        return {
            Page.RUNS: "Runs",
            Page.WORKERS: "Workers",
            Page.COMPARE: "Compare",
            Page.OPENED: "Open",
            Page.NEW_RUN: "New run",
            Page.SETTINGS: "Settings",
        }[self]

    @property
    def shortcut(self) -> str:
        """The keys that open the page."""
        return {
            Page.RUNS: "Ctrl+1",
            Page.WORKERS: "Ctrl+2",
            Page.COMPARE: "Ctrl+3",
            Page.OPENED: "Ctrl+Shift+O",
            Page.NEW_RUN: "Ctrl+N",
            Page.SETTINGS: "Ctrl+,",
        }[self]
