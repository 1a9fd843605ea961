"""CleanRL's own scripts, and one as in a checkout: trained, evaluated, recorded, cancelled for real."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gym_gui.core.artifacts.wandb.finding import wandb_runs_below
from tests.workers.cleanrl.conftest import CHECKOUT, WorkerProcess, needs_cleanrl

pytestmark = needs_cleanrl()
Start = Callable[..., WorkerProcess]
# Its c51 makes spaces of gym, which the stable-baselines3 that dqn needs no longer takes.
OLD_BASELINES = Path(sys.prefix) / "stable-baselines3-1.2.0"


def test_ppo_learns_cartpole_and_its_losses_become_curves(start_worker: Start) -> None:
    worker = start_worker(algorithm="ppo", total_timesteps=25_000, seed=1)
    assert worker.wait() == 0, worker.stderr()
    results = worker.named("run_completed")[0]
    print(f"seed 1: {results}")
    assert results["return_mean_first_100"] < 50
    assert results["return_mean_last_100"] > 1.5 * results["return_mean_first_100"]
    beats = worker.named("heartbeat")
    steps = [beat["step"] for beat in beats]
    assert steps == sorted(steps)
    assert steps[-1] > 24_000
    assert {"losses/value_loss", "learning_rate"} <= set(beats[-1])
    assert worker.logged("LOG436") == 1
    assert worker.manifest["artifacts"]["tensorboard"] == {
        "log_dir": "tensorboard", "enabled": True, "port": None, "url": None
    }  # fmt: skip
    assert list(worker.run_dir.glob("tensorboard/*/events.out.tfevents.*"))


def test_dqn_saves_evaluates_and_records_and_its_model_is_evaluated_again(start_worker: Start) -> None:
    options = {"learning_starts": 500, "cuda": False}
    worker = start_worker(algorithm="dqn", total_timesteps=1500, save_model=True, script_args=options)
    assert worker.wait() == 0, worker.stderr()
    assert worker.manifest["artifacts"]["checkpoints"]["files"] == ["checkpoints/dqn.cleanrl_model"]
    assert worker.named("run_completed")[0]["eval_episodes"] == 10
    videos = worker.manifest["metadata"]["videos"]
    assert videos
    assert all((worker.run_dir / name).stat().st_size > 1000 for name in videos)
    assert not [path for path in worker.run_dir.rglob("*") if path.is_symlink()]
    again = start_worker(
        algorithm="dqn",
        mode="evaluate",
        checkpoint="run-0/checkpoints/dqn.cleanrl_model",
        eval_episodes=2,
        capture_video=True,
    )
    assert again.wait() == 0, again.stderr()
    assert again.named("run_completed")[0]["eval_episodes"] == 2
    assert again.manifest["metadata"]["videos"][0].startswith("videos/evaluation/")
    assert [again.logged(code) for code in ("LOG442", "LOG444", "LOG445")] == [1, 1, 1]


def test_a_model_with_code_in_it_is_not_run(start_worker: Start, tmp_path: Path) -> None:
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (tmp_path / "ran",))

    model = tmp_path / "evil.cleanrl_model"
    model.write_bytes(pickle.dumps(Evil()))
    worker = start_worker(algorithm="dqn", mode="evaluate", checkpoint=str(model))
    assert worker.wait() == 1
    assert not (tmp_path / "ran").exists()


def test_c51_runs_with_the_baselines_it_was_written_for(start_worker: Start) -> None:
    refused = start_worker("--dry-run", algorithm="c51")
    assert refused.wait() == 2
    assert "stable-baselines3==1.2.0" in refused.stderr()
    worker = start_worker(
        algorithm="c51",
        total_timesteps=1200,
        python_path=[str(OLD_BASELINES)],
        script_args={"learning_starts": 500},
    )
    assert worker.wait() == 0, worker.stderr()
    assert worker.named("run_completed")[0]["episodes"] > 10


def test_continuous_ppo_runs_pendulum(start_worker: Start) -> None:
    worker = start_worker(algorithm="ppo_continuous_action", env_id="Pendulum-v1", total_timesteps=4096)
    assert worker.wait() == 0, worker.stderr()
    assert -2000 < worker.named("run_completed")[0]["return_mean_last_100"] < -200


def test_a_checkout_of_the_tyro_generation_trains_and_evaluates(start_worker: Start) -> None:
    options = {"hidden": [16, 16], "cuda": False, "optimizer": "adam"}
    fields: dict[str, Any] = {"script": str(CHECKOUT), "algorithm": "reinforce"}
    worker = start_worker(**fields, total_timesteps=4000, save_model=True, script_args=options)
    # Its evaluation makes an agent of the default size, and fails: after the model was saved.
    assert worker.wait() == 1, worker.stderr()
    assert "the checkout's own modules are found" in worker.stdout()
    assert worker.named("run_failed")[0]["error_type"] == "RuntimeError"
    assert worker.manifest["artifacts"]["checkpoints"]["files"] == ["checkpoints/reinforce.cleanrl_model"]
    good = start_worker(**fields, total_timesteps=12_000, save_model=True, seed=2)
    assert good.wait() == 0, good.stderr()
    results = good.named("run_completed")[0]
    print(f"seed 2: {results}")
    assert results["return_mean_last_100"] > results["return_mean_first_100"]
    assert results["eval_episodes"] == 2


def test_wandb_is_kept_in_the_run_directory_offline(start_worker: Start) -> None:
    worker = start_worker(algorithm="ppo", total_timesteps=1200, track=True)
    assert worker.wait() == 0, worker.stderr()
    (folder,) = wandb_runs_below(worker.run_dir)
    assert folder.name.startswith("offline-run-")
    named = worker.manifest["artifacts"]["wandb"]
    assert named["enabled"]
    assert folder.name.endswith(named["run_id"])
    assert worker.logged("LOG437") == 1
    links = [path for path in folder.rglob("*tfevents*") if path.is_symlink()]
    assert all(path.exists() for path in links)


def test_a_cancelled_training_keeps_its_curves(start_worker: Start) -> None:
    worker = start_worker(algorithm="ppo", total_timesteps=10_000_000)
    worker.wait_until(lambda: any(beat.get("losses/value_loss") for beat in worker.named("heartbeat")))
    worker.process.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 130, worker.stderr()
    assert worker.named("run_cancelled")[0]["steps"] > 0
    assert worker.manifest["metadata"]["status"] == "cancelled"
    assert worker.manifest["artifacts"]["tensorboard"]["enabled"]


def test_check_worker_passes() -> None:
    command = [
        sys.executable,
        "-m",
        "gym_gui.cli",
        "check-worker",
        "cleanrl",
        "--set",
        "total_timesteps=1000",
    ]
    done = subprocess.run(
        [*command, "--long", "total_timesteps=10000000"],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
