"""`gym-gui label`, `archive`, `delete`, `restore`, `trash`."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.record import ExitCause, ExitRecord
from tests.cli.conftest import Gym


@pytest.fixture
def store(mosaic_home: Path) -> RunStore:
    return RunStore(runs_root())


def finished(store: RunStore, name: str = "") -> RunDirectory:
    run = create_run(store, LaunchSpec(worker_id="w", command=("x",), config={}, name=name, group="g"))
    record = ExitRecord(cause=ExitCause.FINISHED, started=1.0, ended=2.0, exit_code=0)
    write_json_atomically(run.exit_file, record)
    return run


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_labels_are_edited_and_shown(gym: Gym, store: RunStore) -> None:
    one, two = finished(store), finished(store)
    said = gym("label", one.run_id, two.run_id, "--name", "baseline", "--tag", "a", "--tag", "b", "--json")
    assert said.code == 0
    assert [labels["tags"] for labels in said.document] == [["a", "b"]] * 2
    shown = gym("label", one.run_id, "--untag", "a", "--notes", "first line\nsecond")
    assert "baseline" in shown.out and "first line\n" in shown.out and "tags" in shown.out
    assert gym("show", one.run_id, "--json").document["labels"]["tags"] == ["b"]
    assert gym("label", one.run_id, "--name", "a\nb").code == 2
    assert gym("label", one.run_id, "nothing").code == 3
    two.labels_file.write_text("{")
    said = gym("label", two.run_id, "--name", "x")
    assert said.code == 6 and "labels.json" in said.err


def test_archived_runs_are_out_of_sight_and_come_back(gym: Gym, store: RunStore) -> None:
    run, other = finished(store), finished(store)
    assert gym("archive", run.run_id).code == 0
    assert [row["run_id"] for row in gym("runs", "--json").document] == [other.run_id]
    assert len(gym("runs", "--archived", "--json").document) == 2
    assert gym("archive", run.run_id, "--undo").code == 0
    assert len(gym("runs", "--json").document) == 2


def test_deleted_runs_can_be_restored_until_the_trash_is_emptied(gym: Gym, store: RunStore) -> None:
    one, two = finished(store, "one"), finished(store, "two")
    assert "The trash is empty." in gym("trash").out
    said = gym("delete", one.run_id, two.run_id, "--yes")
    assert said.code == 0 and f"gym-gui restore {one.run_id}" in said.out
    assert store.run_ids() == []
    listed = gym("trash")
    assert "one" in listed.out and "two" in listed.out
    assert {row["name"] for row in gym("trash", "--json").document} == {"one", "two"}
    restored = gym("restore", one.run_id, "--json")
    assert restored.document == [{"run_id": one.run_id, "path": str(one.path)}]
    assert store.run_ids() == [one.run_id]
    assert gym("restore", one.run_id).code == 3
    emptied = gym("trash", "empty", "--yes", "--json")
    assert emptied.document["runs"] == 1 and gym("trash", "--json").document == []
    assert gym("restore", two.run_id).code == 3
    assert store.run_ids() == [one.run_id], "what was restored is not touched"


def test_nothing_is_deleted_without_being_asked(
    gym: Gym, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = finished(store)
    said = gym("delete", run.run_id)
    assert said.code == 2 and "say --yes" in said.err
    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    said = gym("delete", run.run_id)
    assert (said.code, said.out) == (0, "Nothing was done.\n") and "Move run" in said.err
    assert store.run_ids() == [run.run_id]
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    assert gym("delete", run.run_id).code == 0
    assert store.run_ids() == []
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert gym("trash", "empty").code == 2 and len(gym("trash", "--json").document) == 1
    monkeypatch.setattr(sys, "stdin", Terminal("yes\n"))
    assert "1 run is deleted for good" in gym("trash", "empty", run.run_id).out


def test_a_run_that_is_going_is_kept_and_the_rest_deleted(gym: Gym, store: RunStore) -> None:
    over = finished(store)
    fresh = create_run(store, LaunchSpec(worker_id="w", command=("x",), config={}))
    said = gym("delete", over.run_id, fresh.run_id, "--yes", "--json")
    assert said.code == 7
    assert "is starting; end it first" in said.document["error"]["problems"][fresh.run_id]
    assert store.run_ids() == [fresh.run_id]


def test_a_place_that_is_taken_again(gym: Gym, store: RunStore) -> None:
    run = finished(store)
    gym("delete", run.run_id, "--yes")
    run.path.mkdir()
    run.record_file.write_text("{}")
    said = gym("restore", run.run_id)
    assert said.code == 7 and "is there again" in said.err


def test_wrong_usage(gym: Gym) -> None:
    assert gym("trash", "list", "x").code == 2
    assert gym("trash", "empty", "nothing", "--yes").code == 3
    assert gym("delete", "nothing", "--yes").code == 3
    assert gym("delete").code == 2
