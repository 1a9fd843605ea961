"""Searches that were kept to be used again."""

from __future__ import annotations

import json

from gym_gui.ui.layout_memory import LayoutMemory

_KEY = "runs/saved-searches"
_MOST = 30


class SavedSearches:
    """The kept searches, the latest first; what the memory lacks or spoils is simply not there."""

    def __init__(self, memory: LayoutMemory) -> None:
        self._memory = memory
        self._texts = _read(memory.text(_KEY))

    def all(self) -> list[str]:
        """Every one."""
        return list(self._texts)

    def has(self, text: str) -> bool:
        """Whether this search is kept."""
        return text.strip() in self._texts

    def keep(self, text: str, kept: bool) -> None:
        """Keep a search, or keep it no longer."""
        wanted = text.strip()
        others = [other for other in self._texts if other != wanted]
        self._texts = [wanted, *others][:_MOST] if kept and wanted else others
        self._memory.remember_text(_KEY, json.dumps(self._texts))


def _read(remembered: str) -> list[str]:
    try:
        found = json.loads(remembered or "[]")
    except ValueError:
        return []
    return [text for text in found if isinstance(text, str)][:_MOST] if isinstance(found, list) else []
