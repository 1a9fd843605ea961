"""Places relative to the player, in words."""

from __future__ import annotations


def steps(ahead: int, right: int) -> str:
    """`2 steps ahead and 1 step to the left`, for a player who looks ahead."""
    parts = []
    if ahead:
        parts.append(f"{_counted(ahead)} {'ahead' if ahead > 0 else 'behind'}")
    if right:
        parts.append(f"{_counted(right)} to the {'right' if right > 0 else 'left'}")
    return " and ".join(parts) or "here"


def compass(south: int, east: int) -> str:
    """`2 steps north and 1 step east`, on a map with north at its top."""
    parts = []
    if south:
        parts.append(f"{_counted(south)} {'south' if south > 0 else 'north'}")
    if east:
        parts.append(f"{_counted(east)} {'east' if east > 0 else 'west'}")
    return " and ".join(parts) or "here"


def _counted(offset: int) -> str:
    return f"{abs(offset)} step{'' if abs(offset) == 1 else 's'}"
