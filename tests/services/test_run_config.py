from __future__ import annotations

import os

import pytest

from gym_gui.core.runs.directory import RunStore
from gym_gui.services.run_config import read_config
from tests.panel_helpers import make_run


def test_the_config_of_a_run_is_read_back(store: RunStore) -> None:
    run = make_run(store, seed=3, algorithm="sarsa")
    assert read_config(run) == {"seed": 3, "algorithm": "sarsa", "run_id": run.run_id}


def test_the_nested_form_is_read_too(store: RunStore) -> None:
    run = make_run(store)
    run.config_file.write_text('{"metadata": {"worker": {"config": {"seed": 4}}}}')
    assert read_config(run) == {"seed": 4}


@pytest.mark.parametrize("content", ["{", "[1]", "1", '"text"', "[" * 100_000])
def test_what_is_no_config_is_refused_by_file_name(store: RunStore, content: str) -> None:
    run = make_run(store)
    run.config_file.write_text(content)
    with pytest.raises(ValueError, match=r"config\.json"):
        read_config(run)


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_what_is_no_file_is_refused_and_not_waited_for(store: RunStore, kind: str) -> None:
    run = make_run(store)
    elsewhere = run.path.parent / "elsewhere.json"
    run.config_file.rename(elsewhere)
    if kind == "pipe":
        os.mkfifo(run.config_file)
    else:
        run.config_file.symlink_to(elsewhere)
    with pytest.raises(ValueError, match=r"config\.json cannot be read"):
        read_config(run)


def test_a_missing_file_is_named(store: RunStore) -> None:
    run = make_run(store)
    run.config_file.unlink()
    with pytest.raises(ValueError, match=r"config\.json cannot be read"):
        read_config(run)
