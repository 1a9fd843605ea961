"""Settings: each known one is read by those it concerns, and saving changes nothing else in the file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gym_gui.config.paths import data_root
from gym_gui.config.settings import SettingsError, get_setting, setting_variable, settings_file
from gym_gui.core.preferences.catalogue import Setting, known_settings
from gym_gui.core.preferences.values import Source, value_of

SETTINGS = {setting.name: setting for setting in known_settings()}


@pytest.fixture
def tomlkit_there() -> None:
    pytest.importorskip("tomlkit")


@pytest.mark.parametrize("setting", known_settings(), ids=lambda setting: setting.name)
def test_every_default_is_within_its_own_bounds(setting: Setting) -> None:
    assert setting.problem_of(setting.field.default) == ""
    found = value_of(setting)
    assert (found.value, found.source, found.problem) == (setting.field.default, Source.DEFAULT, "")


def test_names_are_given_once() -> None:
    assert len(SETTINGS) == len(known_settings())
    assert len({setting_variable(name) for name in SETTINGS}) == len(SETTINGS)


def test_the_file_gives_way_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    stalled = SETTINGS["stall_least_s"]
    settings_file().write_text("stall_least_s = 5\n")
    assert (value_of(stalled).value, value_of(stalled).source) == (5.0, Source.FILE)
    monkeypatch.setenv("MOSAIC_STALL_LEAST_S", "7")
    assert (value_of(stalled).value, value_of(stalled).source) == (7.0, Source.ENVIRONMENT)


@pytest.mark.parametrize("text", ["stall_factor = 0", "stall_factor = 'much'", "stall_factor = ["])
def test_what_cannot_be_used_is_told_and_the_default_is_in_force(text: str) -> None:
    settings_file().write_text(text)
    found = value_of(SETTINGS["stall_factor"])
    assert found.value == SETTINGS["stall_factor"].field.default
    assert found.source is Source.FILE
    assert "stall_factor" in found.problem or str(settings_file()) in found.problem


def test_saving_leaves_comments_and_other_keys_alone(tomlkit_there: None) -> None:
    from gym_gui.core.preferences.edit import reset_setting, save_setting

    file = settings_file()
    before = '# mine\nstall_least_s = 5 # short\n\n[elsewhere]\nkey = "value"\n'
    file.write_text(before)
    assert save_setting(SETTINGS["stall_least_s"], 9.0) == file
    assert file.read_text() == before.replace("= 5", "= 9.0")
    save_setting(SETTINGS["theme"], "dark")
    assert get_setting("theme", "system") == "dark"
    assert get_setting("elsewhere.key") == "value"
    reset_setting(SETTINGS["stall_least_s"])
    assert "stall_least_s" not in file.read_text()
    assert "# mine" in file.read_text()


def test_a_first_setting_makes_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tomlkit_there: None
) -> None:
    from gym_gui.core.preferences.edit import save_setting

    monkeypatch.setenv("MOSAIC_CONFIG", str(tmp_path / "new" / "settings.toml"))
    save_setting(SETTINGS["theme"], "light")
    assert (tmp_path / "new" / "settings.toml").read_text() == 'theme = "light"\n'


def test_a_link_to_the_file_stays_a_link(tmp_path: Path, tomlkit_there: None) -> None:
    from gym_gui.core.preferences.edit import save_setting

    kept = tmp_path / "kept.toml"
    kept.write_text("theme = 'dark'\n")
    settings_file().symlink_to(kept)
    save_setting(SETTINGS["theme"], "light")
    assert settings_file().is_symlink()
    assert "light" in kept.read_text()


def test_a_broken_file_is_never_overwritten(tomlkit_there: None) -> None:
    from gym_gui.core.preferences.edit import reset_setting, save_setting

    settings_file().write_text("theme = [\n")
    for change in (lambda: save_setting(SETTINGS["theme"], "dark"), lambda: reset_setting(SETTINGS["theme"])):
        with pytest.raises(SettingsError, match="not valid TOML"):
            change()
    assert settings_file().read_text() == "theme = [\n"


def test_a_value_out_of_bounds_is_not_written(tomlkit_there: None) -> None:
    from gym_gui.core.preferences.edit import save_setting

    with pytest.raises(SettingsError, match="stall_factor: "):
        save_setting(SETTINGS["stall_factor"], 0.0)
    assert not settings_file().exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tomlkit_there: None
) -> None:
    from gym_gui.core.preferences.edit import save_setting

    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    monkeypatch.setenv("MOSAIC_CONFIG", str(closed / "settings.toml"))
    with pytest.raises(SettingsError, match="cannot be written"):
        save_setting(SETTINGS["theme"], "dark")


def test_a_file_in_the_place_of_a_directory_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tomlkit_there: None
) -> None:
    from gym_gui.core.preferences.edit import save_setting

    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MOSAIC_CONFIG", str(tmp_path / "file" / "settings.toml"))
    with pytest.raises(SettingsError, match="cannot be"):
        save_setting(SETTINGS["theme"], "dark")


def test_the_data_directory_is_that_of_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings_file().write_text(f'data_directory = "{tmp_path}/kept here"\n')
    assert data_root() != tmp_path / "kept here", "MOSAIC_HOME wins"
    monkeypatch.delenv("MOSAIC_HOME")
    assert data_root() == tmp_path / "kept here"
