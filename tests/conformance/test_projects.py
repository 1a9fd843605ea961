"""Workers that are not installed: source trees and wheels, from good ones to hostile ones."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from gym_gui.testing import check_worker
from gym_gui.testing.subject import NoSuchWorkerError, found_subject
from tests.conformance.conftest import MakeWorker
from tests.e2e.scratch import build_wheel


def test_a_source_tree_is_not_written_to(make_worker: MakeWorker) -> None:
    project = make_worker()
    before = {path.relative_to(project) for path in project.rglob("*")}
    report = check_worker(project, {"total_steps": 500}, only=["entry-point", "lifecycle"])
    assert report.conforms, report.explain_failures()
    after = {path.relative_to(project) for path in project.rglob("*")}
    assert {path for path in after - before if "__pycache__" not in path.parts} == set()


def test_a_wheel_is_checked_as_it_would_be_installed(make_worker: MakeWorker, tmp_path: Path) -> None:
    project = make_worker(
        (
            "pyproject.toml",
            "[project.optional",
            '[project.scripts]\nsubject = "subject_worker.cli:main"\n\n[project.optional',
        ),
        (
            "PACKAGE/cli.py",
            "",
            "from gym_gui.core.worker import WorkerCLI\n"
            "from subject_worker.config import SubjectConfig\n"
            "from subject_worker.runtime import SubjectRuntime\n"
            "def main():\n"
            '    return WorkerCLI.run(SubjectConfig, SubjectRuntime, prog="subject", description="")\n',
        ),
    )
    wheel = build_wheel(project, tmp_path / "wheel")
    report = check_worker(wheel, {"total_steps": 500}, only=["entry-point", "dry-run", "lifecycle", "tests"])
    assert report.conforms, report.explain_failures()
    assert "started as console script" in report["entry-point"].reason
    assert report["tests"].status == "skipped"


def test_a_module_that_is_missing_in_the_wheel_is_missing_in_the_check(
    make_worker: MakeWorker, tmp_path: Path
) -> None:
    wheel = build_wheel(make_worker(), tmp_path / "wheel")
    lacking = tmp_path / "lacking" / wheel.name
    lacking.parent.mkdir()
    with zipfile.ZipFile(wheel) as whole, zipfile.ZipFile(lacking, "w") as part:
        for name in whole.namelist():
            if not name.endswith("learner.py"):
                part.writestr(name, whole.read(name))
    report = check_worker(lacking, {"total_steps": 500}, only=["runtime"])
    assert "learner" in report["runtime"].reason


def test_a_wheel_that_leads_out_of_its_place_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "evil-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("../../../evil.py", "x = 1")
    with pytest.raises(NoSuchWorkerError, match="is no wheel that can be unpacked"):
        check_worker(wheel)
    assert not list(tmp_path.rglob("evil.py"))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "expected a wheel, or a folder with a pyproject.toml"),
        ("[project", "not valid TOML"),
        ("[tool.x]", "there is no \\[project\\] table"),
        ('[project]\nname = "x"', "mosaic.workers"),
        (
            '[project]\nname = "x"\n[project.entry-points."mosaic.workers"]\na = 1',
            "expected name = 'module:object'",
        ),
        (
            '[project]\nname = "x"\n[project.entry-points."mosaic.workers"]\na = "m:f"\nb = "m:f"',
            "several workers",
        ),
    ],
)
def test_a_folder_without_a_worker_says_what_is_missing(
    content: str | None, says: str, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    if content is not None:
        (folder / "pyproject.toml").write_text(content)
    with pytest.raises(NoSuchWorkerError, match=says), found_subject(folder):
        pytest.fail("there is no worker")


def test_a_package_in_an_unusual_place_is_to_be_built_first(make_worker: MakeWorker, tmp_path: Path) -> None:
    project = make_worker(("pyproject.toml", '"src/subject_worker"', '"python/subject_worker"'))
    (project / "src").rename(project / "python")
    entry_point = check_worker(project, only=["entry-point"])["entry-point"]
    assert "build a wheel and name that" in entry_point.fix
    report = check_worker(build_wheel(project, tmp_path / "wheel"), only=["entry-point"])
    assert report.conforms, report.explain_failures()


def test_an_interpreter_of_its_own_brings_its_packages(make_worker: MakeWorker, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    with (
        pytest.raises(NoSuchWorkerError, match="SDK"),
        found_subject(make_worker(), python=str(tmp_path / "bare" / "bin" / "python")),
    ):
        pytest.fail("there is no SDK in that environment")
