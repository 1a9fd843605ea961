"""What a worker needs and its environment lacks, read from the metadata of its distribution."""

from __future__ import annotations

import os
import platform
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import NamedTuple

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?([^;]*)(?:;(.*))?$", re.DOTALL)
_CLAUSE = re.compile(r"""\(*\s*(\w+)\s*(==|!=|<=|>=|<|>)\s*(['"])([^'"]*)\3\s*\)*\s*$""")
_DEEPEST = 4
_COMPARE: dict[str, Callable[[object, object], bool]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
    "<": lambda a, b: a < b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
}


@dataclass(frozen=True, slots=True)
class MissingRequirements:
    """Requirements that are not installed, and the command that installs them ("" when none is missing)."""

    names: tuple[str, ...] = ()
    mend: str = ""


class _Requirement(NamedTuple):
    name: str
    extras: tuple[str, ...]
    text: str
    marker: str


def missing_requirements(worker_id: str, home: Distribution | None) -> MissingRequirements:
    """What the worker's distribution, and its extra named like the worker, require and is not installed."""
    if home is None:
        return MissingRequirements()
    extra = next((name for name in _extras(home) if _normalised(name) == _normalised(worker_id)), "")
    missing = tuple(dict.fromkeys(_missing(home, ("", extra) if extra else ("",), depth=0)))
    if not missing:
        return MissingRequirements()
    wanted = f"'{home.name}[{extra}]'" if extra else home.name
    return MissingRequirements(missing, f"{sys.executable} -m pip install {wanted}")


def _extras(home: Distribution) -> list[str]:
    return list(home.metadata.get_all("Provides-Extra") or ())


def _missing(home: Distribution, extras: tuple[str, ...], depth: int) -> Iterator[str]:
    for line in home.requires or ():
        requirement = _parse(line)
        if requirement is None or not any(_applies(requirement.marker, extra) for extra in extras):
            continue
        try:
            found = distribution(requirement.name)
        except PackageNotFoundError:
            yield requirement.text
            continue
        if requirement.extras and depth < _DEEPEST:
            yield from _missing(found, requirement.extras, depth + 1)


def _parse(line: str) -> _Requirement | None:
    match = _REQUIREMENT.match(line)
    if match is None:
        return None
    name, extras, version, marker = match.groups()
    bracket = f"[{extras}]" if extras else ""
    named = tuple(extra.strip() for extra in (extras or "").split(",") if extra.strip())
    return _Requirement(name, named, f"{name}{bracket}{version.strip().strip('()')}", (marker or "").strip())


def _applies(marker: str, extra: str) -> bool:
    """Whether the marker holds here; one that is not understood does not, lest we cry wolf."""
    if not marker:
        return not extra
    clauses = [_CLAUSE.match(clause.strip()) for clause in re.split(r"\band\b", marker)]
    if any(clause is None for clause in clauses):
        return False
    tests = [(clause[1], clause[2], clause[4]) for clause in clauses if clause is not None]
    if extra and not any(variable == "extra" for variable, _, _ in tests):
        return False  # a requirement of the base, counted once
    return all(_holds(variable, operator, value, extra) for variable, operator, value in tests)


def _holds(variable: str, operator: str, value: str, extra: str) -> bool:
    here = {
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "python_full_version": platform.python_version(),
        "sys_platform": sys.platform,
        "platform_system": platform.system(),
        "platform_machine": platform.machine(),
        "os_name": os.name,
        "implementation_name": sys.implementation.name,
    }
    compare = _COMPARE[operator]
    if variable == "extra":
        return compare(_normalised(extra), _normalised(value))
    if variable not in here:
        return False
    if variable.startswith("python"):
        return compare(_numbers(here[variable]), _numbers(value))
    return compare(here[variable], value)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", version))


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
