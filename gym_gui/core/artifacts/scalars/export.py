"""Series written to a file of their own, every point exactly as it was logged."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from gym_gui.core.artifacts.scalars.model import Series

_ROWS_AT_ONCE = 50_000
COLUMNS = ("run", "series", "step", "wall_time", "value")


class ExportFormat(StrEnum):
    """What the file is to be; the values are the endings of file names."""

    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


class ExportError(RuntimeError):
    """The file could not be written; the message says how to mend that."""


@dataclass(frozen=True, slots=True)
class NamedSeries:
    """A series with the names it has in the file."""

    run: str
    name: str
    series: Series


def export(rows: Sequence[NamedSeries], target: Path, kind: ExportFormat) -> int:
    """Write the series to `target` and say how many points that are. What was there is replaced at the end.

    CSV and Parquet have a row per point: run, series, step, wall time (Unix seconds), value. JSON is
    a list with an object per series, its points in three lists; what JSON has no number for is
    written as "NaN", "Infinity" or "-Infinity". Every number reads back as the very number that was logged.

    Raises:
        ExportError: It cannot be written, or Parquet is asked for and pyarrow is not installed.
    """
    write = _WRITERS[kind]
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                write(rows, file)
            Path(name).chmod(0o666 & ~_umask())
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ExportError(f"{target}: cannot be written: {error.strerror or error}") from error
    return sum(len(row.series) for row in rows)


def can_export(kind: ExportFormat) -> str:
    """Why this format cannot be written here, "" when it can."""
    from importlib.util import find_spec

    if kind is ExportFormat.PARQUET and find_spec("pyarrow") is None:
        return "Parquet needs pyarrow: pip install 'mosaic-panel[parquet]'"
    return ""


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _slices(series: Series) -> Iterator[tuple[list[int], list[float], list[float]]]:
    for first in range(0, len(series), _ROWS_AT_ONCE):
        part = slice(first, first + _ROWS_AT_ONCE)
        # Through float64: its shortest text reads back as the very float32 too.
        values = series.values[part].astype(np.float64)
        yield series.steps[part].tolist(), series.wall_times[part].tolist(), values.tolist()


def _write_csv(rows: Sequence[NamedSeries], file: BinaryIO) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", errors="surrogateescape")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        for steps, times, values in _slices(row.series):
            for step, when, value in zip(steps, times, values, strict=True):
                writer.writerow((row.run, row.name, step, repr(when), repr(value)))
    text.flush()
    text.detach()


def _write_json(rows: Sequence[NamedSeries], file: BinaryIO) -> None:
    file.write(b"[")
    for index, row in enumerate(rows):
        names = {"run": row.run, "series": row.name}
        file.write((",\n" if index else "\n").encode() + json.dumps(names)[:-1].encode())
        for column, name in enumerate(("steps", "wall_times", "values")):
            file.write(f', "{name}": ['.encode())
            for number, part in enumerate(_slices(row.series)):
                file.write(b", " if number else b"")
                file.write(json.dumps([_json_number(value) for value in part[column]])[1:-1].encode())
            file.write(b"]")
        file.write(b"}")
    file.write(b"\n]\n")


def _json_number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _write_parquet(rows: Sequence[NamedSeries], file: BinaryIO) -> None:
    missing = can_export(ExportFormat.PARQUET)
    if missing:
        raise ExportError(missing)
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = pa.dictionary(pa.int32(), pa.string())
    types: tuple[Any, ...] = (names, names, pa.int64(), pa.float64(), pa.float64())
    schema = pa.schema(list(zip(COLUMNS, types, strict=True)))
    with pq.ParquetWriter(file, schema) as writer:
        for row in rows:
            series = row.series
            writer.write_table(
                pa.table(
                    [
                        _repeated(pa, row.run, len(series)),
                        _repeated(pa, row.name, len(series)),
                        pa.array(series.steps),
                        pa.array(series.wall_times),
                        pa.array(series.values.astype(np.float64)),
                    ],
                    schema=schema,
                )
            )


def _repeated(pa: Any, text: str, count: int) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(count, dtype=np.int32)), pa.array([text]))


_WRITERS: dict[ExportFormat, Callable[[Sequence[NamedSeries], BinaryIO], None]] = {
    ExportFormat.CSV: _write_csv,
    ExportFormat.JSON: _write_json,
    ExportFormat.PARQUET: _write_parquet,
}
