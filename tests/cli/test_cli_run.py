"""`gym-gui run`: the config on the command line, the launch, and waiting for the end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Gym
from tests.installed_workers import METADATA, InstallWorker


def runs_in(home: Path) -> list[Path]:
    return sorted((home / "trainer" / "runs").glob("*"))


def test_a_run_is_seen_through(gym: Gym, demo: str, mosaic_home: Path) -> None:
    said = gym(
        "run",
        demo,
        "episodes=1e1",
        "--wait",
        "--name",
        "first",
        "--tag",
        "x",
        "--env",
        "GREETING=hi",
        "seed=4",
    )
    assert said.code == 0
    assert "of demo 2.5 started" in said.out
    assert "10 of 10 episodes (100%)" in said.out
    assert "the worker said run_completed" in said.out
    run = runs_in(mosaic_home)[0]
    config = json.loads((run / "config.json").read_text())
    assert config == {
        "run_id": run.name, "seed": 4, "learning_rate": 0.1, "episodes": 10, "mode": "work",
        "start_from": None, "layers": [64],
    }  # fmt: skip
    assert "GREETING hi" in (run / "stdout.log").read_text()
    record = json.loads((run / "run.json").read_text())
    assert (record["worker_id"], record["worker_name"], record["worker_type"]) == ("demo", "demo", "demo")
    assert json.loads((run / "labels.json").read_text())["tags"] == ["x"]


def test_waiting_tells_a_machine_how_it_ended(gym: Gym, demo: str) -> None:
    said = gym("run", demo, "--wait", "--json", "mode=fail")
    assert said.code == 1
    assert said.document["state"] == "failed"
    assert "no luck" in said.document["headline"]


def test_without_wait_the_run_goes_on_alone(gym: Gym, demo: str) -> None:
    said = gym("run", demo, "mode=hang", "--json")
    assert said.code == 0
    run_id = said.document["run_id"]
    cancelled = gym("cancel", run_id)
    assert cancelled.code == 0
    assert f"Run {run_id} is cancelled" in cancelled.out
    assert "0 left" in cancelled.out
    assert gym("show", run_id, "--json").document["state"] == "cancelled"
    again = gym("cancel", run_id, "--json")
    assert (again.code, again.document["left"]) == (0, 0)


@pytest.mark.parametrize(
    ("assignments", "problems"),
    [
        (["lr=0.5"], {"lr": "unknown key: did you mean 'learning_rate'?"}),
        (["episodes=0"], {"episodes": "must be at least 1, got 0"}),
        (["episodes=none"], {"episodes": "must be a whole number, got 'none'"}),
        (["mode=play"], {"mode": "must be one of work, fail, hang, rude, got 'play'"}),
        (["run_id=x"], {"run_id": "is filled in by the launcher, leave it out"}),
        (["mode=fail", "seed=13"], {"seed": "seed must not be 13 when failing"}),
        (["layers=[1,"], None),
        (["episodes=0", "lr=1", "mode=x"], None),
    ],
)
def test_a_wrong_config_starts_nothing(
    gym: Gym, demo: str, mosaic_home: Path, assignments: list[str], problems: dict[str, str] | None
) -> None:
    said = gym("run", demo, "--json", *assignments)
    assert said.code == 2
    found = said.document["error"]["problems"]
    assert problems is None or found == problems
    assert {text.partition("=")[0] for text in assignments} >= set(found) != set()
    assert runs_in(mosaic_home) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["episodes"],
        ["=3"],
        ["--env", "nothing"],
        ["--env", "=x"],
        ["--name", "not utf-8 \udcff"],
        ["seed=\udcff"],
        ["--confg", "x"],
        ["--config", "/nowhere/at/all.json"],
    ],
)
def test_wrong_usage(gym: Gym, demo: str, mosaic_home: Path, arguments: list[str]) -> None:
    said = gym("run", demo, *arguments)
    assert said.code == 2
    assert said.err
    assert runs_in(mosaic_home) == []


def test_values_from_a_file_give_way_to_those_given(gym: Gym, demo: str, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    nested = {"metadata": {"worker": {"config": {"run_id": "old", "episodes": 7.0, "seed": 1}}}}
    file.write_text(json.dumps(nested))
    said = gym("run", demo, "--config", str(file), "--dry-run", "--json", "seed=2")
    assert said.code == 0
    config = said.document["config"]
    assert (config["episodes"], config["seed"], config["run_id"]) == (7, 2, "RUN_ID")
    assert isinstance(config["episodes"], int)


def test_a_bad_file_is_named(gym: Gym, demo: str, tmp_path: Path) -> None:
    file = tmp_path / "config.json"
    for text, said_of_it in (
        ("{", str(file)),
        ('{"lr": 1}', "lr: unknown key"),
        ('{"seed": "a"}', "seed: must be"),
    ):
        file.write_text(text)
        said = gym("run", demo, "--config", str(file))
        assert said.code == 2
        assert said_of_it in said.err


def test_a_dry_run_creates_nothing(gym: Gym, demo: str, mosaic_home: Path) -> None:
    said = gym("run", demo, "--dry-run", "episodes=5")
    assert said.code == 0
    first, _, rest = said.out.partition("\n")
    assert "gym_gui.core.worker.run demo --config" in first
    assert json.loads(rest)["episodes"] == 5
    assert runs_in(mosaic_home) == []


def test_a_dry_run_keeps_secrets_to_itself(gym: Gym, demo: str) -> None:
    said = gym("run", demo, "--dry-run", "--json", "--env", "WANDB_API_KEY=abc123", "--env", "MODE=x")
    assert said.document["env"]["MODE"] == "x"
    assert "abc123" not in said.out


def test_a_path_that_exists_here_is_made_absolute(
    gym: Gym, demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.npz").touch()
    for text, meant in (("model.npz", str(tmp_path / "model.npz")), ("other.npz", "other.npz")):
        said = gym("run", demo, "--dry-run", "--json", f"start_from={text}")
        assert said.document["config"]["start_from"] == meant


def test_missing_requirements_are_named_with_the_mend(
    gym: Gym, install: InstallWorker, mosaic_home: Path
) -> None:
    install("lacking", METADATA.format(name="lacking"), metadata=["Requires-Dist: nowhere-at-all>=2"])
    said = gym("run", "lacking")
    assert said.code == 4
    assert "needs what is not installed: nowhere-at-all>=2" in said.err
    assert "-m pip install lacking-dist" in said.err
    assert gym("run", "lacking", "--force", "--dry-run").code == 0


def test_without_a_schema_values_are_guessed(gym: Gym, install: InstallWorker) -> None:
    install("loose")
    said = gym("run", "loose", "--dry-run", "--json", "a=1", "b=text", "c=[1, 2]", "d=true")
    assert said.document["config"] == {"a": 1, "b": "text", "c": [1, 2], "d": True, "run_id": "RUN_ID"}


def test_a_data_directory_that_cannot_be_written(
    gym: Gym, demo: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOSAIC_HOME", str(tmp_path / "file"))
    said = gym("run", demo)
    assert said.code == 6
    assert str(tmp_path / "file") in said.err
