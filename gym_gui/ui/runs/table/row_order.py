"""Which runs the table shows and in what order: an index of its own, without Qt.

A row is a run, named by its id, or a group of runs that is folded or opened, named by `group_key`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gym_gui.core.runs.query.query import Query, parse_query
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui.runs.table.columns import COLUMNS, RunColumn, SortKey, group_of, last_return
from gym_gui.ui.runs.table.group_cells import group_sort_value
from gym_gui.ui.runs.table.groups import RunGroup
from gym_gui.ui.runs.table.row_sizes import RowSizes

_GROUP = "group:"  # no run id has a colon
_FEWEST_OF_A_GROUP = 2
_SORTED_AS_A_WHOLE = frozenset({RunColumn.RETURN, RunColumn.SIZE})


def group_key(name: str) -> str:
    """The key of a group's row."""
    return f"{_GROUP}{name}"


def group_name(key: str) -> str | None:
    """The group whose row has this key; None for the row of a run."""
    return key[len(_GROUP) :] if key.startswith(_GROUP) else None


class RowOrder:
    """Keeps what is known of all runs, and says what rows there are.

    Attributes:
        sizes: What the runs take on the disk, to be read.
        is_stale: Whether the rows may be others than those last asked for.
    """

    def __init__(self) -> None:
        self.sizes = RowSizes()
        self._summaries: dict[str, RunSummary] = {}
        self._matching: dict[str, None] = {}
        self._members: dict[str, list[str]] = {}
        self._query = parse_query("")
        self._column = RunColumn.STARTED
        self._descending = True
        self._grouping = False
        self._opened: set[str] = set()
        self.is_stale = False

    @property
    def total(self) -> int:
        """How many runs there are, shown or not."""
        return len(self._summaries)

    @property
    def matching(self) -> int:
        """How many runs are shown, those in folded groups among them."""
        return len(self._matching)

    @property
    def archived(self) -> int:
        """How many runs were put away."""
        return sum(1 for summary in self._summaries.values() if summary.labels.archived)

    @property
    def query(self) -> Query:
        """What is searched for."""
        return self._query

    @property
    def opened(self) -> frozenset[str]:
        """Names of the groups that are not folded."""
        return frozenset(self._opened)

    def summary(self, run_id: str) -> RunSummary | None:
        """A run by id, shown or not."""
        return self._summaries.get(run_id)

    def summaries(self) -> list[RunSummary]:
        """Every run, in no order."""
        return list(self._summaries.values())

    def matches(self, run_id: str) -> bool:
        """Whether the search finds the run."""
        return run_id in self._matching

    def group(self, name: str) -> RunGroup:
        """The runs of a group that are shown."""
        return RunGroup(name, tuple(self._summaries[run_id] for run_id in self._members.get(name, ())))

    def row_group(self, run_id: str) -> str | None:
        """The group in whose row the run is, or under whose row; None when it has none."""
        summary = self._summaries.get(run_id)
        name = group_of(summary) if summary is not None else ""
        return name if name in self._members and run_id in self._matching else None

    # changes; each may leave the rows stale

    def put(self, summary: RunSummary, now: float) -> bool:
        """Take what is known of a run; False when nothing is new."""
        run_id = summary.run_id
        old = self._summaries.get(run_id)
        if old == summary:
            return False
        self._summaries[run_id] = summary
        matched = run_id in self._matching
        matches = self._is_wanted(summary, now)
        if matches and not matched:
            self._matching[run_id] = None
        elif matched and not matches:
            del self._matching[run_id]
        if matches != matched or (matches and (old is None or self._stand_apart(old, summary, now))):
            self.is_stale = True
        return True

    def drop(self, run_ids: Iterable[str]) -> None:
        """Forget runs."""
        gone = list(run_ids)
        for run_id in gone:
            self._summaries.pop(run_id, None)
            self._matching.pop(run_id, None)
        self.sizes.drop(gone)
        self.is_stale = True

    def put_sizes(self, sizes: Mapping[str, int]) -> list[str]:
        """Take what runs take on the disk, in bytes by id; the ids of those of which that is new."""
        changed = self.sizes.take(
            {run_id: size for run_id, size in sizes.items() if run_id in self._summaries}
        )
        self.is_stale = self.is_stale or (self._column is RunColumn.SIZE and bool(changed))
        return changed

    def search(self, query: Query, now: float) -> None:
        """Show what the query finds; archived runs only if it asks for them."""
        self._query = query
        self.match_again(now)

    def match_again(self, now: float) -> None:
        """Look anew at what the query finds, for what it says of times moves on."""
        self._matching = {
            run_id: None for run_id, summary in self._summaries.items() if self._is_wanted(summary, now)
        }
        self.is_stale = True

    def sort(self, column: RunColumn, *, descending: bool) -> None:
        """Sort by a column; what has no value there comes last either way."""
        self._column, self._descending, self.is_stale = column, descending, True

    def group_runs(self, grouping: bool, opened: Iterable[str] = ()) -> None:
        """Have groups rows of their own, or not; folded but for those named in `opened`."""
        self._grouping, self._opened, self.is_stale = grouping, set(opened), True

    def open_group(self, name: str, opened: bool) -> None:
        """Show or hide the rows of a group's runs."""
        (self._opened.add if opened else self._opened.discard)(name)
        self.is_stale = True

    def _stand_apart(self, old: RunSummary, new: RunSummary, now: float) -> bool:
        """Whether the run's row may belong elsewhere by what is new of it."""
        key = COLUMNS[self._column].key
        return key(old, now) != key(new, now) or group_of(old) != group_of(new)

    # the rows

    def rows(self, now: float | None = None) -> list[str]:
        """The keys of all rows, in order."""
        moment = time.time() if now is None else now
        self.is_stale = False
        ordered = self._ordered(moment)
        self._members = self._groups_of(ordered) if self._grouping else {}
        if not self._members:
            return ordered
        return self._with_groups(ordered)

    def _is_wanted(self, summary: RunSummary, now: float) -> bool:
        if summary.labels.archived and not self._query.asks_for_archived:
            return False
        return self._query.selects_all or self._query.matches(summary, now)

    def _ordered(self, now: float) -> list[str]:
        key, summaries = self._key(), self._summaries
        # Ids begin with their time: newest first among equals.
        keyed = [(key(summaries[run_id], now), run_id) for run_id in sorted(self._matching, reverse=True)]
        with_value = [pair for pair in keyed if pair[0] is not None]
        without = [run_id for value, run_id in keyed if value is None]
        with_value.sort(key=_first, reverse=self._descending)
        return [run_id for _, run_id in with_value] + without

    def _key(self) -> Callable[[RunSummary, float], SortKey]:
        if self._column is RunColumn.SIZE:
            return lambda summary, _now: self.sizes.of(summary.run_id)
        return COLUMNS[self._column].key

    def _groups_of(self, ordered: list[str]) -> dict[str, list[str]]:
        members: dict[str, list[str]] = {}
        for run_id in ordered:
            name = group_of(self._summaries[run_id])
            if name:
                members.setdefault(name, []).append(run_id)
        return {name: runs for name, runs in members.items() if len(runs) >= _FEWEST_OF_A_GROUP}

    def _with_groups(self, ordered: list[str]) -> list[str]:
        """Each group stands where its first run would; by return where the mean would, by size the sum."""
        units: dict[str, list[str]] = {}
        for run_id in ordered:
            name = group_of(self._summaries[run_id])
            if name not in self._members:
                units[run_id] = [run_id]
            elif group_key(name) not in units:
                units[group_key(name)] = [
                    group_key(name),
                    *(self._members[name] if name in self._opened else ()),
                ]
        keys = self._by_value(list(units)) if self._column in _SORTED_AS_A_WHOLE else units
        return [row for key in keys for row in units[key]]

    def _by_value(self, keys: list[str]) -> list[str]:
        values = {key: self._value_of(key) for key in keys}
        with_value = [key for key in keys if values[key] is not None]
        with_value.sort(key=lambda key: values[key] or 0.0, reverse=self._descending)
        return with_value + [key for key in keys if values[key] is None]

    def _value_of(self, key: str) -> float | None:
        """What a row sorts by, of a group all its runs together."""
        name = group_name(key)
        runs = [self._summaries[run_id] for run_id in (self._members[name] if name is not None else (key,))]
        if self._column is RunColumn.SIZE:
            return self.sizes.total(runs)
        return last_return(runs[0]) if name is None else group_sort_value(runs)


def _first(pair: tuple[SortKey, str]) -> Any:
    return pair[0]
