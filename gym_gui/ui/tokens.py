"""The colours of the panel: one frozen palette per scheme, and the pairs that must stay readable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Tokens(NamedTuple):
    """Every colour the panel uses in one scheme; `theme.qss`, delegates and curves take it from here."""

    window: str
    surface: str
    sunken: str
    raised: str
    hover: str
    pressed: str
    selected: str
    border: str
    border_strong: str
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_hover: str
    accent_text: str
    accent_surface: str
    link: str
    neutral: str
    neutral_surface: str
    info: str
    info_surface: str
    success: str
    success_surface: str
    warning: str
    warning_surface: str
    danger: str
    danger_surface: str
    paused: str
    paused_surface: str
    grid: str
    curve: str

    def as_dict(self) -> dict[str, str]:
        """The colours by token name, for the style sheet template."""
        return self._asdict()

    def tone(self, name: str) -> tuple[str, str]:
        """Foreground and surface of a tone ("success", "danger", ...)."""
        return getattr(self, name), getattr(self, f"{name}_surface")


LIGHT = Tokens(
    window="#f5f6f8",
    surface="#ffffff",
    sunken="#f0f2f5",
    raised="#ffffff",
    hover="#eceff3",
    pressed="#e0e4ea",
    selected="#e7eafc",
    border="#e1e4ea",
    border_strong="#c3c9d3",
    text="#1a1e26",
    text_muted="#58606f",
    text_disabled="#8d94a2",
    accent="#4353c9",
    accent_hover="#3645b4",
    accent_text="#ffffff",
    accent_surface="#eceefb",
    link="#3d4cc2",
    neutral="#555d6b",
    neutral_surface="#edeff2",
    info="#1b5fae",
    info_surface="#e4eefb",
    success="#17693a",
    success_surface="#e2f4e9",
    warning="#855000",
    warning_surface="#fdf1d8",
    danger="#b42525",
    danger_surface="#fce9e9",
    paused="#6b3fa8",
    paused_surface="#f1eafb",
    grid="#d5d9e1",
    curve="#4353c9",
)

DARK = Tokens(
    window="#14161b",
    surface="#1a1d24",
    sunken="#16181e",
    raised="#22262f",
    hover="#242833",
    pressed="#2c313d",
    selected="#2a3052",
    border="#2a2f3a",
    border_strong="#434a59",
    text="#e7e9ee",
    text_muted="#9da5b4",
    text_disabled="#646c7b",
    accent="#8f9cf7",
    accent_hover="#a5b0fa",
    accent_text="#10131f",
    accent_surface="#252b48",
    link="#a3aefa",
    neutral="#aab1be",
    neutral_surface="#272c36",
    info="#86baf7",
    info_surface="#182c45",
    success="#74d39c",
    success_surface="#173324",
    warning="#f0b962",
    warning_surface="#382c14",
    danger="#ff918c",
    danger_surface="#431f22",
    paused="#c4a3f5",
    paused_surface="#30234a",
    grid="#343a47",
    curve="#8f9cf7",
)

READABLE_PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, paper) for ink in ("text", "text_muted") for paper in (
        "window", "surface", "sunken", "raised", "hover", "selected", "accent_surface")),
    ("text", "pressed"),
    *((ink, paper) for ink in ("link", "danger", "warning", "success") for paper in ("window", "surface")),
    ("accent_text", "accent"),
    ("accent_text", "accent_hover"),
    ("link", "accent_surface"),
    *((tone, f"{tone}_surface") for tone in (
        "neutral", "info", "success", "warning", "danger", "paused")),
    *(("text", f"{tone}_surface") for tone in ("neutral", "info", "success", "warning", "danger", "paused")),
)  # fmt: skip
"""Ink and paper that text is set in somewhere; a test holds each to 4.5:1."""

STATE_TONES: Mapping[str, str] = {
    "queued": "neutral",
    "starting": "info",
    "running": "info",
    "stalled": "warning",
    "paused": "paused",
    "stopping": "warning",
    "completed": "success",
    "failed": "danger",
    "cancelled": "neutral",
    "lost": "warning",
}
"""The tone of each `RunState`, by its value: the palette is needed before the records of runs are."""


def contrast(ink: str, paper: str) -> float:
    """The WCAG contrast ratio of two `#rrggbb` colours, 1 to 21."""
    brighter, darker = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
