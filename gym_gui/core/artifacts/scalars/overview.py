"""What the files of a run hold together: tags, series and places of blobs, put together when asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from gym_gui.core.artifacts.scalars.columns import Columns
from gym_gui.core.artifacts.scalars.event_file import EventFile
from gym_gui.core.artifacts.scalars.merging import Part, counting_rows, merged
from gym_gui.core.artifacts.scalars.model import BlobRef, Kind, Series, SeriesKey, TagInfo
from gym_gui.core.artifacts.scalars.names import common_folder, shown_name

# Series whose files had to be put together are copies; this many are kept.
_MOST_MERGED = 64
_State: TypeAlias = tuple[tuple[int, int, int, int | None], ...]
_Id: TypeAlias = tuple[str, str, Kind]


class Overview:
    """Answers questions about files. What did not change since the last time is not computed again."""

    def __init__(self) -> None:
        self._series: dict[_Id, tuple[_State, Series]] = {}
        self._infos: dict[_Id, tuple[_State, TagInfo]] = {}

    def tags(self, files: Iterable[EventFile]) -> tuple[TagInfo, ...]:
        """Everything the files hold, by name."""
        folders: dict[str, list[EventFile]] = {}
        for file in files:
            folders.setdefault(file.folder, []).append(file)
        base = common_folder([folder for folder, inside in folders.items() if any(map(_holds_any, inside))])
        infos = [
            self._info(base, SeriesKey(folder, tag), kind, parts)
            for folder, inside in folders.items()
            for (tag, kind), parts in _parts_by_name(inside).items()
        ]
        self._infos = {(info.key.folder, info.key.tag, info.kind): (state, info) for state, info in infos}
        return tuple(sorted((info for _, info in infos), key=lambda info: (info.name, info.kind)))

    def _info(self, base: str, key: SeriesKey, kind: Kind, parts: list[Part]) -> tuple[_State, TagInfo]:
        state, name = _state(parts), shown_name(base, key)
        known = self._infos.get((key.folder, key.tag, kind))
        if known is not None and known[0] == state and known[1].name == name:
            return known
        columns, superseded = merged(parts)
        count = len(columns[0])
        first, last = (int(columns[0][0]), int(columns[0][-1])) if count else (0, 0)
        value = float(columns[2][-1]) if count and kind is Kind.SCALAR else None
        wall_time = float(columns[1][-1]) if count else 0.0
        return state, TagInfo(key, kind, name, count, superseded, first, last, wall_time, value)

    def series(self, files: Iterable[EventFile], key: SeriesKey, *, superseded: bool) -> Series:
        """The points of a scalar.

        Raises:
            KeyError: There is no such scalar.
        """
        parts = _parts(files, key, Kind.SCALAR)
        if superseded:
            pieces = [[part.columns.column(number) for part in parts] for number in range(3)]
            columns = [np.concatenate(piece) if len(piece) > 1 else piece[0] for piece in pieces]
            return Series(key, columns[0], columns[1], columns[2])
        state, identity = _state(parts), (key.folder, key.tag, Kind.SCALAR)
        known = self._series.get(identity)
        if known is not None and known[0] == state:
            return known[1]
        columns, count = merged(parts)
        series = Series(key, columns[0], columns[1], columns[2], count)
        if len(parts) > 1 or count:
            self._series.pop(identity, None)
            self._series[identity] = (state, series)
            if len(self._series) > _MOST_MERGED:
                del self._series[next(iter(self._series))]
        return series

    def blobs(self, files: Iterable[EventFile], key: SeriesKey, kind: Kind) -> tuple[BlobRef, ...]:
        """Where the blobs of a tag lie.

        Raises:
            KeyError: There are none of this kind.
        """
        files = _ordered([file for file in files if file.folder == key.folder])
        holding = [file for file in files if (key.tag, kind) in file.held.blobs]
        parts = _parts(files, key, kind)
        found = []
        for file, part, mask in zip(holding, parts, counting_rows(parts), strict=True):
            columns = [part.columns.column(number) for number in range(part.columns.width)]
            kept = columns if mask is None else [column[mask] for column in columns]
            rows = zip(*(column.tolist() for column in kept), strict=True)
            found += [BlobRef(key, kind, step, when, file.path, at, size) for step, when, at, size in rows]
        return tuple(found)


def _parts(files: Iterable[EventFile], key: SeriesKey, kind: Kind) -> list[Part]:
    inside = [file for file in files if file.folder == key.folder]
    parts = _parts_by_name(inside, (key.tag, kind)).get((key.tag, kind))
    if not parts:
        raise KeyError(key)
    return parts


def _parts_by_name(
    files: list[EventFile], only: tuple[str, Kind] | None = None
) -> dict[tuple[str, Kind], list[Part]]:
    """The parts of every series of a folder, or of one, in the order of the files."""
    ordered = _ordered(files)
    found: dict[tuple[str, Kind], list[Part]] = {}
    for index, file in enumerate(ordered):
        restarts = [later.held.earliest_restart for later in ordered[index + 1 :]]
        restart = min((step for step in restarts if step is not None), default=None)
        for name, columns in _columns(file, only):
            found.setdefault(name, []).append(Part(columns, restart))
    return found


def _columns(file: EventFile, only: tuple[str, Kind] | None) -> list[tuple[tuple[str, Kind], Columns]]:
    held = file.held
    if only is None:
        return [((tag, Kind.SCALAR), columns) for tag, columns in held.series.items()] + list(
            held.blobs.items()
        )
    columns = held.series.get(only[0]) if only[1] is Kind.SCALAR else held.blobs.get(only)
    return [(only, columns)] if columns is not None else []


def _ordered(files: list[EventFile]) -> list[EventFile]:
    """In the order in which they were begun, if that is known, else by name, which tells it as well."""
    return sorted(files, key=lambda file: (_begun(file), file.path))


def _begun(file: EventFile) -> float:
    first = file.held.first_wall_time
    return first if first is not None and first == first else float("inf")  # noqa: PLR0124 - NaN


def _state(parts: list[Part]) -> _State:
    return tuple(
        (part.columns.serial, len(part.columns), part.columns.superseded, part.later_restart)
        for part in parts
    )


def _holds_any(file: EventFile) -> bool:
    return bool(file.held.series or file.held.blobs)
