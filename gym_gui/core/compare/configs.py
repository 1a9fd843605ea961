"""Configs of several runs side by side: where they differ, and which runs are seeds of one experiment."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

SEED_FIELDS = frozenset({"seed", "random_seed", "env_seed"})
# Written by whoever launches; different in every run, and of no interest.
_OF_ONE_RUN = frozenset({"run_id"})
_DEEPEST = 8
_MOST_FIELDS = 5_000


class Absent:
    """Stands for a field that a config does not have."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which configs differ.

    Attributes:
        path: Its name, within objects after a dot: `optimizer.lr`.
        values: Its value in each config, `ABSENT` where there is none.
    """

    path: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A run as grouping sees it; `config` is None when it could not be read."""

    run_id: str
    worker: str
    config: Mapping[str, Any] | None


def differences(configs: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """The fields in which these configs are not all the same, by name."""
    flat = [dict(_leaves(config)) for config in configs]
    paths = sorted({path for fields in flat for path in fields})
    found = [Difference(path, tuple(fields.get(path, ABSENT) for fields in flat)) for path in paths]
    return [difference for difference in found if len({_identity(v) for v in difference.values}) > 1]


def seed_groups(members: Sequence[Member]) -> list[tuple[str, ...]]:
    """Runs that differ in their seed only, by run id; every run is in one group, which may be its own.

    Groups come in the order of their first run. A run without a readable config is alone.
    """
    groups: dict[str, list[str]] = {}
    for member in members:
        groups.setdefault(_experiment(member), []).append(member.run_id)
    return [tuple(group) for group in groups.values()]


def _experiment(member: Member) -> str:
    if member.config is None:
        return f"run {member.run_id}"
    kept = {path: value for path, value in _leaves(member.config) if path not in SEED_FIELDS}
    fields = [[path, _identity(value)] for path, value in sorted(kept.items())]
    return json.dumps([member.worker, fields])


def _leaves(config: Mapping[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    for count, (name, value) in enumerate(config.items()):
        if count >= _MOST_FIELDS:
            return
        path = f"{prefix}{name}"
        if not prefix and name in _OF_ONE_RUN:
            continue
        if isinstance(value, Mapping) and value and depth < _DEEPEST:
            yield from _leaves(value, f"{path}.", depth + 1)
        else:
            yield path, value


def _identity(value: Any) -> str:
    """Equal for values that JSON takes to be the same: 1 and 1.0 are, true and 1 are not."""
    if value is ABSENT:
        return "absent"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return json.dumps(value, sort_keys=True, default=str)
    except RecursionError:  # nested deeper than anybody could look
        return f"object {id(value)}"
