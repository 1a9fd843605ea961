from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.commands.open_path import add_arguments, path_to_open
from gym_gui.commands.panel import open_panel


def parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


def test_a_relative_path_reaches_the_panel_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path)
    told: list[list[str]] = []

    def main(arguments: list[str]) -> int:
        told.append(arguments)
        return 0

    environment = {"QT_QPA_PLATFORM": "offscreen"}
    assert open_panel(environment, lambda: main, [path_to_open(parsed("here"))]) is ExitCode.OK
    assert told == [[str(tmp_path / "here")]]


def test_a_path_with_nothing_there_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nothing to open") as caught:
        path_to_open(parsed(str(tmp_path / "gone")))
    assert caught.value.code is ExitCode.USAGE
