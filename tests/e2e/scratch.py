"""Environments made from nothing but what this one has: no index is asked, so they are made offline too."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path


@dataclass(frozen=True)
class ScratchEnvironment:
    """A venv of its own."""

    folder: Path

    @property
    def python(self) -> str:
        """Its interpreter."""
        return str(self.folder / "bin" / "python")

    @property
    def site_packages(self) -> Path:
        """Where its packages are."""
        where = {"base": str(self.folder), "platbase": str(self.folder)}
        return Path(sysconfig.get_path("purelib", "venv", where))

    def program(self, name: str) -> str:
        """One of its scripts, which is there."""
        path = self.folder / "bin" / name
        assert path.is_file(), f"{path} was not installed"
        return str(path)

    def install_wheel(self, wheel: Path) -> None:
        """Installs a wheel with pip, as a person would, but nothing it depends on."""
        pip = [sys.executable, "-m", "pip", "--python", self.python, "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--no-deps", "--no-index", str(wheel)], check=True)

    def copy_requirements(self, name: str) -> None:
        """Copies what the installed distribution needs without any extra from this environment."""
        (home,) = Distribution.discover(name=name, path=[str(self.site_packages)])
        for line in home.requires or ():
            required = re.match(r"[\w.-]+", line)
            if required is not None and ";" not in line:
                self._copy(distribution(required[0]))
                self.copy_requirements(required[0])

    def copy(self, name: str) -> None:
        """Copies an installed distribution, with what it needs without any extra, from this environment."""
        self._copy(distribution(name))
        self.copy_requirements(name)

    def _copy(self, home: Distribution) -> None:
        for file in home.files or ():
            source = Path(str(home.locate_file(file)))
            if ".." not in file.parts and source.suffix != ".pyc" and source.is_file():
                target = self.site_packages / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


def make_environment(folder: Path) -> ScratchEnvironment:
    """An empty venv."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    return ScratchEnvironment(folder)


def build_wheel(project: Path, folder: Path) -> Path:
    """The project's wheel, built by the backend that stands in this environment."""
    folder.mkdir(exist_ok=True)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=project, check=True, stdout=subprocess.DEVNULL)
    (wheel,) = folder.glob("*.whl")
    return wheel
