"""Launching a run like a former one, from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gym_gui.commands.exit_codes import ExitCode
from gym_gui.config.paths import runs_root
from tests.cli.conftest import Gym

SCRIPT = (
    'import sys, json\nprint(json.dumps({"type": "episode", "episode": 1, "return": float(sys.argv[1])}))\n'
)


def former(gym: Gym, demo: str, *more: str) -> str:
    said = gym("run", demo, "episodes=2", "seed=5", "--wait", "--json", *more)
    assert said.code == ExitCode.OK, said.err
    return str(said.document["run_id"])


def shown(gym: Gym, run_id: str) -> Any:
    return gym("show", run_id, "--json").document


def test_the_same_once_more_in_a_directory_of_its_own(gym: Gym, demo: str) -> None:
    labels = ("--name", "lake", "--tag", "best", "--group", "g", "--env", "GREETING=hello")
    first = former(gym, demo, *labels)
    said = gym("rerun", first[:20], "--wait", "--json")
    assert said.code == ExitCode.OK, said.err
    second = said.document["run_id"]
    assert second != first
    before, after = shown(gym, first), shown(gym, second)
    assert {**after["config"], "run_id": first} == before["config"]
    assert after["labels"] == before["labels"]
    assert after["record"]["group"] == "g" and after["record"]["env"] == {"GREETING": "hello"}
    assert "GREETING hello" in gym("logs", second).out


def test_a_value_and_labels_may_be_others(gym: Gym, demo: str) -> None:
    first = former(gym, demo, "--name", "lake", "--tag", "best")
    plan = ("rerun", "latest", "seed=6", "--name", "other", "--tag", "again", "--group", "h", "episodes=3")
    second = gym(*plan, "--wait", "--json").document["run_id"]
    now = shown(gym, second)
    assert (now["config"]["seed"], now["config"]["episodes"]) == (6, 3)
    assert (now["labels"]["name"], now["labels"]["tags"]) == ("other", ["best", "again"])
    assert now["record"]["group"] == "h"
    assert shown(gym, first)["config"]["seed"] == 5, "the former one stays as it was"


def test_a_dry_run_shows_it_and_starts_nothing(gym: Gym, demo: str) -> None:
    first = former(gym, demo)
    document = gym("rerun", first, "seed=9", "--dry-run", "--json").document
    assert document["config"]["seed"] == 9
    assert document["argv"][-2] == "--config"
    assert [path.name for path in runs_root().iterdir()] == [first]


def test_it_can_wait_in_the_queue(gym: Gym, demo: str) -> None:
    first = former(gym, demo)
    said = gym("rerun", first, "--queue", "--wait", "--json")
    assert said.code == ExitCode.OK
    assert [run["state"] for run in said.document["runs"]] == ["completed"]


def test_a_config_that_the_worker_does_not_take_any_more_is_refused(gym: Gym, demo: str, site: Path) -> None:
    first = former(gym, demo)
    said = gym("rerun", first, "seed=many", "--json")
    assert said.code == ExitCode.USAGE and "seed" in said.out + said.err
    (module,) = site.glob("demo*/config.py")
    module.write_text(module.read_text().replace("episodes: int", "number_of_games: int"))
    said = gym("rerun", first)
    assert said.code == ExitCode.USAGE
    assert "episodes" in said.err, "what it does not know is named"
    assert [path.name for path in runs_root().iterdir()] == [first]


def test_a_secret_has_to_be_given_again(gym: Gym, demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    first = former(gym, demo, "--env", "HF_TOKEN=hidden")
    said = gym("rerun", first)
    assert said.code == ExitCode.USAGE and "set HF_TOKEN in the environment" in said.err
    said = gym("rerun", first, "--env", "HF_TOKEN=hidden again", "--wait", "--json")
    assert said.code == ExitCode.OK
    files = [path for path in runs_root().rglob("*") if path.is_file()]
    assert not [path for path in files if b"hidden" in path.read_bytes()]


def test_a_script_is_launched_as_it_was(gym: Gym, tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(SCRIPT)
    first = gym("run", "--script", str(script), "--wait", "--json", "--", "7.5").document["run_id"]
    said = gym("rerun", first, "--wait", "--json")
    assert said.code == ExitCode.OK, said.err
    assert '"return": 7.5' in gym("logs", said.document["run_id"]).out
    said = gym("rerun", first, "lr=1")
    assert said.code == ExitCode.USAGE and "no fields to change" in said.err


def test_what_is_not_there_says_so(gym: Gym, demo: str) -> None:
    assert gym("rerun", "latest").code == ExitCode.NOT_FOUND
    first = former(gym, demo)
    (runs_root() / first / "config.json").unlink()
    said = gym("rerun", first)
    assert said.code == ExitCode.USAGE and "config.json is missing" in said.err
