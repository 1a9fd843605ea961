"""Runs in this process: their events, their scalars, their manifest, and how they fail."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gym_gui.config.paths import get_run_dir
from gym_gui.core.worker import WorkerAnalyticsManifest, WorkerRuntime
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.runtime import TabularRuntime
from tests.tabular.conftest import Outcome, config, events_in, scalars_of

Run = Callable[[TabularConfig], Outcome]
TAGS = {"rollout/return", "rollout/length", "rollout/return_mean_100", "train/epsilon", "train/td_error"}


def assert_manifest_is_true(run_dir: Path) -> WorkerAnalyticsManifest:
    """The manifest, every path of which exists, and which misses no file."""
    manifest = WorkerAnalyticsManifest.load(run_dir / "analytics.json")
    named = {manifest.resolve(run_dir, path.stated) for path in manifest.artifact_paths(run_dir)}
    assert named
    missing = [path for path in named if not path.exists()]
    assert not missing
    directories = {path for path in named if path.is_dir()}
    for file in run_dir.rglob("*"):
        if file.is_file() and file.name != "analytics.json":
            assert file in named or file.parent in directories, file
    return manifest


def test_the_runtime_satisfies_the_protocol() -> None:
    assert isinstance(TabularRuntime(config()), WorkerRuntime)


def test_events_tell_the_run_from_start_to_end(run: Run) -> None:
    outcome = run(config(episodes=400, eval_every=100, checkpoint_every=150, heartbeat_interval_s=0.05))
    names = [event["event"] for event in outcome.events]
    assert names[0] == "run_started"
    assert names[-1] == "run_completed"
    assert {event["run_id"] for event in outcome.events} == {"run"}
    (started,) = outcome.named("run_started")
    assert started == {
        "worker_type": "tabular", "algorithm": "q_learning", "env_id": "FrozenLake8x8-v1", "seed": 7,
        "total_episodes": 400,
    }  # fmt: skip
    assert outcome.named("run_completed") == [outcome.results]
    assert outcome.results["episodes"] == 400


def test_heartbeats_carry_true_and_growing_progress(run: Run) -> None:
    beats = run(config(episodes=3000, heartbeat_interval_s=0.05)).named("heartbeat")
    assert len(beats) > 2
    assert beats[-1]["episode"] == beats[-1]["total_episodes"] == 3000
    assert beats[-1]["epsilon"] == 0.0
    for name in ("episode", "step", "elapsed_s"):
        values = [beat[name] for beat in beats]
        assert values == sorted(values)
    assert {"return_mean", "episode_return", "episode_length", "td_error", "steps_per_second"} <= set(
        beats[-1]
    )
    assert beats[-1]["eval_return_mean"] == 1.0


def test_checkpoint_events_name_files_inside_the_run(run: Run) -> None:
    outcome = run(config(episodes=400, eval_every=100, checkpoint_every=100, checkpoints_to_keep=9))
    saved = outcome.named("checkpoint_saved")
    assert [
        (event["path"], event["episode"]) for event in saved if event["path"].startswith("checkpoints/ep")
    ] == [(f"checkpoints/episode_{number:09d}.npz", number) for number in (100, 200, 300)]
    assert all((outcome.run_dir / event["path"]).is_file() for event in saved)
    assert saved[-1]["path"] == "checkpoints/final.npz"
    best = [event for event in saved if event["path"] == "checkpoints/best.npz"]
    assert best
    assert all(event["is_best"] for event in best)


def test_scalars_have_the_standard_names_and_one_step_axis(run: Run) -> None:
    outcome = run(config(episodes=100, scalar_every=20, eval_every=50))
    curves = scalars_of(outcome.run_dir)
    assert set(curves) == {*TAGS, "eval/return_mean"}
    steps = [step for step, _ in curves["rollout/return"]]
    assert steps == sorted(steps)
    assert {tag: len(curve) for tag, curve in curves.items()} == {
        **dict.fromkeys(TAGS, 5),
        "eval/return_mean": 2,
    }
    assert steps[-1] == outcome.results["steps"]
    assert curves["train/epsilon"][0][1] > curves["train/epsilon"][-1][1] == 0.0


def test_the_manifest_names_all_there_is_and_nothing_else(run: Run) -> None:
    outcome = run(
        config(episodes=400, checkpoint_every=50, save_plot=True, record_clip=True, max_episode_steps=40)
    )
    manifest = assert_manifest_is_true(outcome.run_dir)
    checkpoints = manifest.artifacts.checkpoints
    assert checkpoints is not None
    assert checkpoints.best_checkpoint == "checkpoints/best.npz"
    assert checkpoints.final_checkpoint == "checkpoints/final.npz"
    assert len(checkpoints.files) == 5
    assert manifest.metadata["status"] == "completed"
    assert manifest.metadata["plots"] == ["plots/values.png"]
    assert manifest.metadata["videos"] == ["videos/episode.gif"]
    assert manifest.metadata["return_mean_last_100"] == outcome.results["return_mean_last_100"]


def test_without_evaluation_nothing_is_called_best(run: Run) -> None:
    outcome = run(config(eval_episodes=0))
    manifest = assert_manifest_is_true(outcome.run_dir)
    assert manifest.artifacts.checkpoints is not None
    assert manifest.artifacts.checkpoints.best_checkpoint is None
    assert not any(event["is_best"] for event in outcome.named("checkpoint_saved"))


def test_a_single_episode_is_a_run(run: Run) -> None:
    outcome = run(config(episodes=1, save_plot=True, record_clip=True, max_episode_steps=40))
    assert outcome.results["episodes"] == 1
    assert outcome.results["solved"] is False
    assert_manifest_is_true(outcome.run_dir)


def failed(
    settings: TabularConfig, capsys: pytest.CaptureFixture[str], kind: type[Exception]
) -> list[dict[str, Any]]:
    """Events of a run that fails with the error."""
    capsys.readouterr()
    with pytest.raises(kind):
        TabularRuntime(settings).run()
    return events_in(capsys.readouterr().out)


def test_an_unsuitable_environment_fails_the_run_with_a_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    events = failed(config(env_id="CartPole-v1"), capsys, ValueError)
    assert [event["event"] for event in events] == ["run_started", "run_failed"]
    assert events[-1]["payload"]["error"].startswith("env_id: CartPole-v1 has observations of Box")
    assert events[-1]["payload"]["error_type"] == "UnsuitableEnvironmentError"
    manifest = WorkerAnalyticsManifest.load(get_run_dir("run") / "analytics.json")
    assert manifest.metadata["status"] == "failed"
    assert manifest.artifacts.checkpoints is None
    assert manifest.artifacts.tensorboard is None


def test_a_failure_half_way_keeps_what_there_is(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv

    whole = FrozenLakeEnv.step
    steps = 0

    def breaks(self: FrozenLakeEnv, action: int) -> Any:
        nonlocal steps
        steps += 1
        if steps == 3000:
            raise RuntimeError("the ice gave way")
        return whole(self, action)

    monkeypatch.setattr(FrozenLakeEnv, "step", breaks)
    events = failed(config(episodes=5000, checkpoint_every=20), capsys, RuntimeError)
    assert events[-1]["event"] == "run_failed"
    assert events[-1]["payload"]["error"] == "the ice gave way"
    manifest = assert_manifest_is_true(get_run_dir("run"))
    assert manifest.metadata["status"] == "failed"
    assert manifest.artifacts.checkpoints is not None
    assert len([name for name in manifest.artifacts.checkpoints.files if "episode_" in name]) == 3
    assert manifest.artifacts.checkpoints.final_checkpoint is None
    assert manifest.artifacts.tensorboard is not None


def test_a_reward_that_is_not_finite_fails_the_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gymnasium.envs.toy_text.frozen_lake import FrozenLakeEnv

    monkeypatch.setattr(FrozenLakeEnv, "step", lambda *_: (0, float("nan"), True, False, {}))
    events = failed(config(), capsys, RuntimeError)
    assert "gave a reward that is not finite in episode 1" in events[-1]["payload"]["error"]


def test_a_directory_in_the_way_fails_the_run_with_a_manifest(capsys: pytest.CaptureFixture[str]) -> None:
    get_run_dir("run", create=True).joinpath("checkpoints").write_text("in the way")
    events = failed(config(), capsys, FileExistsError)
    assert events[-1]["event"] == "run_failed"
    assert "checkpoints" in events[-1]["payload"]["error"]
    assert json.loads((get_run_dir("run") / "analytics.json").read_text())["metadata"]["status"] == "failed"


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX")
def test_a_run_that_cannot_even_write_its_manifest_still_says_that_it_failed(
    capsys: pytest.CaptureFixture[str], mosaic_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mosaic_home.parent.mkdir(exist_ok=True)
    mosaic_home.write_text("no directory")
    events = failed(config(), capsys, OSError)
    assert [event["event"] for event in events] == ["run_started", "run_failed"]
    assert any(getattr(record, "log_code", "") == "LOG2014" for record in caplog.records)


def test_lifecycle_events_are_logged_with_their_constants(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="gym_gui.workers.tabular"):
        run(config(episodes=50, save_plot=True))
    codes = {getattr(record, "log_code", "") for record in caplog.records}
    assert {"LOG2001", "LOG2002", "LOG2005", "LOG2006", "LOG2008", "LOG2009", "LOG2013"} <= codes
    started = next(record for record in caplog.records if getattr(record, "log_code", "") == "LOG2001")
    assert (started.component, started.subcomponent) == ("Worker", "TabularRuntime")  # type: ignore[attr-defined]
