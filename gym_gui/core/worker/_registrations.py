"""Which distribution's worker a name stands for, when more than one registers it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint


def by_worker_id(registered: Iterable[EntryPoint]) -> dict[str, list[EntryPoint]]:
    """Entry points by name; of those that share one, the first by distribution name is the worker's."""
    named: dict[str, dict[tuple[str, str], EntryPoint]] = {}
    for entry_point in registered:
        origin = distribution_of(entry_point), entry_point.value
        named.setdefault(entry_point.name, {}).setdefault(origin, entry_point)
    return {name: [found for _, found in sorted(named[name].items())] for name in sorted(named)}


def distribution_of(entry_point: EntryPoint) -> str:
    """Name of the distribution that registers the entry point."""
    try:
        name: str | None = entry_point.dist.name if entry_point.dist else None
    except Exception:  # noqa: BLE001 (a boundary: what a broken METADATA raises depends on Python's version)
        name = None
    return name or "a distribution without a name"
