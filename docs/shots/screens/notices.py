"""Toasts over the window."""

from __future__ import annotations

from docs.shots.photographer import Photographer


def take(photographer: Photographer) -> None:
    """One of success and one of failure."""
    photographer.choose(photographer.stage.finished)
    notifier = photographer.panel.notifier
    notifier.success("too slow cancelled", "2 processes found, 2 ended when asked, 0 left.")
    notifier.error("This run cannot be repeated", "config.json is not JSON: line 3 column 1")
    photographer.shoot("notices", with_toasts=True)
