"""One W&B run read from its directory, again and again while it grows."""

from __future__ import annotations

import math
import re
import time
from array import array
from collections.abc import Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

from gym_gui.core.artifacts.wandb import records
from gym_gui.core.artifacts.wandb.limits import MOST_FILES, MOST_KEYS, MOST_MEDIA, MOST_POINTS, MOST_SERIES
from gym_gui.core.artifacts.wandb.model import WandbChanges, WandbFacts, WandbMedia, WandbSeries
from gym_gui.core.artifacts.wandb.record_log import NotARecordLogError, RecordLog
from gym_gui.core.artifacts.wandb.records import Item, Kind
from gym_gui.core.events.numbers import as_number

DIRECTORY_NAME = re.compile(r"(?P<offline>offline-)?run-\d{8}_\d{6}-(?P<run_id>[A-Za-z0-9._-]{1,128})")
_AXES = frozenset({"_step", "_timestamp", "_runtime"})
_OWN_KEY = "_wandb"  # what wandb keeps for itself
_LOOK_AT_CLOCK_EVERY = 64


class WandbRun:
    """Config, summary and history of the run in a `wandb/run-...` or `wandb/offline-run-...` directory.

    Reads the record log alone: nothing is asked of a server, and no other file is opened.

    Attributes:
        config: Values by name, as they stand now.
        media: What was logged that is no number and has a file.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        match = DIRECTORY_NAME.fullmatch(directory.name)
        run_id = match["run_id"] if match else ""
        self._log = RecordLog(_log_file(directory, run_id))
        self._named = WandbFacts(run_id, bool(match and match["offline"]))
        self._problem = ""
        self._forget()

    def _forget(self) -> None:
        self._facts = self._named
        self.config: dict[str, Any] = {}
        self._summary: dict[str, Any] = {}
        self.media: list[WandbMedia] = []
        self._series: dict[str, WandbSeries] = {}
        self._points = 0
        self._left_out = 0
        self._unreadable = 0
        self._step = 0
        self._time = 0.0

    @property
    def facts(self) -> WandbFacts:
        """Who and what the run is, as far as it was read."""
        return self._facts

    @property
    def summary(self) -> dict[str, Any]:
        """Values by name, as they stand now; an image or a table is one of them, whatever it was set in."""
        items = [Item(name, value) for name, value in self._summary.items()]
        return {item.name: item.value for item in records.with_typed_whole(items)}

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be read, and how much of it."""
        log = self._log
        counted = (
            (log.damaged, "damaged pieces of its record log were passed over"),
            (log.too_large, "records were too large to be read"),
            (self._unreadable, "records could not be understood"),
            (self._left_out, "values were left out beyond the limits"),
            (int(log.is_torn), "record is unfinished at the end of the log"),
        )
        said = [f"{count:,} {what}" for count, what in counted if count]
        return (self._problem, *said) if self._problem else tuple(said)

    def advance(self, budget_s: float | None = None) -> WandbChanges:
        """Takes in what was appended since the last call, for about `budget_s` seconds at most."""
        deadline = None if budget_s is None else time.monotonic() + budget_s
        restarts, count = self._log.restarts, 0
        changed: set[str] = set()
        reset = False
        self._problem = ""
        try:
            # Closed with the loop, which may end early: the file must not stay open until the next look.
            with closing(self._log.read()) as arriving:
                for record in arriving:
                    if self._log.restarts != restarts:
                        restarts, reset = self._log.restarts, True
                        self._forget()
                        changed.clear()
                    count += 1
                    changed.update(self._take(record))
                    if deadline and count % _LOOK_AT_CLOCK_EVERY == 0 and time.monotonic() >= deadline:
                        return WandbChanges(count, frozenset(changed), reset, finished=False)
        except (OSError, NotARecordLogError) as problem:
            self._problem = str(problem)
        if self._log.restarts != restarts:
            self._forget()
            reset = True
        return WandbChanges(count, frozenset(changed), reset)

    def names(self) -> list[str]:
        """Names of all series of the history, in the order they first appeared."""
        return list(self._series)

    def series(self, name: str) -> WandbSeries:
        """The series of this name over W&B's step; its arrays are copies.

        Raises:
            KeyError: When there is none.
        """
        held = self._series[name]
        return WandbSeries(held.steps[:], held.values[:], held.times[:])

    def __len__(self) -> int:
        return self._points

    def _take(self, record: bytes) -> set[str]:
        """What changed by this record: the names of series."""
        try:
            found = records.record_of(record)
            if found is None:
                return set()
            kind, data = found
            if kind is Kind.HISTORY:
                return self._add_history(*records.history_of(data))
            self._take_fact(kind, data)
        except (records.WireError, ValueError):
            self._unreadable += 1
        return set()

    def _take_fact(self, kind: Kind, data: bytes) -> None:
        if kind is Kind.RUN:
            run = records.run_of(data)
            self._set(self.config, run.config)
            stated = {name: getattr(run, name) for name in _RUN_FIELDS if getattr(run, name)}
            self._facts = replace(self._facts, **stated)
        elif kind is Kind.CONFIG:
            self._set(self.config, list(records.items_of(data)))
        elif kind is Kind.SUMMARY:
            self._set(self._summary, list(records.items_of(data)))
        elif kind is Kind.EXIT:
            message = records.message_of(data)
            code, runtime = records.whole_of(message, 1), records.whole_of(message, 2)
            self._facts = replace(self._facts, exit_code=code, runtime=float(runtime))
        elif kind is Kind.FILES:
            self._add_files(data)
        elif kind is Kind.HEADER:
            version = records.message_of(data).get(1, [b""])[-1]
            writer = records.text_of(records.message_of(version), 1) if isinstance(version, bytes) else ""
            self._facts = replace(self._facts, writer=writer.partition("+")[0][:100])

    def _set(self, values: dict[str, Any], items: list[Item]) -> None:
        for item in items:
            if item.name.partition("/")[0] == _OWN_KEY:
                continue
            if item.is_removed:
                values.pop(item.name, None)
            elif item.name in values or len(values) < MOST_KEYS:
                values[item.name] = item.value
            else:
                self._left_out += 1

    def _add_files(self, data: bytes) -> None:
        listed = records.message_of(data).get(1, [])
        paths = [
            records.text_of(records.message_of(entry), 1) for entry in listed if isinstance(entry, bytes)
        ]
        known = dict.fromkeys((*self._facts.files, *(path for path in paths if path)))
        self._facts = replace(self._facts, files=tuple(known)[:MOST_FILES])

    def _add_history(self, step: int | None, items: list[Item]) -> set[str]:
        stated = next((item.value for item in items if item.name == "_step"), None)
        if step is None and isinstance(stated, int):
            step = stated
        self._step = self._step if step is None else step
        self._time = self._time_of(items)
        changed: set[str] = set()
        for item in items:
            number = float(item.value) if isinstance(item.value, bool) else as_number(item.value)
            if item.name in _AXES:
                continue
            if number is None:
                self._add_media(item)
            elif self._add_point(item.name, number):
                changed.add(item.name)
        return changed

    def _time_of(self, row: list[Item]) -> float:
        """When the row was logged; the time of the one before when it does not say."""
        stated = {item.name: as_number(item.value) for item in row if item.name in _AXES}
        at, since = stated.get("_timestamp"), stated.get("_runtime")
        if at is None and since is not None:
            at = (self._facts.started or 0.0) + since
        return at if at is not None and math.isfinite(at) else self._time

    def _add_point(self, name: str, value: float) -> bool:
        series = self._series.get(name)
        if self._points >= MOST_POINTS or (series is None and len(self._series) >= MOST_SERIES):
            self._left_out += 1
            return False
        if series is None:
            series = self._series[name] = WandbSeries(array("d"), array("d"), array("d"))
        series.steps.append(float(self._step))
        series.values.append(value)
        series.times.append(self._time)
        self._points += 1
        return True

    def _add_media(self, item: Item) -> None:
        value: Mapping[str, Any] = item.value if isinstance(item.value, dict) else {}
        kind, path = value.get("_type"), value.get("path")
        if isinstance(kind, str) and isinstance(path, str) and len(self.media) < MOST_MEDIA:
            self.media.append(WandbMedia(item.name, self._step, kind[:100], path[:2_000]))


_RUN_FIELDS = (
    *("run_id", "entity", "project", "name", "group", "job_type", "notes", "sweep_id", "tags", "started"),
)


def _log_file(directory: Path, run_id: str) -> Path:
    """The record log of the directory: named after the run, else the only one there is."""
    named = directory / f"run-{run_id}.wandb"
    if not named.exists():
        others = sorted(directory.glob("*.wandb"))
        if len(others) == 1:
            return others[0]
    return named
