"""The API reference: it builds without a warning, and no public name is left out or without a word."""

from __future__ import annotations

import doctest
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gym_gui.core.events.metrics import EPISODE_FIELDS, STEP_FIELDS
from gym_gui.testing import vocabulary
from gym_gui.testing.catalogue import CHECK_NAMES

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
DOCUMENTED = {
    "gym_gui.core.worker": "worker.md",
    "gym_gui.testing": "testing.md",
    "gym_gui.logging_config.log_constants": "log_constants.md",
}
_ENTRY = re.compile(r"^\.\. auto(?:class|exception|function|data):: (?:[\w.]+\.)?(\w+)$", re.MULTILINE)


@pytest.mark.parametrize(("module", "page"), DOCUMENTED.items())
def test_every_public_name_is_in_the_reference(module: str, page: str) -> None:
    public = {name for name in importlib.import_module(module).__all__ if not name.startswith("LOG_")}
    assert public - set(_ENTRY.findall((DOCS / "api" / page).read_text())) == set()


def _public_parts(value: object) -> list[tuple[str, object]]:
    if not inspect.isclass(value):
        return []
    own = [(name, part) for name, part in vars(value).items() if not name.startswith("_")]
    return [(name, part) for name, part in own if inspect.isfunction(part) or isinstance(part, property)]


@pytest.mark.parametrize("module", ["gym_gui.core.worker", "gym_gui.testing"])
def test_every_public_name_and_method_has_a_docstring(module: str) -> None:
    home = importlib.import_module(module)
    silent = []
    for name in home.__all__:
        value = getattr(home, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            parts = [(name, value), *((f"{name}.{part}", found) for part, found in _public_parts(value))]
            silent += [where for where, part in parts if not inspect.getdoc(part)]
    assert silent == []


@pytest.mark.parametrize("module", ["gym_gui.core.worker.config_loader"])
def test_examples_in_docstrings_are_true(module: str) -> None:
    done = doctest.testmod(importlib.import_module(module))
    assert done.attempted > 0 and done.failed == 0


def test_the_guide_knows_every_check_word_and_field() -> None:
    guide = (DOCS / "workers" / "WORKER_DEVELOPMENT_GUIDE.md").read_text()
    spaces = vocabulary.ACTION_SPACES | vocabulary.OBSERVATION_SPACES
    words = {*CHECK_NAMES, *vocabulary.PARADIGMS, *spaces, *STEP_FIELDS, *EPISODE_FIELDS}
    assert {word for word in words if f"`{word}`" not in guide} == set()


def test_links_between_the_documents_lead_somewhere() -> None:
    dead = []
    for page in (*DOCS.rglob("*.md"), *PROJECT.glob("*.md")):
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / target).exists():
                dead.append(f"{page.relative_to(PROJECT)}: {target}")
    assert dead == []


def test_the_documentation_builds_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="the docs extra is not installed here")
    build = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-q", "-b", "html"]
    done = subprocess.run([*build, str(DOCS), str(tmp_path / "docs")], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    worker = (tmp_path / "docs" / "api" / "worker.html").read_text(encoding="utf-8")
    assert "heartbeat_every" in worker
