"""Every code block of the guides does what the guide says, in an environment as a reader would have."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.scratch import ScratchEnvironment, build_wheel, make_environment
from tests.guides.blocks import Block, blocks_of, commands_in, prints

pytestmark = pytest.mark.e2e
PROJECT = Path(__file__).resolve().parents[2]
GUIDES = (
    PROJECT / "docs" / "workers" / "WORKER_DEVELOPMENT_GUIDE.md",
    PROJECT / "docs" / "workers" / "MIGRATION_GUIDE.md",
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> ScratchEnvironment:
    """The base install with pip, pytest and a build backend."""
    folder = tmp_path_factory.mktemp("guides")
    made = make_environment(folder / "env")
    made.install_wheel(build_wheel(PROJECT, folder / "panel-wheel"))
    made.copy_requirements("mosaic-panel")
    for name in ("pip", "pytest", "hatchling", "editables", "pydantic"):
        made.copy(name)
    for name in ("pip", "pytest"):
        script = made.folder / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {made.python} -m {name} "$@"\n')
        script.chmod(0o755)
    return made


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_every_block_says_what_is_done_with_it(guide: Path) -> None:
    silent = [f"{guide.name}:{block.line}" for block in blocks_of(guide) if not block.verb]
    assert silent == []
    for block in blocks_of(guide):
        assert block.verb != "shown" or block.detail, f"{guide.name}:{block.line}: why is it only shown?"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_a_reader_gets_what_the_guide_promises(
    guide: Path, environment: ScratchEnvironment, tmp_path: Path, mosaic_home: Path
) -> None:
    reader = Reader(environment, tmp_path / "reader", mosaic_home)
    for block in blocks_of(guide):
        problem = reader.follow(block)
        assert not problem, f"{guide.name}:{block.line}: {problem}"


class Reader:
    """Someone who does what the guide says, in one folder and one environment."""

    def __init__(self, environment: ScratchEnvironment, folder: Path, home: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._python = environment.python
        binaries = str(Path(environment.python).parent)
        self._environment = {
            **os.environ,
            "PATH": os.pathsep.join((binaries, os.environ["PATH"])),
            "MOSAIC_HOME": str(home),
            "PIP_NO_INDEX": "1",  # no index is asked: what is to be installed is there already
            "PIP_NO_BUILD_ISOLATION": "0",  # pip's spelling of "no isolation"
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_ROOT_USER_ACTION": "ignore",
        }

    def follow(self, block: Block) -> str:
        """What went other than the guide says; "" when nothing did."""
        if block.verb == "file":
            path = self._folder / block.detail
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.body, encoding="utf-8")
        elif block.verb == "python":
            done = self._call([self._python, "-c", block.body])
            return done.stdout + done.stderr if done.returncode else ""
        elif block.verb == "run":
            code = int(block.detail.removeprefix("exits ")) if block.detail else 0
            for command, expected in commands_in(block.body):
                if problem := self._type(command, expected, code):
                    return problem
        return ""

    def _type(self, command: str, expected: list[str], code: int) -> str:
        if command.startswith("cd "):
            self._folder = (self._folder / command[3:]).resolve(strict=True)
            return ""
        done = self._call(["/bin/sh", "-c", command])
        said = done.stdout + done.stderr
        if done.returncode != code:
            return f"`{command}` exits with {done.returncode}, not {code}\n{said}"
        if expected and not prints(expected, done.stdout):
            return f"`{command}` prints\n{said}\ninstead of\n" + "\n".join(expected)
        return ""

    def _call(self, argv: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            argv,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
