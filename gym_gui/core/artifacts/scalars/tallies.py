"""What went wrong in a file, each thing said once and counted."""

from __future__ import annotations

from gym_gui.core.artifacts.scalars.limits import MOST_PROBLEM_KINDS
from gym_gui.core.artifacts.scalars.model import Problem


class Tallies:
    """Counts problems by their text."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}

    def add(self, text: str, count: int = 1) -> None:
        """One more of this, or several; nothing when `count` is 0."""
        if count and (text in self._counts or len(self._counts) < MOST_PROBLEM_KINDS):
            self._counts[text] = self._counts.get(text, 0) + count

    def problems(self, path: str) -> list[Problem]:
        """All of them, as of the file at `path`."""
        # A copy: the thread that reads may count on meanwhile.
        return [Problem(path, text, count) for text, count in self._counts.copy().items()]
