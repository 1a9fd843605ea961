"""Environments as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class EnvironmentProblem(ValueError):
    """An environment that cannot be added, made or removed; the message says why and how to mend it."""


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python whose workers are offered.

    Attributes:
        name: What people call it; unique among the environments.
        python: Absolute path of its interpreter; links are kept, for a venv's `python` is one.
        created: Whether this program made it, and may delete it when asked to.
        is_own: Whether it is the one this program runs in, which is always there.
    """

    name: str
    python: str
    created: bool = False
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class FoundEnvironment:
    """An environment that is on this machine and could be added; `kind` says how it was found."""

    name: str
    python: str
    kind: str


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """What an interpreter says of itself; nothing of the SDK is needed for that.

    Attributes:
        packages: Versions of the packages that matter here, by their usual name.
        sdk_version: Of the installed SDK, "" when there is none.
        has_pip: Whether it can install packages itself.
        problem: Why it could not be asked, or "".
    """

    python: str
    python_version: str = ""
    implementation: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)
    sdk_version: str = ""
    has_pip: bool = False
    problem: str = ""
