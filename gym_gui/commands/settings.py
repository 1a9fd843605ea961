"""`gym-gui settings`: every setting with its value and where that comes from, or one set or reset."""

from __future__ import annotations

import argparse
from typing import Any

from gym_gui.commands.console import Console
from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.config.settings import settings_file
from gym_gui.core.forms.names import nearest
from gym_gui.core.forms.text import shown
from gym_gui.core.forms.values import FieldError, parse_text
from gym_gui.core.preferences.catalogue import Setting, known_settings
from gym_gui.core.preferences.values import SettingValue, value_of

HELP = "list the settings and where their values come from, or change one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "assignments", nargs="*", metavar="NAME[=VALUE]", help="show this setting, or write it to the file"
    )
    parser.add_argument("--reset", action="store_true", help="take the named settings out of the file")


def execute(options: argparse.Namespace, console: Console) -> ExitCode:
    """Shows settings, after those that were given have been changed."""
    chosen = [_named(text.partition("=")[0]) for text in options.assignments] or list(known_settings())
    if options.reset:
        if not options.assignments:
            raise CommandError("--reset needs the names of settings", ExitCode.USAGE)
        _change([(setting, None) for setting in chosen])
    else:
        texts = [text.partition("=") for text in options.assignments]
        _change(
            [(s, _parsed(s, text)) for s, (_, equals, text) in zip(chosen, texts, strict=False) if equals]
        )
    found = [(setting, value_of(setting)) for setting in chosen]
    console.document({"file": str(settings_file()), "settings": [_data(*each) for each in found]})
    rows = [(s.name, shown(v.value) if v.value is not None else "unset", _origin(v)) for s, v in found]
    console.table(("SETTING", "VALUE", "FROM"), rows)
    console.line(f"\nIn {settings_file()}")
    return ExitCode.USAGE if any(value.problem for _, value in found) else ExitCode.OK


def _named(name: str) -> Setting:
    known = {setting.name: setting for setting in known_settings()}
    if name in known:
        return known[name]
    guess = nearest(name, known)
    hint = f"did you mean {guess}?" if guess else "gym-gui settings lists them"
    raise CommandError(f"there is no setting {name!r}", ExitCode.USAGE, hint=hint)


def _parsed(setting: Setting, text: str) -> Any:
    try:
        return parse_text(setting.field, text)
    except FieldError as error:
        raise CommandError(f"{setting.name}: {error.message}; nothing was changed", ExitCode.USAGE) from error


def _change(changes: list[tuple[Setting, Any]]) -> None:
    """Writes the values; None takes a setting out of the file."""
    if not changes:
        return
    from gym_gui.core.preferences.edit import reset_setting, save_setting

    try:
        for setting, value in changes:
            if value is None:
                reset_setting(setting)
            else:
                save_setting(setting, value)
    except ModuleNotFoundError as error:
        raise _no_writer() from error


def _no_writer() -> CommandError:
    return CommandError(
        "tomlkit is not installed, which changes the file without touching the rest of it",
        ExitCode.IMPOSSIBLE,
        hint=f"pip install tomlkit, or edit {settings_file()}",
    )


def _origin(value: SettingValue) -> str:
    origin = value.variable if value.source == "environment" else str(value.source)
    return f"{origin}: {value.problem}" if value.problem else origin


def _data(setting: Setting, value: SettingValue) -> dict[str, Any]:
    return {
        "name": setting.name,
        "value": value.value,
        "default": setting.field.default,
        "source": str(value.source),
        "variable": value.variable,
        "problem": value.problem,
    }
