"""Trainings for real: each algorithm, a curve that goes on, several agents, a cluster that is joined."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

from tests.workers.ray.helpers import HERE, needs_ray, run_worker

pytestmark = needs_ray


def test_a_training_says_logs_and_keeps_what_it_did_and_another_goes_on_from_it() -> None:
    tracked = importlib.util.find_spec("wandb") is not None
    first = run_worker("first", wandb=tracked)
    assert first.code == 0, first.stderr
    beats = first.named("heartbeat")
    assert [beat["step"] for beat in beats] == [500, 1000]
    assert all(beat["total_steps"] == 1000 and beat["episode_return_mean"] > 0 for beat in beats)
    assert first.events[-1]["event"] == "run_completed"
    said = {f"LOG{number}" for number in (446, 447, 449, 450, 453, 454, 455, 457, 459, 460, 462)}
    assert said <= first.codes
    assert ("LOG458" in first.codes) == tracked
    artifacts = first.manifest["artifacts"]
    assert artifacts["checkpoints"]["final_checkpoint"] == "checkpoints/final"
    assert list((first.run_dir / "tensorboard").glob("events.out.tfevents.*"))
    assert (list((first.run_dir / "wandb").glob("offline-run-*")) != []) == tracked
    assert first.manifest["metadata"]["status"] == "completed"

    rest = run_worker("rest", total_timesteps=1500, resume_from="first/checkpoints/final")
    assert rest.code == 0, rest.stderr
    assert "LOG456" in rest.codes
    assert rest.named("checkpoint_loaded")[0]["step"] == 1000
    assert [(beat["step"], beat["iteration"]) for beat in rest.named("heartbeat")] == [(1500, 3)]

    other = run_worker("other", "--dry-run", algorithm="DQN", resume_from="first/checkpoints/final")
    assert other.code == 2
    assert "resume_from" in other.stderr and "was made with PPO" in other.stderr
    assert not other.run_dir.exists()


@pytest.mark.parametrize(
    ("algorithm", "env_id", "steps"),
    [
        ("DQN", "CartPole-v1", 1000),
        ("SAC", "Pendulum-v1", 200),
        ("IMPALA", "CartPole-v1", 500),
        ("APPO", "CartPole-v1", 500),
    ],
)
def test_every_algorithm_trains(algorithm: str, env_id: str, steps: int) -> None:
    run = run_worker(
        "run",
        algorithm=algorithm,
        env_id=env_id,
        total_timesteps=steps,
        algorithm_options={},
        train_batch_size=32 if algorithm in ("DQN", "SAC") else None,
    )
    assert run.code == 0, run.stderr
    assert run.named("run_completed")[0]["steps"] >= steps
    assert run.named("checkpoint_saved")[-1]["path"] == "checkpoints/final"


def test_ppo_learns_to_balance() -> None:
    run = run_worker(
        "run",
        total_timesteps=10_000,
        train_batch_size=1000,
        learning_rate=1e-3,
        algorithm_options={"num_epochs": 10},
        checkpoint_every=0,
    )
    assert run.code == 0, run.stderr
    curve = [beat["episode_return_mean"] for beat in run.named("heartbeat")]
    assert curve[-1] > 3 * curve[0], curve


def test_two_agents_learn() -> None:
    if importlib.util.find_spec("pettingzoo") is None:
        pytest.skip("PettingZoo is not installed")
    run = run_worker(
        "run",
        env_source="pettingzoo",
        env_id="matching_bits",
        env_options={"rounds": 5},
        policy_sharing="independent",
        total_timesteps=4000,
        learning_rate=0.01,
        algorithm_options={"num_epochs": 8},
        environment={"PYTHONPATH": str(HERE / "environments")},
    )
    assert run.code == 0, run.stderr
    beats = run.named("heartbeat")
    assert set(beats[-1]["agents"]) == {"left", "right"}
    assert beats[-1]["episode_return_mean"] > beats[0]["episode_return_mean"] + 2  # 5 by chance, 10 at best


def test_what_cannot_run_is_said_before_a_cluster_starts() -> None:
    checked = run_worker("checked", "--dry-run", env_id="NoSuchEnv-v0", num_env_runners=1000, address=None)
    assert checked.code == 2
    assert "env_id: NoSuchEnv-v0" in checked.stderr
    assert "num_env_runners" in checked.stderr
    assert not checked.run_dir.exists()
    failed = run_worker("failed", algorithm_options={"no_such_option": 1})
    assert failed.code == 1
    assert "no_such_option" in failed.named("run_failed")[0]["error"]
    assert "LOG448" in failed.codes
    assert "LOG449" not in failed.codes
    assert failed.manifest["metadata"]["status"] == "failed"
    away = run_worker("away", "--dry-run", address="127.0.0.1:1")
    assert away.code == 2
    assert "127.0.0.1:1 does not answer" in away.stderr


def test_a_cluster_that_is_joined_goes_on() -> None:
    from gym_gui.workers.ray import scratch

    token = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0123456789abcdef" * 4}
    with scratch.session_directory() as session:
        script = (
            "import ray, sys\n"
            f"ray.init(address='local', num_cpus=2, include_dashboard=False, _temp_dir={str(session)!r}, "
            "object_store_memory=100 * 2**20, log_to_driver=False)\n"
            "print(ray.get_runtime_context().gcs_address, flush=True)\n"
            "sys.stdin.readline()\n"
            "print(len(ray.nodes()), flush=True)\n"
            "ray.shutdown()\n"
        )
        head = subprocess.Popen(
            [sys.executable, "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **token, "RAY_USAGE_STATS_ENABLED": "0"},
        )
        assert head.stdin is not None and head.stdout is not None
        try:
            address = head.stdout.readline().strip()
            run = run_worker("run", address=address, environment=token)
            assert run.code == 0, run.stderr
            assert run.named("run_completed")[0]["cluster"]["own"] is False
            assert "LOG450" in run.codes
            head.stdin.write("\n")
            head.stdin.flush()
            assert head.stdout.readline().strip() == "1"  # it still answers
        finally:
            head.stdin.close()
            head.wait(60)
            head.stdout.close()
