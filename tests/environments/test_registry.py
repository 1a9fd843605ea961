"""The list of environments, the paths it takes, and where environments are found."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gym_gui.core.environments.creating import delete_environment
from gym_gui.core.environments.finding import find_environments
from gym_gui.core.environments.inspecting import inspect_environment
from gym_gui.core.environments.model import EnvironmentProblem
from gym_gui.core.environments.planning import plan_environment
from gym_gui.core.environments.registry import EnvironmentRegistry
from gym_gui.core.environments.sdk_state import sdk_note
from gym_gui.core.probing.model import ProbeReport
from tests.cli.conftest import Gym, gym

__all__ = ["gym"]


def fake_environment(folder: Path) -> Path:
    """A folder that looks like an environment; its interpreter is this one."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    return folder


@pytest.fixture
def registry() -> EnvironmentRegistry:
    return EnvironmentRegistry()


def test_what_is_added_stays_until_it_is_removed(registry: EnvironmentRegistry, tmp_path: Path) -> None:
    first = registry.add(str(fake_environment(tmp_path / "torch2")))
    second = registry.add(str(fake_environment(tmp_path / "project" / ".venv") / "bin" / "python"))
    third = registry.add(str(fake_environment(tmp_path / "other" / "torch2")))
    assert [first.name, second.name, third.name] == ["torch2", "project", "torch2-2"]
    assert first.python == str(tmp_path / "torch2" / "bin" / "python")
    assert [e.name for e in EnvironmentRegistry().environments()] == ["this", "torch2", "project", "torch2-2"]
    registry.rename("project", "mine")
    registry.remove("torch2")
    assert [e.name for e in EnvironmentRegistry().environments()] == ["this", "mine", "torch2-2"]
    assert (tmp_path / "torch2").is_dir(), "taking it off the list deletes nothing"


def test_what_cannot_be_added_says_why(registry: EnvironmentRegistry, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text").write_text("x")
    there = fake_environment(tmp_path / "there")
    registry.add(str(there))
    for path, name, reason in (
        (tmp_path / "empty", "", "is no Python environment"),
        (tmp_path / "nowhere", "", "does not exist"),
        (tmp_path / "text", "", "cannot be run"),
        (there, "", "in the list already, as 'there'"),
        (Path(sys.executable), "", "in the list already, as 'this'"),
        (fake_environment(tmp_path / "b"), "../evil", "use 1 to 64 letters"),
        (tmp_path / "b", "there", "is taken by"),
        (tmp_path / "b", "this", "is taken by"),
    ):
        with pytest.raises(EnvironmentProblem, match=reason):
            registry.add(str(path), name)
    with pytest.raises(EnvironmentProblem, match="neither a path nor a program"):
        registry.add("no-such-python-anywhere")


@pytest.mark.parametrize(
    "content", ["", "[1]", '{"format": 1, "environments": [{"name": 3}]}', '{"format": 9}']
)
def test_a_broken_list_is_told_and_left_as_it_is(registry: EnvironmentRegistry, content: str) -> None:
    registry.file.parent.mkdir(parents=True)
    registry.file.write_text(content)
    with pytest.raises(EnvironmentProblem, match=r"environments\.json"):
        registry.environments()
    with pytest.raises(EnvironmentProblem):
        registry.add(sys.executable, "x")
    assert registry.file.read_text() == content


def test_two_that_add_at_once_both_get_in(tmp_path: Path) -> None:
    folders = [fake_environment(tmp_path / f"env{number}") for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda folder: EnvironmentRegistry().add(str(folder)), folders))
    assert len(EnvironmentRegistry().environments()) == 9


def test_only_what_was_made_here_is_deleted(registry: EnvironmentRegistry, tmp_path: Path) -> None:
    folder = fake_environment(tmp_path / "precious")
    added = registry.add(str(folder))
    with pytest.raises(EnvironmentProblem, match="not made by this program"):
        delete_environment(added, registry)
    registry.remove("precious")
    claimed = registry.add(str(folder), created=True)  # as a list edited by hand would say
    with pytest.raises(EnvironmentProblem, match="not made by this program"):
        delete_environment(claimed, registry)
    assert (folder / "bin" / "python").exists()


def test_environments_are_found_where_tools_put_them(tmp_path: Path) -> None:
    home, project = tmp_path / "home", tmp_path / "project"
    fake_environment(project / ".venv")
    fake_environment(home / ".virtualenvs" / "wrapped")
    fake_environment(home / ".pyenv" / "versions" / "3.12.1")
    fake_environment(home / ".pyenv" / "versions" / "2.7.18")
    conda = fake_environment(tmp_path / "conda env")
    (home / ".conda").mkdir()
    (home / ".conda" / "environments.txt").write_text(f"{conda}\n{tmp_path / 'gone'}\n\nrelative\n\0\n")
    found = find_environments(project, {"HOME": str(home)})
    assert {each.name: each.kind for each in found} == {
        "project": f".venv in {project}",
        "conda env": "conda",
        "wrapped": "virtualenvwrapper",
        "3.12.1": "pyenv",
    }
    known = [found[0].python]
    assert len(find_environments(project, {"HOME": str(home)}, known)) == 3
    twice = {"HOME": str(home), "VIRTUAL_ENV": str(project / ".venv")}
    assert len(find_environments(project, twice)) == 4


def test_facts_of_any_interpreter(tmp_path: Path) -> None:
    here = inspect_environment(sys.executable)
    assert here.python_version == ".".join(map(str, sys.version_info[:3]))
    assert here.packages["mosaic-panel"] == here.sdk_version
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(tmp_path / "bare")], check=True)
    bare = inspect_environment(str(tmp_path / "bare" / "bin" / "python"))
    assert (bare.sdk_version, bare.has_pip, bare.packages, bare.problem) == ("", False, {}, "")
    assert "does not answer" in inspect_environment("/bin/true").problem
    assert "cannot be started" in inspect_environment(str(tmp_path / "nowhere")).problem


def test_an_older_sdk_is_told_with_the_command() -> None:
    note = sdk_note(ProbeReport("/env/bin/python", sdk_version="0.9.1"), ours="0.10.0")
    assert "0.9.1, older than the panel's 0.10.0" in note.message
    assert note.mend.startswith("/env/bin/python -m pip install --upgrade ")
    assert sdk_note(ProbeReport("/env/bin/python", sdk_version="0.10.0"), ours="0.10.0").message == ""


@pytest.mark.parametrize("package", ["-r evil.txt", "--index-url=http://evil", "a\nb"])
def test_no_option_passes_for_a_package(package: str) -> None:
    with pytest.raises(EnvironmentProblem, match="is no package"):
        plan_environment("x", [package])


def test_the_plan_has_the_sdk_and_uses_uv_where_it_is() -> None:
    plan = plan_environment("x", ["gymnasium"], uv="/usr/bin/uv")
    assert plan.tool == "uv"
    assert plan.commands[0][:2] == ("/usr/bin/uv", "venv")
    assert plan.commands[1][:3] == ("/usr/bin/uv", "pip", "install")
    assert plan.requirements[1:] == ("gymnasium",)
    assert plan_environment("x", ["mosaic_panel==0.1"], uv="").requirements == ("mosaic_panel==0.1",)


def test_the_command_line(gym: Gym, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    added = gym("env", "add", str(bare), "--name", "empty")
    assert added.code == 0
    assert "the SDK (gym_gui) is not installed" in added.out
    listed = gym("env", "list", "--json").document
    assert [each["name"] for each in listed["environments"]] == ["this", "empty"]
    workers = gym("workers")
    assert workers.code == 0
    assert "empty: the SDK (gym_gui) is not installed" in workers.out
    assert "tabular" in workers.out
    assert gym("workers", "--python", "empty").code == 4
    assert gym("env", "show", "nowhere").code == 2
    assert gym("env", "remove", "empty", "--delete").code == 2
    assert gym("env", "remove", "empty").code == 0
    assert bare.is_dir()
    dry = gym("env", "create", "x", "gymnasium", "--dry-run", "--json").document
    assert [command[-1] for command in dry["commands"]][1] == "gymnasium"
    assert json.dumps(dry)
