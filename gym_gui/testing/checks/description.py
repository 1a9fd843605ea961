"""What a worker says of itself: found, complete, and in words that others know."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable

from gym_gui.core.forms.names import nearest
from gym_gui.core.probing.model import ProbeFailure
from gym_gui.core.worker import WorkerCapabilities
from gym_gui.testing import vocabulary
from gym_gui.testing.bench import Bench
from gym_gui.testing.results import Verdict, failed, passed

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
_GROUP = '[project.entry-points."mosaic.workers"]'


def entry_point(bench: Bench) -> Verdict:
    """One registration, which loads, of a worker whose requirements are installed."""
    worker = bench.worker
    where = f"{worker.worker_id} = {worker.entry_point}"
    if worker.failure is not None:
        failure = worker.failure
        reason = f"{failure.error_type}: {failure.message}"
        return failed(reason, where, failure.traceback, fix=_how_to_load(bench, failure))
    for rival in bench.subject.rivals:
        if rival.failure is not None:
            return failed(rival.failure.message, where, fix=rival.failure.hint or "uninstall or rename one")
    if not _IDENTIFIER.fullmatch(worker.worker_id):
        fix = "name the entry point in lower case: letters, digits, single - or _"
        return failed(
            f"{worker.worker_id!r} is no name that commands and log constants can carry", where, fix=fix
        )
    if worker.missing:
        lacking = ", ".join(worker.missing)
        install = f"pip install {shlex.join(worker.missing)}"
        fix = worker.mend if bench.subject.project is None and worker.mend else install
        return failed(f"requirements are not installed: {lacking}", where, fix=fix)
    return passed(f"{where}, started as {worker.launch_kind}", " ".join(worker.command))


def _how_to_load(bench: Bench, failure: ProbeFailure) -> str:
    project = bench.subject.project
    package = bench.worker.entry_point.partition(":")[0].partition(".")[0]
    if project is not None and project.is_dir() and f"No module named {package!r}" in failure.message:
        return f"keep {package} in the folder or in its src/, or build a wheel and name that"
    return failure.hint or f"let {_GROUP} name a function that returns (WorkerMetadata, WorkerCapabilities)"


def metadata(bench: Bench) -> Verdict:
    """Metadata a person can act on, capabilities that filters understand."""
    about, able = bench.worker.metadata, bench.worker.capabilities
    if about is None or able is None:
        return failed("there is none", fix="return (WorkerMetadata, WorkerCapabilities) from the entry point")
    problems = [
        f"metadata.{name} is empty" for name in ("version", "description") if not getattr(about, name)
    ]
    if about.homepage and not about.homepage.startswith(("http://", "https://")):
        problems.append(f"metadata.homepage is no web address: {about.homepage!r}")
    problems += _problems_of(able)
    if problems:
        fix = "correct these fields where the worker's metadata is made"
        return failed(f"{len(problems)} of its fields say nothing or what nobody knows", *problems, fix=fix)
    return passed(f"{about.name} {about.version}: {', '.join(able.supported_paradigms)}", about.description)


def _problems_of(able: WorkerCapabilities) -> Iterable[str]:
    if not _IDENTIFIER.fullmatch(able.worker_type):
        yield f"capabilities.worker_type must be a lower-case identifier, not {able.worker_type!r}"
    if not able.supported_paradigms:
        yield "capabilities.supported_paradigms is empty: name at least one of " + _listed(
            vocabulary.PARADIGMS
        )
    yield from _unknown("supported_paradigms", able.supported_paradigms, vocabulary.PARADIGMS)
    yield from _unknown("action_spaces", able.action_spaces, vocabulary.ACTION_SPACES)
    yield from _unknown("observation_spaces", able.observation_spaces, vocabulary.OBSERVATION_SPACES)
    for family in able.env_families:
        yield from _odd_family(family)
    if able.max_agents < 1:
        yield f"capabilities.max_agents must be at least 1, not {able.max_agents}"
    if able.gpu_memory_mb is not None and not able.requires_gpu and able.gpu_memory_mb == 0:
        yield "capabilities.gpu_memory_mb is 0: use None for none"


def _unknown(field: str, values: Iterable[str], known: frozenset[str]) -> Iterable[str]:
    for value in values:
        if value not in known:
            close = nearest(value, known)
            meant = f"; did you mean {close!r}?" if close else f"; known are {_listed(known)}"
            yield f"capabilities.{field}: {value!r} is not known{meant}"


def _odd_family(family: str) -> Iterable[str]:
    """New families come up all the time; what is refused is a slip of the pen."""
    if family in vocabulary.ENV_FAMILIES:
        return
    close = nearest(family, vocabulary.ENV_FAMILIES)
    if close is not None and abs(len(close) - len(family)) <= 1 and not family.startswith(close):
        yield f"capabilities.env_families: {family!r}: did you mean {close!r}?"
    elif not _IDENTIFIER.fullmatch(family):
        yield f"capabilities.env_families: {family!r} must be lower-case words joined by _ or -"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))
