"""Sweeps and the queue on the command line, with a worker that really runs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.queue.status import look_at_queue
from tests.cli.conftest import Gym

DEADLINE_S = 30.0


def wait_until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + DEADLINE_S
    while not (value := condition()):
        assert time.monotonic() < deadline, condition
        time.sleep(0.02)
    return value


@pytest.fixture(autouse=True)
def an_end_to_everything(
    mosaic_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[None]:
    memory = tmp_path / "memory"
    memory.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(memory))
    monkeypatch.setenv("MOSAIC_MAX_CONCURRENT_RUNS", "2")
    yield
    store = RunStore(runs_root())
    for run_id in store.run_ids():
        cancel_run(store.open(run_id), grace_s=0.3)
    wait_until(lambda: not look_at_queue(RunQueue(store)).is_tended)


def states(gym: Gym) -> dict[str, str]:
    return {run["run_id"]: run["state"] for run in gym("runs", "--all", "--json").document}


def test_a_sweep_is_queued_and_runs_to_its_end(gym: Gym, demo: str, mosaic_home: Path) -> None:
    said = gym(
        "run", demo, "episodes=2", "--seeds", "1-2", "--grid", "learning_rate=0.1,0.01", "--group", "first",
        "--wait",
    )  # fmt: skip
    assert said.code == 0, said
    assert said.out.startswith("4 runs: 2 values of learning_rate x 2 seeds, in the group first\n")
    assert said.out.count("completed") == 4 and "(4 of 4)" in said.out
    records = [json.loads(f.read_text()) for f in mosaic_home.glob("trainer/runs/*/run.json")]
    assert {record["group"] for record in records} == {"first"} and len(records) == 4
    configs = [json.loads(f.read_text()) for f in mosaic_home.glob("trainer/runs/*/config.json")]
    assert sorted((c["learning_rate"], c["seed"], c["episodes"]) for c in configs) == [
        (0.01, 1, 2), (0.01, 2, 2), (0.1, 1, 2), (0.1, 2, 2),
    ]  # fmt: skip
    assert {run["labels"]["name"] for run in gym("runs", "--json").document} == {
        f"learning_rate={rate} seed={seed}" for rate in ("0.1", "0.01") for seed in (1, 2)
    }
    assert "Nothing waits in the queue" in gym("queue").out


def test_the_worst_end_is_the_exit_code(gym: Gym, demo: str) -> None:
    said = gym("run", demo, "--grid", "mode=work,fail", "--wait", "--json")
    assert said.code == 1
    assert [run["state"] for run in said.document["runs"]] == ["completed", "failed"]


def test_one_run_is_queued(gym: Gym, demo: str) -> None:
    gym("queue", "hold", "--reason", "not now")
    said = gym("run", demo, "--queue", "--name", "later", "--priority", "3")
    assert said.code == 0 and "The queue is held by" in said.out and "not now" in said.out
    (waiting,) = gym("queue", "--json").document["waiting"]
    assert (waiting["name"], waiting["priority"]) == ("later", 3)
    assert states(gym) == {waiting["run_id"]: "queued"}
    released = gym("queue", "release").out
    assert released.startswith("The queue goes on.") and "no process" not in released
    wait_until(lambda: set(states(gym).values()) == {"completed"})


def test_holding_moving_and_cancelling(gym: Gym, demo: str) -> None:
    gym("queue", "hold")
    document = gym("run", demo, "--seeds", "1-3", "--json").document
    first, second, third = (run["run_id"] for run in document["runs"])
    assert document["group"].startswith("demo-")

    def line() -> list[str]:
        return [entry["run_id"] for entry in gym("queue", "--json").document["waiting"]]

    assert line() == [first, second, third]
    shown = gym("queue").out
    assert "seed=1" in shown and "3 runs wait: held by" in shown and "at most 2 at a time" in shown
    assert gym("queue", "move", third, "top").code == 0
    assert gym("queue", "move", first, "down").code == 0
    assert line() == [third, second, first]
    assert gym("cancel", second).code == 0
    assert states(gym)[second] == "cancelled" and line() == [third, first]
    moved = gym("queue", "move", second, "up")
    assert moved.code == 7 and "does not wait in the queue" in moved.err
    started = gym("queue", "start", first)
    assert started.code == 0 and f"Run {first} started, out of turn." in started.out
    wait_until(lambda: states(gym)[first] == "completed")
    assert states(gym)[third] == "queued"
    assert gym("queue", "start", first).code == 7


def test_looking_starts_what_nobody_starts(gym: Gym, demo: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("gym_gui.commands.tending.ensure_runner", lambda queue: None)
        gym("run", demo, "--queue")
        assert "no process starts queued runs just now" in gym("queue").out
    gym("runs")
    wait_until(lambda: set(states(gym).values()) == {"completed"})


def test_a_dry_run_tells_how_many_and_creates_nothing(gym: Gym, demo: str, mosaic_home: Path) -> None:
    said = gym("run", demo, "--seeds", "1,2", "--grid", "layers=[64,64],[128]", "--dry-run")
    assert said.code == 0 and said.out.startswith("4 runs: 2 values of layers x 2 seeds")
    assert "layers=[64,64] seed=1" in said.out
    document = gym("run", demo, "--seeds", "1,2", "--dry-run", "--json").document
    assert document["count"] == 2 and [run["config"]["seed"] for run in document["runs"]] == [1, 2]
    assert not (mosaic_home / "trainer").exists()


def test_draws_are_the_same_for_the_same_seed(gym: Gym, demo: str) -> None:
    def drawn(*arguments: str) -> list[float]:
        sample = ("--sample", "learning_rate=loguniform:1e-4:1e-1")
        document = gym("run", demo, *sample, *arguments, "--dry-run", "--json").document
        return [run["config"]["learning_rate"] for run in document["runs"]]

    ten = drawn()
    assert len(set(ten)) == 10 and all(1e-4 <= value <= 1e-1 for value in ten)
    assert drawn("--samples", "3") == ten[:3] != drawn("--samples", "3", "--sample-seed", "1")


@pytest.mark.parametrize(
    ("arguments", "problems"),
    [
        (["--grid", "lr=1"], {"lr": "is not a field of this worker: did you mean 'learning_rate'?"}),
        (["--grid", "episodes=1,0"], {"episodes": "must be at least 1, got 0"}),
        (["--grid", "episodes"], {"--grid": "'episodes' names no field; write --grid key=..."}),
        (["--seeds", "5-1"], {"--seeds": "'5-1' ends before it begins; write 1-5"}),
        (
            ["--seeds", "1", "seed=2"],
            {"seed": "is given one value and varied as well; leave one of the two out"},
        ),
        (
            ["--grid", "episodes=1", "--grid", "episodes=2"],
            {"episodes": "is given twice with --grid; list all its values in one"},
        ),
        (
            ["--grid", "mode=work,fail", "--grid", "seed=12,13"],
            {"seed (mode=fail seed=13)": "seed must not be 13 when failing"},
        ),
        (["--sample", "episodes=normal:1:2"], None),
        (["--sample", "episodes=uniform:0:5"], {"episodes": "must be at least 1, got 0"}),
        (["--samples", "3"], {}),
    ],
)
def test_what_cannot_run_is_refused_before_anything_is_created(
    gym: Gym, demo: str, mosaic_home: Path, arguments: list[str], problems: dict[str, str] | None
) -> None:
    said = gym("run", demo, *arguments, "--json")
    assert said.code == 2, said
    if problems is not None:
        assert said.document["error"].get("problems", {}) == problems
    assert not (mosaic_home / "trainer").exists()


def test_very_many_runs_are_asked_about(gym: Gym, demo: str, mosaic_home: Path) -> None:
    said = gym("run", demo, "--seeds", "1-101")
    assert said.code == 2 and "Queue 101 runs? Nobody can be asked here" in said.err
    assert not (mosaic_home / "trainer").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["move"],
        ["move", "x"],
        ["hold", "x"],
        ["list", "x"],
        ["start", "x", "up"],
        ["--reason", "y"],
        ["sing"],
    ],
)
def test_wrong_usage(gym: Gym, arguments: list[str]) -> None:
    assert gym("queue", *arguments).code == 2


def test_a_run_that_is_not_there(gym: Gym) -> None:
    assert gym("queue", "move", "nothing", "up").code == 3
    assert gym("queue", "start", "nothing").code == 3
