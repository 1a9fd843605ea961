"""What a probed interpreter writes for the one that asked: one JSON record a line.

Both sides share these classes; decoding checks every type, for the answer comes from a
process in which code of strangers ran.
"""

from __future__ import annotations

from typing import Any

import msgspec

PROTOCOL = 1
# How `Answer.schema_problem` begins when code failed, rather than when there is no config class.
UNREADABLE_CONFIG = "its config class cannot be read: "


class ListedWorker(msgspec.Struct, frozen=True, kw_only=True):
    """An entry point as it is listed, before anything of it is loaded.

    `files` are those of its distribution's metadata.
    """

    name: str
    entry_point: str
    distribution: str = ""
    version: str = ""
    files: tuple[str, ...] = ()


class Hello(msgspec.Struct, frozen=True, kw_only=True, tag="hello"):
    """The first record: who answers, and which workers it is going to ask, in this order.

    `worker_ids` names all that are registered, asked or not; `paths` are the folders packages are found in.
    """

    protocol: int
    python_version: str
    sdk_version: str
    workers: tuple[ListedWorker, ...]
    worker_ids: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


class Begin(msgspec.Struct, frozen=True, kw_only=True, tag="begin"):
    """The worker at this position is about to be asked; its output starts at that byte of the capture."""

    index: int
    output_from: int = 0


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why it cannot be used."""

    error_type: str
    message: str
    traceback: str = ""
    hint: str = ""


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="worker"):
    """What a worker says of itself, or why it could not; `files` are the modules of it that were loaded."""

    index: int
    metadata: dict[str, Any] | None = None
    capabilities: dict[str, Any] | None = None
    command: tuple[str, ...] = ()
    launch_kind: str = ""
    schema: dict[str, Any] | None = None
    schema_problem: str = ""
    missing: tuple[str, ...] = ()
    mend: str = ""
    failure: Failure | None = None
    files: tuple[str, ...] = ()


class Done(msgspec.Struct, frozen=True, tag="done"):
    """The last record: every worker was asked."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one field of a config, or with the whole when `field` is ""."""

    field: str
    message: str


class Checked(msgspec.Struct, frozen=True, kw_only=True, tag="checked"):
    """What the worker's own class says of a config."""

    problems: tuple[Problem, ...] = ()


Record = Hello | Begin | Answer | Done | Checked

_decoder = msgspec.json.Decoder(Record)


def encode(record: Record) -> bytes:
    """The record as one line."""
    return msgspec.json.encode(record) + b"\n"


def decode(line: bytes) -> Record | None:
    """The record a line holds, or None when it holds none."""
    try:
        record: Record = _decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    return record
