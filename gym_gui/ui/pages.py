"""The pages of the window."""

from __future__ import annotations

from enum import StrEnum


class Page(StrEnum):
    """A page, and the keys that open it."""

    RUNS = "runs"
    WORKERS = "workers"
    NEW_RUN = "new-run"

    @property
    def shortcut(self) -> str:
        """The keys that open the page."""
        return {Page.RUNS: "Ctrl+1", Page.WORKERS: "Ctrl+2", Page.NEW_RUN: "Ctrl+N"}[self]
