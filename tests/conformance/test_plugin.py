"""The pytest plugin: there when it is wanted, unnoticed when it is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conformance.conftest import MakeWorker


def pytest_in(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    base = folder.with_name(f"{folder.name}-tmp")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-q",
        f"--basetemp={base}",
        *arguments,
    ]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env=os.environ)


def test_it_costs_other_projects_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_other.py").write_text(
        "import sys\n"
        "def test_nothing_was_loaded(request):\n"
        "    assert request.config.pluginmanager.hasplugin('mosaic_worker')\n"
        "    ours = ('gym_gui', 'msgspec', 'PySide6')\n"
        "    loaded = {name for name in sys.modules if name.split('.')[0] in ours}\n"
        "    assert loaded == {'gym_gui', 'gym_gui.testing', 'gym_gui.testing.plugin'}, loaded\n"
    )
    done = pytest_in(tmp_path, "-p", "no:pytest-qt")
    assert done.returncode == 0, done.stdout


def test_a_failing_check_is_a_failing_test_that_says_how_to_mend_it(make_worker: MakeWorker) -> None:
    project = make_worker(("PACKAGE/runtime.py", "constants=LOGGED_AS", "constants=None"))
    done = pytest_in(project, "tests/test_conformance.py", "-k", "logged or lifecycle or manifest")
    assert done.returncode == 1
    assert "1 failed, 2 passed" in done.stdout
    assert "mend: TelemetryEmitter" in done.stdout
    assert "suite.py" not in done.stdout, "the checker's own frames are of no use to the author"


def test_a_check_that_cannot_be_made_is_a_skipped_test(make_worker: MakeWorker) -> None:
    project = make_worker(
        ("PACKAGE/__init__.py", "supports_checkpointing=True", "supports_checkpointing=False")
    )
    done = pytest_in(project, "tests/test_conformance.py", "-k", "resume", "-rs")
    assert "1 skipped" in done.stdout and "does not claim supports_checkpointing" in done.stdout


def test_the_fixtures(make_worker: MakeWorker) -> None:
    project = make_worker()
    (project / "tests" / "test_mine.py").write_text(
        "from pathlib import Path\n"
        "PROJECT = Path(__file__).parents[1]\n"
        "def test_run(worker_run):\n"
        "    run = worker_run(PROJECT, {'total_steps': 100}, seed=3)\n"
        "    assert run.state == 'completed'\n"
        "    assert run.config['seed'] == 3 and run.manifest.run_id == run.run_id\n"
        "    assert 'LOG-SUBJECT-01' in run.stderr and 'run_started' in run.stdout\n"
        "def test_failed_run(worker_run):\n"
        "    run = worker_run(PROJECT, resume_from='/nowhere.json')\n"
        "    assert run.state == 'failed' and 'no checkpoint' in run.headline\n"
        "def test_report(conformance_report):\n"
        "    report = conformance_report(PROJECT, {'total_steps': 100}, only=['lifecycle', 'manifest'])\n"
        "    assert report.conforms, report.explain_failures()\n"
    )
    done = pytest_in(project, "tests/test_mine.py")
    assert done.returncode == 0, done.stdout
