"""BabyAI's egocentric view in words. Minigrid itself gives numbers only."""

from __future__ import annotations

from typing import Any

from gym_gui.workers.barlog.games.offsets import steps

_DOOR_STATES = ("open", "closed", "locked")
_UNREMARKABLE = frozenset({"unseen", "empty", "wall", "floor", "agent"})


def describe(view: Any, carrying: Any, mission: str) -> str:
    """What the player is asked to do, carries and sees, nearest things first.

    Args:
        view: Minigrid's partial observation: width, height, (object, colour, state). The player stands in
            the middle of the last row and looks towards the first.
        carrying: The object carried, None for none.
        mission: The task in the environment's words.
    """
    seen = _things(view)
    lines = [f"Mission: {mission}", f"You carry {_object_carried(carrying)}."]
    lines += [f"You see {name} {steps(ahead, right)}." for _, name, ahead, right in seen]
    if not seen:
        lines.append("You see nothing but floor and walls.")
    lines.append(_free_way(view))
    return "\n".join(lines)


def _things(view: Any) -> list[tuple[int, str, int, int]]:
    from minigrid.core.constants import IDX_TO_COLOR, IDX_TO_OBJECT

    width, height, _ = view.shape
    found = []
    for column in range(width):
        for row in range(height):
            kind = IDX_TO_OBJECT[int(view[column, row, 0])]
            ahead, right = height - 1 - row, column - width // 2
            if kind in _UNREMARKABLE or (ahead, right) == (0, 0):
                continue
            state = f"{_DOOR_STATES[int(view[column, row, 2])]} " if kind == "door" else ""
            name = f"{state}{IDX_TO_COLOR[int(view[column, row, 1])]} {kind}"
            found.append((ahead + abs(right), f"{_article(name)} {name}", ahead, right))
    return sorted(found)


def _free_way(view: Any) -> str:
    """How far the player can go straight ahead, and what stops it: what naming things alone leaves out."""
    from minigrid.core.constants import IDX_TO_OBJECT

    width, height, _ = view.shape
    free = 0
    for row in range(height - 2, -1, -1):
        kind = IDX_TO_OBJECT[int(view[width // 2, row, 0])]
        is_open_door = kind == "door" and int(view[width // 2, row, 2]) == 0
        if kind not in ("empty", "floor", "goal") and not is_open_door:
            what = {"wall": "a wall", "unseen": "what you cannot see"}.get(kind, f"a {kind}")
            return f"The way ahead is free for {_count(free)}; then comes {what}."
        free += 1
    return f"The way ahead is free for {_count(free)} or more."


def _count(number: int) -> str:
    return f"{number} step" if number == 1 else f"{number} steps"


def _object_carried(carrying: Any) -> str:
    return "nothing" if carrying is None else f"a {carrying.color} {carrying.type}"


def _article(name: str) -> str:
    return "an" if name[0] in "aeiou" else "a"
