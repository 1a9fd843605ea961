"""`gym-gui workers`, and what every command says of workers that are not there or broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Gym
from tests.installed_workers import InstallWorker


def test_lists_good_and_broken_workers(gym: Gym, demo: str, install: InstallWorker) -> None:
    install("broken", "import nowhere_at_all")
    said = gym("workers")
    assert said.code == 0
    rows = {line.split()[0]: line for line in said.out.splitlines()}
    assert rows["demo"].endswith("ready")
    assert "broken: ModuleNotFoundError: No module named 'nowhere_at_all'" in rows["broken"]
    assert "single_agent" in rows["tabular"]


def test_json_is_one_document(gym: Gym, demo: str) -> None:
    document = gym("workers", "--json").document
    workers = {worker["worker_id"]: worker for worker in document["workers"]}
    assert workers["demo"]["metadata"]["name"] == "demo"
    assert workers["demo"]["schema"]["required"] == ["run_id"]
    assert workers["demo"]["failure"] is None
    assert document["sdk_version"]


def test_one_worker_with_its_fields(gym: Gym, demo: str) -> None:
    said = gym("workers", demo)
    assert said.code == 0
    assert "learning_rate: number = 0.1\n      Step size (above 0)" in said.out
    assert "mode: work|fail|hang|rude = work" in said.out
    assert "seed: integer = unset" in said.out
    assert "run_id" not in said.out
    assert gym("workers", demo, "--json").document["launch_kind"] == "SDK runner"


@pytest.mark.parametrize("command", ["workers", "run"])
def test_a_worker_that_is_not_there(gym: Gym, demo: str, command: str) -> None:
    said = gym(command, "dmo")
    assert said.code == 3
    assert "no worker 'dmo': did you mean 'demo'?" in said.err
    listed = said.err.strip().rpartition(": ")[2].split(", ")
    assert {"demo", "tabular"} <= set(listed)
    assert listed == sorted(listed)


@pytest.mark.parametrize("command", ["workers", "run"])
def test_a_broken_worker(gym: Gym, install: InstallWorker, command: str) -> None:
    install("broken", "import nowhere_at_all")
    said = gym(command, "broken")
    assert said.code == 4
    assert "Traceback" in said.err
    assert "-m pip install nowhere_at_all" in said.err
    assert gym(command, "broken", "--json").code == 4


def test_a_slow_worker_is_granted_the_time_asked_for(gym: Gym, install: InstallWorker) -> None:
    install("slow", "import time; time.sleep(60)")
    said = gym("workers", "slow", "--timeout", "0.3")
    assert said.code == 4
    assert "gave no answer within 0.3 s" in said.err
    assert gym("workers", "--timeout", "-1").code == 2


def test_an_interpreter_that_is_not_there(gym: Gym, tmp_path: Path) -> None:
    said = gym("workers", "--python", str(tmp_path / "python"))
    assert said.code == 4
    assert "does not exist" in said.err
    assert (
        "does not exist"
        in gym("workers", "--json", "--python", str(tmp_path / "python")).document["error"]["message"]
    )


def test_hostile_names_cannot_reach_the_terminal(gym: Gym, install: InstallWorker) -> None:
    install(
        "rude",
        """
        from gym_gui.core.worker import WorkerCapabilities, WorkerMetadata
        BAD = "\\x1b[2J\\x1b]0;owned\\x07\\u202egnp\\nnext"
        def get_worker_metadata():
            return (WorkerMetadata(name=BAD, version="1", description=BAD, author=BAD),
                    WorkerCapabilities(worker_type="rude", env_families=(BAD,)))
        """,
    )
    for said in (gym("workers"), gym("workers", "rude")):
        assert said.code == 0
        assert not set(said.out) & {"\x1b", "\x07", "\u202e"}
        assert r"\x1b[2J\x1b]0;owned\x07\u202egnp" in said.out
