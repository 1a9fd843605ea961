"""Process identity, signals, locks, samples: against real processes."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gym_gui.core.runs.ending import end_tree
from gym_gui.core.runs.processes import osproc, sampling
from gym_gui.core.runs.processes.sampling import ResourceSampler, append_bounded
from gym_gui.core.runs.processes.tree import RunTree
from gym_gui.core.runs.record import ProcessIdentity
from tests.runs.conftest import wait_until


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "600"])
    # A process that has only just become `sleep` holds no memory yet and counts as 0 bytes.
    wait_until(lambda: identity_of(process.pid).state == "S")
    yield process
    process.kill()
    process.wait()


def identity_of(pid: int) -> osproc.Process:
    process = osproc.look_at(pid)
    assert process is not None
    return process


def test_a_process_is_known_by_pid_start_and_boot(sleeper: subprocess.Popen[bytes]) -> None:
    seen = identity_of(sleeper.pid)
    assert seen.parent == os.getpid() and seen.alive and not seen.stopped
    assert seen.boot_id == osproc.boot_id() != ""
    again = osproc.find(ProcessIdentity(seen.pid, seen.start_ticks, seen.boot_id))
    assert again is not None and again.pid == sleeper.pid


def test_forged_identities_are_never_signalled(sleeper: subprocess.Popen[bytes]) -> None:
    true = identity_of(sleeper.pid)
    chance = random.Random(1)
    for _ in range(300):
        ticks = true.start_ticks + chance.choice([-1, 1]) * chance.randint(1, 10**6)
        forged = [
            ProcessIdentity(true.pid, ticks, true.boot_id),
            ProcessIdentity(true.pid, true.start_ticks, f"{chance.getrandbits(128):032x}"),
            ProcessIdentity(chance.randint(2, 4_000_000), true.start_ticks, true.boot_id),
        ]
        for identity in forged:
            if identity.pid != true.pid or not true.is_same(identity):
                assert osproc.send_signal(identity, signal.SIGKILL) is False
    assert sleeper.poll() is None


def test_the_true_one_is_signalled_and_an_ended_one_is_not(sleeper: subprocess.Popen[bytes]) -> None:
    true = identity_of(sleeper.pid)
    assert osproc.send_signal(true, signal.SIGSTOP) is True
    wait_until(lambda: identity_of(sleeper.pid).stopped)
    assert osproc.send_signal(true, signal.SIGKILL) is True
    wait_until(lambda: not identity_of(sleeper.pid).alive)
    assert osproc.find(true) is None, "an ended process that nobody has reaped is not alive"
    assert osproc.send_signal(true, signal.SIGTERM) is False
    sleeper.wait()
    assert osproc.look_at(sleeper.pid) is None


def test_a_command_name_with_brackets_does_not_confuse(tmp_path: Path) -> None:
    odd = tmp_path / ") R 1 ("
    odd.symlink_to("/bin/sleep")
    process = subprocess.Popen([str(odd), "600"])
    try:
        wait_until(lambda: b") R 1 (" in Path(f"/proc/{process.pid}/stat").read_bytes())
        assert identity_of(process.pid).parent == os.getpid()
    finally:
        process.kill()
        process.wait()


def test_children_and_environment_are_read_from_the_system() -> None:
    process = subprocess.Popen(
        ["sleep", "600"], env={"MOSAIC_RUN_ID": "r1", "EMPTY": "", "XMOSAIC_RUN_DIR": "no"}
    )
    try:
        wait_until(lambda: osproc.arguments(process.pid) == ["sleep", "600"])
        assert process.pid in [child.pid for child in osproc.children_of(identity_of(os.getpid()))]
        assert osproc.environment_entry(process.pid, "MOSAIC_RUN_ID") == "r1"
        assert osproc.environment_entry(process.pid, "EMPTY") == ""
        assert osproc.environment_entry(process.pid, "MOSAIC_RUN_DIR") is None
    finally:
        process.kill()
        process.wait()
    assert osproc.environment_entry(process.pid, "EMPTY") is None


def test_a_lock_dies_with_its_holder(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    assert not osproc.lock_is_held(path)
    code = (
        "import sys, time\nfrom gym_gui.core.runs.processes import osproc\n"
        "print(osproc.take_lock(sys.argv[1]), flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen([sys.executable, "-c", code, path], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder.stdout:
        holder.stdout.readline()
        assert osproc.lock_is_held(path)
        assert osproc.take_lock(path) is None
        holder.kill()
        holder.wait()
    assert not osproc.lock_is_held(path)
    lock = osproc.take_lock(path)
    assert lock is not None
    assert os.get_inheritable(lock) is False
    os.close(lock)


@pytest.mark.parametrize("kind", ["pipe", "directory", "link", "device"])
def test_what_is_no_file_is_no_lock_and_nobody_waits_for_it(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "lock"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    elif kind == "link":
        (tmp_path / "elsewhere").touch()
        path.symlink_to(tmp_path / "elsewhere")
    else:
        path = Path("/dev/null")
    assert not osproc.lock_is_held(str(path))
    with pytest.raises(OSError):
        osproc.take_lock(str(path))


def test_ending_what_is_gone_counts_nothing(tmp_path: Path) -> None:
    outcome = end_tree(RunTree(str(tmp_path / "r1"), []), 10.0, lambda seconds: True)
    assert (outcome.found, outcome.ended_by_term, outcome.ended_by_kill, outcome.left) == (0, 0, 0, 0)


def test_samples_are_of_the_tree_below(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    path = tmp_path / "resources.jsonl"
    sampler = ResourceSampler(str(path), {})
    for _ in range(2):
        sampler.sample(1.5)
    first, second = (json.loads(line) for line in path.read_text().splitlines())
    assert first["processes"] >= 1 and first["rss_bytes"] > 100_000
    assert first["cpu_seconds"] >= 1.5 and second["time"] >= first["time"]
    assert sampler.peak_rss_bytes >= first["rss_bytes"]


def test_a_sample_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    ResourceSampler(str(tmp_path / "missing" / "resources.jsonl"), {}).sample(0.0)


@pytest.mark.parametrize("place", ["resources.jsonl", "resources.jsonl.tmp"])
@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_samples_go_into_no_pipe_and_through_no_link(tmp_path: Path, place: str, kind: str) -> None:
    path, elsewhere = tmp_path / "resources.jsonl", tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    if kind == "pipe":
        os.mkfifo(tmp_path / place)
    else:
        (tmp_path / place).symlink_to(elsewhere)
    with contextlib.suppress(OSError):
        append_bounded(str(path), b'{"time":1}\n{"time":2}\n', 4)
    assert elsewhere.read_text() == "mine"
    assert (place == path.name) != stat.S_ISREG(path.lstat().st_mode)


def test_the_file_of_samples_stays_bounded_and_keeps_the_newest(tmp_path: Path) -> None:
    path = tmp_path / "resources.jsonl"
    for number in range(5000):
        append_bounded(str(path), f'{{"time":{number}}}\n'.encode(), 4096)
        assert path.stat().st_size <= 4096
    times = [json.loads(line)["time"] for line in path.read_text().splitlines()]
    assert times == sorted(times)
    assert times[-100:] == list(range(4900, 5000)), "the newest are all there"
    assert times[0] < 4500, "and some of the old ones"
    assert [entry.name for entry in tmp_path.iterdir()] == ["resources.jsonl"]


def test_the_bound_allows_for_hours() -> None:
    typical = b'{"time":1795453324.00,"cpu_percent":100.0,"cpu_seconds":12345.67,'
    typical += b'"rss_bytes":10113024,"processes":10}\n'
    assert sampling.LARGEST_FILE_BYTES / len(typical) * sampling.SAMPLE_INTERVAL_S > 6 * 3600


WAITING = """
import json, signal, sys
from gym_gui.core.runs.processes import osproc
awaited = (signal.SIGCHLD, signal.SIGTERM, signal.SIGUSR1)
osproc.block_signals(awaited)
for line in sys.stdin:
    print("waiting", flush=True)
    received = osproc.wait_for_signal(awaited, float(line))
    print(None if received is None else [received.si_signo, received.si_pid], flush=True)
"""


@pytest.fixture
def waiting() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", WAITING], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        yield process
        process.kill()


def _wait(process: subprocess.Popen[str], seconds: float) -> None:
    assert process.stdin is not None
    assert process.stdout is not None
    print(seconds, file=process.stdin, flush=True)
    assert process.stdout.readline() == "waiting\n"
    wait_until(lambda: identity_of(process.pid).state == "S")


def test_a_wait_that_is_stopped_past_its_end_returns_no_signal(waiting: subprocess.Popen[str]) -> None:
    assert waiting.stdout is not None
    for _ in range(3):
        _wait(waiting, 0.3)
        waiting.send_signal(signal.SIGSTOP)
        wait_until(lambda: identity_of(waiting.pid).stopped)
        time.sleep(0.4)  # the wait's end goes by
        waiting.send_signal(signal.SIGCONT)
        assert waiting.stdout.readline() == "None\n"


def test_a_wait_returns_the_signal_that_came_and_who_sent_it(waiting: subprocess.Popen[str]) -> None:
    assert waiting.stdout is not None
    for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD):
        _wait(waiting, 60.0)
        waiting.send_signal(number)
        assert waiting.stdout.readline() == f"[{number:d}, {os.getpid()}]\n"
    _wait(waiting, 0.05)
    assert waiting.stdout.readline() == "None\n"
