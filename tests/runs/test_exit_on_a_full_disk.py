"""The exit record on a disk that is full: written into the room that was claimed, whole and synced."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from gym_gui.core.runs.supervisor_files import RunFiles


@pytest.fixture
def full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No file can be made, and a write takes 50 bytes at most; what was synced is noted."""
    synced: list[str] = []
    really = {"open": os.open, "write": os.write, "fsync": os.fsync}

    def refuse_new_files(path: str, flags: int, *mode: int) -> int:
        if flags & os.O_EXCL:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return really["open"](path, flags, *mode)

    def sync(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        really["fsync"](descriptor)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "open", refuse_new_files)
    monkeypatch.setattr(os, "write", lambda descriptor, data: really["write"](descriptor, data[:50]))
    monkeypatch.setattr(os, "fsync", sync)
    return synced


def test_the_record_is_whole_and_synced(tmp_path: Path, full_disk: list[str]) -> None:
    files = RunFiles(str(tmp_path))
    files.reserve_exit()
    record = {"cause": "failed", "detail": "x" * 500}
    assert files.write_exit(record)
    assert json.loads((tmp_path / "exit.json").read_bytes()) == record
    assert full_disk == [".exit.json.reserve", tmp_path.name]
