"""The worker as the supervisor and people start it: a process of its own, with real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from gym_gui.config.paths import get_run_dir
from gym_gui.workers.tabular.checkpoint import load_checkpoint
from tests.tabular.conftest import WorkerProcess

Start = Callable[..., WorkerProcess]
ENDLESS = {"episodes": 50_000_000, "seed": 1, "heartbeat_interval_s": 0.05, "checkpoint_every": 0}


def test_a_run_prints_events_only_and_exits_with_0(start_worker: Start) -> None:
    worker = start_worker(episodes=300, seed=1, eval_episodes=5)
    assert worker.wait() == 0, worker.stderr()
    events = worker.events()
    assert len(events) == len(worker.stdout().splitlines())  # pygame's greeting would be one line more
    assert events[-1]["event"] == "run_completed"
    run_dir = get_run_dir("run-0")
    assert (run_dir / "plots/values.png").is_file()
    assert (run_dir / "videos/episode.gif").is_file()
    assert json.loads((run_dir / "analytics.json").read_text())["metadata"]["status"] == "completed"


@pytest.mark.parametrize(
    ("number", "reason"), [(signal.SIGTERM, "SIGTERM"), (signal.SIGINT, "KeyboardInterrupt")]
)
def test_a_signal_ends_the_run_with_checkpoint_manifest_and_event(
    start_worker: Start, number: signal.Signals, reason: str
) -> None:
    worker = start_worker(**ENDLESS)
    worker.wait_for_event("heartbeat", 3)
    asked = time.time()
    worker.process.send_signal(number)
    assert worker.wait(30) == 130, worker.stderr()
    last = worker.events()[-1]
    assert last["event"] == "run_cancelled"
    assert last["payload"]["reason"] == reason
    # Not a measure of speed: a supervisor kills after 30 s, and a run that only notices then has failed.
    assert last["timestamp"] - asked < 10
    run_dir = get_run_dir("run-0")
    checkpoint = load_checkpoint(run_dir / "checkpoints/final.npz")
    assert checkpoint.state.episode == last["payload"]["episodes"] > 0
    manifest = json.loads((run_dir / "analytics.json").read_text())
    assert manifest["metadata"]["status"] == "cancelled"
    assert manifest["artifacts"]["checkpoints"]["final_checkpoint"] == "checkpoints/final.npz"


def test_a_cancelled_run_goes_on_exactly_where_it_stopped(start_worker: Start) -> None:
    fields = {**ENDLESS, "episodes": 6000, "slippery": True, "eval_every": 0, "eval_episodes": 0}
    whole = start_worker(**fields)
    cut = start_worker(**fields)
    cut.wait_for_event("heartbeat", 2)
    cut.terminate()
    assert cut.wait() == 130, cut.stderr()
    stopped_at = load_checkpoint(get_run_dir("run-1") / "checkpoints/final.npz").state.episode
    assert 0 < stopped_at < 6000
    rest = start_worker(**fields, resume_from="run-1/checkpoints/final.npz")
    assert rest.wait() == whole.wait() == 0, rest.stderr()
    one, other = (load_checkpoint(get_run_dir(name) / "checkpoints/final.npz") for name in ("run-0", "run-2"))
    assert one.state == other.state
    assert one.values.tobytes() == other.values.tobytes()
    assert one.agent_random.tobytes() == other.agent_random.tobytes()


def test_a_failed_run_exits_with_1_and_says_why(start_worker: Start) -> None:
    worker = start_worker(env_id="CartPole-v1")
    assert worker.wait() == 1
    assert worker.events()[-1]["event"] == "run_failed"
    assert "env_id: CartPole-v1 has observations of Box" in worker.stderr()


def test_a_wrong_config_exits_with_2_and_names_the_field(start_worker: Start) -> None:
    worker = start_worker(learning_rate=7)
    assert worker.wait() == 2
    assert "learning_rate" in worker.stderr()
    assert worker.stdout() == ""


def test_without_its_requirements_it_says_what_to_install(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['pydantic'] = None;"
        "from gym_gui.workers.tabular.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False
    )
    assert done.returncode == 3
    assert "pydantic is not installed" in done.stderr
    assert "mosaic-panel[tabular]" in done.stderr


def test_the_console_script_is_installed_and_checks_a_config(tmp_path: Path) -> None:
    config_file = tmp_path / "config.json"
    config_file.write_text(json.dumps({"run_id": "dry"}))
    script = Path(sys.executable).with_name("tabular-worker" + (".exe" if os.name == "nt" else ""))
    done = subprocess.run(
        [str(script), "--config", str(config_file), "--dry-run"],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["config"]["environment"] == "FrozenLake8x8"
    assert not get_run_dir("dry").exists()
