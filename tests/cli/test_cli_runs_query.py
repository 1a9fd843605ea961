"""`gym-gui runs QUERY`: what is listed, what is said of a query that is not understood, what it is worth."""

from __future__ import annotations

import time

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.index import RunIndex
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.record import ExitCause, ExitRecord, Labels
from tests.cli.conftest import Gym


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """Four runs that have ended: a and c completed, b failed, d is archived."""
    monkeypatch.setattr("gym_gui.core.runs.index.stamps._TICK_NS", 0)
    store = RunStore(runs_root())
    for name in "abcd":
        config = {"env_id": "Lake", "seed": ord(name) - ord("a")}
        run = create_run(
            store,
            LaunchSpec(worker_id="w", command=("true",), config=config, name=f"run {name}", tags=(name,)),
        )
        code = int(name == "b")
        now = time.time()
        end = ExitRecord(cause=ExitCause.FINISHED, started=now - 1, ended=now, exit_code=code)
        write_json_atomically(run.exit_file, end)
        if name == "d":
            write_json_atomically(run.labels_file, Labels(name="run d", tags=("d",), archived=True))
    return store


def names(gym: Gym, *query: str) -> str:
    said = gym("runs", "--json", *query)
    assert said.code == 0
    return "".join(sorted(run["labels"]["name"][-1] for run in said.document))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ((), "abc"),
        (("state:failed",), "b"),
        (("state:failed,completed", "seed:0..1"), "ab"),
        (('name:"run c"',), "c"),
        (("--", "-tag:a", "-tag:b"), "c"),
        (("is:archived",), "d"),
        (("--archived",), "abcd"),
        (("since:1h",), "abc"),
        (("<1h",), ""),
        (("seed:0", "--worker", "w"), "a"),
        (("nothing-like-it",), ""),
    ],
)
def test_a_query_selects_runs(gym: Gym, store: RunStore, query: tuple[str, ...], expected: str) -> None:
    assert names(gym, *query) == expected
    assert names(gym, *query) == expected, "and the same again, from the index"


def test_what_was_found_out_is_kept_and_a_lost_index_costs_nothing(gym: Gym, store: RunStore) -> None:
    before = gym("runs", "--json", "--all", "--archived").document
    index = RunIndex(store.index_file)
    assert len(index.load(store.root, store.run_ids())) == 4
    assert gym("runs", "--json", "--all", "--archived").document == before
    index.path.write_bytes(b"torn" * 1000)
    assert gym("runs", "--json", "--all", "--archived").document == before
    index.path.unlink()
    assert gym("runs", "--json", "--all", "--archived").document == before


def test_a_query_that_is_not_understood_is_wrong_usage(gym: Gym, store: RunStore) -> None:
    said = gym("runs", "state:runing", "since:never")
    assert said.code == 2 and said.out == ""
    assert "no state 'runing'; did you mean running?" in said.err
    assert "'never' is no time" in said.err
    assert gym("runs", "--json", "xyz:1").document["error"]["code"] == 2


def test_what_matches_is_said_not_to_be_all(gym: Gym, store: RunStore) -> None:
    said = gym("runs", "-n", "1", "run")
    assert "The newest 1 that match" in said.err
    assert "The newest 1 of 4 runs" in gym("runs", "-n", "1").err
    assert gym("runs", "zzz").out == "No runs match\n"
