"""The names a new worker goes by, made from the one it is given."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME = re.compile(r"[a-z][a-z0-9]*([-_][a-z0-9]+)*")
_LONGEST = 40


class InvalidNameError(ValueError):
    """No worker can be called that; the message says why and what would do."""


@dataclass(frozen=True, slots=True)
class WorkerNames:
    """What a worker called `worker` is called elsewhere.

    Attributes:
        worker: Its id, e.g. "my-agent".
        distribution: Its project and folder: "my-agent-worker".
        package: What is imported: "my_agent_worker".
        prefix: Start of its classes' names: "MyAgent".
        type: How names of log constants spell it: "MY_AGENT".
        title: Its name for people: "My agent".
    """

    worker: str
    distribution: str
    package: str
    prefix: str
    type: str
    title: str


def names_for(worker: str) -> WorkerNames:
    """All names.

    Raises:
        InvalidNameError: It is no name, or one that is taken.
    """
    if not _NAME.fullmatch(worker) or len(worker) > _LONGEST:
        suggestion = re.sub(r"[^a-z0-9]+", "-", worker.lower()).strip("-0123456789")[:_LONGEST].strip("-")
        meant = f"; how about {suggestion!r}?" if suggestion and _NAME.fullmatch(suggestion) else ""
        raise InvalidNameError(
            f"{worker!r} cannot be a worker's name: lower-case letters, digits and single - or _, "
            f"starting with a letter, {_LONGEST} characters at most{meant}"
        )
    words = re.split("[-_]", worker)
    type_ = "_".join(words).upper()
    _refuse_taken(worker, type_)
    # `ray` or `json` must not become a package that hides the one of that name.
    package_words = words if words[-1] == "worker" else [*words, "worker"]
    return WorkerNames(
        worker=worker,
        distribution="-".join(package_words),
        package="_".join(package_words),
        prefix="".join(word.capitalize() for word in words),
        type=type_,
        title=" ".join(words).capitalize(),
    )


def _refuse_taken(worker: str, type_: str) -> None:
    from gym_gui.logging_config import log_constants  # noqa: F401 (fills the catalogue)
    from gym_gui.logging_config.registry import CATALOGUE

    prefixes = (f"LOG_WORKER_{type_}_", f"LOG_MOSAIC_WORKER_{type_}_")
    if worker in {"worker", "tabular"} or any(name.startswith(prefixes) for name in CATALOGUE.named()):
        raise InvalidNameError(
            f"{worker!r} is taken: the SDK knows a worker of that type and its log constants; "
            f"choose another, e.g. 'my-{worker}'"
        )
