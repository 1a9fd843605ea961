"""What is given on the command line -> a worker's config, checked by its schema and by its own class."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gym_gui.commands.errors import CommandError
from gym_gui.commands.exit_codes import ExitCode
from gym_gui.core.forms.fields import FieldKind, FormField
from gym_gui.core.forms.names import nearest
from gym_gui.core.forms.schema import form_fields
from gym_gui.core.forms.values import FieldError, check_values, initial_values, parse_text, without_unset
from gym_gui.core.probing.check import check_config
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.worker import extract_worker_config
from gym_gui.core.worker._json_files import read_json_object

_RUN_ID = "run_id"


def checked_config(
    worker: ProbedWorker, file: Path | None, assignments: Sequence[str], timeout_s: float | None = None
) -> dict[str, Any]:
    """The whole config without its `run_id`: defaults, then the file's values, then those given one by one.

    Raises:
        CommandError: With everything that is wrong with it; the worker's own class has been asked too.
    """
    config = assembled_config(worker, file, assignments)
    found = check_config(worker, config, timeout_s=timeout_s)
    _refuse(worker, {problem.field: problem.message for problem in reversed(found)})
    return config


def assembled_config(worker: ProbedWorker, file: Path | None, assignments: Sequence[str]) -> dict[str, Any]:
    """The same config before the worker's own class has been asked.

    Raises:
        CommandError: With everything that is wrong with it.
    """
    fields = form_fields(worker.schema)
    given = _from_file(file)
    pairs = [_split(assignment) for assignment in assignments]
    if worker.schema is None:
        return {**given, **{key: _guess(text) for key, text in pairs}}
    config, problems = _by_fields(fields, given, pairs)
    _refuse(worker, problems)
    return config


def _from_file(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        values = extract_worker_config(read_json_object(file, finite=True))
    except FileNotFoundError:
        raise CommandError(f"{file}: there is no such file", ExitCode.USAGE) from None
    except ValueError as error:
        raise CommandError(str(error), ExitCode.USAGE) from error
    values.pop(_RUN_ID, None)  # a config that was used before names its own run
    return values


def _split(assignment: str) -> tuple[str, str]:
    key, equals, text = assignment.partition("=")
    if not equals or not key:
        hint = "write key=value, e.g. seed=3"
        raise CommandError(f"{assignment!r} sets no field", ExitCode.USAGE, hint=hint)
    return key, text


def _by_fields(
    fields: Sequence[FormField], given: Mapping[str, Any], pairs: Sequence[tuple[str, str]]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The config and what is wrong with it, by field."""
    known = {field.name: field for field in fields}
    values = {**initial_values(fields), **{k: _whole(known.get(k), v) for k, v in given.items()}}
    problems: dict[str, str] = {}
    for key, text in pairs:
        if key not in known:
            problems[key] = _unknown(key, known)
        elif known[key].managed:
            problems[key] = "is filled in by the launcher, leave it out"
        else:
            try:
                values[key] = _found_from_here(known[key], parse_text(known[key], text))
            except FieldError as error:
                values.pop(key, None)
                problems[key] = error.message
    checked = {name: value for name, value in values.items() if name in known}
    problems = {**check_values(fields, checked), **problems}
    problems.update({name: _unknown(name, known) for name in values if name not in known})
    return without_unset(fields, values), problems


def _whole(field: FormField | None, value: Any) -> Any:
    """JSON writes 1e6 as a number that is no integer in Python; an integer field means one."""
    if field is not None and field.kind is FieldKind.INTEGER and isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value


def _found_from_here(field: FormField, value: Any) -> Any:
    """A path to something that exists here is made absolute: the worker runs in another directory."""
    if field.kind is not FieldKind.PATH or not isinstance(value, str):
        return value
    path = Path(value).expanduser()
    try:
        return str(path.absolute()) if path.exists() else value
    except OSError:
        return value


def _guess(text: str) -> Any:
    """The value a text means where nothing is known of the field: JSON if it is that, else the text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _unknown(key: str, known: Mapping[str, FormField]) -> str:
    guess = nearest(key, [name for name, field in known.items() if not field.managed])
    return f"unknown key{f': did you mean {guess!r}?' if guess else ''}"


def _refuse(worker: ProbedWorker, problems: Mapping[str, str]) -> None:
    if not problems:
        return
    hint = f"gym-gui workers {worker.worker_id} lists the fields"
    message = f"{worker.worker_id} does not take this config; nothing was started"
    raise CommandError(message, ExitCode.USAGE, problems=problems, hint=hint)
