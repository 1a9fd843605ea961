"""NetHack's screen in words: message, surroundings, map, figures, inventory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gym_gui.workers.barlog.games.offsets import compass

_MAP_ROWS = slice(1, 22)
_MOST_NEIGHBOURS = 15
_UNREMARKABLE = ("", "stone", "wall", "floor of a room", "dark part of a room", "corridor", "lit corridor")


def describe(seen: Mapping[str, Any]) -> str:
    """The situation: what the game says, what is near, the map, the bottom lines, the inventory."""
    lines = screen_lines(seen["tty_chars"])
    drawn = [line for line in lines[_MAP_ROWS] if line.strip()]
    parts = [
        f"Message: {_text(seen['message']) or 'none'}",
        *_surroundings(seen),
        "Map:",
        *_without_margin(drawn),
        *(line.strip() for line in lines[22:] if line.strip()),
        *_inventory(seen),
    ]
    return "\n".join(parts)


def screen_lines(characters: Any) -> list[str]:
    """The rows of the terminal, without the blanks at their ends."""
    return [bytes(row).decode("latin-1").rstrip().replace("\0", " ") for row in characters]


def _surroundings(seen: Mapping[str, Any]) -> list[str]:
    x, y = int(seen["blstats"][0]), int(seen["blstats"][1])
    descriptions = seen["screen_descriptions"]
    found = []
    for south in range(descriptions.shape[0]):
        for east in range(descriptions.shape[1]):
            name = _text(descriptions[south, east])
            if name in _UNREMARKABLE or (east, south) == (x, y):
                continue
            away = max(abs(south - y), abs(east - x))
            found.append((away, name, compass(south - y, east - x)))
    nearest = sorted(found)[:_MOST_NEIGHBOURS]
    return [f"You see: {name}, {place}" for _, name, place in nearest]


def _inventory(seen: Mapping[str, Any]) -> list[str]:
    items = [
        f"{chr(int(letter))}: {_text(words)}"
        for letter, words in zip(seen["inv_letters"], seen["inv_strs"], strict=True)
        if letter
    ]
    return ["Inventory:", *items] if items else ["Inventory: nothing"]


def _without_margin(lines: list[str]) -> list[str]:
    margin = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    return [line[margin:] for line in lines]


def _text(characters: Any) -> str:
    return bytes(characters).split(b"\0", 1)[0].decode("latin-1").strip()
