"""The line of runs that wait, and the process that starts them, with real processes and real signals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.launch import create_run
from gym_gui.core.runs.observe import RunObserver, watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.queue.files import QueueFiles
from gym_gui.core.runs.queue.now import CannotStartQueuedError, start_now
from gym_gui.core.runs.queue.order import Move
from gym_gui.core.runs.queue.queue import NotQueuedError, RunQueue, enqueue_run
from gym_gui.core.runs.queue.runner import DONE, REFUSED, USAGE
from gym_gui.core.runs.queue.starting import as_many_as_may
from gym_gui.core.runs.queue.status import QueueStatus, ensure_runner, look_at_queue, runner_argv
from gym_gui.core.runs.record import ExitCause, ExitRecord
from gym_gui.core.runs.summary import RunState
from tests.runs.conftest import Launcher, exit_record, is_alive, wait_until

COUNTING = Path(__file__).parent.parent / "campaigns" / "workers" / "counting.py"
SHORT = {"lines": 2, "pause": 0.0, "born": 1_000.0}
ENDLESS = {"lines": 1_000_000, "pause": 0.02, "born": 1_000.0}


def starts(run: RunDirectory) -> int:
    """How often the worker of the run was started, as the worker itself has noted."""
    file = run.path / "starts"
    return file.read_bytes().count(b"\n") if file.exists() else 0


class Bench:
    """Queues runs and starts runners, and clears up after both."""

    def __init__(self, launcher: Launcher) -> None:
        self.launcher = launcher
        self.queue = RunQueue(launcher.store)
        self._runners: list[subprocess.Popen[bytes]] = []
        self._queued: list[RunDirectory] = []

    def enqueue(self, config: dict[str, Any] | None = None, priority: int = 0, **fields: Any) -> RunDirectory:
        spec = self.launcher.spec(str(COUNTING), SHORT if config is None else config, **fields)
        run = enqueue_run(self.queue, spec, priority=priority)
        self._queued.append(run)
        return run

    def runner(self, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            runner_argv(self.queue),
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._runners.append(process)
        return process

    def work_through(self, **environment: str) -> None:
        assert self.runner(**environment).wait(30) == DONE

    def line(self) -> list[str]:
        return [entry.run_id for entry in self.queue.waiting()]

    def tended_and_waiting(self) -> QueueStatus:
        """The status once a runner has said what it waits for."""

        def said() -> QueueStatus | None:
            status = look_at_queue(self.queue)
            return status if status.running is not None and status.waiting_for else None

        return wait_until(said)

    def clear_up(self) -> None:
        for process in self._runners:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()
        for run in self._queued:
            if run.path.exists():
                cancel_run(run, grace_s=0.2)


@pytest.fixture
def bench(launcher: Launcher, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Bench]:
    memory = tmp_path / "memory"
    memory.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(memory))
    monkeypatch.setenv("MOSAIC_MAX_CONCURRENT_RUNS", "1")
    made = Bench(launcher)
    yield made
    made.clear_up()
    left = [path for path in memory.rglob("*") if path.is_file()]
    assert not left, f"secrets left behind: {left}"


def started_in_order(runs: list[RunDirectory]) -> list[RunDirectory]:
    return sorted(runs, key=lambda run: exit_record(run).started or 0.0)


def test_a_queued_run_is_complete_waits_and_is_started_once(bench: Bench) -> None:
    run = bench.enqueue(name="later")
    observer = RunObserver(run)
    summary = observer.refresh()
    assert (summary.state, summary.evidence) == (RunState.QUEUED, ("waiting in the queue",))
    assert summary.record is not None and summary.labels.name == "later" and not summary.problem
    assert not run.process_file.exists() and not run.lock_file.exists()
    bench.work_through()
    wait_until(lambda: observer.refresh().state is RunState.COMPLETED)
    assert starts(run) == 1 and bench.line() == []
    assert not any(path.is_file() for path in bench.queue.files.waiting.iterdir())
    assert not any(path.is_file() for path in bench.queue.files.environments.iterdir())


def test_first_come_first_served_but_for_priority(bench: Bench) -> None:
    first, second, urgent = bench.enqueue(), bench.enqueue(), bench.enqueue(priority=5)
    assert bench.line() == [urgent.run_id, first.run_id, second.run_id]
    bench.work_through()
    wait_until(lambda: all(run.exit_file.exists() for run in (first, second, urgent)))
    assert started_in_order([first, second, urgent]) == [urgent, first, second]


@pytest.mark.parametrize(
    ("running", "limit", "said"),
    [
        (1, 1, "1 run is going, and no more than 1 may at once"),
        (2, 1, "2 runs are going, and no more than 1 may at once"),
        (12, 8, "12 runs are going, and no more than 8 may at once"),
    ],
)
def test_why_nothing_is_started_reads_well_for_every_count(running: int, limit: int, said: str) -> None:
    assert as_many_as_may(running, limit) == said


def test_no_more_run_at_once_than_the_setting_says(bench: Bench, tmp_path: Path) -> None:
    runs = [bench.enqueue(ENDLESS) for _ in range(4)]
    runner = bench.runner(MOSAIC_MAX_CONCURRENT_RUNS="2")
    wait_until(lambda: [starts(run) for run in runs] == [1, 1, 0, 0])
    status = bench.tended_and_waiting()
    assert status.waiting_for == "2 runs are going, and no more than 2 may at once"
    assert (status.running, status.is_tended, len(status.waiting)) == (2, True, 2)
    assert [watch_state(run).state for run in runs[2:]] == [RunState.QUEUED] * 2
    cancel_run(runs[0], grace_s=0.5)
    wait_until(lambda: [starts(run) for run in runs] == [1, 1, 1, 0])
    assert runner.poll() is None


def test_runs_that_others_started_count(bench: Bench) -> None:
    going = bench.launcher.start(bench.launcher.spec(str(COUNTING), ENDLESS))
    wait_until(lambda: starts(going) == 1)
    run = bench.enqueue()
    bench.runner()
    wait_until(lambda: look_at_queue(bench.queue).waiting_for.startswith("1 run is going"))
    assert starts(run) == 0
    cancel_run(going, grace_s=0.5)
    assert exit_record(run).exit_code == 0


def test_a_run_without_its_supervisor_counts_for_as_long_as_its_worker_lives(bench: Bench) -> None:
    going = bench.launcher.start(bench.launcher.spec(str(COUNTING), ENDLESS))
    wait_until(lambda: starts(going) == 1 and watch_state(going).state is RunState.RUNNING)
    os.kill(bench.launcher.supervisor_pid(going), signal.SIGKILL)
    bench.launcher.reap(going)
    run = bench.enqueue()
    bench.runner()
    wait_until(lambda: look_at_queue(bench.queue).waiting_for.startswith("1 run is going"))
    assert starts(run) == 0
    assert cancel_run(going, grace_s=0.5).left == 0
    assert exit_record(run).exit_code == 0


@pytest.mark.parametrize(
    "point", ["queue_before_start", "queue_after_start", "queue_before_dropping", "queue_before_leaving"]
)
def test_killed_between_any_two_steps_it_loses_nothing_and_starts_nothing_twice(
    bench: Bench, point: str
) -> None:
    runs = [bench.enqueue() for _ in range(3)]
    killed = bench.runner(MOSAIC_FAILPOINT=point)
    assert killed.wait(30) == -signal.SIGKILL
    for run in runs:
        assert watch_state(run).state is not RunState.LOST
    # One that is killed again and again at the same place gets no further than the next can go.
    for _ in range(2):
        bench.runner(MOSAIC_FAILPOINT=point).wait(30)
    bench.work_through()
    for run in runs:
        assert exit_record(run).exit_code == 0
        assert starts(run) == 1
    assert bench.line() == []


def test_two_that_start_the_same_run_start_it_once(bench: Bench) -> None:
    run = bench.enqueue(ENDLESS)
    assert bench.runner(MOSAIC_FAILPOINT="queue_after_start").wait(30) == -signal.SIGKILL
    bench.runner()  # at once: the supervisor of the first may not even have the lock
    wait_until(lambda: starts(run) >= 1 and bench.queue.files.waiting_ids() == [])
    assert cancel_run(run, grace_s=0.5).left == 0
    assert starts(run) == 1


def test_killed_at_random_moments_it_loses_nothing(bench: Bench) -> None:
    runs = [bench.enqueue({**SHORT, "lines": 3}) for _ in range(6)]
    for number in range(12):
        runner = bench.runner()
        time.sleep(0.02 * number)
        runner.kill()
        runner.wait()
    bench.work_through()
    for run in runs:
        assert exit_record(run).exit_code == 0
        assert starts(run) == 1


def test_the_runner_outlives_whoever_started_it(bench: Bench) -> None:
    run = bench.enqueue()
    program = (
        "import os, signal; from pathlib import Path;"
        "from gym_gui.core.runs.directory import RunStore;"
        "from gym_gui.core.runs.queue.queue import RunQueue;"
        "from gym_gui.core.runs.queue.status import ensure_runner;"
        f"print(ensure_runner(RunQueue(RunStore(Path({str(bench.queue.store.root)!r})))), flush=True);"
        "os.killpg(0, signal.SIGKILL)"
    )
    panel = subprocess.run(
        [sys.executable, "-c", program], start_new_session=True, stdout=subprocess.PIPE, check=False
    )
    assert panel.returncode == -signal.SIGKILL
    assert exit_record(run).exit_code == 0
    wait_until(lambda: not is_alive(int(panel.stdout)))


def test_one_runner_is_enough(bench: Bench) -> None:
    bench.enqueue(ENDLESS)
    waiting = bench.enqueue()
    runner = bench.runner()
    wait_until(lambda: look_at_queue(bench.queue).is_tended)
    assert ensure_runner(bench.queue) is None
    second = bench.runner()
    assert second.wait(10) == REFUSED
    assert runner.poll() is None and starts(waiting) == 0


def test_with_nothing_to_do_no_runner_is_begun_and_none_stays(bench: Bench) -> None:
    assert ensure_runner(bench.queue) is None
    assert not bench.queue.files.folder.exists(), "looking makes no files"
    bench.work_through()
    assert not bench.queue.files.runner.exists()
    assert not look_at_queue(bench.queue).is_tended


def test_wrong_usage_is_refused() -> None:
    command = [sys.executable, "-m", "gym_gui.core.runs.queue.runner"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == USAGE and "RUNS_FOLDER" in done.stderr


def test_a_held_queue_starts_nothing_until_it_is_released(bench: Bench) -> None:
    hold = bench.queue.hold("the GPU is needed")
    run = bench.enqueue()
    assert hold.by and not look_at_queue(bench.queue).needs_runner
    bench.work_through()  # ends at once
    status = look_at_queue(bench.queue)
    assert status.waiting_for == f"held by {hold.by}: the GPU is needed"
    assert starts(run) == 0
    assert bench.queue.release() and not bench.queue.release()
    assert look_at_queue(bench.queue).needs_runner
    bench.work_through()
    assert exit_record(run).exit_code == 0


def test_a_hold_reaches_a_runner_at_work(bench: Bench) -> None:
    going, waiting = bench.enqueue(ENDLESS), bench.enqueue()
    runner = bench.runner()
    wait_until(lambda: starts(going) == 1)
    bench.queue.hold()
    assert runner.wait(10) == DONE
    assert watch_state(going).state in (RunState.STARTING, RunState.RUNNING), "what goes is not touched"
    cancel_run(going, grace_s=0.5)
    assert watch_state(waiting).state is RunState.QUEUED


def test_a_hold_that_cannot_be_read_holds(bench: Bench) -> None:
    bench.enqueue()
    bench.queue.hold()
    bench.queue.files.hold.write_text("{")
    held = bench.queue.held()
    assert held is not None and "hold.json" in held.reason and "release" in held.reason


def test_a_cancelled_run_never_ran_and_leaves_a_receipt(bench: Bench) -> None:
    run, other = bench.enqueue(), bench.enqueue()
    receipt = cancel_run(run)
    assert (receipt.found, receipt.left) == (0, 0) and "it had not been started" in receipt.text
    summary = watch_state(run)
    assert summary.state is RunState.CANCELLED
    assert "cancelled before it was started" in summary.evidence
    assert bench.line() == [other.run_id]
    bench.work_through()
    assert exit_record(other).exit_code == 0
    assert (starts(run), run.process_file.exists()) == (0, False)


def test_a_cancel_that_left_its_place_in_line_is_obeyed(bench: Bench) -> None:
    run = bench.enqueue()
    write_json_atomically(run.exit_file, ExitRecord(cause=ExitCause.CANCELLED, ended=time.time()))
    assert bench.line() == []
    bench.work_through()
    assert starts(run) == 0 and bench.queue.files.waiting_ids() == []


def test_leaving_the_line_half_way_leaves_a_place_that_is_cleared(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = bench.enqueue(env={"HF_TOKEN": "given"})
    write_json_atomically(run.exit_file, ExitRecord(cause=ExitCause.CANCELLED, ended=time.time()))
    unlink = Path.unlink

    def killed_before_the_place(path: Path, missing_ok: bool = False) -> None:
        if path == bench.queue.files.entry(run.run_id):
            raise KeyboardInterrupt
        unlink(path, missing_ok)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", killed_before_the_place)
        with pytest.raises(KeyboardInterrupt):
            bench.queue.leave(run.run_id)
    assert bench.queue.files.waiting_ids() == [run.run_id]
    assert bench.queue.files.environment_ids() == [], "nothing that is secret stays without a place"
    bench.work_through()
    assert bench.queue.files.waiting_ids() == [] and starts(run) == 0


def test_cancel_and_start_at_once_end_in_one_of_the_two(bench: Bench) -> None:
    for _ in range(4):
        run = bench.enqueue(ENDLESS)
        runner = bench.runner()
        receipt = cancel_run(run, grace_s=0.3)
        assert receipt.left == 0
        assert runner.wait(30) == DONE
        assert watch_state(run).state is RunState.CANCELLED
        assert starts(run) <= 1


def test_too_little_disk_holds_the_queue_and_says_so(bench: Bench, tmp_path: Path) -> None:
    run = bench.enqueue()
    settings = tmp_path / "settings.toml"
    settings.write_text(f"min_free_disk_bytes = {2**60}\n")
    bench.runner()
    status = bench.tended_and_waiting()
    assert "free on the disk of" in status.waiting_for and "min_free_disk_bytes" in status.waiting_for
    assert (watch_state(run).state, starts(run)) == (RunState.QUEUED, 0)
    settings.write_text("min_free_disk_bytes = 0\n")
    assert exit_record(run).exit_code == 0


@pytest.mark.parametrize("line", ["max_concurrent_runs = 0", 'max_concurrent_runs = "x"', "max_"])
def test_settings_that_cannot_be_read_hold_the_queue(
    bench: Bench, tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = bench.enqueue()
    monkeypatch.delenv("MOSAIC_MAX_CONCURRENT_RUNS")
    (tmp_path / "settings.toml").write_text(line)
    assert str(tmp_path / "settings.toml") in look_at_queue(bench.queue).waiting_for
    bench.runner()
    assert str(tmp_path / "settings.toml") in bench.tended_and_waiting().waiting_for
    (tmp_path / "settings.toml").write_text("max_concurrent_runs = 3\n")
    assert exit_record(run).exit_code == 0


def test_moving_in_the_line(bench: Bench) -> None:
    a, b, c, d = (bench.enqueue().run_id for _ in range(4))
    for run_id, move, line in (
        (c, Move.UP, [a, c, b, d]),
        (a, Move.DOWN, [c, a, b, d]),
        (d, Move.TOP, [d, c, a, b]),
        (d, Move.UP, [d, c, a, b]),
        (c, Move.BOTTOM, [d, a, b, c]),
        (c, Move.DOWN, [d, a, b, c]),
    ):
        bench.queue.move(run_id, move)
        assert bench.line() == line, (run_id, move)
    with pytest.raises(NotQueuedError):
        bench.queue.move("no-such-run", Move.UP)


def test_lines_changed_by_many_at_once_lose_nobody(bench: Bench) -> None:
    wanted: list[RunDirectory] = []

    def add() -> None:
        own = RunQueue(RunStore(bench.queue.store.root))
        for _ in range(5):
            run = enqueue_run(own, bench.launcher.spec(str(COUNTING), SHORT))
            wanted.append(run)
            own.move(run.run_id, Move.TOP)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(bench.line()) == sorted(run.run_id for run in wanted)
    for run in wanted:
        cancel_run(run, grace_s=0.1)


def test_a_run_is_started_in_the_environment_it_was_queued_in(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    monkeypatch.setenv("AMBIENT_TOKEN", "from the shell")
    script = bench.launcher.store.root.parent / "env.py"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.write_text("import json, os; print(json.dumps(dict(os.environ)), flush=True)\n")
    spec = bench.launcher.spec(str(script), {}, env={"HF_TOKEN": "given", "LEVEL": "2"})
    run = enqueue_run(bench.queue, spec)
    on_disk = b"".join(
        path.read_bytes() for path in bench.queue.store.root.parent.rglob("*") if path.is_file()
    )
    assert b"given" not in on_disk and b"from the shell" not in on_disk
    assert stat.S_IMODE(bench.queue.files.environments.stat().st_mode) == 0o700
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "7")
    monkeypatch.delenv("AMBIENT_TOKEN")
    bench.work_through(ONLY_OF_THE_RUNNER="yes")
    assert exit_record(run).exit_code == 0
    got = json.loads(run.stdout_file.read_text())
    assert (got["CUDA_VISIBLE_DEVICES"], got["HF_TOKEN"], got["LEVEL"]) == ("3", "given", "2")
    assert got["AMBIENT_TOKEN"] == "from the shell"
    assert "ONLY_OF_THE_RUNNER" not in got


def test_a_run_whose_secrets_are_gone_waits_and_does_not_block_the_others(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    lacking = bench.enqueue(env={"HF_TOKEN": "given"})
    other = bench.enqueue()
    for file in (Path(os.environ["XDG_RUNTIME_DIR"])).rglob("*.json"):
        file.unlink()  # as a restart of the machine does
    bench.runner()
    assert exit_record(other).exit_code == 0
    problem = wait_until(lambda: look_at_queue(bench.queue).problems.get(lacking.run_id))
    assert "HF_TOKEN was given for it" in problem and "queue start" in problem
    assert watch_state(lacking).state is RunState.QUEUED
    with pytest.raises(CannotStartQueuedError, match="HF_TOKEN"):
        start_now(bench.queue, lacking)
    monkeypatch.setenv("HF_TOKEN", "given anew")
    pid = start_now(bench.queue, lacking)
    assert exit_record(lacking).exit_code == 0
    os.waitpid(pid, 0)


def test_a_runner_that_has_seen_secrets_needs_no_more_memory(bench: Bench) -> None:
    going = bench.enqueue(ENDLESS)
    run = bench.enqueue(env={"HF_TOKEN": "given"})
    bench.runner()
    wait_until(lambda: look_at_queue(bench.queue).waiting_for.startswith("1 run is going"))
    shutil.rmtree(Path(os.environ["XDG_RUNTIME_DIR"]) / "mosaic-panel")
    cancel_run(going, grace_s=0.5)
    assert exit_record(run).exit_code == 0


def test_without_a_private_place_in_memory_secrets_are_not_queued(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(os.environ["XDG_RUNTIME_DIR"]).chmod(0o750)  # others could look into it

    def refuse(path: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        if path.parent == Path("/dev/shm"):
            raise PermissionError(13, "Permission denied")
        mkdir(path, mode, parents, exist_ok)

    mkdir = Path.mkdir
    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(ValueError, match="env: HF_TOKEN: a secret is written to no disk"):
        bench.enqueue(env={"HF_TOKEN": "given"})
    assert bench.queue.files.waiting_ids() == [] and bench.launcher.store.run_ids() == []
    assert bench.queue.files.environment_ids() == []


def test_start_now_passes_by_limits_and_hold(bench: Bench) -> None:
    bench.queue.hold()
    first, second = bench.enqueue(ENDLESS), bench.enqueue()
    pids = [start_now(bench.queue, run) for run in (first, second)]
    assert exit_record(second).exit_code == 0
    with pytest.raises(NotQueuedError):
        start_now(bench.queue, second)
    cancel_run(first, grace_s=0.5)
    for pid in pids:
        os.waitpid(pid, 0)
    assert (starts(first), starts(second), bench.line()) == (1, 1, [])


def test_a_supervisor_that_cannot_live_does_not_hold_up_the_line(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # no Python starts with it
    doomed = bench.enqueue()
    monkeypatch.delenv("PYTHONHOME")
    other = bench.enqueue()
    bench.runner()
    assert exit_record(other).exit_code == 0
    wait_until(doomed.exit_file.exists, 40.0)
    summary = watch_state(doomed)
    assert summary.state is RunState.FAILED
    assert "its supervisor died 3 times before it took the run up" in summary.evidence[0]
    assert starts(doomed) == 0


def test_torn_places_in_line_are_still_places(bench: Bench) -> None:
    torn, whole = bench.enqueue(), bench.enqueue()
    bench.queue.files.entry(torn.run_id).write_text('{"run_id"')
    assert bench.line() == [whole.run_id, torn.run_id]
    assert watch_state(torn).state is RunState.QUEUED
    bench.queue.move(torn.run_id, Move.TOP)
    assert bench.line() == [torn.run_id, whole.run_id]
    bench.work_through()
    assert (exit_record(torn).exit_code, exit_record(whole).exit_code) == (0, 0)


def test_a_copied_place_in_line_starts_nothing(bench: Bench) -> None:
    run = bench.enqueue()
    place = bench.queue.files.entry(run.run_id)
    shutil.copy(place, place.with_name("01ARZ3NDEKTSV4RRFFQ69G5FAV.json"))
    assert bench.line() == [run.run_id]
    bench.work_through()
    assert exit_record(run).exit_code == 0


def test_places_that_lead_elsewhere_start_nothing(bench: Bench, tmp_path: Path) -> None:
    run = bench.enqueue()
    elsewhere = tmp_path / "elsewhere" / "run"
    elsewhere.parent.mkdir()
    run.path.rename(elsewhere)
    run.path.symlink_to(elsewhere)
    for name in ("...json", ".json", "a b.json", "-x.json"):
        shutil.copy(bench.queue.files.entry(run.run_id), bench.queue.files.waiting / name)
    assert bench.queue.files.waiting_ids() == [run.run_id] and bench.line() == []
    bench.work_through()
    assert not (elsewhere / "starts").exists() and not (elsewhere / "process.json").exists()
    run.path.unlink()
    shutil.rmtree(bench.queue.files.folder)


def test_a_run_deleted_while_it_waited_is_no_obstacle(bench: Bench) -> None:
    gone, run = bench.enqueue(), bench.enqueue()
    shutil.rmtree(gone.path)
    bench.work_through()
    assert exit_record(run).exit_code == 0
    place = bench.queue.files.entry(gone.run_id)
    assert place.exists(), "the disk it is on may only be missing for the moment"
    os.utime(place, (1.0, 1.0))
    os.utime(bench.queue.files.environment(gone.run_id), (1.0, 1.0))
    bench.work_through()
    assert bench.queue.files.waiting_ids() == [] == bench.queue.files.environment_ids()


def test_a_copy_of_a_queued_run_is_not_queued(bench: Bench, tmp_path: Path) -> None:
    run = bench.enqueue()
    elsewhere = tmp_path / "other" / "runs"
    shutil.copytree(run.path, elsewhere / run.run_id)
    copied = RunDirectory(elsewhere / run.run_id)
    assert watch_state(copied).state is RunState.STARTING
    assert RunObserver(copied).refresh(time.time() + 100).state is RunState.LOST


def test_a_launch_cut_short_while_joining_leaves_nothing_to_start(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_named: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gym_gui.core.runs.launch._record", fail)
    with pytest.raises(OSError):
        bench.enqueue()
    assert bench.queue.files.waiting_ids() == [] == bench.queue.files.environment_ids()
    assert bench.line() == []


def test_a_place_without_a_record_yet_is_waited_for(bench: Bench) -> None:
    """The place is written first: a runner that looks in between must neither start nor drop it."""
    states: list[tuple[list[str], list[str]]] = []
    spec = bench.launcher.spec(str(COUNTING), SHORT)

    def join(run: RunDirectory) -> None:
        bench.queue.join(run, dict(os.environ), spec, 0)
        bench.work_through()
        states.append((bench.queue.files.waiting_ids(), bench.line()))

    run = create_run(bench.launcher.store, spec, before_record=join)
    assert states == [([run.run_id], [])]
    assert bench.line() == [run.run_id]
    assert look_at_queue(bench.queue).needs_runner
    bench.work_through()
    assert exit_record(run).exit_code == 0


def test_after_a_restart_of_the_machine_queued_runs_are_still_queued(bench: Bench) -> None:
    run = bench.enqueue()
    # Nothing of the queue names a process or a boot but what a runner says of itself while it lives.
    assert bench.runner(MOSAIC_FAILPOINT="queue_before_start").wait(30) == -signal.SIGKILL
    record = {"runner": {"pid": 1, "start_ticks": 1, "boot_id": "of another time"}, "waiting_for": "old"}
    bench.queue.files.runner.write_text(json.dumps(record))
    status = look_at_queue(bench.queue)
    assert status.needs_runner and status.running is None
    assert "no process starts queued runs" in status.waiting_for
    assert watch_state(run).state is RunState.QUEUED
    pid = ensure_runner(bench.queue)
    assert pid is not None and exit_record(run).exit_code == 0
    os.waitpid(pid, 0)


def test_a_change_lock_that_is_held_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.queue.files.make()
    lock = osproc.take_lock(str(bench.queue.files.change_lock))
    assert lock is not None
    monkeypatch.setattr("gym_gui.core.runs.exclusive._LONGEST_WAIT_S", 0.05)
    try:
        with pytest.raises(OSError, match=r"change\.lock: held by another process"):
            bench.queue.hold()
    finally:
        os.close(lock)


def test_the_files_are_beside_the_runs_folder(store: RunStore) -> None:
    files = QueueFiles.beside(store.root)
    assert files.folder == store.root.parent / "queue"
    assert files.waiting_ids() == [] == files.environment_ids()
