"""What the palette offers: the actions at hand, the pages, the runs, the workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class Command:
    """One entry.

    Attributes:
        title: What it does, or what it leads to.
        detail: What kind of thing it is, or more about it.
        keys: Its shortcut in the desktop's spelling, "" without one.
        icon: Name of an icon of the theme.
        run: Does it.
    """

    title: str
    detail: str
    keys: str
    icon: str
    run: Callable[[], object]


Provider = Callable[[], Iterable[Command]]


def actions_at_hand(window: QWidget) -> list[QAction]:
    """The enabled actions with a name that belong to what is on screen, each once."""
    found: dict[QAction, None] = {}
    for widget in (window, *window.findChildren(QWidget)):
        if widget.isVisible():
            found.update(dict.fromkeys(widget.actions()))
    return [action for action in found if action.text() and action.isEnabled() and action.menu() is None]


def action_commands(window: QWidget) -> list[Command]:
    """The actions at hand as commands."""
    return [
        Command(
            title=plain_text(action),
            detail="Action",
            keys=keys_of(action),
            icon="chevron-right",
            run=action.trigger,
        )
        for action in actions_at_hand(window)
    ]


def plain_text(action: QAction) -> str:
    """An action's name without the mark of its mnemonic."""
    return action.text().replace("&", "")


def keys_of(action: QAction) -> str:
    """An action's shortcut as the desktop spells it, "" without one."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def rank(query: str, commands: Iterable[Command], most: int) -> list[Command]:
    """The commands that match, the best first, at most so many.

    Every word of the query has to be in the title or the detail. A title that starts with the query comes
    first, then one with a word that does, then the rest; equals keep their order.
    """
    words = query.casefold().split()
    ranked = []
    for place, command in enumerate(commands):
        title = command.title.casefold()
        haystack = f"{title} {command.detail.casefold()}"
        if all(word in haystack for word in words):
            ranked.append((_distance(title, words), place, command))
    ranked.sort(key=lambda found: found[:2])
    return [command for _, _, command in ranked[:most]]


def _distance(title: str, words: list[str]) -> int:
    if not words or title.startswith(words[0]):
        return 0
    starts = title.replace("-", " ").replace("_", " ").split()
    if any(start.startswith(words[0]) for start in starts):
        return 1
    return 2 if all(word in title for word in words) else 3
