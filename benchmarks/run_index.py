"""Ten thousand runs: listed by way of the index, from their directories, and searched at every keystroke."""

from __future__ import annotations

import json
import os
import tempfile
import time
from pathlib import Path

from benchmarks.finished_runs import make_runs
from benchmarks.measure import Figure, Spread, paired_ratio, seconds
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.index import RunCatalogue, RunIndex
from gym_gui.core.runs.query.query import parse_query
from gym_gui.core.runs.summary import RunSummary

RUNS = 10_000
ROUNDS, SLOW_ROUNDS = 9, 3
TYPED = "state:failed env:lake -tag:tag1 >1d seed"
# The index keeps no run whose files changed within the last two seconds.
UNTIL_OLD_S = 2.5


def measure() -> list[Figure]:
    """Listing by the index against a plain reader and against the directories, then searching."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["MOSAIC_HOME"] = home
        store = RunStore(Path(home) / "trainer" / "runs")
        make_runs(store, RUNS)
        time.sleep(UNTIL_OLD_S)
        listing = _listing(store)
        searching = _searching(list(RunCatalogue(store, RunIndex(store.index_file))))
        del os.environ["MOSAIC_HOME"]
    return [*listing, searching]


def _listing(store: RunStore) -> list[Figure]:
    catalogue = RunCatalogue(store, RunIndex(store.index_file))
    assert len(list(catalogue)) == RUNS
    assert catalogue.remember()
    times: list[float] = []

    def by_index() -> float:
        times.append(seconds(lambda: _list(store, RunIndex(store.index_file))))
        return times[-1]

    none = RunIndex(store.root / "no index")
    against_plain = paired_ratio(by_index, lambda: seconds(lambda: _read_plainly(store.root)), ROUNDS)
    against_directories = paired_ratio(by_index, lambda: seconds(lambda: _list(store, none)), SLOW_ROUNDS)
    taken = Spread.of(times)
    return [
        Figure(
            f"{RUNS:,} ended runs listed by the index",
            "os.scandir and json.load of run.json, exit.json, labels.json",
            taken.median,
            "s",
            "<= 1",
            taken.median <= 1.0,
            f"{taken:.2f}; {against_plain:.2f} x the plain reader, which judges nothing",
        ),
        Figure(
            "the same list by the index",
            "looking at every directory",
            against_directories.median,
            "of its time",
            "<= 0.25",
            against_directories.median <= 0.25,
            f"{against_directories:.3f}",
        ),
    ]


def _list(store: RunStore, index: RunIndex) -> None:
    listed = sum(1 for _ in RunCatalogue(store, index))
    assert listed == RUNS


def _read_plainly(root: Path) -> None:
    for entry in os.scandir(root):
        for name in ("run.json", "exit.json", "labels.json"):
            with open(f"{entry.path}/{name}", encoding="utf-8") as file:  # noqa: PTH123  the peer is plain
                json.load(file)


def _searching(summaries: list[RunSummary]) -> Figure:
    texts = [(s.labels.name + s.run_id + (s.record.worker_id if s.record else "")).lower() for s in summaries]
    typed = [TYPED[:length] for length in range(1, len(TYPED) + 1)]

    def keystroke(text: str) -> float:
        return seconds(lambda: _search(text, summaries))

    each = Spread.of([keystroke(text) for text in typed])
    ratio = paired_ratio(
        lambda: sum(map(keystroke, typed)),
        lambda: seconds(lambda: [[text in other for other in texts] for text in typed]),
        ROUNDS,
    )
    return Figure(
        f"query of {len(summaries):,} runs, per keystroke",
        "one word looked for in texts made beforehand",
        each.greatest * 1000,
        "ms",
        "<= 100",
        each.greatest <= 0.1,
        f"the slowest of {len(typed)}; median {each.median * 1000:.0f} ms; {ratio.median:.0f} x the peer",
    )


def _search(text: str, summaries: list[RunSummary]) -> list[RunSummary]:
    query, now = parse_query(text), time.time()
    return [summary for summary in summaries if query.matches(summary, now)]
