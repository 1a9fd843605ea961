"""Generated workers, installed offline into an environment of their own, do as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from gym_gui.scaffold.names import names_for
from gym_gui.scaffold.writing import write_worker
from gym_gui.testing import check_worker
from tests.e2e.scratch import ScratchEnvironment, build_wheel, make_environment

pytestmark = pytest.mark.e2e
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> ScratchEnvironment:
    """A venv with the base install, pytest and gymnasium, as a worker's own would be."""
    folder = tmp_path_factory.mktemp("generated")
    made = make_environment(folder / "env")
    made.install_wheel(build_wheel(PROJECT, folder / "panel-wheel"))
    made.copy_requirements("mosaic-panel")
    for name in ("pytest", "gymnasium", "pygame-ce"):  # the last is of gymnasium[toy-text]
        made.copy(name)
    return made


@pytest.mark.parametrize("template", ["minimal", "gymnasium"])
def test_a_generated_worker_passes_its_tests_and_the_check(
    template: str, environment: ScratchEnvironment, tmp_path: Path
) -> None:
    names = names_for(f"fresh-{template}")
    project = tmp_path / names.distribution
    write_worker(names, project, template)
    environment.install_wheel(build_wheel(project, tmp_path / "wheel"))

    tests = subprocess.run(
        [
            environment.python,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--basetemp={tmp_path}/basetemp",
        ],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert tests.returncode == 0, tests.stdout
    assert "skipped" not in tests.stdout

    checked = subprocess.run(
        [environment.program("gym-gui"), "check-worker", names.worker, "--set", "total_steps=2000"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=150,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "16 passed, 0 failed, 1 skipped" in checked.stdout

    # From another environment, which has the panel: the worker still runs in its own.
    report = check_worker(
        names.worker,
        {"total_steps": 2000},
        python=environment.python,
        only=["entry-point", "config", "log-constants", "lifecycle", "cancel"],
    )
    assert report.conforms and len(report.results) == 5, report.explain_failures()
    assert report.command[0] == environment.python
