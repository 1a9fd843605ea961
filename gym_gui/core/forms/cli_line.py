"""A command line somebody has at hand -> values of a form: what could be read, and what could not.

Understands what argparse and tyro take (`--env-id CartPole-v1`, `--seed=3`, `--no-cuda`, `--args.lr 0.1`) and
the `key=value` of `gym-gui run`. Nothing is executed and no variable of a shell is expanded.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.names import nearest
from gym_gui.core.forms.values import FieldError, parse_text

_LONGEST_LINE = 100_000


@dataclass(frozen=True, slots=True)
class CliLine:
    """What was found.

    Attributes:
        values: Checked values, by field name.
        problems: What is wrong with a value, by field name.
        unknown: Flags that are no field, each as it was written, with the nearest field if one is near.
        failure: Why nothing at all could be read, or "".
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    failure: str = ""


def read_cli_line(text: str, fields: Sequence[FormField]) -> CliLine:
    """The values that a command line gives to the fields; never raises.

    A name means the field of the same name, hyphens and capitals aside; of a dotted name the last part
    counts. The last of several values of a field wins, as it does for argparse.
    """
    if len(text) > _LONGEST_LINE:
        return CliLine(failure=f"is longer than {_LONGEST_LINE:,} characters")
    try:
        words = shlex.split(text.replace("\\\n", " "), comments=False)
    except ValueError as error:
        return CliLine(failure=f"cannot be taken apart: {str(error).lower()}")
    known = {_plain(item.name): item for item in fields if not item.managed}
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    unknown: list[str] = []
    for name, said in _settings(words, known):
        item = known.get(_plain(name))
        if item is None:
            guess = nearest(_plain(name), known)
            unknown.append(f"{name} (did you mean {known[guess].name}?)" if guess else name)
            continue
        values.pop(item.name, None)
        problems.pop(item.name, None)
        try:
            values[item.name] = parse_text(item, said)
        except FieldError as error:
            problems[item.name] = error.message
    if not values and not problems and not unknown:
        return CliLine(failure="holds no --name value and no name=value")
    return CliLine(values, problems, tuple(unknown))


def _settings(words: Sequence[str], known: Mapping[str, FormField]) -> Iterator[tuple[str, str]]:
    """Each name and the text it is given."""
    place = 0
    while place < len(words):
        word = words[place]
        place += 1
        if not word.startswith("--"):
            name, equals, said = word.partition("=")
            if equals and name and not name.startswith("-"):
                yield name, said
            continue
        name, equals, said = word[2:].partition("=")
        if not name:
            continue
        if equals:
            yield name, said
        elif _switched_off(name, known):
            yield _plain(name)[3:], "false"
        elif place < len(words) and _is_value(words[place], known.get(_plain(name))):
            yield name, words[place]
            place += 1
        else:
            yield name, "true"


def _switched_off(name: str, known: Mapping[str, FormField]) -> bool:
    """Whether it is the `--no-x` of a switch x."""
    plain = _plain(name)
    return plain.startswith("no_") and plain not in known and plain[3:] in known


def _is_value(word: str, item: FormField | None) -> bool:
    """Whether a word after a flag is the flag's value; a lone switch takes only the words for on and off."""
    if word.startswith("--"):
        return False
    if item is not None and item.kind is FieldKind.BOOLEAN:
        return word.lower() in {"true", "false", "1", "0", "yes", "no", "on", "off"}
    # A single hyphen begins a negative number as well as a short flag.
    return not word.startswith("-") or word[1:2].isdigit() or word[1:2] == "."


def _plain(name: str) -> str:
    return name.rpartition(".")[2].replace("-", "_").casefold()
