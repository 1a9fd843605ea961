"""What can be searched by: the keys of a query, and what of a run each looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum

from gym_gui.core.runs.run_state import RunState
from gym_gui.core.runs.summary import RunSummary

Texts = Callable[[RunSummary], Iterable[str]]


class Comparison(Enum):
    """How a key compares its values with a run's."""

    CONTAINS = "contains"
    WHOLE = "whole"
    STATE = "state"
    NUMBER = "number"
    KIND = "kind"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Key:
    """One key.

    Attributes:
        hint: What it searches by, in a few words.
        texts: What it looks at; lower and upper case do not matter.
    """

    name: str
    hint: str
    comparison: Comparison
    texts: Texts


def _nothing(summary: RunSummary) -> tuple[str, ...]:
    return ()


def _workers(summary: RunSummary) -> tuple[str, ...]:
    record = summary.record
    return (record.worker_id, record.worker_type, record.worker_name) if record is not None else ()


def _of_record(field: str) -> Texts:
    def texts(summary: RunSummary) -> tuple[str, ...]:
        value = getattr(summary.record, field, None)
        return (str(value),) if value is not None and value != "" else ()

    return texts


def kinds(summary: RunSummary) -> tuple[str, ...]:
    """What `is:` knows of the run."""
    way = "over" if summary.state.is_over else "waiting" if summary.state is RunState.QUEUED else "live"
    return (way, "archived") if summary.labels.archived else (way,)


KINDS = ("live", "waiting", "over", "archived")
KEYS = {
    key.name: key
    for key in (
        Key("state", "how it stands", Comparison.STATE, lambda run: (run.state.value,)),
        Key("worker", "which worker runs it", Comparison.CONTAINS, _workers),
        Key("env", "its environment", Comparison.CONTAINS, _of_record("environment")),
        Key("algo", "its algorithm", Comparison.CONTAINS, _of_record("algorithm")),
        Key("seed", "its seed, or several: 1..5", Comparison.NUMBER, _of_record("seed")),
        Key("tag", "a tag of it", Comparison.WHOLE, lambda run: run.labels.tags),
        Key("group", "the group it belongs to", Comparison.WHOLE, _of_record("group")),
        Key("name", "its name", Comparison.CONTAINS, lambda run: (run.labels.name,)),
        Key("id", "a part of its id", Comparison.CONTAINS, lambda run: (run.run_id,)),
        Key("is", "live, waiting, over or archived", Comparison.KIND, kinds),
        Key("since", "started then or later", Comparison.TIME, _nothing),
        Key("until", "started then or earlier", Comparison.TIME, _nothing),
        Key("after", "started after that", Comparison.TIME, _nothing),
        Key("before", "started before that", Comparison.TIME, _nothing),
        Key("on", "started on that day", Comparison.TIME, _nothing),
    )
}
# The signs are the keys of the same meaning; some keys go by other names as well.
MEANINGS = {
    ">": "after",
    "<": "before",
    ">=": "since",
    "<=": "until",
    "environment": "env",
    "algorithm": "algo",
    "status": "state",
    "tags": "tag",
}


def key_named(name: str) -> Key | None:
    """The key that is typed as `name`, or None."""
    return KEYS.get(MEANINGS.get(name, name))


def words_of(summary: RunSummary) -> str:
    """What plain words are looked for in, in lower case."""
    record = summary.record
    texts = [summary.labels.name, summary.run_id, *summary.labels.tags]
    if record is not None:
        texts += (record.worker_id, record.worker_type, record.environment or "")
        texts += (record.algorithm or "", record.group or "")
    return "\n".join(texts).casefold()


def started(summary: RunSummary) -> float | None:
    """When it started, or was created if it has not; Unix seconds, None when neither is known."""
    if summary.started is not None:
        return summary.started
    return summary.record.created if summary.record is not None else None
