"""Reading and writing the JSON records of a run directory, with errors that name file and field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from gym_gui.core.events.regular import open_regular
from gym_gui.core.runs.atomic import write_atomically
from gym_gui.core.runs.record import FORMAT_VERSION

_Record = TypeVar("_Record")
_AT_FIELD = re.compile(r"^(?P<what>.*?) - at `\$\.?(?P<field>.*)`$", re.DOTALL)
_MISSING_FIELD = re.compile(r"Object missing required field `(?P<field>[^`]+)`")
_LARGEST_RECORD = 16 * 1024 * 1024


class RecordError(ValueError):
    """A record that cannot be read; the message names the file, the field and the mend.

    Attributes:
        path: The file.
        field: The field that is wrong (`provenance.host`), "" when the file as a whole is.
    """

    def __init__(self, path: Path, field: str, problem: str) -> None:
        self.path = path
        self.field = field
        super().__init__(f"{path.name}: {field}: {problem}" if field else f"{path.name}: {problem}")


class _Version(msgspec.Struct):
    format_version: int = FORMAT_VERSION


def read_record(path: Path, kind: type[_Record]) -> _Record:
    """The record in the file at `path`, checked against the class `kind`.

    Raises:
        FileNotFoundError: When there is no such file.
        RecordError: When it cannot be read, is not JSON, or a field has the wrong type.
    """
    try:
        return msgspec.json.decode(_content(path), type=kind)
    except msgspec.ValidationError as error:
        newer = newer_format(path)
        field, problem = _field_and_problem(str(error))
        raise RecordError(path, field, newer or problem) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        problem = f"not valid JSON ({error}); restore it from a copy or remove it"
        raise RecordError(path, "", problem) from error


def _content(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            content = file.read(_LARGEST_RECORD + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise RecordError(path, "", f"cannot be read: {error.strerror or error}") from error
    if len(content) > _LARGEST_RECORD:
        raise RecordError(path, "", f"larger than {_LARGEST_RECORD} bytes, so not a record of this format")
    return content


def _field_and_problem(message: str) -> tuple[str, str]:
    located = _AT_FIELD.match(message)
    what = (located["what"] if located else message).replace("`", "")
    field = located["field"] if located else ""
    missing = _MISSING_FIELD.search(message)
    if missing:
        return ".".join(filter(None, (field, missing["field"]))), "this field is required and missing; add it"
    return field, f"{what[:1].lower()}{what[1:]}; correct it"


def newer_format(path: Path) -> str:
    """A sentence when the record at `path` says it has a newer format than this program reads, else ""."""
    try:
        version = msgspec.json.decode(_content(path), type=_Version).format_version
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OSError, RecordError):
        return ""
    return newer_format_text(version)


def newer_format_text(version: int) -> str:
    """What to say about a record of format `version`, "" when this program reads it."""
    if version <= FORMAT_VERSION:
        return ""
    return f"format {version} is newer than this program reads ({FORMAT_VERSION}); upgrade mosaic-panel"


def write_json_atomically(path: Path, value: Any) -> None:
    """Replaces the file by `value` as JSON, atomically and synced to disk.

    Raises:
        OSError: When it could not be written; the old file is then untouched.
        TypeError: When `value` holds something JSON has no form for.
    """
    encoded = msgspec.json.format(msgspec.json.encode(value), indent=2)
    write_atomically(str(path), encoded + b"\n")
