"""Which groups of runs are not folded, from one start to the next."""

from __future__ import annotations

import json
from collections.abc import Iterable

from gym_gui.ui.layout_memory import LayoutMemory

_KEY = "runs/opened-groups"
_MOST = 200


def remember_opened_groups(memory: LayoutMemory, names: Iterable[str]) -> None:
    """Have these groups not folded at the next start; of very many only some."""
    memory.remember_text(_KEY, json.dumps(sorted(names)[:_MOST]))


def opened_groups(memory: LayoutMemory) -> list[str]:
    """The groups that were not folded, as far as that was remembered soundly."""
    try:
        found = json.loads(memory.text(_KEY) or "[]")
    except ValueError:
        return []
    return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []
