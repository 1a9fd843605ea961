"""Which field of a config takes a checkpoint to go on from.

Only a field that holds a path or text can. The names in `RESUME_NAMES` are tried first, in that order,
then paths whose name has a word for resuming and none for where or how often checkpoints are written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gym_gui.core.forms.fields import FieldKind, FormField

RESUME_NAMES = (
    "resume_from",
    "resume_from_checkpoint",
    "resume_checkpoint",
    "resume_path",
    "checkpoint_path",
    "load_checkpoint",
    "restore_from",
    "restore_path",
    "from_checkpoint",
    "load_path",
    "load_from",
    "load_model",
    "init_checkpoint",
    "checkpoint",
    "resume",
)
_ABOUT_RESUMING = frozenset({"resume", "restore", "checkpoint", "ckpt"})
_ABOUT_WRITING = frozenset(
    {"save", "dir", "directory", "folder", "interval", "every", "frequency", "freq", "keep", "output", "out"}
)


def checkpoint_field(fields: Sequence[FormField]) -> FormField | None:
    """The field a checkpoint goes to, None when the config has none."""
    able = {
        field.name.lower(): field
        for field in fields
        if field.kind in (FieldKind.PATH, FieldKind.STRING) and not field.managed
    }
    named = next((able[name] for name in RESUME_NAMES if name in able), None)
    return named or next((field for field in able.values() if _looks_like_one(field)), None)


def _looks_like_one(field: FormField) -> bool:
    words = set(re.split(r"[^a-z]+", field.name.lower()))
    return field.kind is FieldKind.PATH and bool(words & _ABOUT_RESUMING) and not words & _ABOUT_WRITING
