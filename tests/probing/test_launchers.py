"""Which command starts a worker, from what its distribution declares and what is really installed."""

from __future__ import annotations

import sys
from importlib.metadata import PathDistribution
from pathlib import Path

import pytest

from gym_gui.core.probing.launchers import find_command
from gym_gui.core.probing.requirements import missing_requirements


@pytest.fixture
def bin_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The `bin` of an interpreter of its own, empty."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setattr(sys, "executable", str(folder / "python"))
    return folder


def distribution(tmp_path: Path, scripts: str = "", metadata: str = "") -> PathDistribution:
    info = tmp_path / "thing-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: thing\nVersion: 1\n{metadata}")
    (info / "entry_points.txt").write_text(f"[console_scripts]\n{scripts}")
    return PathDistribution(info)


@pytest.mark.parametrize("script", ["my_algo", "my-algo-worker", "mosaic-my-algo", "Mosaic_My_Algo_Worker"])
def test_a_script_named_like_the_worker(tmp_path: Path, bin_folder: Path, script: str) -> None:
    home = distribution(tmp_path, f"other = thing.other:main\n{script} = elsewhere:main\n")
    file = bin_folder / script
    file.write_text("#!/bin/sh\n")
    assert find_command("my_algo", "nowhere_at_all", home).kind == "SDK runner", "the file cannot be run"
    file.chmod(0o755)
    command = find_command("my_algo", "nowhere_at_all", home)
    assert (command.argv, command.kind) == ((str(file),), "console script")


def test_the_only_script_counts_if_it_lives_in_the_package(tmp_path: Path, bin_folder: Path) -> None:
    home = distribution(tmp_path, "train = thing.sub.train:main\n")
    (bin_folder / "train").write_text("")
    (bin_folder / "train").chmod(0o755)
    assert find_command("x", "thing", home).kind == "console script"
    assert find_command("x", "thin", home).kind == "SDK runner"


def test_a_script_that_is_declared_but_not_there_is_passed_over(tmp_path: Path, bin_folder: Path) -> None:
    home = distribution(tmp_path, "x = thing:main\n")
    assert find_command("x", "json", home).argv == (sys.executable, "-m", "gym_gui.core.worker.run", "x")
    assert find_command("x", "email", None).kind == "SDK runner"
    assert find_command("x", "venv", home).argv == (sys.executable, "-m", "venv")


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (["nowhere-base"], ("nowhere-base",)),
        (["nowhere-one (>=2) ; extra == 'my-algo'"], ("nowhere-one>=2",)),
        (['nowhere-two[a,b]>=1,<3 ; extra == "my_algo"'], ("nowhere-two[a,b]>=1,<3",)),
        (["nowhere-three ; extra == 'dev'"], ()),
        (["nowhere-four ; python_version < '3.0' and extra == 'my_algo'"], ()),
        (["nowhere-five ; python_version >= '3.11' and extra == 'my_algo'"], ("nowhere-five",)),
        (["nowhere-six ; (sys_platform == 'amiga') and extra == 'my_algo'"], ()),
        (["nowhere-seven ; extra == 'my_algo' or extra == 'dev'"], ()),
        (["pytest>=1 ; extra == 'my_algo'", "Pytest.Timeout"], ()),
        (["importlib-metadata ; python_version < '3.8'"], ()),
        ([")("], ()),
    ],
)
def test_missing_requirements(tmp_path: Path, lines: list[str], missing: tuple[str, ...]) -> None:
    extras = "Provides-Extra: my-algo\nProvides-Extra: dev\n"
    home = distribution(tmp_path, metadata=extras + "".join(f"Requires-Dist: {line}\n" for line in lines))
    found = missing_requirements("my_algo", home)
    assert found.names == missing
    assert found.mend == (f"{sys.executable} -m pip install 'thing[my-algo]'" if missing else "")


def test_extras_of_requirements_are_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner-1.dist-info"
    inner.mkdir()
    (inner / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: inner\nVersion: 1\n"
        "Provides-Extra: more\nRequires-Dist: nowhere-x; extra=='more'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    home = distribution(tmp_path, metadata="Requires-Dist: inner[more]\n")
    assert missing_requirements("thing", home).names == ("nowhere-x",)
