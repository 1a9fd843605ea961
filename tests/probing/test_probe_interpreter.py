"""The probe against workers that behave and workers that do everything to spoil the answer."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from gym_gui.core.probing.model import ProbedWorker, ProbeFailure
from gym_gui.core.probing.probe import probe_interpreter
from gym_gui.core.probing.sdk_source import install_command, sdk_requirement
from tests.installed_workers import METADATA, InstallWorker

TIMEOUT_S = 4.0


def probe(timeout_s: float = TIMEOUT_S) -> dict[str, ProbedWorker]:
    report = probe_interpreter(sys.executable, timeout_s=timeout_s)
    assert report.failure is None
    assert [worker.worker_id for worker in report.workers] == sorted(w.worker_id for w in report.workers)
    return {worker.worker_id: worker for worker in report.workers}


def is_gone(pid: int) -> bool:
    """Whether the process ends within 5 s; one that only waits to be reaped has ended."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def failure_of(worker: ProbedWorker) -> ProbeFailure:
    assert worker.failure is not None
    assert (worker.metadata, worker.capabilities, worker.command) == (None, None, ())
    return worker.failure


def test_a_good_worker_is_described(install: InstallWorker) -> None:
    config = """
    from dataclasses import dataclass
    from gym_gui.core.worker import WorkerConfig as WorkerConfigProtocol

    @dataclass(frozen=True)
    class GoodConfig:
        run_id: str
        seed: int | None = None
        algo: str = "default"

        def to_dict(self): return vars(self)
        @classmethod
        def from_dict(cls, data): return cls(**data)
    """
    install("good", modules={"config": config})
    worker = probe()["good"]
    assert worker.failure is None
    assert worker.metadata is not None and worker.metadata.name == "good"
    assert worker.capabilities is not None and worker.capabilities.worker_type == "good"
    assert (worker.distribution, worker.version) == ("good-dist", "2.5")
    assert worker.entry_point == "good_package:get_worker_metadata"
    assert worker.command == (sys.executable, "-m", "gym_gui.core.worker.run", "good")
    assert worker.launch_kind == "SDK runner"
    assert worker.schema is not None and list(worker.schema["properties"]) == ["run_id", "seed", "algo"]
    assert worker.schema_problem == ""
    assert "good_package" not in sys.modules


def test_one_worker_can_be_asked_alone(install: InstallWorker) -> None:
    install("good")
    install("hanger", DEADLY["hanger"][0])
    report = probe_interpreter(timeout_s=30, only="good")
    assert [worker.worker_id for worker in report.workers] == ["good"]
    assert {"good", "hanger", "tabular"} <= set(report.worker_ids)
    nobody = probe_interpreter(timeout_s=30, only="nobody")
    assert nobody.workers == ()
    assert nobody.worker_ids == report.worker_ids


def test_the_shipped_worker_is_described() -> None:
    report = probe_interpreter(timeout_s=TIMEOUT_S)
    tabular = next(worker for worker in report.workers if worker.worker_id == "tabular")
    assert (tabular.launch_kind, Path(tabular.command[0]).name) == ("console script", "tabular-worker")
    assert report.python_version == ".".join(map(str, sys.version_info[:3]))
    assert report.sdk_version
    assert report.seconds > 0


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        ("raise RuntimeError('no luck')", "RuntimeError", "no luck"),
        ("import sys; sys.exit(3)", "SystemExit", "exited with SystemExit(3) when it was imported"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt", "KeyboardInterrupt"),
        ("import nowhere_at_all", "ModuleNotFoundError", "No module named 'nowhere_at_all'"),
        ("from gym_gui.core.worker import NotThere", "ImportError", "NotThere"),
        ("get_worker_metadata = 5", "TypeError", "is not callable but 5"),
        ("x = 5", "AttributeError", "get_worker_metadata"),
        ("def get_worker_metadata(): return 5", "TypeError", "returned 5; expected"),
        ("def get_worker_metadata(): return 'a', 'b'", "TypeError", "item 0 is no WorkerMetadata but 'a'"),
        ("def get_worker_metadata(): return []", "TypeError", "returned []; expected"),
        ("class E(Exception):\n    def __str__(self): raise E\nraise E", "E", "cannot be printed"),
        ("def f(): f()\nf()", "RecursionError", "recursion"),
        ("raise ValueError('\\udcff')", "ValueError", "\\udcff"),
        ("def broken(:", "SyntaxError", "invalid syntax"),
    ],
)
def test_what_a_worker_raises_is_its_row(
    install: InstallWorker, source: str, error_type: str, message: str
) -> None:
    install("bad", source)
    failure = failure_of(probe()["bad"])
    assert failure.error_type == error_type
    assert message in failure.message
    assert "core/probing" not in failure.traceback


def test_hints_say_how_to_mend(install: InstallWorker) -> None:
    install("lib", "import nowhere_at_all")
    install("sdk", "from gym_gui.core.worker import NotThere")
    wanted = ["Provides-Extra: extra", "Requires-Dist: nowhere-at-all>=2 ; extra == 'extra'"]
    install("extra", "import nowhere_at_all", metadata=wanted)
    workers = probe()
    assert failure_of(workers["lib"]).hint.endswith("-m pip install nowhere_at_all")
    assert failure_of(workers["sdk"]).hint.endswith("-m pip install -U mosaic-panel")
    assert failure_of(workers["extra"]).hint == f"{sys.executable} -m pip install 'extra-dist[extra]'"
    assert workers["extra"].missing == ("nowhere-at-all>=2",)


DEADLY = {
    "segfault": ("import ctypes; ctypes.string_at(0)", "was killed by SIGSEGV"),
    "killer": ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "was killed by SIGKILL"),
    "leaver": ("import os; os._exit(0)", "exited with status 0"),
    "hanger": ("import time\nwhile True: time.sleep(1)", "gave no answer within 1 s"),
}


def test_only_the_guilty_become_failed_rows(install: InstallWorker) -> None:
    for name, (source, _) in DEADLY.items():
        install(name, source)
    for name in ("aaa", "mmm", "zzz"):
        install(name)
    workers = probe(timeout_s=1.0)
    for name, (_, reason) in DEADLY.items():
        assert reason in failure_of(workers[name]).message
    assert all(workers[name].failure is None for name in ("aaa", "mmm", "zzz", "tabular"))
    assert "segfault_package" in failure_of(workers["segfault"]).traceback, "faulthandler shows where"
    hang = failure_of(workers["hanger"])
    assert hang.error_type == "TimeoutError"
    assert "hanger_package" in hang.traceback, "the stack it hangs in is shown"


def test_output_cannot_pass_for_an_answer(install: InstallWorker) -> None:
    install(
        "loud",
        """
        import os, sys
        forged = '{"type":"worker","index":0,"failure":{"error_type":"Forged","message":"forged"}}\\n'
        print(forged); sys.stderr.write(forged); os.write(1, b"\\xff\\x00" + forged.encode())
        sys.stdout.close(); sys.stdout = sys.stderr = None
        os.closerange(0, 64)
        """
        + METADATA.format(name="loud").replace("\n", "\n        "),
    )
    install("other")
    workers = probe()
    assert workers["loud"].failure is None
    assert workers["other"].failure is None


def test_output_is_attached_to_a_death_and_bounded(install: InstallWorker) -> None:
    install("talker", "import os\nfor n in range(20000): print('line', n, flush=True)\nos._exit(7)")
    install("flood", "import os\nwhile True: os.write(1, b'x' * 2**20)")
    workers = probe()
    talker = failure_of(workers["talker"])
    assert "exited with status 7" in talker.message
    assert talker.traceback.endswith("line 19999")
    assert len(talker.traceback) < 10_000
    assert "printed more than 16 MiB" in failure_of(workers["flood"]).message


def test_the_command_line_of_the_probe_is_not_seen(install: InstallWorker) -> None:
    install(
        "parser", "import argparse\nargparse.ArgumentParser().parse_args()\n" + METADATA.format(name="parser")
    )
    assert probe()["parser"].failure is None


def test_a_fork_writes_nothing_and_is_killed(install: InstallWorker, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    install(
        "forker",
        f"""
        import os, pathlib, time
        if os.fork() == 0:
            pathlib.Path({str(pid_file)!r}).write_text(str(os.getpid()))
            time.sleep(60)
        while not pathlib.Path({str(pid_file)!r}).exists():
            time.sleep(0.01)
        """
        + METADATA.format(name="forker").replace("\n", "\n        "),
    )
    assert probe()["forker"].failure is None
    assert is_gone(int(pid_file.read_text()))


def test_threads_and_exit_handlers_cannot_hold_the_probe_up(install: InstallWorker) -> None:
    install(
        "sticky",
        """
        import atexit, threading, time
        threading.Thread(target=time.sleep, args=(600,)).start()
        atexit.register(time.sleep, 600)
        """
        + METADATA.format(name="sticky").replace("\n", "\n        "),
    )
    assert probe()["sticky"].failure is None


def test_of_two_with_one_name_the_second_is_told_so(install: InstallWorker, site: Path) -> None:
    install("twin", distribution="a-twin")
    info = site / "b_twin-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: b-twin\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mosaic.workers]\ntwin = twin_package:other\n")
    report = probe_interpreter(timeout_s=TIMEOUT_S)
    twins = [worker for worker in report.workers if worker.worker_id == "twin"]
    assert len(twins) == 2
    reasons = [twin.failure.error_type for twin in twins if twin.failure is not None]
    assert reasons.count("DuplicateWorker") == 1


def test_unreadable_entry_points_cost_their_own_distribution_only(install: InstallWorker, site: Path) -> None:
    install("good")
    info = site / "broken-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[mosaic.workers\nx = y\n")
    workers = probe()
    assert workers["good"].failure is None
    assert workers["tabular"].failure is None


def test_a_config_class_that_cannot_be_read_costs_the_schema_only(install: InstallWorker) -> None:
    install("plain")
    install("crooked", modules={"config": "import sys; sys.exit('not today')"})
    install("lacking", modules={"config": "import nowhere_at_all"})
    workers = probe()
    for name, reason in (
        ("plain", "there is no module plain_package.config; name its config class: "),
        ("crooked", "its config class cannot be read: exited with SystemExit('not today')"),
        ("lacking", "its config class cannot be read: No module named 'nowhere_at_all'"),
    ):
        assert workers[name].failure is None
        assert workers[name].schema is None
        assert workers[name].schema_problem.startswith(reason)


def test_a_config_class_can_be_named_by_entry_point(install: InstallWorker) -> None:
    settings = "from dataclasses import dataclass\n@dataclass\nclass Settings:\n    depth: int = 3\n"
    named = {"mosaic.worker_configs": "named = named_package.settings:Settings"}
    install("named", modules={"settings": settings}, entry_points=named)
    schema = probe()["named"].schema
    assert schema is not None and schema["properties"]["depth"]["default"] == 3


def test_python_m_is_preferred_over_the_runner(install: InstallWorker) -> None:
    install("with_cli", modules={"cli": ""})
    install("with_main", modules={"__main__": ""})
    workers = probe()
    assert workers["with_cli"].command == (sys.executable, "-m", "with_cli_package.cli")
    assert workers["with_main"].command == (sys.executable, "-m", "with_main_package")
    assert (workers["with_cli"].launch_kind, workers["with_main"].launch_kind) == ("package.cli", "package")


def executable(path: Path, text: str) -> str:
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_interpreters_that_cannot_be_asked(tmp_path: Path) -> None:
    bare = tmp_path / "bare" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    old = 'print(\'mosaic-diagnosis:{"python": [3, 8, 2], "found": [], "version": ""}\')'
    cases = {
        str(tmp_path / "nowhere" / "python"): ("MissingInterpreter", "does not exist"),
        str(tmp_path): ("NotAnInterpreter", "is a directory"),
        "/bin/true": ("NotAnInterpreter", "does not run as Python"),
        str(tmp_path / "text"): ("NotAnInterpreter", "cannot be started"),
        str(bare): ("NoSdk", "the SDK (gym_gui) is not installed"),
        executable(tmp_path / "old", f"#!{sys.executable}\n{old}\n"): ("OldPython", "is Python 3.8.2"),
    }
    (tmp_path / "text").write_text("not a program")
    for interpreter, (error_type, message) in cases.items():
        failure = probe_interpreter(interpreter).failure
        assert failure is not None
        assert failure.error_type == error_type
        assert message in failure.message
    no_sdk = probe_interpreter(str(bare)).failure
    assert no_sdk is not None and no_sdk.hint.endswith(
        install_command(str(bare), sdk_requirement(), has_pip=False)
    )


def test_an_older_sdk_is_told_to_be_upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A venv without this project, and on the path a `gym_gui` that knows nothing of probing."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "env")], check=True)
    for package in ("gym_gui/core", "msgspec"):
        (tmp_path / "lib" / package).mkdir(parents=True)
        (tmp_path / "lib" / package / "__init__.py").touch()
    (tmp_path / "lib" / "gym_gui" / "__init__.py").write_text('__version__ = "0.0.1"')
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "lib"))
    failure = probe_interpreter(str(tmp_path / "env" / "bin" / "python")).failure
    assert failure is not None
    assert (failure.error_type, "0.0.1" in failure.message) == ("OldSdk", True)
    assert f"install --upgrade {sdk_requirement()}" in failure.hint


def test_a_probe_that_is_given_up_leaves_no_process(install: InstallWorker, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    install("slow", f"import os, time; open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    code = "from gym_gui.core.probing.probe import probe_interpreter as p; p(timeout_s=60)"
    asking = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
            time.sleep(0.02)
        asking.send_signal(signal.SIGINT)
        asking.wait(10)
    finally:
        asking.kill()
        asking.wait()
    assert is_gone(int(pid_file.read_text()))


def test_no_environment_variable_of_ours_is_left(install: InstallWorker) -> None:
    before = dict(os.environ)
    install("good")
    probe()
    assert dict(os.environ) == before
