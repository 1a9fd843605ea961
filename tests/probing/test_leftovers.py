"""Directories that an asker left because it was killed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gym_gui.core.probing.leftovers import folder_prefix, sweep_leftovers
from gym_gui.core.probing.probe import probe_interpreter

ASKER = """
import sys, time
from gym_gui.core.probing.isolation import IsolatedChild
child = IsolatedChild(sys.executable, "gym_gui.core.probing.child")
(child.folder / "sub").mkdir()
(child.folder / "sub" / "file").write_text("x")
(child.folder / "out").symlink_to(sys.argv[1])
print(child.folder, flush=True)
time.sleep(600)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def test_what_a_killed_asker_left_is_swept_when_it_is_gone(temporary: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "kept").write_text("kept")
    asker = subprocess.Popen([sys.executable, "-c", ASKER, str(precious)], stdout=subprocess.PIPE, text=True)
    try:
        assert asker.stdout is not None
        left = Path(asker.stdout.readline().strip())
        assert left.parent == temporary
        assert sweep_leftovers(temporary) == 0
        assert (left / "sub" / "file").exists(), "its owner is alive"
    finally:
        asker.send_signal(signal.SIGKILL)
        asker.communicate()
    assert left.exists()
    assert sweep_leftovers(temporary) == 1
    assert list(temporary.iterdir()) == []
    assert (precious / "kept").read_text() == "kept"


def test_one_of_this_process_stays(temporary: Path) -> None:
    mine = temporary / f"{folder_prefix()}abc"
    mine.mkdir()
    assert sweep_leftovers(temporary) == 0
    assert mine.exists()


@pytest.mark.parametrize(
    ("part", "replacement", "is_swept"),
    [
        ("ticks", "1", True),
        ("boot", "00000000", True),
        ("space", "1", False),
        ("nothing", "", False),
    ],
)
def test_the_owner_is_the_very_process(temporary: Path, part: str, replacement: str, is_swept: bool) -> None:
    match = re.fullmatch(
        r"mosaic-probe-(?P<pid>\d+)\.(?P<ticks>\d+)\.(?P<boot>\w+)\.(?P<space>\d+)-", folder_prefix()
    )
    assert match is not None and int(match["pid"]) == os.getpid()
    parts = {**match.groupdict(), part: replacement}
    left = temporary / f"mosaic-probe-{parts['pid']}.{parts['ticks']}.{parts['boot']}.{parts['space']}-abc"
    left.mkdir()
    assert sweep_leftovers(temporary) == int(is_swept)
    assert left.exists() is not is_swept


def abandoned_name() -> str:
    return folder_prefix().replace(f"-{os.getpid()}.", f"-{os.getpid()}.1") + "abc"


def test_links_files_and_other_names_stay(temporary: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (temporary / abandoned_name()).symlink_to(precious)
    (temporary / f"{abandoned_name()}2").write_text("a file")
    (temporary / "mosaic-probe-x1y2").mkdir()
    (temporary / "mosaic-probe-1.1.00000000.1-abc.more").mkdir()
    before = sorted(temporary.iterdir())
    assert sweep_leftovers(temporary) == 0
    assert sorted(temporary.iterdir()) == before and precious.exists()


def test_of_another_user_it_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = temporary / abandoned_name()
    left.mkdir()
    monkeypatch.setattr("os.getuid", lambda: os.geteuid() + 1)
    assert sweep_leftovers(temporary) == 0
    monkeypatch.undo()
    assert sweep_leftovers(temporary) == 1


def test_no_temporary_directory_is_no_trouble(tmp_path: Path) -> None:
    assert sweep_leftovers(tmp_path / "gone") == 0


def test_a_question_leaves_nothing(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    probe_interpreter(sys.executable)
    assert not [path for path in temporary.iterdir() if path.name.startswith("mosaic-probe-")]
