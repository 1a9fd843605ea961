"""A former run as the launch of another like it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.rerun import CannotRerunError, rerun_spec, with_worker

CONFIG = {"seed": 3, "env_id": "Lake-v1", "nested": {"a": [1, 2]}}


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    (tmp_path / "runs").mkdir()
    return RunStore(tmp_path / "runs")


def spec(**more: object) -> LaunchSpec:
    values = {"worker_id": "w", "command": ("/bin/w", "-x"), "config": CONFIG, "interpreter": "/bin/python"}
    return LaunchSpec(**{**values, **more})  # type: ignore[arg-type]


def test_a_launch_comes_back_as_it_was(store: RunStore, tmp_path: Path) -> None:
    wanted = spec(
        name="lake",
        tags=("a", "b"),
        group="g",
        cwd=str(tmp_path),
        env={"WANDB_MODE": "offline"},
        resources={"devices": ["0"]},
        worker_type="t",
        worker_name="W",
    )
    assert rerun_spec(create_run(store, wanted), {}) == wanted


def test_the_run_of_the_rerun_has_a_directory_of_its_own(store: RunStore) -> None:
    first = create_run(store, spec())
    again = rerun_spec(first, {})
    assert again.cwd is None, "not the former run's directory"
    second = create_run(store, again)
    assert json.loads(second.config_file.read_text()) == {**CONFIG, "run_id": second.run_id}
    assert str(first.path) not in second.record_file.read_text()


def test_a_directory_that_was_moved_is_repeated_all_the_same(store: RunStore, tmp_path: Path) -> None:
    run = create_run(store, spec())
    moved = RunDirectory(tmp_path / "elsewhere" / run.run_id)
    moved.path.parent.mkdir()
    shutil.move(run.path, moved.path)
    assert rerun_spec(moved, {}).command == ("/bin/w", "-x")


def test_a_script_keeps_its_arguments_and_takes_no_config(store: RunStore) -> None:
    script = spec(command=("/bin/python", "train.py", "--lr", "1"), passes_config=False)
    again = rerun_spec(create_run(store, script), {})
    assert again == script
    assert with_worker(again, ("/bin/other",), "2.0") == script


def test_the_worker_of_now_brings_its_command_and_version(store: RunStore) -> None:
    again = with_worker(rerun_spec(create_run(store, spec(worker_version="1.0")), {}), ("/new/w",), "2.0")
    assert (again.command, again.worker_version) == (("/new/w",), "2.0")


def test_a_secret_is_taken_from_the_environment_or_asked_for(store: RunStore) -> None:
    run = create_run(store, spec(env={"HF_TOKEN": "hidden", "PLAIN": "1"}))
    assert rerun_spec(run, {"HF_TOKEN": "new"}).env == {"HF_TOKEN": "new", "PLAIN": "1"}
    with pytest.raises(CannotRerunError, match="set HF_TOKEN in the environment"):
        rerun_spec(run, {})


@pytest.mark.parametrize("missing", ["run.json", "config.json"])
def test_what_is_missing_is_named(store: RunStore, missing: str) -> None:
    run = create_run(store, spec())
    (run.path / missing).unlink()
    with pytest.raises(CannotRerunError, match=missing):
        rerun_spec(run, {})


def test_a_place_that_is_gone_is_named(store: RunStore, tmp_path: Path) -> None:
    place = tmp_path / "project"
    place.mkdir()
    run = create_run(store, spec(cwd=str(place)))
    place.rmdir()
    with pytest.raises(CannotRerunError, match="project, where it worked, is not there any more"):
        rerun_spec(run, {})


def test_a_broken_record_is_an_answer_and_no_crash(store: RunStore) -> None:
    run = create_run(store, spec())
    run.config_file.write_text('{"seed": ')
    with pytest.raises(CannotRerunError, match=r"config\.json"):
        rerun_spec(run, {})
