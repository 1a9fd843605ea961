"""A script's command-line options, and the arguments that set them."""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class OptionKind(StrEnum):
    """What an option takes; OTHER is passed on as text."""

    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    STRING = "string"
    LIST = "list"
    OTHER = "other"


class FlagStyle(StrEnum):
    """How a boolean is said on the command line."""

    VALUE = "value"  # --track True
    NEGATED = "negated"  # --track, --no-track
    STORE_TRUE = "store_true"  # --track or nothing
    STORE_FALSE = "store_false"


@dataclass(frozen=True, slots=True)
class ScriptOption:
    """One option of a script, as its source declares it.

    Attributes:
        name: In Python's spelling, `total_timesteps`.
        flag: As it is typed, `--total-timesteps`.
        default: The value it has when not given; None also when the source computes it.
        choices: The values it can have; empty when anything of its kind is good.
    """

    name: str
    flag: str
    kind: OptionKind
    default: Any = None
    help: str = ""
    choices: tuple[Any, ...] = ()
    style: FlagStyle = FlagStyle.VALUE

    def problem_with(self, value: object) -> str:
        """Why the value cannot be given to the option; "" when it can."""
        if self.choices:
            listed = ", ".join(map(str, self.choices))
            return "" if value in self.choices else f"must be one of {listed}"
        fits, expected = _FITS[self.kind]
        return "" if fits(value) else f"expected {expected}, got {value!r:.80}"

    def arguments(self, value: object) -> list[str]:
        """The words that set the option on a command line."""
        if isinstance(value, bool):
            return self._switched(value)
        if isinstance(value, list):
            return [self.flag, *map(_word, value)]
        text = _word(value)
        # `--x=-1e-4`: argparse takes a word that begins with a dash for an option.
        return [f"{self.flag}={text}"] if text.startswith("-") else [self.flag, text]

    def _switched(self, value: bool) -> list[str]:
        if self.style is FlagStyle.VALUE:
            return [self.flag, str(value)]
        if self.style is FlagStyle.NEGATED:
            return [self.flag if value else f"--no-{self.flag.removeprefix('--')}"]
        return [self.flag] if value is (self.style is FlagStyle.STORE_TRUE) else []


def option_called(name: str, options: Mapping[str, ScriptOption]) -> ScriptOption | None:
    """The option of that name, also when spelled as it is typed: `--total-timesteps`."""
    return options.get(name.removeprefix("--").replace("-", "_"))


def unknown_option(name: str, script: str, options: Mapping[str, ScriptOption]) -> str:
    """What to say of a name that is none of the script's options."""
    close = difflib.get_close_matches(name.removeprefix("--").replace("-", "_"), list(options), n=1)
    hint = f"did you mean {close[0]!r}?" if close else f"it has: {', '.join(sorted(options))}"
    return f"{script} has no option {name!r}; {hint}"


def literal(node: ast.expr | None) -> Any:
    """The plain value that an expression spells; None when it computes one."""
    if node is None:
        return None
    if isinstance(node, ast.Call):  # field(default=1), field(default_factory=lambda: [64, 64])
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        made = given.get("default_factory")
        return literal(given.get("default") or (made.body if isinstance(made, ast.Lambda) else None))
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return _arithmetic(node)
    return list(value) if isinstance(value, tuple) else value


def _arithmetic(node: ast.expr) -> Any:
    """`int(1e6)`-like and `8 * 128`-like defaults; None for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = literal(node.left), literal(node.right)
        if all(isinstance(side, (int, float)) and not isinstance(side, bool) for side in (left, right)):
            return left * right
    return None


def _word(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _is_text(value: object) -> bool:
    return isinstance(value, str) and "\0" not in value


def _is_plain(value: object) -> bool:
    return isinstance(value, bool) or _is_number(value) or _is_text(value)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_plain, value))


_FITS = {
    OptionKind.INTEGER: (_is_integer, "a whole number"),
    OptionKind.NUMBER: (_is_number, "a number"),
    OptionKind.BOOLEAN: (lambda value: isinstance(value, bool), "true or false"),
    OptionKind.STRING: (_is_text, "a text"),
    OptionKind.LIST: (_is_list, "a list of plain values"),
    OptionKind.OTHER: (
        lambda value: _is_plain(value) or _is_list(value),
        "a number, a text, true or false, or a list of these",
    ),
}
