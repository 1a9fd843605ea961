from __future__ import annotations

import json

import pytest

from gym_gui.cli import main
from gym_gui.config.settings import get_setting, settings_file
from gym_gui.core.preferences.catalogue import known_settings


def test_all_settings_are_listed_with_where_they_come_from(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings_file().write_text("stall_factor = 4\n")
    monkeypatch.setenv("MOSAIC_THEME", "dark")
    assert main(["settings", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    found = {setting["name"]: setting for setting in said["settings"]}
    assert set(found) == {setting.name for setting in known_settings()}
    assert (found["stall_factor"]["value"], found["stall_factor"]["source"]) == (4.0, "file")
    assert (found["theme"]["value"], found["theme"]["source"]) == ("dark", "environment")
    assert main(["settings", "stall_factor"]) == 0
    assert str(settings_file()) in capsys.readouterr().out


def test_a_setting_is_written_and_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tomlkit")
    assert main(["settings", "stall_factor=5", "theme=dark"]) == 0
    assert (get_setting("stall_factor", 0.0), get_setting("theme", "")) == (5.0, "dark")
    assert main(["settings", "--reset", "theme"]) == 0
    assert get_setting("theme", "none") == "none"
    assert get_setting("stall_factor", 0.0) == 5.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["stall_factr=2"], "did you mean stall_factor?"),
        (["stall_factor=0"], "at least 1"),
        (["theme=pink"], "theme"),
        (["--reset"], "needs the names"),
    ],
)
def test_what_cannot_be_changed_is_said_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert main(["settings", *words]) == 2
    assert said in capsys.readouterr().err
    assert not settings_file().exists()


def test_a_value_that_cannot_be_used_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    settings_file().write_text("stall_factor = 'much'\n")
    assert main(["settings", "stall_factor"]) == 2
    assert "stall_factor" in capsys.readouterr().out
