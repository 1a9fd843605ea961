"""Editing what people say about a run: name, tags, notes, archived. Nothing another editor wrote is lost."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

import msgspec

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.exclusive import exclusively
from gym_gui.core.runs.files import read_record, write_json_atomically
from gym_gui.core.runs.record import Labels

LOCK_FILE_NAME = ".labels.lock"
LONGEST_NAME = 200
LONGEST_TAG = 64
LONGEST_NOTES = 100_000
MOST_TAGS = 100


class LabelError(ValueError):
    """A label that cannot be given; the message names the field and what would do."""


def edit_labels(
    run: RunDirectory,
    *,
    name: str | None = None,
    add_tags: Iterable[str] = (),
    remove_tags: Iterable[str] = (),
    notes: str | None = None,
    archived: bool | None = None,
) -> Labels:
    """The run's labels after the edit; what is None stays as it is, and so do fields of newer programs.

    Read, changed and written under a lock, so two panels and a command line can edit at once. Of two who
    change the same field the later wins; tags are added and removed one by one.

    Raises:
        LabelError: A name, tag or note that cannot be given; nothing is written then.
        RecordError: `labels.json` cannot be read; it is left as it is, since it may hold somebody's notes.
        OSError: It cannot be written, or somebody else holds its lock for very long.
    """
    added, removed = [_tag(tag) for tag in add_tags], {tag.strip() for tag in remove_tags}
    name = None if name is None else _name(name)
    notes = None if notes is None else _notes(notes)
    with exclusively(run.path / LOCK_FILE_NAME):
        before, everything = _read(run)
        kept = [tag for tag in before.tags if tag not in removed]
        tags = tuple(dict.fromkeys([*kept, *added]))
        if len(tags) > max(MOST_TAGS, len(before.tags)):
            raise LabelError(f"tags: {len(tags)} are too many; remove some, {MOST_TAGS} can be kept")
        after = Labels(
            name=before.name if name is None else name,
            tags=tags,
            notes=before.notes if notes is None else notes,
            archived=before.archived if archived is None else archived,
        )
        if after != before:
            write_json_atomically(run.labels_file, {**everything, **msgspec.to_builtins(after)})
    return after


def _read(run: RunDirectory) -> tuple[Labels, dict[str, Any]]:
    try:
        return read_record(run.labels_file, Labels), read_record(run.labels_file, dict[str, Any])
    except FileNotFoundError:
        return Labels(), {}


def _name(text: str) -> str:
    name = text.strip()
    if len(name) > LONGEST_NAME:
        raise LabelError(f"name: {len(name)} characters are too many; use {LONGEST_NAME} at most")
    return _printable("name", name)


def _tag(text: str) -> str:
    tag = text.strip()
    if not tag:
        raise LabelError("tags: a tag has to have a character; leave the empty one out")
    if len(tag) > LONGEST_TAG:
        raise LabelError(f"tags: {tag[:20]!r}... is longer than {LONGEST_TAG} characters")
    if "," in tag:
        raise LabelError(f"tags: {tag!r} has a comma, which separates tags; give them one by one")
    return _printable("tags", tag)


def _notes(text: str) -> str:
    if len(text) > LONGEST_NOTES:
        raise LabelError(f"notes: {len(text)} characters are too many; use {LONGEST_NOTES} at most")
    for line in text.splitlines():
        _printable("notes", line.replace("\t", " "))
    return text


def _printable(field: str, text: str) -> str:
    """The text itself when it is one line that a file can hold and a terminal can show."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise LabelError(f"{field}: {text!r:.80} has a control character; leave it out")
    return text
