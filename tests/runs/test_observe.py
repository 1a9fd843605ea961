"""What an observer makes of a directory, whatever is in it."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym_gui.core.runs import observe
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.observe import RunObserver, watch_state
from gym_gui.core.runs.summary import Progress, RunState

NOW = time.time()
EARLIER_BOOT = {"pid": 1, "start_ticks": 1, "boot_id": "an earlier boot"}


def event(name: str, timestamp: float | None = NOW - 10, **payload: Any) -> str:
    return json.dumps({"event": name, "run_id": "r", "timestamp": timestamp, "payload": payload}) + "\n"


@pytest.fixture
def run(store: RunStore) -> RunDirectory:
    """A run with a record, started in a boot that is over."""
    made = store.new()
    write_json_atomically(
        made.record_file,
        {"run_id": made.run_id, "worker_id": "w", "argv": ["a"], "cwd": "/", "created": NOW - 100},
    )
    write_json_atomically(
        made.process_file, {"supervisor": EARLIER_BOOT, "worker": EARLIER_BOOT, "started": NOW - 90}
    )
    made.stdout_file.touch()
    made.stderr_file.touch()
    return made


def write_exit(run: RunDirectory, **fields: Any) -> None:
    write_json_atomically(
        run.exit_file, {"cause": "finished", "started": NOW - 90, "ended": NOW - 5, **fields}
    )


def append(run: RunDirectory, text: str | bytes) -> None:
    with run.stdout_file.open("ab") as file:
        file.write(text.encode() if isinstance(text, str) else text)


def test_events_become_progress_returns_and_times(run: RunDirectory) -> None:
    append(run, event("run_started", NOW - 80))
    for number in range(40):
        append(
            run, event("heartbeat", NOW - 60 + number, step=number, total_steps=80, return_mean=number / 4)
        )
    append(run, event("checkpoint_saved", NOW - 12, path="checkpoints/a.npz", step=39))
    summary = RunObserver(run).refresh(NOW)
    assert summary.progress == Progress(39, 80, "step")
    assert summary.returns == tuple(number / 4 for number in range(8, 40))
    assert (summary.last_event, summary.last_event_time) == ("checkpoint_saved", NOW - 12)
    assert summary.heartbeat_time == NOW - 21
    assert (summary.started, summary.ended) == (NOW - 90, NOW - 12)
    assert summary.state is RunState.LOST
    assert "the machine was restarted" in summary.evidence


@pytest.mark.parametrize(
    ("payloads", "progress", "returns"),
    [
        ([{"global_step": 5, "total_timesteps": 10}], Progress(5, 10, "step"), ()),
        ([{"episode": 3, "num_episodes": 4, "mean_reward": 1.5}], Progress(3, 4, "episode"), (1.5,)),
        ([{"step": 4, "episode_return_mean": 8.5}], Progress(4, None, "step"), (8.5,)),
        ([{"progress": 0.25}], Progress(25, 100, "percent"), ()),
        ([{"timesteps": 7}], Progress(7, None, "step"), ()),
        ([{"step": True, "episode": "3", "progress": 7}], None, ()),
        ([{"return_mean": "NaN"}, {"return_mean": 2}, {"return_mean": "Infinity"}], None, (2.0,)),
        ([{"step": 1, "max_steps": 0}], Progress(1, None, "step"), ()),
        ([{"step": 10**400}], None, ()),
    ],
)
def test_other_spellings_and_nonsense(
    run: RunDirectory, payloads: list[dict[str, Any]], progress: Progress | None, returns: tuple[float, ...]
) -> None:
    for payload in payloads:
        append(run, event("heartbeat", **payload))
    summary = RunObserver(run).refresh(NOW)
    assert (summary.progress, summary.returns) == (progress, returns)


@pytest.mark.parametrize("nested", [False, True])
def test_how_far_it_is_to_go_may_stand_in_the_configuration(run: RunDirectory, nested: bool) -> None:
    flat = {"total_timesteps": 50}
    write_json_atomically(run.config_file, {"metadata": {"worker": {"config": flat}}} if nested else flat)
    append(run, event("heartbeat", step=10))
    assert RunObserver(run).refresh(NOW).progress == Progress(10, 50, "step")


def test_step_lines_move_the_run_but_their_rewards_are_no_returns(run: RunDirectory) -> None:
    append(
        run,
        '{"type": "step", "step_index": 4, "reward": 1}\n'
        '{"type": "episode", "episode_index": 2, "reward": 9}\n',
    )
    write_exit(run, exit_code=0)
    summary = RunObserver(run).refresh(NOW)
    assert summary.progress == Progress(4, None, "step")
    assert summary.returns == (9.0,)
    assert summary.evidence == ("exit code 0", "the worker gives no lifecycle events")


def test_nothing_new_gives_the_same_object(run: RunDirectory) -> None:
    append(run, event("run_started") + event("run_completed"))
    write_exit(run, exit_code=0)
    observer = RunObserver(run)
    first = observer.refresh(NOW)
    assert first.state is RunState.COMPLETED
    assert observer.refresh(NOW + 500) is first
    write_json_atomically(run.labels_file, {"name": "renamed"})
    second = observer.refresh(NOW + 501)
    assert second.labels.name == "renamed" and second is not first


def test_a_settled_run_costs_a_few_stats_and_no_reading(
    run: RunDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(run, event("run_completed"))
    write_exit(run, exit_code=0)
    observer = RunObserver(run)
    observer.refresh(NOW)
    calls = []
    monkeypatch.setattr(observe, "judge", lambda evidence: calls.append(evidence))
    for _ in range(5):
        observer.refresh(NOW)
    assert calls == []


def test_appended_output_is_followed(run: RunDirectory) -> None:
    observer = RunObserver(run)
    for step in range(5):
        append(run, event("heartbeat", NOW - 5 + step, step=step)[:-1])
        assert observer.refresh(NOW).progress == (Progress(step - 1, None, "step") if step else None)
        append(run, "\n")
        assert observer.refresh(NOW).progress == Progress(step, None, "step")


def test_output_written_anew_is_read_anew(run: RunDirectory) -> None:
    write_json_atomically(run.config_file, {"total_steps": 9})
    append(run, event("run_failed", error="x") + "noise\n" * 100)
    observer = RunObserver(run)
    assert observer.refresh(NOW).state is RunState.FAILED
    run.stdout_file.write_text(event("heartbeat", step=3))
    summary = observer.refresh(NOW)
    assert summary.state is RunState.LOST and summary.progress == Progress(3, 9, "step")


@pytest.mark.parametrize("where", ["at the end", "before much output", "in the middle of much output"])
def test_the_last_word_is_found_wherever_it_stands(run: RunDirectory, where: str) -> None:
    noise = ("x" * 99 + "\n") * 30_000
    append(run, event("run_started"))
    append(run, noise if where != "before much output" else "")
    append(run, event("run_completed"))
    append(run, noise if where != "at the end" else "")
    append(run, 'a line that only mentions "run_failed"\n')
    write_exit(run, exit_code=0)
    summary = RunObserver(run).refresh(NOW)
    assert summary.state is RunState.COMPLETED
    assert summary.evidence == ("exit code 0", "the worker said run_completed")


def test_a_run_that_started_again_after_a_farewell_has_not_said_farewell(run: RunDirectory) -> None:
    append(run, event("run_completed") + event("run_started") + ("x" * 99 + "\n") * 2000)
    write_exit(run, exit_code=0)
    assert RunObserver(run).refresh(NOW).state is RunState.FAILED


def test_a_flood_between_two_looks_is_bounded_and_the_newest_counts(run: RunDirectory) -> None:
    observer = RunObserver(run)
    append(run, event("run_started"))
    observer.refresh(NOW)
    append(run, ("y" * 199 + "\n") * 20_000)
    append(run, event("heartbeat", step=77))
    assert observer.refresh(NOW).progress == Progress(77, None, "step")


def test_a_line_without_end_stops_nobody(run: RunDirectory) -> None:
    observer = RunObserver(run)
    append(run, event("heartbeat", step=1))
    observer.refresh(NOW)
    for _ in range(3):
        append(run, b"z" * 3_000_000)
        assert observer.refresh(NOW).progress == Progress(1, None, "step")
    append(run, "\n" + event("heartbeat", step=2))
    assert observer.refresh(NOW).progress == Progress(2, None, "step")


def test_the_last_line_counts_without_its_newline_once_the_run_is_over(run: RunDirectory) -> None:
    append(run, event("run_started") + event("run_completed").rstrip())
    write_exit(run, exit_code=0)
    assert RunObserver(run).refresh(NOW).state is RunState.COMPLETED


@pytest.mark.parametrize(
    ("stdout", "stderr", "end", "headline"),
    [
        (
            event("run_failed", error="boom", error_type="ValueError"),
            "",
            {"exit_code": 1},
            "ValueError: boom",
        ),
        (event("run_failed", error="boom"), "", {"exit_code": 1}, "boom"),
        (event("run_failed"), "last words\n", {"exit_code": 1}, "last words"),
        (
            "",
            'Traceback (most recent call last):\n  File "x", line 1\nKeyError: 1\nafterwards\n',
            {"exit_code": 1},
            "KeyError: 1",
        ),
        ("", "usage: x\nx: error: bad flag\n", {"exit_code": 2}, "x: error: bad flag"),
        ("", "", {"exit_code": 2}, "exit code 2"),
        ("", "a warning\n", {"signal": 11, "exit_code": None}, "killed by SIGSEGV"),
        ("", "", {"cause": "failed", "exit_code": None, "detail": "cwd: /x: gone"}, "cwd: /x: gone"),
        (event("run_failed", error="x" * 1000), "", {"exit_code": 1}, "x" * 300 + "..."),
        (event("run_failed", error=["not", "text"]), "", {"exit_code": 1}, "exit code 1"),
    ],
)
def test_headlines(run: RunDirectory, stdout: str, stderr: str, end: dict[str, Any], headline: str) -> None:
    append(run, stdout)
    run.stderr_file.write_text(stderr)
    write_exit(run, **{"cause": "failed", **end})
    summary = RunObserver(run).refresh(NOW)
    assert (summary.state, summary.headline) == (RunState.FAILED, headline)


def test_a_good_end_has_no_headline(run: RunDirectory) -> None:
    append(run, event("run_completed"))
    run.stderr_file.write_text("Traceback (most recent call last):\nValueError: caught\n")
    write_exit(run, exit_code=0)
    assert RunObserver(run).refresh(NOW).headline == ""


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("run.json", "{", "run.json: not valid JSON"),
        ("run.json", '{"run_id": 3}', "run.json: run_id: expected str, got int"),
        (
            "run.json",
            '{"run_id": "r", "worker_id": "w", "argv": [], "cwd": "/", "created": 1, "format_version": 2}',
            "run.json: format_version: format 2 is newer than this program reads (1)",
        ),
        ("exit.json", '{"cause": "finished"', "exit.json: not valid JSON"),
        ("exit.json", '{"cause": "finished", "ended": 1e300}', "exit.json: ended: expected float <="),
        ("labels.json", '{"tags": "a"}', "labels.json: tags: expected array, got str"),
        ("process.json", "[]", "process.json: expected object, got array"),
    ],
)
def test_a_broken_file_is_named_and_the_rest_still_read(
    run: RunDirectory, name: str, content: str, problem: str
) -> None:
    append(run, event("heartbeat", step=1))
    (run.path / name).write_text(content)
    summary = RunObserver(run).refresh(NOW)
    assert summary.problem.startswith(problem)
    assert summary.progress == Progress(1, None, "step")
    assert summary.state is RunState.LOST


def test_a_mended_file_is_no_problem_any_more(run: RunDirectory) -> None:
    observer = RunObserver(run)
    run.labels_file.write_text("{")
    assert observer.refresh(NOW).problem
    write_json_atomically(run.labels_file, {"name": "x"})
    assert (observer.refresh(NOW).problem, observer.refresh(NOW).labels.name) == ("", "x")


@pytest.mark.parametrize(
    "name", ["run.json", "process.json", "exit.json", "labels.json", "stdout.log", "stderr.log"]
)
@pytest.mark.parametrize("kind", ["pipe", "directory", "link", "missing"])
def test_odd_things_in_place_of_any_file(run: RunDirectory, name: str, kind: str) -> None:
    path = run.path / name
    path.unlink(missing_ok=True)
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "directory":
        path.mkdir()
    elif kind == "link":
        path.symlink_to("/etc/passwd")
    summary = RunObserver(run).refresh(NOW)
    assert not summary.state.is_over or summary.state is RunState.LOST
    if kind != "missing" and name != "stderr.log":
        assert name in summary.problem


def test_a_directory_that_is_gone(run: RunDirectory) -> None:
    observer = RunObserver(run)
    observer.refresh(NOW)
    for path in run.path.iterdir():
        path.unlink()
    run.path.rmdir()
    assert observer.refresh(NOW).problem.endswith("the run directory is gone")
    assert watch_state(run).problem.endswith("the run directory is gone")


junk = st.one_of(
    st.binary(max_size=300), st.sampled_from([b"{}", b"null", b"[[[", b'{"cause": 3}', b"\x00" * 50])
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(["run.json", "process.json", "exit.json", "labels.json", "stdout.log"]), junk
    )
)
def test_no_content_of_any_file_raises(run: RunDirectory, contents: dict[str, bytes]) -> None:
    for name, content in contents.items():
        (run.path / name).write_bytes(content)
    summary = RunObserver(run).refresh(NOW)
    assert summary.state is not RunState.COMPLETED


def test_a_run_of_another_program_is_going_while_its_files_grow_and_never_a_success(store: RunStore) -> None:
    path = store.root / "theirs"
    (path / "tensorboard").mkdir(parents=True)
    scalars = path / "tensorboard" / "events.out"
    scalars.write_text("x")
    (path / "analytics.json").write_text("{}")
    run = store.open("theirs")
    observer = RunObserver(run)
    assert observer.refresh(time.time()).state is RunState.RUNNING
    quiet = observer.refresh(time.time() + 100)
    assert quiet.state is RunState.LOST
    assert quiet.evidence[:2] == ("no run.json: started by something else", "how it ended is not recorded")
    assert quiet.problem == ""


def test_a_long_silence_is_a_stall_unless_files_still_grow(run: RunDirectory) -> None:
    """The process is this very test's: alive, and found by its true identity."""
    from gym_gui.core.runs.processes import osproc

    me = osproc.look_at(os.getpid())
    assert me is not None
    mine = {"pid": me.pid, "start_ticks": me.start_ticks, "boot_id": me.boot_id}
    started = time.time()
    write_json_atomically(run.process_file, {"supervisor": EARLIER_BOOT, "worker": mine, "started": started})
    append(run, event("heartbeat", started, step=1))
    observer = RunObserver(run)
    assert observer.refresh(started + 1).state is RunState.RUNNING
    append(run, event("heartbeat", started + 30, step=1) + event("heartbeat", started + 65, step=1))
    stalled = observer.refresh(started + 70)
    assert stalled.state is RunState.STALLED, "a heartbeat proves a process, not progress"
    assert stalled.evidence[0].startswith("no sign of progress for 1 min")
    (run.path / "checkpoints").mkdir()
    checkpoint = run.path / "checkpoints" / "a.npz"
    checkpoint.touch()
    os.utime(checkpoint, (started + 71, started + 71))
    assert observer.refresh(started + 80).state is RunState.RUNNING
    append(run, event("heartbeat", started + 145, step=2))
    assert observer.refresh(started + 150).state is RunState.RUNNING


def test_a_clock_in_the_future_does_not_hide_a_stall(run: RunDirectory) -> None:
    append(run, event("heartbeat", NOW + 10**9, step=1))
    os.utime(run.stdout_file, (NOW, NOW))
    summary = RunObserver(run).refresh(NOW)
    assert summary.last_event_time is not None and summary.last_event_time <= NOW + 60


def test_a_hundred_runs_are_read_without_decoding_all_of_their_output(
    store: RunStore, run: RunDirectory
) -> None:
    append(run, event("heartbeat", step=1) * 50_000)
    write_exit(run, exit_code=0)
    read: list[int] = []
    pread = os.pread

    def counting(descriptor: int, count: int, offset: int) -> bytes:
        read.append(count)
        return pread(descriptor, count, offset)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "pread", counting)
        RunObserver(run).refresh(NOW)
    assert run.stdout_file.stat().st_size > 4_000_000
    first_look = read[0]
    assert first_look <= 64 * 1024


def test_watching_once_is_the_same_as_observing(run: RunDirectory) -> None:
    append(run, event("run_cancelled"))
    assert watch_state(run).state is RunState.CANCELLED
    assert Path(watch_state(run).path) == run.path


@pytest.mark.parametrize("timestamp", [-1e300, 1e300, -1.0, 1e18, 10**400])
def test_a_senseless_time_breaks_no_date(run: RunDirectory, timestamp: float) -> None:
    append(run, event("run_started", timestamp) + event("run_failed", timestamp, error="x"))
    run.resources_file.write_text('{"time": 1e300, "cpu_percent": 1, "rss_bytes": 1, "processes": 1}\n')
    write_json_atomically(run.process_file, {"supervisor": EARLIER_BOOT, "started": 0.0})
    observer = RunObserver(run)
    summary = observer.refresh(NOW)
    assert summary.state is RunState.FAILED
    for moment in (summary.started, summary.ended, summary.last_event_time):
        assert moment is None or time.localtime(moment)
    assert observer.explain().sentence
