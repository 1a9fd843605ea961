"""Workers to check, in a place of their own that has to be empty again afterwards."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from gym_gui.scaffold.names import names_for
from gym_gui.scaffold.writing import write_worker
from tests.installed_workers import InstallWorker, install, site

__all__ = ["InstallWorker", "install", "site"]

Edit = tuple[str, str, str]
MakeWorker = Callable[..., Path]


def running_below(folder: Path) -> list[str]:
    """Processes whose run or data directory lies in the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
            places = (environment.get("MOSAIC_HOME", ""), environment.get("MOSAIC_RUN_DIR", ""))
            if any(place.startswith(f"{folder}/") for place in places):
                found.append(f"{process.pid}: {' '.join(process.cmdline())}")
        except (psutil.Error, OSError):
            continue
    return found


@pytest.fixture(autouse=True)
def scratch_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where checks put their runs; nothing of them may be left when the test is over."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    assert running_below(folder) == []
    assert list(folder.iterdir()) == []


@pytest.fixture
def make_worker(tmp_path: Path) -> MakeWorker:
    """The project of a worker that keeps the contract, but for the edits: (file, text, what replaces it)."""

    def make(*edits: Edit, name: str = "subject") -> Path:
        folder = tmp_path / f"{name}-project"
        write_worker(names_for(name), folder, "minimal")
        for file, old, new in edits:
            path = folder / file.replace("PACKAGE", f"src/{name}_worker")
            text = path.read_text() if path.exists() else ""
            assert old in text, f"{file} has no {old!r}"
            path.write_text(text.replace(old, new, 1) if old else new)
        return folder

    return make
