"""`gym-gui logs`, `show` and `runs`, on runs as they are found on disk."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gym_gui.commands.following import chunks, lines
from tests.cli.conftest import Gym

LINES = [
    b'{"event": "run_started", "run_id": "r", "timestamp": 1.5, "payload": {"algo": "ppo"}}',
    b"plain \x1b[31mred\x1b[0m \x1b]0;title\x07 text \xff",
    b'{"event": "heartbeat", "timestamp": 2.5, "payload": {"step": 3, "loss": 0.25, "x": "\\u001b[2J"}}',
    b'{"event": "run_completed", "run_id": "r", "timestamp": 3.5, "payload": {}}',
]


@pytest.fixture
def run_id(mosaic_home: Path) -> str:
    """A run that ended, as its files tell."""
    folder = mosaic_home / "trainer" / "runs" / "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    folder.mkdir(parents=True)
    record = {"run_id": folder.name, "worker_id": "demo", "argv": ["demo"], "cwd": "/", "created": 1.0}
    (folder / "run.json").write_text(json.dumps(record))
    (folder / "config.json").write_text('{"episodes": 4}')
    (folder / "exit.json").write_text('{"cause": "finished", "ended": 4.0, "started": 1.0, "exit_code": 0}')
    (folder / "labels.json").write_text(json.dumps({"name": "rude\x1b[2J", "tags": ["a"]}))
    (folder / "stdout.log").write_bytes(b"\n".join(LINES) + b"\n")
    (folder / "stderr.log").write_bytes(b"warned\n")
    return folder.name


def test_piped_output_is_the_bytes_themselves(run_id: str) -> None:
    command = [sys.executable, "-m", "gym_gui.cli", "logs", run_id]
    said = subprocess.run(command, capture_output=True, check=True)
    assert said.stdout == b"\n".join(LINES) + b"\n"
    assert subprocess.run([*command, "--stderr"], capture_output=True, check=True).stdout == b"warned\n"


def test_a_terminal_gets_colours_and_nothing_else(run_id: str) -> None:
    controller, terminal = pty.openpty()
    try:
        command = [sys.executable, "-m", "gym_gui.cli", "logs", run_id]
        subprocess.run(command, stdout=terminal, stdin=subprocess.DEVNULL, check=True)
        seen = os.read(controller, 65536)
    finally:
        os.close(controller)
        os.close(terminal)
    assert b"\x1b[31mred\x1b[0m" in seen
    assert rb"\x1b]0;title\x07" in seen
    assert b"\x1b]" not in seen
    assert b"\x07" not in seen


def test_events_are_readable_lines(gym: Gym, run_id: str) -> None:
    said = gym("logs", run_id, "--events")
    found = [line.split(maxsplit=1)[1] for line in said.out.splitlines()]
    assert found == [
        "run_started       algo=ppo",
        r"heartbeat         step=3  loss=0.25  x=\x1b[2J",
        "run_completed",
    ]


def test_json_is_an_array_and_with_follow_a_line_each(gym: Gym, run_id: str) -> None:
    every = gym("logs", run_id, "--json").document
    assert [line["kind"] for line in every] == ["event", "output", "event", "event"]
    assert gym("logs", run_id, "--json", "--events").document[1]["payload"]["step"] == 3
    followed = gym("logs", run_id, "--json", "-f", "--events")
    assert [json.loads(line)["event"] for line in followed.out.splitlines()] == [
        "run_started", "heartbeat", "run_completed",
    ]  # fmt: skip
    (Path(every and gym("show", run_id, "--json").document["path"]) / "stdout.log").write_bytes(b"")
    assert gym("logs", run_id, "--json").document == []


@pytest.mark.parametrize("count", [0, 1, 2, 4, 9])
def test_the_last_lines(gym: Gym, run_id: str, count: int) -> None:
    document = gym("logs", run_id, "--json", "-n", str(count)).document
    assert len(document) == min(count, 4)


@pytest.mark.parametrize(
    "content", [b"", b"one", b"one\n", b"one\ntwo", b"\n\n\n", b"x" * 600_000 + b"\nend\n"]
)
def test_tails_agree_with_splitting(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    whole = content.removesuffix(b"\n").split(b"\n") if content else []
    for count in range(1, 5):
        assert list(lines(chunks(path, last_lines=count, is_over=None))) == whole[-count:]


def test_the_last_lines_of_a_hole_are_not_looked_for_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(1 << 40)
        file.seek(0, os.SEEK_END)
        file.write(b"\nend\n")
    assert list(lines(chunks(path, last_lines=1, is_over=None))) == [b"end"]
    read = sum(map(len, chunks(path, last_lines=2, is_over=None)))
    assert len(b"end\n") < read <= 64 << 20


def test_a_line_without_end_is_cut() -> None:
    pieces = [b"x" * 1_000_000] * 20 + [b"\nend\n"]
    found = list(lines(pieces))
    assert found[-1] == b"end"
    assert b"".join(found[:-1]) == b"x" * 20_000_000
    assert max(map(len, found)) < 10_000_000


def test_following_ends_with_the_run(tmp_path: Path) -> None:
    path = tmp_path / "file"
    over = threading.Event()
    seen: list[bytes] = []
    reader = threading.Thread(
        target=lambda: seen.extend(lines(chunks(path, last_lines=None, is_over=over.is_set))), daemon=True
    )
    reader.start()
    with path.open("ab", buffering=0) as file:
        for number in range(5):
            file.write(b"line %d\n" % number)
            deadline = time.monotonic() + 10
            while len(seen) < number + 1 and time.monotonic() < deadline:
                time.sleep(0.01)
        file.write(b"last words without a newline")
    over.set()
    reader.join(10)
    assert seen == [b"line %d" % number for number in range(5)] + [b"last words without a newline"]


def test_following_a_real_run(gym: Gym, demo: str) -> None:
    run_id = gym("run", demo, "episodes=4", "--json").document["run_id"]
    said = gym("logs", run_id, "-f", "--events")
    assert said.code == 0
    assert said.out.count("heartbeat") == 4
    assert "run_completed" in said.out.splitlines()[-1]
    assert gym("logs", run_id, "-f", "--stderr").out == "to standard error\n"


def test_runs_and_show(gym: Gym, run_id: str) -> None:
    assert run_id in gym("runs").out
    document = gym("runs", "--json").document
    assert [(run["run_id"], run["state"]) for run in document] == [(run_id, "completed")]
    for wanted in (run_id, run_id[:8].lower(), "latest"):
        said = gym("show", wanted)
        assert said.code == 0
        assert '"episodes": 4' in said.out
        assert "\x1b" not in said.out
        assert r"rude\x1b[2J" in said.out
    assert gym("show", run_id, "--json").document["config"] == {"episodes": 4}
    assert gym("runs", "--state", "failed").out == "No runs match\n"
    assert gym("runs", "--worker", "demo", "-n", "1", "--json").document == document
    assert gym("runs", "--worker", "other", "--json").document == []


@pytest.mark.parametrize("command", ["show", "logs", "cancel"])
def test_a_run_that_is_not_there(gym: Gym, command: str) -> None:
    assert gym(command, "nope").code == 3
    assert gym(command, "latest").code == 3
    assert gym(command, "../../etc").code == 3
    assert gym(command, "nope", "--json").document["error"]["code"] == 3


def test_no_runs_say_how_to_start_one(gym: Gym) -> None:
    said = gym("runs")
    assert said.code == 0
    assert "gym-gui run WORKER" in said.out
    assert gym("runs", "--json").document == []
