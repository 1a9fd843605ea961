"""Whole runs in a process of their own: events, telemetry, manifest, budget, resuming, cancelling."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from gym_gui.config.paths import get_run_dir
from tests.workers.barlog.helpers import KEY, KEY_VARIABLE, asking, command, environment, run_worker
from tests.workers.barlog.server import Answer, failed, said, serving

pytest.importorskip("openai", reason="needs the extra barlog")
pytest.importorskip("minigrid", reason="needs the extra barlog")

FAMILY = {f"LOG{code}" for code in range(1001, 1016)}


def codes_in(text: str) -> set[str]:
    return set(re.findall(r"\bLOG\d{3,4}\b", text))


def everything_written(directory: Path) -> bytes:
    return b"".join(path.read_bytes() for path in directory.rglob("*") if path.is_file())


def first_action(request: dict[str, Any]) -> Answer:
    """What a model that always turns left says."""
    return said("turn left" if request["messages"] else "")


def test_chance_plays_and_everything_is_told(tmp_path: Path) -> None:
    ran = run_worker(tmp_path, environment="babyai/GoToLocal, crafter", episodes_per_task=2, max_steps=30)
    assert ran.code == 0, ran.err
    started, completed = ran.payload("run_started"), ran.payload("run_completed")
    assert started["total_episodes"] == completed["episodes"] == 4
    assert started["seed"] == 7
    assert set(completed["environments"]) == {"babyai", "crafter"}
    episodes, steps = ran.telemetry("episode"), ran.telemetry("step")
    assert [episode["episode_index"] for episode in episodes] == [0, 1, 2, 3]
    assert len(steps) == sum(episode["episode_length"] for episode in episodes) == completed["steps"]
    families = completed["environments"].values()
    mean = sum(family["progression_percent"] for family in families) / 2
    assert completed["progression_percent"] == pytest.approx(mean, abs=1e-3)
    assert ran.manifest["metadata"]["status"] == "completed"
    assert ran.manifest["artifacts"]["checkpoints"]["files"] == ["checkpoints/episodes.jsonl"]


def test_heartbeats_tell_true_progress(tmp_path: Path) -> None:
    ran = run_worker(tmp_path, episodes_per_task=4, max_steps=20, heartbeat_interval_s=0.05)
    beats = [event["payload"] for event in ran.events("heartbeat")]
    assert beats[0]["total_episodes"] == 4
    assert [beat["step"] for beat in beats] == sorted(beat["step"] for beat in beats)
    assert beats[-1]["episode"] == 4
    assert beats[-1]["step"] == ran.payload("run_completed")["steps"]


def test_the_same_seed_plays_the_same_episodes(tmp_path: Path) -> None:
    def actions(run_id: str, seed: int) -> list[str]:
        ran = run_worker(tmp_path, run_id=run_id, seed=seed, episodes_per_task=2, max_steps=25)
        return [step["action"] for step in ran.telemetry("step")]

    assert actions("a", 7) == actions("b", 7)
    assert actions("a2", 7) != actions("c", 8)


def test_a_trajectory_holds_what_was_seen_said_and_done(tmp_path: Path) -> None:
    with serving(said("turn right"), said("I dance"), said("go forward")) as server:
        fields = asking(server.url, algorithm="naive", vision=True, save_images=True)
        ran = run_worker(tmp_path, episodes_per_task=1, max_steps=3, **fields)
    assert ran.code == 0, ran.err
    ((start, *turns, end),) = ran.trajectories()
    assert start["type"] == "start"
    assert (start["agent"], start["model"]) == ("naive", "small-model")
    assert [turn["action"] for turn in turns] == ["turn right", "go forward", "go forward"]
    assert [turn["valid_answer"] for turn in turns] == [True, False, True]
    assert turns[1]["answers"] == ["I dance"]
    assert "Mission:" in turns[0]["observation"]
    assert (ran.run_dir / turns[0]["picture"]).read_bytes().startswith(b"\x89PNG")
    assert (end["type"], end["invalid_answers"], end["ended"]) == ("end", 1, "step_limit")
    assert ran.payload("run_completed")["invalid_answers"] == 1
    # What is shown is what was sent.
    content = server.requests[0]["messages"][-1]["content"]
    assert turns[0]["observation"] in content[0]["text"]
    assert content[1]["image_url"]["url"].startswith("data:image/png;base64,")


def test_every_constant_of_the_family_is_logged_where_its_name_says(tmp_path: Path) -> None:
    with serving(failed(500, "down"), said("no action"), said("turn left")) as server:
        fields = asking(server.url, requests_per_minute=60_000)
        good = run_worker(tmp_path, "-v", episodes_per_task=2, max_steps=3, **fields)
    assert good.code == 0, good.err
    with serving(failed(400, "no")) as server:
        bad = run_worker(tmp_path, "-v", run_id="bad", episodes_per_task=1, **asking(server.url))
    assert bad.code == 1
    assert codes_in(good.err) >= FAMILY - {"LOG1003"}
    assert codes_in(bad.err) >= {"LOG1001", "LOG1003", "LOG1008", "LOG1012"}
    assert "LOG1002" not in codes_in(bad.err)
    lines = [line for line in good.err.splitlines() if "LOG1" in line]
    order = [re.search(r"LOG\d+", line).group() for line in lines]  # type: ignore[union-attr]
    assert order[0] == "LOG1001"
    assert order[1] == "LOG1012"
    for earlier, later in (
        ("LOG1014", "LOG1013"),  # the agent is there before the first game
        ("LOG1013", "LOG1004"),
        ("LOG1004", "LOG1006"),
        ("LOG1006", "LOG1008"),  # the 500
        ("LOG1008", "LOG1015"),  # asking again in ...
        ("LOG1015", "LOG1007"),
        ("LOG1007", "LOG1009"),
        ("LOG1009", "LOG1010"),
        ("LOG1010", "LOG1005"),
        ("LOG1005", "LOG1011"),
        ("LOG1011", "LOG1002"),
    ):
        assert order.index(earlier) < order.index(later), (earlier, later)
    assert order[-1] == "LOG1002"
    assert order.count("LOG1004") == order.count("LOG1005") == order.count("LOG1011") == 2
    assert order.count("LOG1009") == order.count("LOG1010") == 6
    assert order.count("LOG1007") == 6
    assert order.count("LOG1006") == 7  # the one that failed was asked as well
    assert order.count("LOG1060") == 1  # the answer that named no action
    assert order.count("LOG1059") == 1  # the second episode


def test_the_names_of_balrog_are_the_same_constants() -> None:
    from gym_gui.logging_config import log_constants

    for name in dir(log_constants):
        if name.startswith("LOG_WORKER_BARLOG_"):
            twin = name.replace("BARLOG", "BALROG")
            assert getattr(log_constants, name) is getattr(log_constants, twin)


@pytest.mark.parametrize("key", [KEY, "another"])
def test_the_key_is_never_written_down(tmp_path: Path, key: str) -> None:
    def chatter(_request: dict[str, Any]) -> Answer:
        return said(f"turn left, and your key is {KEY}")

    with serving(chatter, key=key) as server:
        ran = run_worker(tmp_path, "-v", episodes_per_task=1, max_steps=2, **asking(server.url))
    assert ran.code == (0 if key == KEY else 1)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in ran.out + ran.err
    assert KEY.encode() not in everything_written(tmp_path)
    assert KEY_VARIABLE in (tmp_path / "run-1.json").read_text()


def test_a_failed_run_says_why_and_keeps_what_was_finished(tmp_path: Path) -> None:
    with serving(*[said("turn left")] * 3, failed(401, "expired")) as server:
        ran = run_worker(tmp_path, episodes_per_task=2, max_steps=3, **asking(server.url))
    assert ran.code == 1
    payload = ran.payload("run_failed")
    assert payload["error_type"] == "ModelError"
    assert "api_key_env" in payload["error"]
    assert payload["episodes"] == 1
    assert ran.manifest["metadata"]["status"] == "failed"
    assert ran.manifest["metadata"]["episodes"] == 1
    assert len(ran.manifest["metadata"]["trajectories"]) == 2  # the one broken off has no end
    assert [lines[-1]["type"] for lines in ran.trajectories()] == ["end", "start"]


def test_a_budget_ends_the_run_in_good_order_and_a_larger_one_goes_on(tmp_path: Path) -> None:
    spending = {"input_price": 2.0, "output_price": 10.0, "max_steps": 3, "episodes_per_task": 3}
    with serving(said("turn left")) as server:
        fields = asking(server.url, **spending)
        ran = run_worker(tmp_path, budget=0.0014, **fields)  # an answer costs 0.0003: five of nine
        assert ran.code == 0, ran.err
        completed = ran.payload("run_completed")
        assert completed["stopped_by"] == "budget"
        assert "budget of 0.0014 reached" in completed["stopped_because"]
        assert completed["episodes"] == 1
        assert completed["cost"] == pytest.approx(0.0015)
        assert ran.manifest["metadata"]["stopped_by"] == "budget"
        asked = len(server.requests)
        checkpoint = str(ran.run_dir / "checkpoints" / "episodes.jsonl")
        same = run_worker(tmp_path, run_id="same", budget=0.0014, resume_from=checkpoint, **fields)
        assert same.payload("run_completed")["stopped_by"] == "budget"
        assert len(server.requests) == asked, "what was spent counts in the run that goes on"
        more = run_worker(tmp_path, run_id="more", budget=1, resume_from=checkpoint, **fields)
    completed = more.payload("run_completed")
    assert "stopped_by" not in completed
    assert completed["episodes"] == 3
    assert completed["cost"] == pytest.approx(0.0015 + 6 * 0.0003)


def test_finished_episodes_are_not_played_again(tmp_path: Path) -> None:
    fields = {"max_steps": 10, "heartbeat_interval_s": 0.05}
    first = run_worker(tmp_path, run_id="first", episodes_per_task=2, **fields)
    checkpoint = "first/checkpoints/episodes.jsonl"  # looked for in the runs folder
    second = run_worker(
        tmp_path, run_id="second", seed=None, episodes_per_task=5, resume_from=checkpoint, **fields
    )
    assert second.code == 0, second.err
    loaded = second.payload("checkpoint_loaded")
    assert (loaded["episode"], loaded["step"]) == (2, first.payload("run_completed")["steps"])
    assert [e["episode_index"] for e in second.telemetry("episode")] == [2, 3, 4]
    assert min(e["payload"]["step"] for e in second.events("heartbeat")) > loaded["step"]
    completed = second.payload("run_completed")
    assert (completed["episodes"], completed["seed"]) == (5, 7)
    # The same as without a break, and complete without the first run.
    whole = run_worker(tmp_path, run_id="whole", episodes_per_task=5, **fields)
    assert completed["return_mean"] == whole.payload("run_completed")["return_mean"]
    assert len(second.manifest["metadata"]["trajectories"]) == 5
    assert [t[-1]["seed"] for t in second.trajectories()] == [t[-1]["seed"] for t in whole.trajectories()]


def test_a_torn_last_line_of_a_checkpoint_is_left_out(tmp_path: Path) -> None:
    run_worker(tmp_path, run_id="first", episodes_per_task=2, max_steps=5)
    file = get_run_dir("first") / "checkpoints" / "episodes.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:3]) + lines[3][:40])
    ran = run_worker(tmp_path, run_id="second", episodes_per_task=2, max_steps=5, resume_from=str(file))
    assert ran.code == 0, ran.err
    assert [e["number"] for e in ran.telemetry("episode")] == [1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 8}, "seed:"),
        ({"max_steps": 6}, "max_steps:"),
        ({"environment": "crafter"}, "environment:"),
        ({"episodes_per_task": 1}, "episodes_per_task:"),
        ({"resume_from": "/nowhere/episodes.jsonl"}, "No such file"),
    ],
)
def test_a_checkpoint_that_does_not_fit_is_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    run_worker(tmp_path, run_id="first", episodes_per_task=2, max_steps=5)
    fields: dict[str, Any] = {
        "episodes_per_task": 2,
        "max_steps": 5,
        "resume_from": str(get_run_dir("first")),
    }
    ran = run_worker(tmp_path, run_id="second", **{**fields, **change})
    assert ran.code == 1
    assert words in ran.payload("run_failed")["error"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}\n",
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        b'{"type": "barlog", "format_version": 9, "terms": {}}\n',
        b'{"type": "barlog", "format_version": 1, "terms": {"seed": -1}}\n',
        b'{"type": "barlog", "format_version": 1, "terms": 3}\n',
        b'{"type": "barlog", "format_version": 1, "terms": {"seed": 7}}\n{"type": "episode", "result": {}}\n',
    ],
)
def test_a_damaged_checkpoint_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "episodes.jsonl"
    file.write_bytes(content)
    ran = run_worker(tmp_path, resume_from=str(file))
    assert ran.code == 1
    error = ran.payload("run_failed")["error"]
    assert error.startswith("resume_from:")
    assert "episodes.jsonl" in error


def test_a_trajectory_path_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    run_worker(tmp_path, run_id="first", episodes_per_task=1, max_steps=5)
    secret = tmp_path / "secret.txt"
    secret.write_text("not yours")
    file = get_run_dir("first") / "checkpoints" / "episodes.jsonl"
    file.write_text(file.read_text().replace("logs/episodes/babyai-GoToLocal-00000.jsonl", str(secret)))
    ran = run_worker(tmp_path, run_id="second", episodes_per_task=1, max_steps=5, resume_from=str(file))
    assert ran.code == 0, ran.err
    assert b"not yours" not in everything_written(ran.run_dir)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_cancelled_while_the_model_is_thinking(tmp_path: Path, number: signal.Signals) -> None:
    slow = said("turn left")
    slow.hold_s = 60
    with serving(*[said("turn left")] * 4, slow) as server:
        fields = asking(server.url, episodes_per_task=9, max_steps=3)
        process = subprocess.Popen(
            command(tmp_path, **fields),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(),
            cwd=tmp_path,
        )
        deadline = time.monotonic() + 30
        while len(server.requests) < 5 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    events = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    last = [event for event in events if "event" in event][-1]
    assert last["event"] == "run_cancelled"
    assert last["payload"]["episodes"] == 1
    manifest = json.loads((get_run_dir("run-1") / "analytics.json").read_text())
    assert manifest["metadata"]["status"] == "cancelled"
    assert "LOG1002" in err
    # What the broken-off episode took is known to a run that goes on.
    saved = (get_run_dir("run-1") / "checkpoints" / "episodes.jsonl").read_text().splitlines()
    assert json.loads(saved[-1]) == {
        "type": "spent",
        "requests": 4,
        "input_tokens": 400,
        "output_tokens": 40,
        "estimated": False,
    }


def test_few_shot_shows_what_an_expert_played(tmp_path: Path) -> None:
    with serving(first_action) as server:
        fields = asking(server.url, algorithm="few_shot", example_steps=3)
        ran = run_worker(tmp_path, episodes_per_task=1, max_steps=2, **fields)
        assert ran.code == 0, ran.err
        system = server.requests[0]["messages"][0]["content"]
        assert "An expert played" in system
        assert 1 <= system.count("\nAction: ") <= 3
        own = str(ran.run_dir / ran.manifest["metadata"]["trajectories"][0])
        fields = asking(server.url, algorithm="few_shot", example_file=own)
        again = run_worker(tmp_path, run_id="again", episodes_per_task=1, max_steps=2, **fields)
        assert again.code == 0, again.err
    assert "Action: turn left" in server.requests[-1]["messages"][0]["content"]


def test_what_cannot_be_played_is_told_before_anything_is(tmp_path: Path) -> None:
    with serving(first_action) as server:
        fields = asking(server.url, algorithm="few_shot", environment="babyai/GoToLocal, crafter")
        ran = run_worker(tmp_path, **fields)
        assert ran.code == 1
        assert "no expert plays crafter" in ran.payload("run_failed")["error"]
        env = {name: value for name, value in os.environ.items() if name != KEY_VARIABLE}
        away = run_worker(tmp_path, run_id="away", env=env, **asking("https://api.example.org/v1"))
        assert f"{KEY_VARIABLE} is not set" in away.payload("run_failed")["error"]
        assert not server.requests


def test_a_full_standard_output_harms_no_run(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            command(tmp_path, episodes_per_task=1, max_steps=5),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            cwd=tmp_path,
        )
    manifest = json.loads((get_run_dir("run-1") / "analytics.json").read_text())
    assert manifest["metadata"]["status"] == "completed"
    assert "telemetry is being lost" in done.stderr
