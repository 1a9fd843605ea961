"""A real tensorboard is started, answers, and leaves neither a process nor a port, however the panel ends."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from tensorboardX import SummaryWriter

from gym_gui.config.paths import cache_root
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.tensorboard_command import TensorBoardUnavailableError, tensorboard_command
from gym_gui.services.tensorboard_server import TensorBoardPhase, TensorBoardServer, TensorBoardState
from tests.panel_helpers import spin

needs_tensorboard = pytest.mark.skipif(
    find_spec("tensorboard") is None, reason="tensorboard is not installed; the extra 'tensorboard' has it"
)
READY_S = 60.0


def until(condition: Callable[[], object], seconds: float = READY_S) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come to that"
        spin()
        time.sleep(0.02)


@pytest.fixture
def server(tasks: TaskRunner) -> Iterator[TensorBoardServer]:
    made = TensorBoardServer(tasks)
    yield made
    assert made.close()
    spin()


@pytest.fixture
def runs(tmp_path: Path) -> dict[str, Path]:
    named = {"first, seed:1": tmp_path / "one", "../second": tmp_path / "two"}
    for path in named.values():
        with SummaryWriter(str(path / "tensorboard")) as writer:
            writer.add_scalar("return", 1.5, 1)
    return named


def get(url: str, path: str) -> object:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request("GET", path)
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


def runs_shown(url: str) -> list[str]:
    shown = get(url, "/data/runs")
    assert isinstance(shown, list)
    return shown


def descendants() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def is_listening(url: str) -> bool:
    try:
        get(url, "/data/environment")
    except OSError:
        return False
    return True


def addresses_listened_on(processes: list[psutil.Process]) -> set[str]:
    return {
        c.laddr.ip for p in processes for c in p.net_connections("inet") if c.status == psutil.CONN_LISTEN
    }


@needs_tensorboard
def test_it_shows_the_runs_on_loopback_only_and_ends_whole(
    server: TensorBoardServer, runs: dict[str, Path]
) -> None:
    phases: list[TensorBoardPhase] = []
    server.changed.connect(lambda state: phases.append(state.phase))
    server.open(runs)
    until(lambda: server.state.phase is TensorBoardPhase.READY)
    url = server.state.url
    assert url.startswith("http://127.0.0.1:")
    until(lambda: sorted(runs_shown(url)) == ["_second", "first, seed:1"], 20)
    processes = descendants()
    assert len(processes) >= 2
    assert addresses_listened_on(processes) <= {"127.0.0.1", "::1"}
    server.stop()
    until(lambda: server.state.phase is TensorBoardPhase.OFF)
    assert psutil.wait_procs(processes, timeout=5)[1] == []
    assert not is_listening(url)
    assert list((cache_root() / "tensorboard").iterdir()) == []
    assert phases == [
        TensorBoardPhase.STARTING,
        TensorBoardPhase.READY,
        TensorBoardPhase.STOPPING,
        TensorBoardPhase.OFF,
    ]


@needs_tensorboard
def test_other_runs_replace_those_that_are_shown(server: TensorBoardServer, runs: dict[str, Path]) -> None:
    server.open(dict(list(runs.items())[:1]))
    until(lambda: server.state.phase is TensorBoardPhase.READY)
    first = server.state.url
    server.open(runs)
    until(lambda: server.state.phase is TensorBoardPhase.READY and len(server.state.runs) == 2)
    assert not is_listening(first) or server.state.url == first


PANEL = """
import sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from gym_gui.services.tensorboard_server import TensorBoardServer
app = QCoreApplication([])
server = TensorBoardServer(TaskRunner(Notifier()))
server.changed.connect(lambda state: print(state.phase, state.url, state.problem, flush=True))
server.open({"run": Path(sys.argv[1])})
app.exec()
"""


@needs_tensorboard
@pytest.mark.parametrize("victim", ["panel", "guard", "panel and guard"])
def test_nothing_is_left_when_somebody_is_killed(runs: dict[str, Path], victim: str) -> None:
    path = next(iter(runs.values()))
    panel = subprocess.Popen(
        [sys.executable, "-c", PANEL, str(path)], stdout=subprocess.PIPE, text=True, bufsize=1
    )
    assert panel.stdout is not None
    try:
        url = ""
        while not url:
            line = panel.stdout.readline()
            assert line and "failed" not in line, line
            url = line.split()[1] if line.startswith("ready") else ""
        below = psutil.Process(panel.pid).children(recursive=True)
        assert is_listening(url)
        (guard,) = (process for process in below if process.ppid() == panel.pid)
        if "panel" in victim:
            os.kill(panel.pid, signal.SIGKILL)
        if "guard" in victim:
            os.kill(guard.pid, signal.SIGKILL)
        left = psutil.wait_procs(below, timeout=15)[1]
        assert [process.cmdline() for process in left] == []
        assert not is_listening(url)
        if victim == "panel":
            assert list((cache_root() / "tensorboard").iterdir()) == []
    finally:
        panel.kill()
        panel.wait()
        panel.stdout.close()


def failing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = tmp_path / "tensorboard"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("MOSAIC_TENSORBOARD_COMMAND", str(program))


def outcome(server: TensorBoardServer, runs: dict[str, Path]) -> TensorBoardState:
    server.open(runs)
    until(lambda: server.state.phase is TensorBoardPhase.FAILED)
    return server.state


def test_what_it_printed_is_told_when_it_fails(
    server: TensorBoardServer, runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(tmp_path, monkeypatch, "echo 'no module named tensorflow'; sleep 300 & exit 3")
    state = outcome(server, runs)
    assert "exit code 3" in state.problem
    assert "no module named tensorflow" in state.output
    until(lambda: not descendants(), 10)


def test_what_a_killed_guard_left_is_removed_by_the_next(
    server: TensorBoardServer, runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = cache_root() / "tensorboard" / "server-left" / "runs"
    left.mkdir(parents=True)
    (left / "run").symlink_to(tmp_path / "one")
    os.utime(left.parent, (1.7e9, 1.7e9))
    failing(tmp_path, monkeypatch, "exit 1")
    outcome(server, runs)
    until(lambda: not descendants(), 10)
    assert list((cache_root() / "tensorboard").iterdir()) == []
    assert (tmp_path / "one" / "tensorboard").is_dir()


def test_one_that_never_answers_can_be_stopped(
    server: TensorBoardServer, runs: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "ready"
    failing(tmp_path, monkeypatch, f"trap '' TERM; touch '{ready}'; while :; do sleep 0.2; done")
    server.open(runs)
    until(ready.exists)
    assert server.state.phase is TensorBoardPhase.STARTING
    server.stop()
    until(lambda: server.state.phase is TensorBoardPhase.OFF)
    assert descendants() == []


def test_stopping_before_it_has_begun(server: TensorBoardServer, runs: dict[str, Path]) -> None:
    server.open(runs)
    server.stop()
    spin()
    assert server.state.phase is TensorBoardPhase.OFF
    assert descendants() == []


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("tb --port 6006", "leave out --port"),
        ("tb --bind_all", "leave out --bind_all"),
        ("tb --logdir=/", "leave out --logdir"),
        ("/nowhere/tensorboard", "not a program that can be run"),
        ("tb 'unfinished", "No closing quotation"),
    ],
)
def test_a_setting_that_cannot_be_used_says_why(
    setting: str,
    complaint: str,
    monkeypatch: pytest.MonkeyPatch,
    server: TensorBoardServer,
    runs: dict[str, Path],
) -> None:
    monkeypatch.setenv("MOSAIC_TENSORBOARD_COMMAND", setting)
    assert complaint in outcome(server, runs).problem
    assert "tensorboard_command" in server.state.problem


def test_the_setting_is_words_or_a_list_of_them(tmp_path: Path) -> None:
    settings = Path(os.environ["MOSAIC_CONFIG"])
    settings.write_text(f'tensorboard_command = ["{sys.executable}", "-m", "tensorboard.main"]')
    assert tensorboard_command() == [sys.executable, "-m", "tensorboard.main"]
    settings.write_text("tensorboard_command = 7")
    with pytest.raises(TensorBoardUnavailableError, match="must be a command"):
        tensorboard_command()


def test_where_one_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gym_gui.services.tensorboard_command.find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    with pytest.raises(TensorBoardUnavailableError, match="pip install"):
        tensorboard_command()
    for folder in ("path", "env"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "tensorboard").write_text("#!/bin/sh\n")
        (tmp_path / folder / "tensorboard").chmod(0o755)
    assert tensorboard_command(str(tmp_path / "env" / "python")) == [str(tmp_path / "env" / "tensorboard")]
    assert tensorboard_command() == [str(tmp_path / "path" / "tensorboard")]
