"""`gym-gui new-worker`: what it writes, what it refuses, and that nothing is ever half-written."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gym_gui.cli import main
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.new_worker import _TEMPLATES
from gym_gui.scaffold.names import InvalidNameError, names_for
from gym_gui.scaffold.writing import TEMPLATES, render, write_worker


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_the_files_and_the_next_steps(in_a_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new-worker", "my-agent"]) == ExitCode.OK
    project = in_a_folder / "my-agent-worker"
    written = {str(p.relative_to(project)) for p in project.rglob("*") if p.is_file()}
    assert written == set(render(names_for("my-agent"), "minimal"))
    assert {
        "pyproject.toml",
        "README.md",
        "src/my_agent_worker/learner.py",
        "tests/test_conformance.py",
    } <= written
    out = capsys.readouterr().out
    assert "cd my-agent-worker" in out and "gym-gui check-worker . --set total_steps=2000" in out
    assert [p.name for p in in_a_folder.iterdir()] == ["my-agent-worker"], "no temporary folder is left"


def test_for_machines(in_a_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["new-worker", "--json", "lake", "--dir", "deep/er", "--template", "gymnasium"]) == ExitCode.OK
    )
    said = json.loads(capsys.readouterr().out)
    assert (said["worker"], said["package"]) == ("lake", "lake_worker")
    assert Path(said["directory"]) == in_a_folder / "deep" / "er"
    assert all((in_a_folder / "deep" / "er" / path).is_file() for path in said["files"])


def test_nothing_is_overwritten_unless_asked_for(
    in_a_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = in_a_folder / "my-agent-worker"
    project.mkdir()
    (project / "pyproject.toml").write_text("mine")
    (project / "notes.txt").write_text("mine too")
    assert main(["new-worker", "my-agent"]) == ExitCode.USAGE
    assert "--force" in capsys.readouterr().err
    assert sorted(p.name for p in project.iterdir()) == ["notes.txt", "pyproject.toml"]
    assert main(["new-worker", "my-agent", "--force"]) == ExitCode.OK
    assert (project / "notes.txt").read_text() == "mine too"
    assert "my-agent-worker" in (project / "pyproject.toml").read_text()


def test_an_empty_folder_is_filled(in_a_folder: Path) -> None:
    (in_a_folder / "empty").mkdir()
    assert main(["new-worker", "my-agent", "--dir", "empty"]) == ExitCode.OK
    assert (in_a_folder / "empty" / "pyproject.toml").is_file()


def test_a_link_is_not_followed(in_a_folder: Path) -> None:
    (in_a_folder / "target").mkdir()
    (in_a_folder / "link").symlink_to("target")
    assert main(["new-worker", "my-agent", "--dir", "link"]) == ExitCode.USAGE
    assert list((in_a_folder / "target").iterdir()) == []


def test_a_full_disk_leaves_nothing_behind(in_a_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = 0
    write = Path.write_text

    def write_until_full(path: Path, *args: object, **kwargs: object) -> int:
        nonlocal written
        written += 1
        if written > 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        return write(path, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", write_until_full)
    assert main(["new-worker", "my-agent"]) == ExitCode.IMPOSSIBLE
    assert list(in_a_folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("My Agent", "how about 'my-agent'"),
        ("1st", "lower-case"),
        ("a--b", "lower-case"),
        ("", "lower-case"),
        ("../evil", "how about 'evil'"),
        ("x" * 41, "40 characters"),
        ("ray", "'my-ray'"),
        ("cleanrl", "is taken"),
        ("tabular", "is taken"),
    ],
)
def test_a_name_that_cannot_be_used_says_what_could(name: str, says: str) -> None:
    with pytest.raises(InvalidNameError, match=says):
        names_for(name)


def test_a_package_never_hides_another_one() -> None:
    assert names_for("json").package == "json_worker"
    assert names_for("my-worker").package == "my_worker"
    assert names_for("two_words").prefix == "TwoWords"


def test_the_command_offers_every_template() -> None:
    assert set(_TEMPLATES) == set(TEMPLATES)


@pytest.mark.parametrize("template", TEMPLATES)
def test_what_is_written_has_style(template: str, in_a_folder: Path) -> None:
    write_worker(names_for("some-long-name"), in_a_folder / "project", template)
    pyproject = Path(__file__).parents[2] / "pyproject.toml"
    ruff = [sys.executable, "-m", "ruff"]
    try:
        subprocess.run([*ruff, "--version"], check=True, capture_output=True)
    except subprocess.CalledProcessError:
        pytest.skip("ruff is not installed here")
    left_out = "S,D,PLR,I"  # I: what is third-party is known only where the worker is installed
    done = subprocess.run(
        [*ruff, "check", "--no-cache", "--config", str(pyproject), "--ignore", left_out, "project"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout
