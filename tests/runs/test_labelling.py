"""Labels: edited by several at once without a loss, and never at the expense of what cannot be read."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import RecordError, read_record
from gym_gui.core.runs.labelling import LabelError, edit_labels
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import Labels


@pytest.fixture
def run(store: RunStore) -> RunDirectory:
    return create_run(
        store, LaunchSpec(worker_id="w", command=("x",), config={}, name="old", tags=("a", "b"))
    )


def test_only_what_is_named_changes(run: RunDirectory) -> None:
    assert edit_labels(run) == Labels(name="old", tags=("a", "b"))
    assert edit_labels(run, name=" new ") == Labels(name="new", tags=("a", "b"))
    assert edit_labels(run, add_tags=["c", "a"], remove_tags=["b", "never there"]).tags == ("a", "c")
    assert edit_labels(run, notes="first\nsecond").notes == "first\nsecond"
    last = edit_labels(run, archived=True)
    assert last == Labels(name="new", tags=("a", "c"), notes="first\nsecond", archived=True)
    assert read_record(run.labels_file, Labels) == last == watch_state(run).labels
    assert edit_labels(run, name="", archived=False).name == ""


def test_a_run_without_labels_gets_some(store: RunStore) -> None:
    run = create_run(store, LaunchSpec(worker_id="w", command=("x",), config={}))
    assert edit_labels(run) == Labels() and not run.labels_file.exists(), "nothing to say, nothing written"
    assert edit_labels(run, add_tags=["x"]).tags == ("x",)


def test_fields_of_a_newer_program_stay(run: RunDirectory) -> None:
    run.labels_file.write_text(json.dumps({"name": "n", "stars": 5, "later": {"deep": [1]}}))
    edit_labels(run, add_tags=["t"])
    assert json.loads(run.labels_file.read_text()) == {
        "name": "n", "stars": 5, "later": {"deep": [1]}, "tags": ["t"], "notes": "", "archived": False,
    }  # fmt: skip


@pytest.mark.parametrize("content", ["{", '{"name": 3}', '{"notes": "mine"', "[]"])
def test_labels_that_cannot_be_read_are_left_alone(run: RunDirectory, content: str) -> None:
    run.labels_file.write_text(content)
    with pytest.raises(RecordError, match=r"labels\.json"):
        edit_labels(run, name="new")
    assert run.labels_file.read_text() == content


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ({"name": "a\nb"}, "name: 'a\\nb' has a control character"),
        ({"name": "x" * 201}, "name: 201 characters are too many"),
        ({"add_tags": [" "]}, "tags: a tag has to have a character"),
        ({"add_tags": ["a,b"]}, "tags: 'a,b' has a comma"),
        ({"add_tags": ["\x1b[31m"]}, "tags: '\\x1b[31m' has a control character"),
        ({"add_tags": ["x" * 65]}, "is longer than 64"),
        ({"add_tags": [f"t{n}" for n in range(99)]}, "tags: 101 are too many"),
        ({"notes": "a\x00b"}, "notes: 'a\\x00b' has a control character"),
        ({"name": "\udcff"}, "name: '\\udcff' has a control character"),
    ],
)
def test_what_cannot_be_a_label_changes_nothing(run: RunDirectory, edit: dict[str, Any], said: str) -> None:
    before = run.labels_file.read_bytes()
    with pytest.raises(LabelError) as caught:
        edit_labels(run, **edit)
    assert said in str(caught.value)
    assert run.labels_file.read_bytes() == before


def test_many_editors_at_once_lose_nothing(run: RunDirectory) -> None:
    program = (
        "import sys; from pathlib import Path;"
        "from gym_gui.core.runs.directory import RunDirectory;"
        "from gym_gui.core.runs.labelling import edit_labels;"
        "run = RunDirectory(Path(sys.argv[1]));"
        "[edit_labels(run, add_tags=[f'{sys.argv[2]}{n}']) for n in range(15)]"
    )
    editors = [subprocess.Popen([sys.executable, "-c", program, str(run.path), letter]) for letter in "pqrs"]
    assert [editor.wait(60) for editor in editors] == [0] * 4
    wanted = {f"{letter}{number}" for letter in "pqrs" for number in range(15)}
    assert set(read_record(run.labels_file, Labels).tags) == wanted | {"a", "b"}


def test_an_editor_that_is_killed_blocks_nobody(run: RunDirectory) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path;"
        "from gym_gui.core.runs.exclusive import exclusively;"
        "exclusively(Path(sys.argv[1])).__enter__(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    lock = run.path / ".labels.lock"
    assert subprocess.run([sys.executable, "-c", program, str(lock)], check=False).returncode == -9
    assert edit_labels(run, name="new").name == "new"
