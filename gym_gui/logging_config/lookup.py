"""Finding log constants by code, component and tag, among those this process has loaded.

The catalogue is always loaded. A worker's own constants are there once one of them was
imported from `gym_gui.logging_config.log_constants`; looking up never imports worker code.
"""

from __future__ import annotations

import re

from gym_gui.logging_config.model import LogConstant
from gym_gui.logging_config.registry import CATALOGUE

_CODE = re.compile(r"[A-Z][A-Z0-9_-]*")
_TAG = re.compile(r"[a-z0-9][a-z0-9_-]*")
_NAME = re.compile(r"LOG(_[A-Z0-9]+){2,}")
# LOG_WORKER_{WORKER_TYPE}_{EVENT_CATEGORY}[_{DETAIL}]
_WORKER_NAME = re.compile(r"LOG_(MOSAIC_)?WORKER(_[A-Z0-9]+){2,}")


def get_constant_by_code(code: str) -> LogConstant | None:
    """The constant with this code, or None."""
    return CATALOGUE.by_code(code)


def list_known_components() -> list[str]:
    """The names of all components, sorted."""
    return sorted({constant.component for constant in CATALOGUE})


def get_component_snapshot() -> dict[str, list[str]]:
    """The subcomponents of each component, both sorted; a copy that the caller may change."""
    snapshot: dict[str, list[str]] = {}
    for component, subcomponent in sorted({(c.component, c.subcomponent) for c in CATALOGUE}):
        snapshot.setdefault(component, []).append(subcomponent)
    return snapshot


def find_by_component(component: str, subcomponent: str | None = None) -> list[LogConstant]:
    """The constants of a component, or of one subcomponent of it, in the order of the catalogue."""
    return [
        constant
        for constant in CATALOGUE
        if constant.component == component and subcomponent in (None, constant.subcomponent)
    ]


def find_by_tag(tag: str) -> list[LogConstant]:
    """The constants that carry a tag, in the order of the catalogue."""
    return [constant for constant in CATALOGUE if tag in constant.tags]


def validate_log_constants() -> list[str]:
    """What is wrong with the loaded constants, one sentence each; empty when all is well.

    What makes a constant unusable (wrong types, a code used twice) is an error where it is
    defined, so what remains for here are the conventions of names, codes, components and tags.
    """
    problems: list[str] = []
    for name, constant in CATALOGUE.named().items():
        problems += [f"{name} ({constant.code}): {problem}" for problem in _departures(name, constant)]
    return problems


def _departures(name: str, constant: LogConstant) -> list[str]:
    problems = []
    is_worker = name.startswith(("LOG_WORKER", "LOG_MOSAIC_WORKER"))
    if not (_WORKER_NAME if is_worker else _NAME).fullmatch(name):
        problems.append("the name must read LOG_WORKER_{TYPE}_{EVENT}, or LOG_{AREA}_{EVENT} outside workers")
    if is_worker and constant.component != "Worker":
        problems.append(f"the component of a worker's constant must be 'Worker', not {constant.component!r}")
    if not _CODE.fullmatch(constant.code):
        problems.append("the code must be upper-case letters and digits")
    if not constant.subcomponent:
        problems.append("the subcomponent is missing")
    if not constant.tags:
        problems.append("there are no tags to filter by")
    problems += [f"the tag {tag!r} is not lower-case" for tag in constant.tags if not _TAG.fullmatch(tag)]
    return problems
