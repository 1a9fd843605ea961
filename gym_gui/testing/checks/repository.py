"""What stands beside the worker's code: its tests."""

from __future__ import annotations

from pathlib import Path

from gym_gui.testing.bench import Bench
from gym_gui.testing.results import Verdict, failed, passed, skipped

_NOT_LOOKED_INTO = frozenset(
    {".git", ".venv", "venv", "node_modules", "__pycache__", ".tox", "build", "dist"}
)


def tests(bench: Bench) -> Verdict:
    """The worker has tests of its own."""
    project = bench.subject.project
    if project is None or not project.is_dir():
        return skipped("an installed worker does not show its tests", fix="name the folder of its source")
    found = [path for path in _python_files(project) if _is_test(path)]
    if not found:
        fix = "start with `test_conformance = conformance_tests(...)` of gym_gui.testing"
        return failed("there is no test_*.py with a test in it", str(project), fix=fix)
    names = ", ".join(str(path.relative_to(project)) for path in found[:8])
    return passed(f"{len(found)} files with tests", names)


def _python_files(folder: Path) -> list[Path]:
    files: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not entry.is_symlink() and entry.name not in _NOT_LOOKED_INTO:
            files += _python_files(entry)
        elif entry.suffix == ".py":
            files.append(entry)
    return files


def _is_test(path: Path) -> bool:
    if not (path.name.startswith("test_") or path.name.endswith("_test.py")):
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    return "def test" in text or "test_" in text
