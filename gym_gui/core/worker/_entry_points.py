"""The entry points of one group, each with its distribution, whatever state the installed packages are in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, PackageNotFoundError, distribution, distributions

_UNNAMED = "(a distribution without a name)"


@dataclass(frozen=True, slots=True)
class Registration:
    """An entry point and the distribution that registers it."""

    entry_point: EntryPoint
    distribution: str


@dataclass(frozen=True, slots=True)
class UnreadableRegistrations:
    """A distribution whose entry points mention the group but cannot be read, and why."""

    distribution: str
    error: Exception


def registrations(group: str) -> Iterator[Registration | UnreadableRegistrations]:
    """What every installed distribution registers under the group, once, by distribution name.

    A distribution that stands on `sys.path` more than once counts once: the copy that Python
    imports. One with a broken `entry_points.txt` does not keep the others from being found.
    """
    seen: set[Registration] = set()
    for name, found in sorted(_concerned(group), key=lambda named: named[0]):
        try:
            own = [Registration(point, name) for point in found.entry_points if point.group == group]
        except Exception as error:  # noqa: BLE001 (a boundary: anything may stand in the file)
            yield UnreadableRegistrations(name, error)
            continue
        yield from (one for one in own if one not in seen)
        seen.update(own)


def _concerned(group: str) -> Iterator[tuple[str, Distribution]]:
    """The distributions whose entry points mention the group, those shadowed by another copy left out."""
    for found in distributions():
        try:
            mentioned = group in (found.read_text("entry_points.txt") or "")
        except (OSError, UnicodeError):
            continue  # it may belong to any package; nothing says that it has to do with this group
        if mentioned and not _is_shadowed(found):
            yield _name(found), found


def _name(found: Distribution) -> str:
    try:
        name: str | None = found.metadata["Name"]
    except Exception:  # noqa: BLE001 (a boundary: what reading a broken METADATA raises depends on the version)
        name = None
    return re.sub(r"[-_.]+", "-", name).lower() if name else _UNNAMED


def _is_shadowed(found: Distribution) -> bool:
    name = _name(found)
    if name == _UNNAMED:
        return False
    try:
        first = distribution(name)
    except PackageNotFoundError:
        return False
    return str(first.locate_file("")) != str(found.locate_file(""))
