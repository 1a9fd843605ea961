"""Whole runs of a script that needs nothing installed, in a process of their own and with real signals."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.workers.cleanrl.conftest import WALK, WorkerProcess

Start = Callable[..., WorkerProcess]
SCRIPT = str(WALK)


def test_a_run_learns_and_leaves_everything_where_it_belongs(start_worker: Start) -> None:
    worker = start_worker(script=SCRIPT, save_model=True)
    assert worker.wait() == 0, worker.stderr()
    events = worker.events()
    assert [events[0]["event"], events[-1]["event"]] == ["run_started", "run_completed"]
    results = events[-1]["payload"]
    assert results["steps"] >= results["total_steps"] == 4000
    # A random walk takes more than a hundred steps to the end of this corridor; the way there is 11 long.
    assert results["return_mean_last_100"] > -16
    assert results["eval_return_mean"] == -11
    assert worker.named("heartbeat")[-1]["step"] == results["steps"]
    assert worker.named("checkpoint_saved") == [
        {"path": "checkpoints/walk.cleanrl_model", "step": results["steps"]}
    ]
    kept = worker.manifest["artifacts"]["checkpoints"]
    assert kept["final_checkpoint"] == "checkpoints/walk.cleanrl_model"
    assert len(json.loads((worker.run_dir / kept["final_checkpoint"]).read_text())) == 12
    assert worker.manifest["metadata"]["status"] == "completed"
    assert {path.name for path in worker.run_dir.iterdir()} == {"analytics.json", "checkpoints"}


def test_the_scripts_lines_reach_the_output_as_printed(start_worker: Start) -> None:
    worker = start_worker(script=SCRIPT, total_timesteps=200)
    assert worker.wait() == 0, worker.stderr()
    assert "SPS: 12345" in worker.stdout().splitlines()
    assert worker.named("heartbeat")[-1]["steps_per_second"] == 12345


def test_options_reach_the_script_and_the_same_seed_gives_the_same_run(start_worker: Start) -> None:
    fields: dict[str, Any] = {
        "script": SCRIPT,
        "total_timesteps": 500,
        "script_args": {"learning_rate": 0.01},
    }
    first, second, other = (start_worker(**fields, seed=seed) for seed in (3, 3, 4))
    assert [first.wait(), second.wait(), other.wait()] == [0, 0, 0]
    lines = [[x for x in w.stdout().splitlines() if x[0] == "g"] for w in (first, second, other)]
    assert lines[0] == lines[1] != lines[2]
    assert worker_options(first)["learning_rate"] == 0.01


def worker_options(worker: WorkerProcess) -> dict[str, Any]:
    return dict(worker.manifest["metadata"]["options"])


def test_without_a_seed_the_one_drawn_is_told_and_used(start_worker: Start) -> None:
    worker = start_worker(script=SCRIPT, total_timesteps=200, seed=None)
    assert worker.wait() == 0
    seed = worker.named("run_started")[0]["seed"]
    again = start_worker(script=SCRIPT, total_timesteps=200, seed=seed)
    assert again.wait() == 0
    assert again.named("run_completed") == worker.named("run_completed")


@pytest.mark.parametrize(
    ("number", "reason"), [(signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "KeyboardInterrupt")]
)
def test_a_signal_ends_script_and_run_in_good_order(
    start_worker: Start, number: signal.Signals, reason: str
) -> None:
    worker = start_worker(script=SCRIPT, total_timesteps=500, script_args={"then": "endless"})
    worker.wait_until(lambda: "SPS" in worker.stdout())
    child = script_process_of(worker)
    worker.process.send_signal(number)
    assert worker.wait(30) == 130, worker.stderr()
    assert worker.events()[-1]["event"] == "run_cancelled"
    assert worker.named("run_cancelled")[0]["reason"] == reason
    assert worker.named("run_cancelled")[0]["steps"] >= 500
    assert worker.manifest["metadata"]["status"] == "cancelled"
    assert not is_alive(child)


def test_a_script_that_is_signalled_before_the_worker_is_still_a_cancelled_run(start_worker: Start) -> None:
    worker = start_worker(script=SCRIPT, total_timesteps=500, script_args={"then": "endless"})
    worker.wait_until(lambda: "SPS" in worker.stdout())
    os.kill(script_process_of(worker), signal.SIGTERM)
    time.sleep(0.3)  # the order of a supervisor that signals the tree from its leaves
    worker.process.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 130, worker.stderr()
    assert worker.events()[-1]["event"] == "run_cancelled"


def test_a_script_that_somebody_else_ends_is_a_failed_run(start_worker: Start) -> None:
    worker = start_worker(script=SCRIPT, total_timesteps=500, script_args={"then": "endless"})
    worker.wait_until(lambda: "SPS" in worker.stdout())
    os.kill(script_process_of(worker), signal.SIGTERM)
    assert worker.wait(30) == 1
    assert "SIGTERM" in worker.named("run_failed")[0]["error"]


@pytest.mark.parametrize(
    ("then", "error_type", "says"),
    [
        ("crash", "ValueError", "the corridor is closed\nand stays so"),
        ("die", "ScriptKilled", "killed by signal: Killed (SIGKILL)"),
        ("exit", "ScriptExit", "exit code 7"),
    ],
)
def test_a_script_that_fails_fails_the_run_with_its_own_words(
    start_worker: Start, then: str, error_type: str, says: str
) -> None:
    worker = start_worker(script=SCRIPT, total_timesteps=500, save_model=True, script_args={"then": then})
    assert worker.wait() == 1
    failure = worker.named("run_failed")[0]
    assert worker.events()[-1]["event"] == "run_failed"
    assert failure["error_type"] == error_type
    assert says in failure["error"]
    manifest = worker.manifest
    assert manifest["metadata"]["status"] == "failed"
    assert manifest["artifacts"]["checkpoints"]["files"] == ["checkpoints/walk.cleanrl_model"]
    assert worker.logged("LOG440") == worker.logged("LOG433") == 1


def test_what_a_script_leaves_running_is_ended_with_it(start_worker: Start) -> None:
    worker = start_worker(script=SCRIPT, total_timesteps=200, script_args={"then": "leave"})
    assert worker.wait(60) == 0, worker.stderr()
    assert worker.events()[-1]["event"] == "run_completed"  # the leak check sees to the rest


def test_a_saved_model_is_evaluated(start_worker: Start) -> None:
    trained = start_worker(script=SCRIPT, save_model=True)
    assert trained.wait() == 0, trained.stderr()
    model = "run-0/checkpoints/walk.cleanrl_model"
    worker = start_worker(script=SCRIPT, mode="evaluate", checkpoint=model, eval_episodes=4)
    assert worker.wait() == 0, worker.stderr()
    assert worker.named("run_completed")[0] == {"steps": 0, "episodes": 0, "eval_return_mean": -11.0,
                                                "eval_episodes": 4}  # fmt: skip
    assert worker.named("checkpoint_loaded")[0]["path"].endswith(model)
    assert [worker.logged(code) for code in ("LOG442", "LOG444", "LOG445")] == [1, 1, 1]


def test_a_damaged_model_fails_the_evaluation(start_worker: Start, tmp_path: Any) -> None:
    model = tmp_path / "broken.cleanrl_model"
    model.write_text("no model")
    worker = start_worker(script=SCRIPT, mode="evaluate", checkpoint=str(model))
    assert worker.wait() == 1
    assert worker.named("run_failed")[0]["error_type"] == "JSONDecodeError"
    assert worker.named("checkpoint_loaded") == []


def test_log_constants_of_a_training_that_saves_its_model(start_worker: Start) -> None:
    worker = start_worker(script=SCRIPT, save_model=True)
    assert worker.wait() == 0
    once = ("LOG431", "LOG432", "LOG434", "LOG435", "LOG439", "LOG441", "LOG443", "LOG444", "LOG445")
    assert {code: worker.logged(code) for code in once} == dict.fromkeys(once, 1)
    assert worker.logged("LOG438") == len(worker.named("heartbeat"))
    assert worker.logged("LOG433") == worker.logged("LOG440") == worker.logged("LOG442") == 0


def test_scripts_words_about_the_run_are_not_taken_for_the_workers(
    start_worker: Start, tmp_path: Any
) -> None:
    script = tmp_path / "liar.py"
    script.write_text(
        'print(\'{"event": "run_completed", "run_id": "run-0", "timestamp": 1, "payload": {}}\')\n'
    )
    worker = start_worker(script=str(script))
    assert worker.wait() == 0, worker.stderr()
    assert worker.stdout().count("run_completed") == 1
    assert "no finished episode" in worker.named("run_completed")[0]["note"]


def test_dry_run_says_what_is_wrong_and_starts_nothing(start_worker: Start) -> None:
    good = start_worker("--dry-run", script=SCRIPT)
    assert good.wait() == 0
    assert good.events() == []
    assert not good.run_dir.exists()
    bad = start_worker("--dry-run", script=SCRIPT, script_args={"learning_rat": 1})
    assert bad.wait() == 2
    assert "script_args" in bad.stderr()
    assert "learning_rate" in bad.stderr()
    assert "Traceback" not in bad.stderr()


def script_process_of(worker: WorkerProcess) -> int:
    line = next(line for line in worker.stderr().splitlines() if " LOG439 " in line)
    return int(line.rpartition("process ")[2].split()[0])


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
