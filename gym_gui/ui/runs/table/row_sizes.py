"""What runs take on the disk, as the table words and sorts it; not part of a summary, measured on its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording


class RowSizes:
    """Sizes in bytes by the id of the run; a run that is not in it was not measured yet."""

    def __init__(self) -> None:
        self._bytes: dict[str, int] = {}

    def take(self, sizes: Mapping[str, int]) -> list[str]:
        """Take sizes in; the ids of those that are others than before."""
        changed = [run_id for run_id, size in sizes.items() if self._bytes.get(run_id) != size]
        self._bytes.update(sizes)
        return changed

    def drop(self, run_ids: Iterable[str]) -> None:
        """Forget runs."""
        for run_id in run_ids:
            self._bytes.pop(run_id, None)

    def of(self, run_id: str) -> int | None:
        """What one run takes."""
        return self._bytes.get(run_id)

    def total(self, runs: Iterable[RunSummary]) -> int | None:
        """What those of them take that were measured; None when none was."""
        known = [size for run in runs if (size := self._bytes.get(run.run_id)) is not None]
        return sum(known) if known else None

    def text(self, runs: Iterable[RunSummary]) -> str:
        """The total for a cell, "" while nothing is known of it."""
        total = self.total(runs)
        return "" if total is None else wording.size(total)

    def tip(self, runs: Iterable[RunSummary]) -> str:
        """The total to the byte, and how many of the runs it is of."""
        among = tuple(runs)
        total = self.total(among)
        if total is None:
            return "Not measured yet"
        measured = sum(run.run_id in self._bytes for run in among)
        part = f", {measured:,} of {len(among):,} runs measured" if measured < len(among) else ""
        return f"{total:,} bytes on the disk{part}"
