from __future__ import annotations

import os
import time
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from gym_gui.config import settings as settings_module
from gym_gui.config.settings import SettingsError, get_setting, settings_file


class Theme(StrEnum):
    LIGHT = "light"
    DARK = "dark"


def write(text: str | bytes) -> Path:
    file = settings_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_without_a_variable_or_a_file_it_is_the_default() -> None:
    assert not settings_file().exists()
    assert get_setting("debug_mode", default=False) is False
    assert get_setting("default_seed", default=42) == 42
    assert get_setting("nothing") is None


def test_the_file_wins_over_the_default_and_the_environment_over_both(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write("default_seed = 7\n")
    assert get_setting("default_seed", default=42) == 7
    monkeypatch.setenv("MOSAIC_DEFAULT_SEED", "9")
    assert get_setting("default_seed", default=42) == 9
    monkeypatch.setenv("MOSAIC_DEFAULT_SEED", "")
    assert get_setting("default_seed", default=42) == 7


@pytest.mark.parametrize(
    ("text", "default", "value"),
    [
        ("1", False, True),
        ("true", False, True),
        ("YES", False, True),
        ("On", False, True),
        ("0", True, False),
        ("false", True, False),
        ("no", True, False),
        ("OFF", True, False),
        ("-3", 1, -3),
        ("2", 1.5, 2.0),
        ("1e-3", 1.5, 0.001),
        ("42", "x", "42"),
        ("42", None, "42"),
        ("/tmp/x", Path("y"), Path("/tmp/x")),
        ("dark", Theme.LIGHT, Theme.DARK),
        ("a, b,,c", [], ["a", "b", "c"]),
        ("1, 2", (0,), (1, 2)),
    ],
)
def test_environment_text_takes_the_type_of_the_default(
    text: str, default: Any, value: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_ANY_NAME", text)
    found = get_setting("any_name", default=default)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "default", "expected"),
    [
        ("maybe", False, "true, yes, on"),
        ("3.5", 1, "a whole number"),
        ("fast", 1.0, "a number"),
        ("blue", Theme.LIGHT, "light, dark"),
        ("1, two", [0], "a whole number"),
        ("a = 1", {}, "settings file"),
        ("~no-such-user-here/x", Path(), "a path"),
    ],
)
def test_environment_text_of_another_type_is_an_error_that_names_the_variable(
    text: str, default: Any, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_ANY_NAME", text)
    with pytest.raises(SettingsError, match="MOSAIC_ANY_NAME") as caught:
        get_setting("any_name", default=default)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("toml", "default", "value"),
    [
        ("true", False, True),
        ("3", 1, 3),
        ("3", 1.0, 3.0),
        ("'x'", "y", "x"),
        ("'/tmp'", Path("y"), Path("/tmp")),
        ("'dark'", Theme.LIGHT, Theme.DARK),
        ("['a', 'b']", ["z"], ["a", "b"]),
        ("[1, 2]", (0,), (1, 2)),
        ("[1, 'x']", [], [1, "x"]),
        ("{a = 1}", {}, {"a": 1}),
        ("{a = 1}", None, {"a": 1}),
    ],
)
def test_a_value_of_the_file_takes_the_type_of_the_default(toml: str, default: Any, value: Any) -> None:
    write(f"name = {toml}\n")
    found = get_setting("name", default=default)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("toml", "default", "expected"),
    [
        ("'42'", 1, "a whole number, not text"),
        ("1", False, "true or false, not a whole number"),
        ("true", 1, "a whole number, not true or false"),
        ("1.5", 1, "a whole number, not a number"),
        ("7", "x", "text, not a whole number"),
        ("7", [1], "a list, not a whole number"),
        ("[1, 'x']", [1], r"name\[1\]"),
        ("'blue'", Theme.LIGHT, "light, dark"),
    ],
)
def test_a_value_of_another_type_is_an_error_that_names_file_and_key(
    toml: str, default: Any, expected: str
) -> None:
    file = write(f"name = {toml}\n")
    with pytest.raises(SettingsError, match=expected) as caught:
        get_setting("name", default=default)
    assert str(caught.value).startswith(f"{file}: name")


def test_a_dot_leads_into_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    file = write("theme = 'x'\n[panel]\ntheme = 'dark'\n[panel.window]\nwidth = 800\n")
    assert get_setting("panel.theme", default="light") == "dark"
    assert get_setting("panel.window.width", default=0) == 800
    assert get_setting("panel.window.height", default=600) == 600
    assert get_setting("other.table.key", default=1) == 1
    monkeypatch.setenv("MOSAIC_PANEL_WINDOW_WIDTH", "900")
    assert get_setting("panel.window.width", default=0) == 900
    with pytest.raises(SettingsError, match="must be a table, not text") as caught:
        get_setting("theme.name", default="")
    assert str(caught.value).startswith(f"{file}: theme:")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("name = = 1", "not valid TOML.*line 1"),
        (b"name = '\xff'", "not UTF-8"),
        ("a = 1\na = 2", "not valid TOML"),
    ],
)
def test_a_broken_file_is_an_error_that_names_it(content: str | bytes, reason: str) -> None:
    file = write(content)
    for _ in range(2):
        with pytest.raises(SettingsError, match=reason) as caught:
            get_setting("name", default=1)
        assert str(caught.value).startswith(str(file))
    assert isinstance(caught.value, ValueError)


def test_the_environment_still_works_beside_a_broken_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write("name = = 1")
    monkeypatch.setenv("MOSAIC_NAME", "3")
    assert get_setting("name", default=1) == 3


def test_a_directory_in_place_of_the_file_is_an_error_that_names_it() -> None:
    settings_file().mkdir(parents=True)
    with pytest.raises(SettingsError, match=r"settings\.toml: cannot be read"):
        get_setting("name", default=1)


def test_a_file_in_place_of_its_directory_counts_as_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("MOSAIC_CONFIG", str(tmp_path / "file" / "settings.toml"))
    assert get_setting("name", default=1) == 1


def test_a_byte_order_mark_is_no_error() -> None:
    write(b"\xef\xbb\xbfname = 3\n")
    assert get_setting("name", default=1) == 3


def test_without_a_named_file_it_is_in_the_configuration_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MOSAIC_CONFIG")
    assert settings_file().name == "settings.toml"
    assert settings_file().parent.name == "mosaic-panel"
    write("name = 3\n")
    assert get_setting("name", default=1) == 3


def test_an_unknown_user_in_the_files_name_is_a_settings_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOSAIC_CONFIG", "~no-such-user-here/settings.toml")
    with pytest.raises(SettingsError, match="MOSAIC_CONFIG"):
        get_setting("name", default=1)


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not() -> None:
    settings_module._parse.cache_clear()
    file = write("name = 1\n")
    assert [get_setting("name", default=0) for _ in range(5)] == [1] * 5
    assert settings_module._parse.cache_info().misses == 1
    file.write_text("name = 2\n")
    os.utime(file, ns=(time.time_ns(), file.stat().st_mtime_ns + 1_000_000))
    assert get_setting("name", default=0) == 2
    file.unlink()
    assert get_setting("name", default=0) == 0


def test_changing_what_was_returned_changes_no_later_answer() -> None:
    write("names = ['a']\n[table]\nx = 1\n")
    get_setting("names").append("b")
    empty: dict[str, int] = {}
    get_setting("table", default=empty)["x"] = 2
    get_setting("names", default=["z"]).append("c")
    assert get_setting("names") == ["a"]
    assert get_setting("table", default={}) == {"x": 1}
