"""Entry points of the installed distributions, read so that one broken distribution hides no other."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers read it; importing `typing` would double the cost of this module
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.metadata import EntryPoint


def entry_points_of(
    group: str, on_unreadable: Callable[[str, Exception], None] | None = None
) -> list[EntryPoint]:
    """The entry points of a group, of every distribution whose metadata can be read; nothing is imported.

    Where a distribution is installed twice, the one found first on `sys.path` counts, as for imports.

    Args:
        group: Name of the group.
        on_unreadable: Called with the name of each distribution that mentions the group but cannot be
            read, and the error.
    """
    from importlib.metadata import entry_points

    # A boundary: metadata is other people's text, and the parser fails in as many ways as there are
    # mistakes, for all distributions at once.
    try:
        return list(entry_points(group=group))
    except Exception:  # noqa: BLE001
        return _one_by_one(group, on_unreadable)


def _one_by_one(group: str, on_unreadable: Callable[[str, Exception], None] | None) -> list[EntryPoint]:
    from importlib.metadata import distributions

    seen: set[str] = set()
    found: list[EntryPoint] = []
    for distribution in distributions():
        name = f"a distribution in {distribution.locate_file('')}"
        # The same boundary, now for one distribution.
        try:
            name = distribution.metadata["Name"] or name
            normalized = name.lower().replace("-", "_").replace(".", "_")
            if normalized not in seen:
                seen.add(normalized)
                if group in (distribution.read_text("entry_points.txt") or ""):
                    found += distribution.entry_points.select(group=group)
        except Exception as error:  # noqa: BLE001
            if on_unreadable is not None:
                on_unreadable(name, error)
    return found
