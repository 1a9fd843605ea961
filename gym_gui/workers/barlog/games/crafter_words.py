"""Crafter's local map, inventory and needs in words."""

from __future__ import annotations

from typing import Any

from gym_gui.workers.barlog.games.offsets import compass

VITALS = ("health", "food", "drink", "energy")
_FACING = {(-1, 0): "west", (1, 0): "east", (0, -1): "north", (0, 1): "south"}
# What the ground is made of is only worth a word where it is near.
_COMMON = frozenset({"grass", "sand", "path"})


def describe(env: Any) -> str:
    """The player's needs, goods, what it faces, and the nearest of each kind of thing in its view."""
    player = env._player
    lines = [
        "Status: " + ", ".join(f"{name} {player.inventory[name]}/9" for name in VITALS) + ".",
        "Inventory: " + (_goods(player) or "nothing") + ".",
        f"You face {_FACING[_pair(player.facing)]}: {_name_at(env, player.pos + player.facing)}.",
    ]
    if player.sleeping:
        lines.append("You are asleep.")
    if env._world.daylight < 0.3:
        lines.append("It is dark.")
    lines += [f"Nearest {name}: {place}." for name, place in _nearest(env)]
    return "\n".join(lines)


def _goods(player: Any) -> str:
    return ", ".join(
        f"{count} {name.replace('_', ' ')}"
        for name, count in player.inventory.items()
        if count and name not in VITALS
    )


def _nearest(env: Any) -> list[tuple[str, str]]:
    width, height = (int(side) for side in env._local_view._grid)
    nearest: dict[str, tuple[int, int, int]] = {}
    for east in range(-(width // 2), width // 2 + 1):
        for south in range(-(height // 2), height // 2 + 1):
            if (east, south) == (0, 0):
                continue
            name = _name_at(env, (env._player.pos[0] + east, env._player.pos[1] + south))
            if name and (far := abs(east) + abs(south)) < nearest.get(name, (99, 0, 0))[0]:
                nearest[name] = (far, south, east)
    worth_saying = sorted(nearest.items(), key=lambda item: (item[0] in _COMMON, item[1]))
    return [(name, compass(south, east)) for name, (_, south, east) in worth_saying]


def _name_at(env: Any, place: Any) -> str:
    """What is at the place; "" beyond the edge of the world."""
    x, y = int(place[0]), int(place[1])
    if not (0 <= x < env._world.area[0] and 0 <= y < env._world.area[1]):
        return ""
    material, thing = env._world[(x, y)]
    if thing is None:
        return str(material or "")
    name = type(thing).__name__.lower()
    return ("ripe plant" if thing.ripe else "young plant") if name == "plant" else name


def _pair(vector: Any) -> tuple[int, int]:
    return int(vector[0]), int(vector[1])
