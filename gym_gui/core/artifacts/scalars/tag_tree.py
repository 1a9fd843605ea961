"""Tags as a tree, by the slashes in their names, and found by words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

_DEEPEST = 8


class Named(Protocol):
    """Anything with a name: a tag of event files, a metric wherever it comes from."""

    @property
    def name(self) -> str:
        """Its name, parts of it between slashes."""


NamedT = TypeVar("NamedT", bound=Named)


@dataclass(frozen=True, slots=True)
class TagNode(Generic[NamedT]):
    """A name or a part of one.

    Attributes:
        label: The part of the name that this node adds.
        path: The name from the root down to here.
        tags: Those whose whole name this is; more than one when a name has values of several kinds.
        children: By label.
        total: How many tags there are here and below.
    """

    label: str
    path: str
    tags: tuple[NamedT, ...] = ()
    children: tuple[TagNode[NamedT], ...] = ()
    total: int = 0


def tag_tree(tags: Iterable[NamedT]) -> TagNode[NamedT]:
    """The tree of these tags below a root without a name. A name is taken apart eight levels deep at most."""
    return _node("", "", [(tag.name.split("/", _DEEPEST - 1), tag) for tag in tags])


def _node(label: str, path: str, inside: list[tuple[list[str], NamedT]]) -> TagNode[NamedT]:
    own = tuple(tag for parts, tag in inside if not parts)
    below: dict[str, list[tuple[list[str], NamedT]]] = {}
    for parts, tag in inside:
        if parts:
            below.setdefault(parts[0], []).append((parts[1:], tag))
    children = tuple(
        _node(name, f"{path}/{name}" if path else name, members) for name, members in sorted(below.items())
    )
    return TagNode(label, path, own, children, len(inside))


def search_tags(tags: Iterable[NamedT], text: str) -> Sequence[NamedT]:
    """The tags whose names hold every word of `text`, case aside; all of them when there is no word."""
    words = text.casefold().split()
    return [tag for tag in tags if all(word in tag.name.casefold() for word in words)]
