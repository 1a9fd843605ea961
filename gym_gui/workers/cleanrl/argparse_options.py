"""The options that calls of `add_argument` declare, read from the source without running it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from gym_gui.workers.cleanrl.options import FlagStyle, OptionKind, ScriptOption, literal

_KINDS = {"int": OptionKind.INTEGER, "float": OptionKind.NUMBER, "str": OptionKind.STRING}
_SWITCHES = {
    "store_true": FlagStyle.STORE_TRUE,
    "store_false": FlagStyle.STORE_FALSE,
    "BooleanOptionalAction": FlagStyle.NEGATED,
}


def argparse_options(tree: ast.Module) -> Iterator[ScriptOption]:
    """The options in the order of the source; positional arguments are none."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument":
            option = _option(call)
            if option is not None:
                yield option


def _option(call: ast.Call) -> ScriptOption | None:
    flags = [text for text in map(literal, call.args) if isinstance(text, str)]
    flag = next((text for text in flags if text.startswith("--")), None)
    if flag is None:
        return None
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    switch = _SWITCHES.get(_named(given.get("action")))
    choices = literal(given.get("choices"))
    text = literal(given.get("help"))
    default = literal(given.get("default"))
    if switch in (FlagStyle.STORE_TRUE, FlagStyle.STORE_FALSE) and default is None:
        default = switch is FlagStyle.STORE_FALSE
    return ScriptOption(
        name=flag.removeprefix("--").replace("-", "_"),
        flag=flag,
        kind=OptionKind.BOOLEAN if switch else _kind(given),
        default=default,
        help=text if isinstance(text, str) else "",
        choices=tuple(choices) if isinstance(choices, list) else (),
        style=switch or FlagStyle.VALUE,
    )


def _kind(given: dict[str, ast.expr]) -> OptionKind:
    converter, count = given.get("type"), literal(given.get("nargs"))
    if count in ("+", "*") or isinstance(count, int):
        return OptionKind.LIST
    if converter is None:
        return OptionKind.STRING
    if "bool" in ast.unparse(converter):  # lambda x: bool(strtobool(x)), str2bool
        return OptionKind.BOOLEAN
    return _KINDS.get(ast.unparse(converter), OptionKind.OTHER)


def _named(action: ast.expr | None) -> str:
    text = literal(action)
    if isinstance(text, str):
        return text
    return action.attr if isinstance(action, ast.Attribute) else ""
