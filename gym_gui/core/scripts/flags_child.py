"""Runs a script up to where it reads its arguments, and writes down which it takes.

Run as a file by the script's own interpreter, in a process that is bounded and ended from outside: standard
library only. What is written is a JSON Schema; `x-flag` of a property is the flag as the script knows it,
`x-switch` how it takes a truth value.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import runpy
import sys
import typing
from pathlib import Path
from typing import Any

_TYPES = {int: "integer", float: "number", str: "string", bool: "boolean"}
_PLAIN = (str, int, float, bool)


def main() -> None:
    """Writes the schema and ends the process, or lets the script end it in its own way."""
    answers, script = sys.argv[1:3]
    _die_with_asker()
    _hook(argparse, answers)
    if "tyro" in Path(script).read_text(encoding="utf-8", errors="replace"):
        _hook_tyro(answers)
    sys.argv[:] = [script, "--help"]
    sys.path[0] = str(Path(script).absolute().parent)
    runpy.run_path(script, run_name="__main__")


def _die_with_asker() -> None:
    """Have the kernel end this process with the one that asks; where it cannot, nothing is done."""
    try:
        import ctypes

        set_death_signal, kill = 1, 9
        ctypes.CDLL(None).prctl(set_death_signal, kill, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        return


def _hook(module: Any, answers: str) -> None:
    def tell(parser: Any, *_args: Any, **_named: Any) -> None:
        _answer(answers, [p for action in parser._actions for p in _of_action(action)], parser.description)

    module.ArgumentParser.parse_known_args = tell
    module.ArgumentParser.parse_args = tell


def _hook_tyro(answers: str) -> None:
    try:
        tyro = importlib.import_module("tyro")
    except ImportError:
        return

    def tell(kind: Any, *_args: Any, **_named: Any) -> None:
        if dataclasses.is_dataclass(kind):
            hints = typing.get_type_hints(kind)
            fields = [_of_field(field, hints[field.name]) for field in dataclasses.fields(kind) if field.init]
            _answer(answers, fields, kind.__doc__)

    vars(tyro)["cli"] = tell


def _of_action(action: Any) -> list[dict[str, Any]]:
    flags = [flag for flag in action.option_strings if flag.startswith("--") and not flag.startswith("--no-")]
    if not flags or type(action).__name__ in ("_HelpAction", "_VersionAction"):
        return []
    kind = type(action).__name__
    found: dict[str, Any] = {"x-flag": flags[0], "required": bool(action.required)}
    if kind in ("_StoreTrueAction", "BooleanOptionalAction"):
        found["type"] = "boolean"
        found["x-switch"] = "switch" if kind == "_StoreTrueAction" else "pair"
    elif kind != "_StoreAction":
        return []  # counts, appended values and a program's own actions have no single value
    elif isinstance(action.default, bool):
        found["type"] = "boolean"
        found["x-switch"] = "worded"
    else:
        one = _typed(action.type)
        found.update({"type": "array", "items": one} if action.nargs in ("+", "*") else one)
    if action.choices is not None:
        choices = [choice for choice in action.choices if isinstance(choice, _PLAIN)]
        if choices and found.get("type") != "array":
            found["enum"] = choices
    _describe(found, action.default, action.help if action.help != argparse.SUPPRESS else "")
    if not action.required and action.default is None and "default" not in found:
        found["default"] = None
    return [found]


def _of_field(field: Any, hint: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"x-flag": "--" + field.name.replace("_", "-")}
    args, is_optional = typing.get_args(hint), False
    if typing.get_origin(hint) is not typing.Literal and type(None) in args:
        is_optional = True
        rest = [each for each in args if each is not type(None)]
        hint = rest[0] if len(rest) == 1 else str
    if typing.get_origin(hint) is typing.Literal:
        found["enum"] = list(typing.get_args(hint))
    else:
        found.update(_typed(hint))
    if found.get("type") == "boolean":
        found["x-switch"] = "pair"
    default = field.default
    if default is dataclasses.MISSING and field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    found["required"] = default is dataclasses.MISSING and not is_optional
    _describe(found, None if default is dataclasses.MISSING else default, "")
    if is_optional and default is None:
        found["default"] = None
    return found


def _typed(kind: Any) -> dict[str, Any]:
    return {"type": _TYPES.get(kind, "string")}


def _describe(found: dict[str, Any], default: Any, text: Any) -> None:
    plain = list(default) if isinstance(default, tuple) else default
    is_list = found.get("type") == "array" and isinstance(plain, list)
    if isinstance(plain, _PLAIN) or (is_list and all(isinstance(each, _PLAIN) for each in plain)):
        found["default"] = str(plain) if found.get("type") == "string" else plain
    if isinstance(text, str) and text:
        found["description"] = text.replace("%(default)s", str(default)).replace("%%", "%")[:2000]


def _answer(path: str, found: list[dict[str, Any]], about: Any) -> None:
    are_dashed = not any("_" in each["x-flag"] for each in found)
    properties, required = {}, []
    for each in found:
        name = each["x-flag"][2:]
        if are_dashed:
            name = name.replace("-", "_")
        if each.pop("required"):
            required.append(name)
        if each.get("default", 0) is None and "type" in each:
            each["anyOf"] = [
                {key: each.pop(key) for key in ("type", "items", "enum") if key in each},
                {"type": "null"},
            ]
        properties[name] = each
    schema = {"type": "object", "properties": properties, "required": required}
    if isinstance(about, str):
        schema["description"] = about[:2000]
    Path(path).write_text(json.dumps(schema, default=str), encoding="utf-8")
    os._exit(0)


if __name__ == "__main__":
    main()
