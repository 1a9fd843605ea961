"""What the documents name is there: paths, modules, make targets, commands with their options, headings."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from gym_gui.cli import command_parser

PROJECT = Path(__file__).resolve().parents[2]
PAGES = (*sorted(PROJECT.glob("*.md")), *sorted((PROJECT / "docs").rglob("*.md")))
_TOP = "gym_gui|tests|benchmarks|docs|tools|resources"
_PATH = re.compile(rf"(?<![\w./-])(?:{_TOP})/[\w./-]*\w")
_MODULE = re.compile(r"(?<![\w./])(?:gym_gui|benchmarks|tests)(?:\.\w+)+")
_CODE = re.compile(r"```.*?^```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
_COMMAND = re.compile(r"(?:^|[`$] ?|&& )gym-gui ([^\n`#|]*)", re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]*)#([\w-]+)\)")


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _code(page: Path) -> str:
    return "\n".join(_CODE.findall(_text(page)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_paths_and_modules_are_there(page: Path) -> None:
    paths = {path for path in _PATH.findall(_text(page)) if not (PROJECT / path).exists()}
    # A guide also names files of the reader's own project.
    paths -= {path for path in paths if f"/{path} -->" in _text(page)}
    assert paths == set()
    assert {name for name in _MODULE.findall(_text(page)) if not _is_there(name)} == set()


def _is_there(name: str) -> bool:
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for part in parts[count:]:
            if not hasattr(found, part):
                return False
            found = getattr(found, part)
        return True
    return False


def test_the_architecture_names_every_package() -> None:
    page = _text(PROJECT / "docs" / "architecture.md")
    named = " ".join(line.split("|")[1] for line in page.splitlines() if line.startswith("| `gym_gui"))
    source = PROJECT / "gym_gui"
    packages = [folder.name for folder in source.iterdir() if (folder / "__init__.py").is_file()]
    packages += [f"core/{folder.parent.name}" for folder in (source / "core").glob("*/__init__.py")]
    packages.remove("core")
    assert {name for name in packages if not re.search(rf"[`/]{name}/?`", named)} == set()


def test_make_targets_are_there() -> None:
    targets = set(re.findall(r"^([a-z][\w-]*):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    named = {name for page in PAGES for name in re.findall(r"(?<!\w)make ([a-z][\w-]*)", _code(page))}
    assert named and named - targets == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_commands_and_their_options_are_there(page: Path) -> None:
    unknown = [
        command for command in _COMMAND.findall(_code(page)) if not _is_command(command_parser(), command)
    ]
    assert unknown == []


def test_a_command_that_is_not_there_is_noticed() -> None:
    found = [command for page in PAGES for command in _COMMAND.findall(_code(page))]
    assert {"runs", "env", "check-worker"} <= {command.split()[0] for command in found if command.strip()}
    parser = command_parser()
    assert _is_command(parser, "env create NAME 'a==1' --no-uv") and _is_command(parser, "run W -- --lr 0.1")
    for wrong in ("rnu W", "env make NAME", "runs --nope", "show latest -f"):
        assert not _is_command(parser, wrong), wrong
    assert not _is_there("gym_gui.core.runs.causes") and _is_there("gym_gui.core.runs.why.causes.explain_end")


def _is_command(parser: argparse.ArgumentParser, command: str) -> bool:
    words = shlex.split(command.replace("\\", "").split(" -- ")[0], posix=True)
    parsers = [parser]
    for word in words:
        below = _subcommands(parsers[-1])
        if below and not word.startswith("-"):
            if word not in below:
                return False
            parsers.append(below[word])
        elif word.startswith("-") and not any(word in each._option_string_actions for each in parsers):
            return False
    return True


def _subcommands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    return {
        name: below
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for name, below in action.choices.items()
    }


def test_headings_that_links_lead_to_are_there() -> None:
    dead = [
        f"{page.relative_to(PROJECT)}: {target}#{anchor}"
        for page in PAGES
        for target, anchor in _LINK.findall(_text(page))
        if "://" not in target and anchor not in set(_anchors(page.parent / target if target else page))
    ]
    assert dead == []


def _anchors(page: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.+)$", _text(page), re.MULTILINE):
        yield re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
