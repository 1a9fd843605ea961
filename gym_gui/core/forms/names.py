"""The name someone meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that this one most likely stands for, or None.

    Tried in turn: the same but for case and separators; its initials ("lr" for "learning_rate");
    the only one that starts with it ("env" for "env_id"); one that looks alike.
    """
    names = list(dict.fromkeys(known))
    wanted = _plain(name)
    if not wanted:
        return None
    alike = [other for other in names if _plain(other) == wanted]
    initials = [other for other in names if _initials(other) == wanted]
    starting = [other for other in names if _plain(other).startswith(wanted)]
    for found in (alike, initials, starting):
        if len(found) == 1:
            return found[0]
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
    return close[0] if close else None


def _plain(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _initials(name: str) -> str:
    words = name.lower().replace("-", "_").split("_")
    return "".join(word[:1] for word in words) if len(words) > 1 else ""
