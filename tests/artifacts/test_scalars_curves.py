"""Curves made ready to be looked at, searched and taken away."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gym_gui.core.artifacts.scalars.decimation import decimate
from gym_gui.core.artifacts.scalars.export import ExportError, ExportFormat, NamedSeries, can_export, export
from gym_gui.core.artifacts.scalars.last_values import last_values
from gym_gui.core.artifacts.scalars.model import Kind, SeriesKey, TagInfo
from gym_gui.core.artifacts.scalars.smoothing import smooth
from gym_gui.core.artifacts.scalars.tag_tree import search_tags, tag_tree
from tests.artifacts.event_writing import event_file, opened, scalar

FLOATS = st.floats(allow_nan=True, allow_infinity=True)


@given(ys=arrays(np.float64, st.integers(0, 400), elements=FLOATS), most=st.integers(4, 100))
def test_decimation_keeps_ends_and_extremes(ys: np.ndarray, most: int) -> None:
    drawn = decimate(np.arange(len(ys)), ys, most)
    assert drawn.shown <= most
    assert drawn.total == len(ys)
    assert np.array_equal(ys[drawn.xs], drawn.ys, equal_nan=True)
    assert np.all(np.diff(drawn.xs) > 0)
    if len(ys):
        assert (drawn.xs[0], drawn.xs[-1]) == (0, len(ys) - 1)
    numbers = ys[~np.isnan(ys)]
    if len(numbers):
        assert (np.nanmin(drawn.ys), np.nanmax(drawn.ys)) == (numbers.min(), numbers.max())


@given(ys=arrays(np.float64, st.integers(50, 400), elements=FLOATS), most=st.integers(4, 40))
def test_decimation_keeps_the_extremes_of_every_stretch(ys: np.ndarray, most: int) -> None:
    kept = set(decimate(np.arange(len(ys)), ys, most).xs.tolist())
    stretch = -(-len(ys) // ((most - 2) // 2))
    for first in range(0, len(ys), stretch):
        part = ys[first : first + stretch]
        shown = [ys[n] for n in range(first, first + len(part)) if n in kept]
        assert shown, "every stretch is there, if only as a gap"
        if not np.isnan(part).all():
            assert (np.nanmin(shown), np.nanmax(shown)) == (np.nanmin(part), np.nanmax(part))


def test_decimation_says_what_it_left_out() -> None:
    curve = np.sin(np.arange(14_213) / 50)
    drawn = decimate(np.arange(14_213), curve, 1000)
    assert drawn.note == f"showing {drawn.shown:,} of 14,213"
    assert 900 < drawn.shown <= 1000
    assert decimate(np.arange(10), curve[:10], 10).note == ""
    with pytest.raises(ValueError, match="points"):
        decimate(np.arange(3), curve[:4], 10)


def one_by_one(values: list[float], weight: float) -> list[float]:
    """The recursion as TensorBoard's page runs it."""
    last, count, result = 0.0, 0, []
    for value in values:
        if not math.isfinite(value):
            result.append(value)
            continue
        last = last * weight + (1 - weight) * value
        count += 1
        result.append(last / (1 - weight**count))
    return result


@given(
    values=st.lists(st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf]), max_size=700),
    weight=st.sampled_from([0.0, 0.1, 0.5, 0.6, 0.9, 0.99, 0.999]),
)
def test_smoothing_is_the_recursion(values: list[float], weight: float) -> None:
    expected = one_by_one(values, weight)
    assert np.allclose(smooth(np.array(values), weight), expected, rtol=1e-9, atol=1e-6, equal_nan=True)


def test_smoothing_of_the_extraordinary() -> None:
    assert smooth(np.full(5, 0.1), 0.9).tolist() == [0.1] * 5
    assert np.isfinite(smooth(np.array([1.7e308, -1.7e308, 1.7e308]), 0.5)).all()
    assert smooth(np.array([]), 0.5).tolist() == []
    with pytest.raises(ValueError, match="weight"):
        smooth(np.array([1.0]), 1.0)


def info(name: str) -> TagInfo:
    return TagInfo(SeriesKey("", name), Kind.SCALAR, name, 1, 0, 0, 0, 0.0, 1.0)


def test_tags_as_a_tree() -> None:
    root = tag_tree(
        [info("loss"), info("charts/b"), info("charts/a"), info("charts"), info("/".join("x" * 900))]
    )
    assert [child.label for child in root.children] == ["charts", "loss", "x"]
    charts = root.children[0]
    assert ([tag.name for tag in charts.tags], charts.total, charts.path) == (["charts"], 3, "charts")
    assert [child.path for child in charts.children] == ["charts/a", "charts/b"]
    depth, node = 0, root.children[2]
    while node.children:
        depth, node = depth + 1, node.children[0]
    assert depth < 10
    assert len(node.tags) == 1


def test_tags_are_found_by_words() -> None:
    infos = [info("charts/episodic_return"), info("charts/SPS"), info("eval/Return")]
    assert [tag.name for tag in search_tags(infos, "RETURN ch")] == ["charts/episodic_return"]
    assert len(search_tags(infos, "  ")) == 3


ODD = [0.1, math.nan, math.inf, -math.inf, 1e-45, 3.4e38, -0.0]


def exported(folder: Path) -> list[NamedSeries]:
    event_file(
        folder, [scalar('a "b",\n', 2**62 + step, value, 1.7e9 + 0.1) for step, value in enumerate(ODD)]
    )
    run = opened(folder)
    return [NamedSeries("run 1", 'näme, "x"', run.series(SeriesKey("", 'a "b",\n')))]


def exact(values: list[float]) -> list[str]:
    return [repr(float(np.float32(value))) for value in values]


def test_csv_reads_back_exactly(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    assert export(exported(tmp_path / "run"), target, ExportFormat.CSV) == len(ODD)
    with target.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert rows[0]["series"] == 'näme, "x"'
    assert [int(row["step"]) for row in rows] == [2**62 + n for n in range(len(ODD))]
    assert [repr(float(row["value"])) for row in rows] == exact(ODD)
    assert {float(row["wall_time"]) for row in rows} == {1.7e9 + 0.1}


def test_json_is_json(tmp_path: Path) -> None:
    def refuse(text: str) -> float:
        raise AssertionError(f"{text} is not JSON")

    rows = exported(tmp_path / "run")
    target = tmp_path / "out.json"
    export([*rows, *rows], target, ExportFormat.JSON)
    first, second = json.loads(target.read_text(), parse_constant=refuse)
    assert first == second
    assert [repr(float(value)) for value in first["values"]] == exact(ODD)
    assert first["steps"][0] == 2**62


def test_parquet_reads_back_exactly(tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet", reason="the extra 'parquet' is not installed")
    target = tmp_path / "out.parquet"
    export(exported(tmp_path / "run"), target, ExportFormat.PARQUET)
    columns = pq.read_table(target).to_pydict()
    assert [repr(value) for value in columns["value"]] == exact(ODD)
    assert columns["step"][0] == 2**62
    assert set(columns["run"]) == {"run 1"}


def test_parquet_without_pyarrow_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip install 'mosaic-panel[parquet]'" in can_export(ExportFormat.PARQUET)
    target = tmp_path / "out.parquet"
    with pytest.raises(ExportError, match="pip install"):
        export([], target, ExportFormat.PARQUET)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_export_leaves_what_was_there(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be written"):
        export([], tmp_path / "missing" / "out.csv", ExportFormat.CSV)
    target = tmp_path / "out.csv"
    target.write_text("before")
    with pytest.raises(AttributeError):
        export([None], target, ExportFormat.CSV)  # type: ignore[list-item]
    assert target.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_last_values_come_from_the_ends_of_files(tmp_path: Path) -> None:
    records = [scalar("early", 1, 1.0), *(scalar("a", step, step) for step in range(10_000))]
    event_file(tmp_path / "tb", [*records, scalar("b", 5, math.inf), scalar("a", 10_000, 1)[:-1]])
    event_file(tmp_path / "tb" / "eval", [scalar("a", 3, 4.5)])
    found = last_values(tmp_path)
    assert {name: (last.step, last.value) for name, last in found.items()} == {
        "a": (9_999, 9_999.0),
        "b": (5, math.inf),
        "eval/a": (3, 4.5),
    }
    run = opened(tmp_path)
    whole = {tag.name: (tag.last_step, tag.last_value) for tag in run.tags()}
    assert all(whole[name] == (last.step, last.value) for name, last in found.items())
