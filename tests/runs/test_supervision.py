"""Real workers under a real supervisor."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.launch import create_run, start_supervisor, supervisor_argv, supervisor_environment
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.sampling import FIRST_SAMPLE_S
from gym_gui.core.runs.record import ExitCause
from gym_gui.core.runs.summary import RunState
from tests.runs.conftest import (
    Launcher,
    exit_record,
    is_alive,
    noted_pid,
    processes,
    wait_for_state,
    wait_until,
)


@pytest.mark.parametrize(
    ("end", "cause", "exit_code", "ended_by", "state"),
    [
        ("completed", ExitCause.FINISHED, 0, None, RunState.COMPLETED),
        ("failed", ExitCause.FAILED, 1, None, RunState.FAILED),
        ("failed politely", ExitCause.FINISHED, 0, None, RunState.FAILED),
        ("cancelled", ExitCause.FINISHED, 0, None, RunState.CANCELLED),
        ("silently", ExitCause.FINISHED, 0, None, RunState.FAILED),
        ("os._exit", ExitCause.FINISHED, 0, None, RunState.FAILED),
        ("exit 3", ExitCause.FAILED, 3, None, RunState.FAILED),
        ("raise", ExitCause.FAILED, 1, None, RunState.FAILED),
        ("completed then crash", ExitCause.KILLED, None, signal.SIGSEGV, RunState.FAILED),
        ("SIGKILL", ExitCause.KILLED, None, signal.SIGKILL, RunState.FAILED),
        ("SIGSEGV", ExitCause.KILLED, None, signal.SIGSEGV, RunState.FAILED),
    ],
)
def test_every_way_to_end_is_recorded_and_judged(
    launcher: Launcher,
    end: str,
    cause: ExitCause,
    exit_code: int | None,
    ended_by: int | None,
    state: RunState,
) -> None:
    run = launcher.launch(end=end)
    assert launcher.reap(run) == 0
    record = exit_record(run)
    assert (record.cause, record.exit_code, record.signal) == (cause, exit_code, ended_by)
    assert record.started is not None and record.started <= record.ended
    assert record.cpu_seconds > 0 and record.peak_rss_bytes > 1024 * 1024
    summary = watch_state(run)
    assert summary.state is state, summary.evidence
    assert summary.problem == ""


def test_a_worker_without_events_that_exits_with_0_is_completed_and_says_why(launcher: Launcher) -> None:
    run = launcher.launch(silent=True)
    launcher.reap(run)
    summary = watch_state(run)
    assert summary.state is RunState.COMPLETED
    assert summary.evidence == ("exit code 0", "the worker gives no lifecycle events")


@pytest.mark.parametrize(
    ("end", "headline"),
    [
        ("raise", "ValueError: env_id is not registered"),
        ("failed", "KeyError: no such environment"),
        ("SIGSEGV", "killed by SIGSEGV"),
        ("exit 3", "exit code 3"),
    ],
)
def test_a_failure_has_a_headline(launcher: Launcher, end: str, headline: str) -> None:
    run = launcher.launch(end=end)
    launcher.reap(run)
    assert watch_state(run).headline == headline


def test_output_goes_to_the_files_and_nothing_else_is_mixed_in(launcher: Launcher) -> None:
    run = launcher.launch(beats=2, end="raise")
    launcher.reap(run)
    lines = run.stdout_file.read_text().splitlines()
    assert [line for line in lines if not line.startswith("{")] == ["plain line 0", "plain line 1"]
    assert run.stderr_file.read_text().rstrip().endswith("ValueError: env_id is not registered")


def test_the_sdk_emitter_is_understood(launcher: Launcher) -> None:
    run = launcher.launch("emitting.py", steps=3)
    launcher.reap(run)
    summary = watch_state(run)
    assert (summary.state, summary.last_event) == (RunState.COMPLETED, "run_completed")
    assert summary.progress is not None and summary.progress.fraction == 1.0


def test_a_worker_that_ends_itself_well_on_sigterm_is_cancelled(launcher: Launcher) -> None:
    run = launcher.launch("emitting.py", steps=100_000)
    wait_until(lambda: watch_state(run).heartbeat_time)
    os.kill(launcher.supervisor_pid(run), signal.SIGTERM)
    assert launcher.reap(run) == 0
    summary = watch_state(run)
    assert summary.state is RunState.CANCELLED
    assert summary.last_event == "run_cancelled"
    assert exit_record(run).cause is ExitCause.CANCELLED


def test_the_worker_is_given_the_environment_that_existing_workers_read(
    launcher: Launcher, tmp_path: Path, mosaic_home: Path
) -> None:
    script = tmp_path / "show_environment.py"
    script.write_text(
        "import json, os, sys, signal\n"
        "blocked = sorted(int(s) for s in signal.pthread_sigmask(signal.SIG_BLOCK, []))\n"
        "watched = (signal.SIGHUP, signal.SIGTERM)\n"
        "ignored = [s.name for s in watched if signal.getsignal(s) == signal.SIG_IGN]\n"
        "facts = dict(stdin=sys.stdin.read(), cwd=os.getcwd(), fds=sorted(os.listdir('/proc/self/fd')),\n"
        "             blocked=blocked, ignored=ignored, session=os.getsid(0) == os.getpid())\n"
        "print(json.dumps([dict(os.environ), facts]))\n"
    )
    spec = launcher.spec(
        "",
        {"seed": 7},
        command=(sys.executable, str(script)),
        env={"MY_API_KEY": "s3cret", "PLAIN": "shown"},
        resources={"devices": [0, 2]},
    )
    run = launcher.start(spec)
    assert launcher.reap(run) == 0
    environment, facts = json.loads(run.stdout_file.read_text())
    expected = {
        "RUN_ID": run.run_id,
        "MOSAIC_RUN_ID": run.run_id,
        "MOSAIC_RUN_DIR": str(run.path),
        "MOSAIC_HOME": str(mosaic_home),
        "WORKER_ID": "under_test",
        "TRAINER_WORKER_CONFIG_PATH": str(run.config_file),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "CUDA_VISIBLE_DEVICES": "0,2",
        "MY_API_KEY": "s3cret",
        "PLAIN": "shown",
    }
    assert {name: environment.get(name) for name in expected} == expected
    assert facts["stdin"] == "" and facts["cwd"] == str(run.path)
    assert facts["blocked"] == [] and facts["ignored"] == [] and facts["session"] is True
    assert len(facts["fds"]) == 4, "0, 1, 2 and the listing itself"
    assert "s3cret" not in "".join(p.read_text() for p in run.path.glob("*.json"))


def test_the_run_outlives_the_process_that_launched_it(launcher: Launcher, tmp_path: Path) -> None:
    run = create_run(launcher.store, launcher.spec("family.py", {"shape": "alone"}))
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "from gym_gui.core.runs.directory import RunDirectory\n"
        "from gym_gui.core.runs.launch import start_supervisor\n"
        "print(start_supervisor(RunDirectory(Path(sys.argv[1]))), flush=True)\ntime.sleep(600)\n"
    )
    panel = subprocess.Popen(
        [sys.executable, "-c", code, str(run.path)], stdout=subprocess.PIPE, start_new_session=True
    )
    assert panel.stdout is not None
    panel.stdout.readline()
    worker = noted_pid(run, "worker")
    os.killpg(panel.pid, signal.SIGKILL)
    panel.wait()
    panel.stdout.close()
    assert is_alive(worker)
    assert watch_state(run).state in (RunState.RUNNING, RunState.STARTING)
    os.kill(processes(run).supervisor.pid, signal.SIGTERM)
    assert exit_record(run).cause is ExitCause.CANCELLED


def test_what_the_worker_leaves_running_is_ended_with_the_run(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="helper left behind")
    helper = noted_pid(run, "child")
    assert launcher.reap(run) == 0
    record = exit_record(run)
    assert (record.cause, record.exit_code, record.found, record.survivors) == (ExitCause.FINISHED, 0, 1, 0)
    assert not is_alive(helper)


def test_hang_up_and_interrupt_do_not_end_a_run(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    worker = noted_pid(run, "worker")
    supervisor = launcher.supervisor_pid(run)
    for number in (signal.SIGHUP, signal.SIGINT):
        os.kill(supervisor, number)
    os.kill(supervisor, signal.SIGCONT)
    assert is_alive(worker) and is_alive(supervisor)
    os.kill(supervisor, signal.SIGTERM)
    assert launcher.reap(run) == 0


@pytest.mark.parametrize("when", ["running", "over"])
def test_a_second_supervisor_refuses_and_changes_nothing(launcher: Launcher, when: str) -> None:
    run = launcher.launch("family.py", shape="alone")
    noted_pid(run, "worker")
    if when == "over":
        os.kill(launcher.supervisor_pid(run), signal.SIGTERM)
        launcher.reap(run)
    before = {path.name: path.read_bytes() for path in run.path.iterdir() if path.suffix == ".json"}
    second = subprocess.run(supervisor_argv(run), capture_output=True, text=True, check=False)
    assert second.returncode == 3
    assert "supervisor:" in second.stderr
    assert {path.name: path.read_bytes() for path in run.path.iterdir() if path.suffix == ".json"} == before


def test_observers_looking_at_the_lock_do_not_keep_a_supervisor_out(launcher: Launcher) -> None:
    code = (
        "import os, sys\nfrom gym_gui.core.runs.processes import osproc\nrun = sys.argv[1]\n"
        "while not os.path.exists(run + '/exit.json'): osproc.lock_is_held(run + '/supervisor.lock')"
    )
    run = create_run(launcher.store, launcher.spec("talker.py", {}))
    run.lock_file.touch()
    observers = [subprocess.Popen([sys.executable, "-c", code, str(run.path)]) for _ in range(4)]
    pid = start_supervisor(run)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert [observer.wait() for observer in observers] == [0] * 4


@pytest.mark.parametrize(
    ("fields", "detail"),
    [
        ({"command": ("/nowhere/python", "x.py")}, "/nowhere/python: No such file or directory"),
        ({"cwd": "/nowhere/at/all"}, "cwd: /nowhere/at/all: No such file or directory"),
    ],
)
def test_a_worker_that_cannot_be_started_is_a_failure_with_a_reason(
    launcher: Launcher, fields: dict[str, object], detail: str
) -> None:
    run = launcher.start(launcher.spec("talker.py", {}, **fields))
    assert launcher.reap(run) == 0
    record = exit_record(run)
    assert record.cause is ExitCause.FAILED and record.detail.startswith(detail)
    assert (record.exit_code, record.signal, record.started) == (None, None, None)
    summary = watch_state(run)
    assert summary.state is RunState.FAILED and summary.headline.startswith(detail)


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        (
            "#!/gone/python\n",
            0o755,
            "No such file or directory; the interpreter that its first line names is missing",
        ),
        ("#!/bin/sh\n", 0o644, "Permission denied; make it executable"),
        ("no program at all\n", 0o755, "Exec format error; it is no program"),
    ],
)
def test_a_script_that_cannot_run_is_explained(
    launcher: Launcher, tmp_path: Path, content: str, mode: int, reason: str
) -> None:
    script = tmp_path / "worker"
    script.write_text(content)
    script.chmod(mode)
    run = launcher.start(launcher.spec("", {}, command=(str(script),)))
    launcher.reap(run)
    assert exit_record(run).detail.startswith(f"{script}: {reason}")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "run.json: cannot be read"),
        ("[1]", "run.json: not a JSON object"),
        ('{"argv": ["a"], "cwd": 3, "worker_id": "w"}', "run.json: cwd: expected text, got 3"),
        ('{"argv": [], "cwd": "/", "worker_id": "w"}', "run.json: argv: expected a list of texts"),
        (
            '{"argv": ["a"], "cwd": "/", "worker_id": "w", "env": {"A": 1}}',
            "run.json: env: expected an object",
        ),
    ],
)
def test_a_broken_run_json_ends_in_a_record_not_in_a_traceback(
    launcher: Launcher, content: str, reason: str
) -> None:
    run = create_run(launcher.store, launcher.spec("talker.py", {}))
    run.record_file.write_text(content)
    done = subprocess.run(supervisor_argv(run), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert exit_record(run).detail.startswith(reason)


def test_wrong_usage_is_said(tmp_path: Path) -> None:
    command = supervisor_argv(RunDirectory(tmp_path / "missing"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "usage" in done.stderr


def test_a_supervisor_that_was_stopped_for_a_while_goes_on_and_ends_nothing(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    noted_pid(run, "worker")
    supervisor = launcher.supervisor_pid(run)
    os.kill(supervisor, signal.SIGSTOP)
    time.sleep(FIRST_SAMPLE_S + 0.5)  # when it would have looked around
    assert not run.resources_file.exists()
    os.kill(supervisor, signal.SIGCONT)
    wait_until(run.resources_file.exists)
    assert watch_state(run).state in (RunState.RUNNING, RunState.STARTING)
    assert processes(run).stop_requested is None
    assert cancel_run(run, grace_s=0.5).left == 0
    assert launcher.reap(run) == 0


def test_killing_the_supervisor_leaves_the_worker_and_the_truth(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    worker = noted_pid(run, "worker")
    processes(run)
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    assert launcher.reap(run) == -signal.SIGKILL
    summary = watch_state(run)
    assert is_alive(worker)
    assert summary.state in (RunState.RUNNING, RunState.STARTING)
    assert "running without supervisor: its exit code will not be known" in summary.evidence
    os.kill(worker, signal.SIGKILL)
    wait_for_state(run, RunState.LOST)
    assert "nobody recorded how it ended" in watch_state(run).evidence


def test_a_completed_worker_whose_supervisor_was_killed_is_not_shown_as_completed(launcher: Launcher) -> None:
    run = launcher.launch(beats=30, pause=0.02)
    worker = processes(run).worker
    assert worker is not None
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)
    wait_until(lambda: osproc.find(worker) is None)
    summary = watch_state(run)
    assert (summary.state, summary.last_event) == (RunState.LOST, "run_completed")
    assert "the worker said run_completed" in summary.evidence


def test_a_frozen_worker_is_paused(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="frozen")
    wait_for_state(run, RunState.PAUSED)


def test_modules_in_the_callers_directory_are_not_imported(
    launcher: Launcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the current directory')")
    monkeypatch.chdir(tmp_path)
    run = launcher.launch()
    assert launcher.reap(run) == 0
    assert exit_record(run).cause is ExitCause.FINISHED


def test_the_supervisor_imports_little(launcher: Launcher) -> None:
    code = "import sys, gym_gui.core.runs.supervisor; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    heavy = {
        "msgspec",
        "platformdirs",
        "psutil",
        "typing",
        "dataclasses",
        "pathlib",
        "subprocess",
        "logging",
        "ctypes",
    }
    # What the installation imports at start-up, by way of .pth files, is not the supervisor's doing.
    bare = subprocess.run(
        [sys.executable, "-P", "-c", "import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not (loaded - set(bare.stdout.split())) & heavy


def test_secrets_reach_the_worker_through_the_supervisors_environment_only(
    launcher: Launcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_RUN_ID", "of-an-outer-run")
    spec = launcher.spec("talker.py", {}, env={"HF_TOKEN": "t", "PYTHONPATH": "/of/the/worker"})
    environment = supervisor_environment(spec)
    assert environment["HF_TOKEN"] == "t"
    assert environment.get("PYTHONPATH") != "/of/the/worker"
    assert "MOSAIC_RUN_ID" not in environment
