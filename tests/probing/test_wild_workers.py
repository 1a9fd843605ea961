"""Workers that go wild at import: each costs exactly its own row, and leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gym_gui.core.probing.family import ENV_MARK
from gym_gui.core.probing.model import ProbedWorker, ProbeFailure
from gym_gui.core.probing.probe import probe_interpreter
from gym_gui.core.runs.processes import osproc
from tests.installed_workers import METADATA, InstallWorker


def probe(timeout_s: float = 5.0) -> list[ProbedWorker]:
    report = probe_interpreter(sys.executable, timeout_s=timeout_s)
    assert report.failure is None
    return list(report.workers)


def only_row(rows: list[ProbedWorker], worker_id: str) -> ProbedWorker:
    (row,) = [row for row in rows if row.worker_id == worker_id]
    return row


def failure_of(rows: list[ProbedWorker], worker_id: str) -> ProbeFailure:
    failure = only_row(rows, worker_id).failure
    assert failure is not None
    return failure


def are_well(rows: list[ProbedWorker], *worker_ids: str) -> bool:
    return all(only_row(rows, worker_id).failure is None for worker_id in worker_ids)


def alive_with(name: str, value: str) -> list[int]:
    return [p.pid for p in osproc.all_processes() if osproc.environment_entry(p.pid, name) == value]


def indented(text: str) -> str:
    return text.replace("\n", "\n        ")


def test_a_fork_bomb_is_one_row_and_is_put_out(
    install: InstallWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THIS_TEST", "bomb")
    for name in ("aaa", "zzz"):
        install(name)
    install("bomb", "import os\nwhile True: os.fork()")
    rows = probe()
    failure = failure_of(rows, "bomb")
    assert failure.error_type in {"TooManyProcesses", "BlockingIOError"}
    assert are_well(rows, "aaa", "zzz", "tabular")
    assert set(alive_with("OF_THIS_TEST", "bomb")) <= {os.getpid()}


def test_a_session_of_its_own_is_no_way_out(install: InstallWorker, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    install(
        "escaper",
        f"""
        import os, subprocess, sys, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                with open({str(pids)!r}, "a") as file: print(os.getpid(), file=file, flush=True)
                time.sleep(600)
            os._exit(0)
        bare = {{"PATH": os.environ["PATH"]}}
        code = "import os, time; print(os.getpid(), file=open({str(pids)!r}, 'a'), flush=True); time.sleep(9)"
        subprocess.Popen([sys.executable, "-c", code], start_new_session=True, env=bare)
        while not os.path.exists({str(pids)!r}) or len(open({str(pids)!r}).readlines()) < 2: time.sleep(0.01)
        time.sleep(0.3)
        """
        + indented(METADATA.format(name="escaper")),
    )
    assert are_well(probe(), "escaper")
    left = [osproc.look_at(int(line)) for line in pids.read_text().split()]
    assert len(left) == 2
    assert [process.pid for process in left if process is not None and process.alive] == []


@pytest.mark.parametrize(
    ("source", "error_types"),
    [
        ("hoard = [bytearray(2**26) for _ in range(10**5)]", {"TooMuchMemory", "MemoryError"}),
        ("hoard = bytes(2**36)", {"MemoryError"}),
        ("hoard = []\nwhile True: hoard.append(b'x' * 2**22)", {"TooMuchMemory", "MemoryError"}),
    ],
)
def test_a_memory_hog_is_one_row_with_the_setting_that_grants_more(
    install: InstallWorker, monkeypatch: pytest.MonkeyPatch, source: str, error_types: set[str]
) -> None:
    monkeypatch.setenv("MOSAIC_WORKER_DISCOVERY_MEMORY_MB", "300")
    install("good")
    install("hog", source)
    rows = probe()
    assert failure_of(rows, "hog").error_type in error_types
    assert "worker_discovery_memory_mb" in failure_of(rows, "hog").hint
    assert are_well(rows, "good", "tabular")


@pytest.mark.parametrize(
    "mischief",
    [
        "import sys\nsys.path.clear()\nsys.modules.clear()",
        "import os\nos.environ.clear()\nos.chdir('/')\nos.open = None",
        "import builtins\nbuiltins.__import__ = None",
        "import importlib.metadata as m\nm.EntryPoint.load = None",
        "import dataclasses\ndataclasses.fields = None",
    ],
)
def test_an_interpreter_that_one_worker_broke_fails_no_other(install: InstallWorker, mischief: str) -> None:
    install("aab", mischief)
    install("zzz")
    rows = probe()
    assert are_well(rows, "zzz", "tabular")
    assert only_row(rows, "tabular").schema is not None


def test_a_hundred_megabytes_are_not_too_much(install: InstallWorker) -> None:
    package = install("heavy", "from .table import TABLE\n" + METADATA.format(name="heavy"))
    (package / "table.py").write_text("TABLE = b'" + "x" * 100_000_000 + "'\n")
    rows = probe(timeout_s=60)
    assert are_well(rows, "heavy", "tabular")


def test_junk_in_the_answers_costs_nobody_a_row(install: InstallWorker) -> None:
    install("first")
    install(
        "junk",
        """
        import glob, os
        for name in glob.glob("*.jsonl"):
            with open(name, "ab") as answers:
                answers.write(b'\\xff\\x00 half a line {"type":"worker","index":1')
        for descriptor in range(1, 64):
            try: os.write(descriptor, b'{"type":"done"}')
            except OSError: pass
        """
        + indented(METADATA.format(name="junk")),
    )
    install(
        "wiper",
        "import glob, os\nfor name in glob.glob('*.jsonl'): os.truncate(name, 0)\n"
        + METADATA.format(name="wiper"),
    )
    install("zlast")
    rows = probe()
    assert are_well(rows, "first", "junk", "zlast", "tabular")
    wiped = only_row(rows, "wiper").failure
    assert wiped is None or "gave no answer" in wiped.message or "could not" in wiped.message


def test_an_answer_for_one_whose_turn_it_is_not_is_no_answer(install: InstallWorker) -> None:
    install("before")
    forged = '{"type":"worker","index":0,"failure":{"error_type":"Forged","message":"forged"}}'
    ahead = forged.replace('"index":0', '"index":2')
    install(
        "forger",
        f"""
        import glob
        for name in glob.glob("*.jsonl"):
            with open(name, "a") as answers:
                answers.write('{forged}\\n{ahead}\\n')
        """
        + indented(METADATA.format(name="forger")),
    )
    install("last")
    assert are_well(probe(), "before", "forger", "last")


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGSTOP"])
def test_a_worker_that_signals_its_parent_does_not_hit_who_asks(install: InstallWorker, name: str) -> None:
    install("aaa")
    install("patricide", f"import os, signal, time\nos.kill(os.getppid(), signal.{name})\ntime.sleep(60)")
    install("zzz")
    asking = """if True:
        import sys
        from gym_gui.core.probing.probe import probe_interpreter
        for row in probe_interpreter(sys.executable, timeout_s=5).workers:
            print(row.worker_id, row.failure.message if row.failure else "well")
    """
    said = subprocess.run([sys.executable, "-c", asking], capture_output=True, text=True, timeout=60)
    assert said.returncode == 0, said
    lines = said.stdout.splitlines()
    assert "aaa well" in lines and "zzz well" in lines
    (failure,) = [line for line in lines if line.startswith("patricide ")]
    expected = "gave no answer" if name == "SIGSTOP" else f"was killed by {name}"
    assert expected in failure


def test_both_owners_of_a_name_are_named_with_the_mend(install: InstallWorker, site: Path) -> None:
    install("twin", distribution="a-twin")
    info = site / "b_twin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: b-twin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mosaic.workers]\ntwin = twin_package:other\n")
    twins = [row for row in probe() if row.worker_id == "twin"]
    assert [row.failure is None for row in twins] == [True, False]
    failure = twins[1].failure
    assert failure is not None
    assert "a-twin 2.5 (twin_package:get_worker_metadata), which is the one used" in failure.message
    assert "b-twin 1 (twin_package:other)" in failure.message
    assert failure.hint.endswith("-m pip uninstall b-twin")


def test_a_probe_whose_asker_is_killed_ends_too(install: InstallWorker, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    install("slow", f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(600)")
    code = "from gym_gui.core.probing.probe import probe_interpreter as p; p(timeout_s=600)"
    # Killed, it cannot take its private folder away again.
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    asking = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL, env=environment)
    try:
        deadline = time.monotonic() + 20
        while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        asking.send_signal(signal.SIGKILL)
        asking.wait()
    deadline = time.monotonic() + 5
    while (child := osproc.look_at(int(pid_file.read_text()))) is not None and child.alive:
        assert time.monotonic() < deadline, "the probed process lives on"
        time.sleep(0.02)


def test_the_mark_is_seen_by_no_one_but_the_probed(install: InstallWorker) -> None:
    probe()
    assert ENV_MARK not in os.environ
