"""Why a run ended: real deaths, and the words that tell of those no test machine can die of."""

from __future__ import annotations

import os
import signal
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.endings import EndExplanation
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ExitCause, ExitRecord, Requester
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.why.causes import EndClass, explain_end
from gym_gui.core.runs.why.explanation import EndEvidence, explain
from gym_gui.core.runs.why.last_lines import tail_of
from gym_gui.core.runs.why.tracebacks import last_chain
from tests.runs.conftest import Launcher, exit_record, noted_pid, processes


def died(launcher: Launcher, end: str, **config: object) -> EndExplanation:
    run = launcher.launch("dying.py", end=end, **config)
    launcher.reap(run)
    explanation = explain_end(run)
    summary = watch_state(run)
    assert summary.state is RunState.FAILED
    assert summary.headline == explanation.headline
    return explanation


@pytest.mark.parametrize(
    ("end", "cause", "headline", "error_type"),
    [
        ("exception", EndClass.EXCEPTION, "ValueError: list.remove(x): x not in list", "ValueError"),
        ("chained", EndClass.EXCEPTION, "KeyError: 'learning_rate'", "RuntimeError"),
        ("handled", EndClass.EXCEPTION, "ConnectionError: the simulator hung up", "RuntimeError"),
        ("import", EndClass.IMPORT_ERROR, "ModuleNotFoundError: No module named 'no_such_framework'", None),
        ("memory", EndClass.OUT_OF_MEMORY, "MemoryError", "MemoryError"),
        ("file size", EndClass.DISK_FULL, "OSError: [Errno 27] File too large", "OSError"),
        ("SIGXFSZ", EndClass.DISK_FULL, "killed by SIGXFSZ: a file grew beyond the size that is allowed", ""),
        ("segfault", EndClass.SIGNAL, "killed by SIGSEGV", ""),
        ("abort", EndClass.SIGNAL, "killed by SIGABRT", ""),
        ("exit 7", EndClass.EXIT_CODE, "exit code 7", ""),
        ("exit 0", EndClass.EXIT_CODE, "exit code 0, but no run_completed: ended without saying so", ""),
        ("exit 137", EndClass.EXIT_CODE, "exit code 137 (as shells say after SIGKILL)", ""),
        ("usage", EndClass.EXIT_CODE, "dying.py: error: no such algorithm", ""),
        ("SIGKILL", EndClass.SIGNAL, "killed by SIGKILL; not by its supervisor, by whom is not known", ""),
        ("SIGTERM", EndClass.SIGNAL, "killed by SIGTERM; not by its supervisor, by whom is not known", ""),
        ("raise FloatingPointError('overflow')", EndClass.NAN, "FloatingPointError: overflow", None),
        ("raise ValueError('loss is nan')", EndClass.NAN, "ValueError: loss is nan", "ValueError"),
        (
            "raise ValueError('no room for a nanny')",
            EndClass.EXCEPTION,
            "ValueError: no room for a nanny",
            None,
        ),
        (
            "raise KeyboardInterrupt",
            EndClass.SIGNAL,
            "killed by SIGINT; not by its supervisor, by whom",
            None,
        ),
    ],
)
def test_every_death_is_explained(
    launcher: Launcher, end: str, cause: EndClass, headline: str, error_type: str | None
) -> None:
    explanation = died(launcher, end)
    assert (explanation.cause, explanation.headline[: len(headline)]) == (cause, headline)
    assert error_type is None or explanation.error_type == error_type
    assert explanation.stdout[-1].startswith('{"event": "run_started"')


def test_a_failed_optional_import_is_not_the_cause(launcher: Launcher) -> None:
    explanation = died(launcher, "optional import")
    assert (explanation.cause, explanation.error_type) == (EndClass.EXCEPTION, "ValueError")
    assert "ValueError: seed must not be negative" in explanation.sentence


def test_a_chain_names_its_end_and_its_beginning(launcher: Launcher) -> None:
    expected = "it failed: RuntimeError: the optimiser could not be built"
    expected += "; the first cause was KeyError: 'learning_rate'"
    assert died(launcher, "chained").sentence == expected


@pytest.fixture
def small_cgroup() -> Iterator[Path]:
    """A cgroup of 64 MB; skipped where none can be made."""
    own = {
        line.split(":")[1]: line.split(":", 2)[2] for line in Path("/proc/self/cgroup").read_text().split()
    }
    name = f"mosaic-test-{uuid.uuid4().hex[:8]}"
    if "memory" in own:
        directory = Path(f"/sys/fs/cgroup/memory{own['memory']}") / name
        limit = "memory.limit_in_bytes"
    else:
        directory, limit = Path(f"/sys/fs/cgroup{own.get('', '/')}") / name, "memory.max"
    try:
        directory.mkdir()
    except OSError as error:
        pytest.skip(f"no cgroup can be made here: {error}")
    try:
        (directory / limit).write_text(str(64 << 20))
        swap = directory / "memory.swap.max"
        if swap.exists():
            swap.write_text("0")
        yield directory
    except OSError as error:
        pytest.skip(f"no limit can be set here: {error}")
    finally:
        directory.rmdir()


def test_a_worker_that_the_kernel_killed_for_want_of_memory(launcher: Launcher, small_cgroup: Path) -> None:
    explanation = died(launcher, "cgroup", cgroup=str(small_cgroup))
    assert explanation.cause is EndClass.KERNEL_OOM
    assert explanation.sentence.startswith("killed by the kernel, because ")


def test_who_cancelled_is_said(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    noted_pid(run, "worker")
    cancel_run(run)
    explanation = explain_end(run)
    assert explanation.cause is EndClass.CANCELLED
    assert f"process {os.getpid()})" in explanation.sentence
    assert exit_record(run).stop_requested_by == processes(run).stop_requested_by


def test_who_cancelled_is_said_when_the_supervisor_was_dead(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    noted_pid(run, "worker")
    processes(run)
    os.kill(launcher.supervisor_pid(run), signal.SIGKILL)
    launcher.reap(run)
    cancel_run(run, grace_s=0.5)
    assert f"process {os.getpid()})" in explain_end(run).sentence


def test_everyone_asked_at_once_is_a_cancel_and_not_a_death(launcher: Launcher) -> None:
    """As systemd does at a shutdown; the worker may well be the first to end."""
    run = launcher.launch("family.py", shape="alone")
    worker = noted_pid(run, "worker")
    supervisor = launcher.supervisor_pid(run)
    processes(run)
    os.kill(supervisor, signal.SIGSTOP)
    os.kill(worker, signal.SIGTERM)
    os.kill(supervisor, signal.SIGTERM)
    os.kill(supervisor, signal.SIGCONT)
    assert launcher.reap(run) == 0
    assert (exit_record(run).cause, exit_record(run).signal) == (ExitCause.CANCELLED, signal.SIGTERM)


def test_a_run_that_goes_on_is_not_explained_away(launcher: Launcher) -> None:
    run = launcher.launch("family.py", shape="alone")
    noted_pid(run, "worker")
    assert explain_end(run).cause is EndClass.NOT_OVER


def test_a_completed_run_is_finished(launcher: Launcher) -> None:
    run = launcher.launch()
    launcher.reap(run)
    explanation = explain_end(run)
    assert (explanation.cause, explanation.first_line) == (EndClass.FINISHED, "")
    assert [line for line in explanation.stdout if not line.startswith("{")] == [
        f"plain line {beat}" for beat in range(3)
    ]


def test_a_worker_that_cannot_be_started(launcher: Launcher) -> None:
    run = launcher.start(launcher.spec("", {}, command=("/nowhere/python",)))
    launcher.reap(run)
    explanation = explain_end(run)
    assert explanation.cause is EndClass.NOT_STARTED
    assert explanation.sentence.startswith("/nowhere/python: No such file or directory")


def test_fifty_lines_of_many_and_never_the_whole_file(launcher: Launcher) -> None:
    lines = [f"\x1b[31mline {number}\x1b[0m" for number in range(9000)]
    explanation = died(launcher, "exit 7", stderr=lines)
    assert explanation.stderr == tuple(f"line {number}" for number in range(8950, 9000))
    assert explanation.first_line == "line 8999"


ORDINARY_EXIT = ExitRecord(cause=ExitCause.FAILED, ended=1.0, exit_code=1)


def explained(**fields: object) -> EndExplanation:
    return explain(EndEvidence(**{"state": RunState.FAILED, "end": ORDINARY_EXIT, **fields}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "message", "cause"),
    [
        ("torch.cuda.OutOfMemoryError", "CUDA out of memory. Tried to allocate 2 GiB", EndClass.CUDA_OOM),
        ("torch.OutOfMemoryError", "CUDA out of memory.", EndClass.CUDA_OOM),
        ("RuntimeError", "CUDA error: out of memory", EndClass.CUDA_OOM),
        (
            "XlaRuntimeError",
            "RESOURCE_EXHAUSTED: Out of memory while trying to allocate on GPU 0",
            EndClass.CUDA_OOM,
        ),
        ("XlaRuntimeError", "RESOURCE_EXHAUSTED: Out of memory allocating 4 bytes", EndClass.OUT_OF_MEMORY),
        ("numpy._core._exceptions._ArrayMemoryError", "Unable to allocate 8 EiB", EndClass.OUT_OF_MEMORY),
        ("OSError", "[Errno 12] Cannot allocate memory", EndClass.OUT_OF_MEMORY),
        ("OSError", "[Errno 28] No space left on device: 'a.npz'", EndClass.DISK_FULL),
        ("OSError", "[Errno 122] Disk quota exceeded", EndClass.DISK_FULL),
        ("sqlite3.OperationalError", "database or disk is full", EndClass.DISK_FULL),
        ("ImportError", "libcudart.so.12: cannot open shared object file", EndClass.IMPORT_ERROR),
        ("ValueError", "Expected parameter loc, but found invalid values:\ntensor([[nan]])", EndClass.NAN),
        ("AssertionError", "", EndClass.EXCEPTION),
    ],
)
def test_exceptions_are_told_apart_by_type_and_words(kind: str, message: str, cause: EndClass) -> None:
    printed = f'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    g()\n{kind}: {message}'
    by_stderr = explained(stderr=printed.split("\n"))
    by_event = explained(failure={"error_type": kind.rpartition(".")[2], "error": message})
    assert (by_stderr.cause, by_event.cause) == (cause, cause)
    assert by_stderr.error_type == by_event.error_type == kind.rpartition(".")[2]


def test_words_without_a_traceback_count_when_it_failed() -> None:
    told = explained(stderr=["step 1", "terminate called after throwing 'std::bad_alloc'", "bye"])
    assert (told.cause, told.first_line) == (
        EndClass.OUT_OF_MEMORY,
        "terminate called after throwing 'std::bad_alloc'",
    )


def test_a_full_disk_takes_the_words_and_is_still_known() -> None:
    end = ExitRecord(cause=ExitCause.FAILED, ended=1.0, exit_code=1, disk_free_bytes=0)
    assert explained(end=end).cause is EndClass.DISK_FULL


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({"oom_kills": 1}, EndClass.KERNEL_OOM),
        ({"machine_oom_kills": 1}, EndClass.KERNEL_OOM),
        ({"machine_stopping": True}, EndClass.SHUTDOWN),
        ({}, EndClass.SIGNAL),
    ],
)
def test_sigkill_is_told_apart_by_what_the_machine_did(fields: dict[str, object], cause: EndClass) -> None:
    end = ExitRecord(cause=ExitCause.KILLED, ended=1.0, signal=9, **fields)  # type: ignore[arg-type]
    assert explained(end=end).cause is cause


def test_a_killed_child_that_ended_the_worker() -> None:
    end = ExitRecord(cause=ExitCause.FAILED, ended=1.0, exit_code=1, oom_kills=1)
    error = "DataLoader worker (pid 12) is killed by signal: Killed."
    told = explained(end=end, failure={"error_type": "RuntimeError", "error": error})
    assert (told.cause, told.first_line) == (EndClass.KERNEL_OOM, f"RuntimeError: {error}")


@pytest.mark.parametrize(
    ("requester", "stopping", "cause"),
    [
        (Requester(1, 0, "systemd"), True, EndClass.SHUTDOWN),
        (Requester(1, 0, "systemd"), False, EndClass.CANCELLED),
        (Requester(900, 1000, "gym-gui"), True, EndClass.CANCELLED),
        (None, True, EndClass.CANCELLED),
    ],
)
def test_a_shutdown_is_claimed_only_when_the_system_asked_and_went_down(
    requester: Requester | None, stopping: bool, cause: EndClass
) -> None:
    end = ExitRecord(cause=ExitCause.CANCELLED, ended=1.0, machine_stopping=stopping)
    assert explained(state=RunState.CANCELLED, end=end, requester=requester).cause is cause


@pytest.mark.parametrize(("free", "cause"), [(0, EndClass.DISK_FULL), (1 << 30, EndClass.SIGNAL)])
def test_a_bus_error_on_a_full_disk_is_the_disks(free: int, cause: EndClass) -> None:
    end = ExitRecord(cause=ExitCause.KILLED, ended=1.0, signal=signal.SIGBUS, disk_free_bytes=free)
    assert explained(end=end).cause is cause


def test_nobody_knows_is_said() -> None:
    told = explained(state=RunState.LOST, end=None, because=("nobody recorded how it ended",))
    assert (told.cause, told.sentence) == (EndClass.UNKNOWN, "nobody recorded how it ended")


RAY = """(PPO pid=7) Traceback (most recent call last):
(PPO pid=7)   File "/x.py", line 3, in train
(PPO pid=7)     step()
(PPO pid=7) EnvironmentError: the level is missing"""
REMOTE = '''concurrent.futures.process._RemoteTraceback:
"""
Traceback (most recent call last):
  File "w.py", line 1, in f
ZeroDivisionError: division by zero
"""

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "m.py", line 9, in <module>
ZeroDivisionError: division by zero'''
EARLIER = """Traceback (most recent call last):
  File "a.py", line 1, in f
ConnectionError: retrying
some output
Traceback (most recent call last):
  File "a.py", line 2, in f
ValueError: at last
Exception ignored in: <function X.__del__>
Traceback (most recent call last):
  File "a.py", line 3, in __del__
AttributeError: handle"""
LOADER = """RuntimeError: Caught KeyError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "fetch.py", line 1, in f
KeyError: 'image'"""


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (RAY, ["EnvironmentError: the level is missing"]),
        (REMOTE, ["ZeroDivisionError: division by zero"] * 2),
        (EARLIER, ["ValueError: at last"]),
        (LOADER, ["KeyError: 'image'"]),
        ("", []),
        ("Traceback (most recent call last):", []),
        (
            '  File "a.py", line 1\n    x =\n       ^\nSyntaxError: invalid syntax',
            ["SyntaxError: invalid syntax"],
        ),
        ("all is well", []),
    ],
)
def test_tracebacks_in_all_their_dress(text: str, lines: list[str]) -> None:
    assert [raised.line for raised in last_chain(text.split("\n"))] == lines


def test_python_itself_prints_what_is_understood(tmp_path: Path) -> None:
    code = (
        "try:\n  try:\n    1/0\n  except ZeroDivisionError as e:\n    raise KeyError('k') from e\n"
        "except KeyError:\n  int('x')"
    )
    done = subprocess.run(["python3", "-c", code], capture_output=True, text=True, check=False)
    chain = last_chain(done.stderr.split("\n"))
    assert [(raised.kind, raised.is_context) for raised in chain] == [
        ("ZeroDivisionError", False),
        ("KeyError", True),
        ("ValueError", False),
    ]


junk = st.one_of(st.none(), st.integers(), st.text(max_size=30), st.lists(st.integers(), max_size=2))
pieces = st.sampled_from(
    [
        "Traceback (most recent call last):",
        '  File "a.py", line 1, in f',
        "The above exception was the direct cause of the following exception:",
        "During handling of the above exception, another exception occurred:",
        "ValueError: x",
        "KeyboardInterrupt",
        "Exception ignored in: <f>",
        "",
    ]
)


@given(st.lists(st.one_of(pieces, st.text(max_size=40)), max_size=30))
def test_no_text_is_too_odd_to_look_for_a_traceback_in(lines: list[str]) -> None:
    for raised in last_chain(lines):
        assert raised.line


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(list(RunState)),
    st.one_of(st.none(), st.dictionaries(st.sampled_from(["error", "error_type", "traceback"]), junk)),
    st.lists(st.one_of(pieces, st.text(max_size=40)), max_size=20),
)
def test_every_combination_is_explained_and_never_as_a_success(
    state: RunState, failure: dict[str, object] | None, stderr: list[str]
) -> None:
    for end in (None, ORDINARY_EXIT, ExitRecord(cause=ExitCause.KILLED, ended=1.0, signal=6)):
        told = explained(state=state, end=end, failure=failure, stderr=stderr, because=("so it is",))
        assert told.sentence
        assert (told.cause is EndClass.FINISHED) == (state is RunState.COMPLETED)
        assert (told.cause is EndClass.NOT_OVER) == (not state.is_over)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400), repeat=st.sampled_from([1, 1000]))
def test_the_last_lines_of_any_bytes(tmp_path: Path, content: bytes, repeat: int) -> None:
    path = tmp_path / "any"
    path.write_bytes(content * repeat)
    lines = tail_of(path, 50)
    assert len(lines) <= 50
    assert all(len(line) <= 2010 and "\n" not in line for line in lines)


def test_of_a_progress_bar_the_last_state_and_of_a_long_line_the_end(tmp_path: Path) -> None:
    path = tmp_path / "any"
    path.write_bytes(b"x" * 200_000 + b"the end\n  1%\r 50%\r100%\r\n\x1b[31mred\x1b[0m")
    long_line, bar, red = tail_of(path)
    assert long_line.startswith("... xxx") and long_line.endswith("the end")
    assert (bar, red) == ("100%", "red")


def test_what_is_not_there_has_no_last_lines(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")
    assert [tail_of(tmp_path / name) for name in ("missing", "pipe", "link")] == [(), (), ()]
