"""Templates: what the bytes around the numbers of an event mean, found by those bytes."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from gym_gui.core.artifacts.scalars.points import Ints
from gym_gui.core.artifacts.scalars.tensors import width_of

# Where in an event, counted from its summary, the numbers are and how numpy reads them.
Layout: TypeAlias = tuple[tuple[int, str], ...]
Words: TypeAlias = NDArray[np.uint64]


class Templates:
    """The templates of events of one shape whose numbers lie at the same places.

    A hash finds the template, then all bytes are compared: a chance hit, or one made on purpose, does
    no harm.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._hashes = np.empty(0, dtype=np.uint64)
        self._words: Words | None = None
        self._tags = np.empty((0, len(layout)), dtype=np.int64)

    def masked(self, bodies: NDArray[np.uint8]) -> Words:
        """The bodies without their numbers, as words, shape (n, w)."""
        same = bodies.copy()
        for place, dtype in self.layout:
            same[:, place : place + width_of(dtype)] = 0
        return same.view(np.uint64)

    def unknown(self, hashes: Words) -> Ints:
        """Rows that stand for all those without a template: the first of each kind."""
        missing = np.flatnonzero(self._find(hashes) < 0)
        if not len(missing):
            return missing
        _, first = np.unique(hashes[missing], return_index=True)
        return missing[first]

    def add(self, words: Words, tags: Ints) -> None:
        """Templates of these words with the numbers of their tags, shape (n, slots); -1 for no template."""
        hashes = np.concatenate([self._hashes, hashes_of(words)])
        order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[order]
        self._words = (words if self._words is None else np.concatenate([self._words, words]))[order]
        self._tags = np.concatenate([self._tags, tags])[order]

    def tags(self, words: Words, hashes: Words) -> Ints:
        """The numbers of the tags of each row, shape (n, slots); -1 where there is no template."""
        if self._words is None:
            return np.full((len(words), len(self.layout)), -1, dtype=np.int64)
        found = self._find(hashes)
        misses = found < 0
        # Column by column: the rows are short, and there are many.
        for mine, theirs in zip(self._words.T, words.T, strict=True):
            misses |= mine[found] != theirs
        result = self._tags[found]
        result[misses] = -1
        return result

    def _find(self, hashes: Words) -> Ints:
        if not len(self._hashes):
            return np.full(len(hashes), -1, dtype=np.int64)
        place = np.searchsorted(self._hashes, hashes)
        place[place == len(self._hashes)] = 0
        return np.where(self._hashes[place] == hashes, place, -1)


def hashes_of(words: Words) -> Words:
    """A number for each row, the same for rows that are the same."""
    numbers = np.arange(1, words.shape[1] + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    numbers ^= numbers >> np.uint64(29)
    hashes: Words = words @ (numbers * np.uint64(0xBF58476D1CE4E5B9) | np.uint64(1))
    return hashes
