"""Ray's session directories: private, gone after use, swept after a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gym_gui.workers.ray import scratch


@pytest.fixture(autouse=True)
def _in_a_place_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_place", lambda: str(tmp_path))


def test_it_is_gone_after_the_block() -> None:
    with scratch.session_directory() as directory:
        assert directory.stat().st_mode & 0o077 == 0
        assert scratch.sweep() == []
        assert directory.is_dir()
    assert not directory.exists()


def test_that_of_a_killed_process_is_swept(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from gym_gui.workers.ray import scratch\n"
        f"scratch._place = lambda: {str(tmp_path)!r}\n"
        "with scratch.session_directory() as d: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=False, timeout=60)
    left = list(tmp_path.glob(f"{scratch.PREFIX}*"))
    assert len(left) == 1
    assert scratch.sweep() == left
    assert not left[0].exists()


def test_logs_that_say_nothing_are_not_kept(tmp_path: Path) -> None:
    logs = tmp_path / "session" / "session_2026" / "logs"
    logs.mkdir(parents=True)
    (logs / "worker-1.out").write_text(":job_id:01\n:actor_name:x\n")
    (logs / "worker-2.err").write_text(":job_id:01\nTraceback: it broke\n")
    kept = scratch.keep_logs(tmp_path / "session", tmp_path / "kept")
    assert [file.name for file in kept] == ["worker-2.err"]
