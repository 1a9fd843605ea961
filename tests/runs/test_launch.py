"""What a launch writes, and what it keeps out of the files."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gym_gui.constants import WORKER_SHUTDOWN_TIMEOUT_S
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.environment import data_root_of, shutdown_grace_s, worker_environment
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.grace import usual_grace_s
from gym_gui.core.runs.launch import (
    LaunchSpec,
    config_for,
    create_run,
    supervisor_argv,
    supervisor_environment,
    worker_argv,
)
from gym_gui.core.runs.provenance import provenance_of
from gym_gui.core.runs.record import Labels, RunRecord
from gym_gui.core.runs.redaction import is_secret


def spec(**fields: Any) -> LaunchSpec:
    return LaunchSpec(**{"worker_id": "w", "command": ("worker", "train"), "config": {}, **fields})


def test_the_records_say_what_was_asked_for(store: RunStore) -> None:
    wanted = spec(
        config={"algo": "ppo", "env_id": "CartPole-v1", "seed": 3, "run_id": "someone else's"},
        interpreter=sys.executable,
        worker_type="cleanrl",
        worker_name="CleanRL",
        worker_version="1.2",
        name="first try",
        tags=("a", "b"),
        group="g",
        env={"OPENAI_API_KEY": "sk-123", "LEVEL": "3"},
        resources={"devices": [1]},
    )
    run = create_run(store, wanted)
    record = read_record(run.record_file, RunRecord)
    assert record.run_id == run.run_id
    assert record.argv == ("worker", "train", "--config", str(run.config_file)) == worker_argv(wanted, run)
    assert (record.seed, record.algorithm, record.environment) == (3, "ppo", "CartPole-v1")
    assert (record.worker_id, record.worker_type, record.worker_name, record.worker_version) == (
        "w",
        "cleanrl",
        "CleanRL",
        "1.2",
    )
    assert (record.cwd, record.group, record.resources) == (str(run.path), "g", {"devices": [1]})
    assert record.env == {"OPENAI_API_KEY": "<redacted>", "LEVEL": "3"}
    assert (
        json.loads(run.config_file.read_text())
        == {**wanted.config, "run_id": run.run_id}
        == config_for(wanted, run)
    )
    assert read_record(run.labels_file, Labels) == Labels(name="first try", tags=("a", "b"))
    assert record.provenance.python_version and "msgspec" in record.provenance.packages
    assert "sk-123" not in "".join(path.read_text() for path in run.path.iterdir())
    assert store.run_ids() == [run.run_id]


def test_without_a_name_there_are_no_labels(store: RunStore) -> None:
    assert not create_run(store, spec()).labels_file.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"worker_id": ""}, "worker_id: empty"),
        ({"command": ()}, "command: empty"),
        ({"command": ("a\0b",)}, "command: 'a\\x00b' holds a NUL"),
        ({"env": {"A=B": "1"}}, "env: 'A=B' cannot be an environment variable"),
        ({"config": {"clip": math.inf}}, "config.clip: not a finite number"),
        ({"config": {"a": [{"b": math.nan}]}}, "config.a[0].b: not a finite number"),
    ],
)
def test_what_cannot_be_launched_is_refused_before_anything_is_written(
    store: RunStore, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError) as caught:
        create_run(store, spec(**fields))
    assert str(caught.value).startswith(said)
    assert not store.root.exists()


def test_the_supervisors_command_names_the_directory_in_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    command = supervisor_argv(RunDirectory(Path("runs") / "r1"))
    assert command[0] == sys.executable
    assert command[-3:] == ["-m", "gym_gui.core.runs.supervisor", str(tmp_path / "runs" / "r1")]


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("WANDB_API_KEY", "x", True),
        ("HF_TOKEN", "x", True),
        ("openaikey", "x", True),
        ("AWS_SECRET_ACCESS_KEY", "x", True),
        ("DB_PASSWORD", "x", True),
        ("DATABASE", "postgres://me:pw@host/db", True),
        ("TOKENIZERS_PARALLELISM", "false", False),
        ("KEYBOARD", "us", False),
        ("PYTHONPATH", "/a:/b", False),
        ("PROXY", "http://host:8080/a@b", False),
    ],
)
def test_which_variables_are_secrets(name: str, value: str, secret: bool) -> None:
    assert is_secret(name, value) is secret


def test_only_secrets_travel_in_the_supervisors_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INHERITED", "yes")
    environment = supervisor_environment(spec(env={"HF_TOKEN": "t", "PYTHONHOME": "/elsewhere"}))
    assert environment["HF_TOKEN"] == "t" and environment["INHERITED"] == "yes"
    assert "PYTHONHOME" not in environment, "it would break the supervisor's own interpreter"


@pytest.mark.parametrize(
    ("run_dir", "root"),
    [("/data/trainer/runs/r1", "/data"), ("/trainer/runs/r1", "/"), ("/data/runs/r1", None), ("/r1", None)],
)
def test_the_data_directory_is_the_one_the_run_is_in(run_dir: str, root: str | None) -> None:
    assert data_root_of(run_dir) == root


def test_overrides_and_what_they_cannot_override() -> None:
    overrides = {"OMP_NUM_THREADS": "8", "MOSAIC_RUN_ID": "forged", "HF_TOKEN": "<redacted>"}
    inherited = {"HF_TOKEN": "inherited", "MOSAIC_HOME": "/old"}
    environment = worker_environment(inherited, "/data/trainer/runs/r1", "w", overrides, None)
    assert environment["OMP_NUM_THREADS"] == "8"
    assert environment["MOSAIC_RUN_ID"] == environment["RUN_ID"] == "r1"
    assert environment["HF_TOKEN"] == "inherited"
    assert environment["MOSAIC_HOME"] == "/data"
    assert "CUDA_VISIBLE_DEVICES" not in environment
    none_at_all = worker_environment(inherited, "/elsewhere/r1", "w", {}, [])
    assert none_at_all["CUDA_VISIBLE_DEVICES"] == ""
    assert none_at_all["MOSAIC_HOME"] == "/old"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2.5", 2.5), ("0", 0.0)] + [(t, WORKER_SHUTDOWN_TIMEOUT_S) for t in ("", "x", "-1", "nan", "inf")],
)
def test_the_grace_is_a_sane_number(text: str, seconds: float) -> None:
    assert shutdown_grace_s({"MOSAIC_SHUTDOWN_TIMEOUT_S": text}) == seconds


def git(directory: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=directory, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_commit_of_the_source_is_recorded_with_a_dirty_flag(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / "train.py").write_text("1")
    git(tmp_path, "add", "train.py")
    git(tmp_path, "commit", "-qm", "x")
    commit = git(tmp_path, "rev-parse", "HEAD")
    clean = provenance_of("", tmp_path)
    assert (clean.git_commit, clean.git_dirty, clean.source_dir) == (commit, False, str(tmp_path))
    (tmp_path / "train.py").write_text("2")
    assert provenance_of("", tmp_path).git_dirty is True


def test_provenance_without_a_repository_or_an_interpreter(tmp_path: Path) -> None:
    found = provenance_of(str(tmp_path / "no" / "bin" / "python"), tmp_path)
    assert (found.git_commit, found.git_dirty, found.python_version, found.packages) == (None, None, None, {})
    assert found.host == os.uname().nodename


@pytest.mark.parametrize(
    ("variable", "setting", "seconds"),
    [(None, None, 30.0), (None, "7", 7.0), ("2.5", "7", 2.5), (None, "0.5", 0.5)],
)
def test_the_grace_comes_from_the_launchers_settings(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    variable: str | None,
    setting: str | None,
    seconds: float,
) -> None:
    monkeypatch.delenv("MOSAIC_SHUTDOWN_TIMEOUT_S", raising=False)
    if variable is not None:
        monkeypatch.setenv("MOSAIC_SHUTDOWN_TIMEOUT_S", variable)
    if setting is not None:
        (tmp_path / "settings.toml").write_text(f"worker_shutdown_timeout_s = {setting}\n")
    assert shutdown_grace_s(supervisor_environment()) == seconds
    assert usual_grace_s() == seconds


@pytest.mark.parametrize("setting", ["-1", '"soon"', "1e9", "nan", "= 3"])
def test_a_senseless_grace_stops_a_launch_before_anything_is_written_and_no_cancel(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str
) -> None:
    monkeypatch.delenv("MOSAIC_SHUTDOWN_TIMEOUT_S", raising=False)
    (tmp_path / "settings.toml").write_text(f"worker_shutdown_timeout_s = {setting}\n")
    with pytest.raises(ValueError, match=r"settings\.toml"):
        create_run(store, spec())
    assert store.run_ids() == []
    assert usual_grace_s() == WORKER_SHUTDOWN_TIMEOUT_S
