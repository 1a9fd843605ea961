"""`gym-gui run --script`: a file that knows nothing of this project is a worker too."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.observe import watch_state
from tests.cli.conftest import Gym

SCRIPT = """
import json, sys
print("settings", sys.argv[1:])
def say(event, **payload):
    print(json.dumps({"event": event, "run_id": "mine", "timestamp": 1000.0, "payload": payload}))
say("run_started")
for step in range(1, 4):
    say("heartbeat", step=step, total_steps=3, return_mean=0.5 * step)
print(open("here.txt").read())
if "--fail" in sys.argv:
    raise SystemExit(3)
say("run_completed")
"""


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "my train.py"
    file.write_text(SCRIPT)
    (tmp_path / "here.txt").write_text("found where I stand")
    monkeypatch.chdir(tmp_path)
    return file


def test_its_lines_are_events_and_its_arguments_arrive(gym: Gym, script: Path) -> None:
    said = gym("run", "--script", script.name, "--wait", "--name", "plain", "--", "--lr", "0.1", "a=b")
    assert said.code == 0, said.err
    store = RunStore(runs_root())
    (run_id,) = store.run_ids()
    run = store.open(run_id)
    summary = watch_state(run)
    assert (summary.record.worker_id, summary.record.worker_type) == ("my-train", "script")  # type: ignore[union-attr]
    assert summary.record.argv == (sys.executable, str(script), "--lr", "0.1", "a=b")  # type: ignore[union-attr]
    assert list(summary.returns)[-1] == 1.5
    output = run.stdout_file.read_text()
    assert "settings ['--lr', '0.1', 'a=b']" in output
    assert "found where I stand" in output
    assert json.loads(run.config_file.read_text())["arguments"] == ["--lr", "0.1", "a=b"]


def test_a_script_that_gives_telemetry_alone_completes(gym: Gym, script: Path) -> None:
    script.write_text("""print('{"type": "episode", "episode": 1, "return": 2.5}')""")
    assert gym("run", "--script", str(script), "--wait").code == 0


def test_a_script_that_fails_is_a_failed_run(gym: Gym, script: Path) -> None:
    assert gym("run", "--script", str(script), "--wait", "--", "--fail").code == 1


def test_a_dry_run_starts_nothing(gym: Gym, script: Path) -> None:
    said = gym("run", "--script", str(script), "--dry-run", "--json", "--", "x")
    assert said.document["argv"] == [sys.executable, str(script), "x"]
    assert not runs_root().exists()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("run",), "name a worker, or a file with --script"),
        (("run", "--script", "nowhere.py"), "there is no such file"),
        (("run", "--script", "my train.py", "--seeds", "1..3"), "a script takes no --seeds"),
        (("run", "--script", "my train.py", "--python", "/nowhere/python", "--wait"), ""),
    ],
)
def test_what_cannot_be_run_says_why(gym: Gym, script: Path, arguments: tuple[str, ...], reason: str) -> None:
    said = gym(*arguments)
    assert said.code != 0
    assert reason in said.err
