"""What the next keystrokes of a search may be: keys, and the values that occur among the runs there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from gym_gui.core.runs.query.keys import KEYS, KINDS, Comparison, Key, key_named
from gym_gui.core.runs.query.text import Term, Value, quoted, terms_in
from gym_gui.core.runs.summary import RunSummary

_MOST = 12
_TIMES = {
    "1h": "an hour ago",
    "today": "",
    "yesterday": "",
    "1d": "a day ago",
    "7d": "a week ago",
    "30d": "30 days ago",
}
_WITHOUT_VALUES = frozenset({"id", "name"})
_FOUND_BY_VALUE = ("worker", "env", "algo", "tag", "group", "state")


@dataclass(frozen=True, slots=True)
class Completion:
    """One way to go on.

    Attributes:
        start: Where in the text, up to `end`, `text` goes in place of what stands there.
        hint: What it is, or how many runs have it: "12 runs".
    """

    text: str
    start: int
    end: int
    hint: str

    def applied_to(self, typed: str) -> tuple[str, int]:
        """The whole text with the completion in it, and where the cursor then is."""
        return typed[: self.start] + self.text + typed[self.end :], self.start + len(self.text)


class Occurring:
    """The values that occur among runs; those of a key are counted when they are first asked for.

    Keep it from one keystroke to the next: counting is nearly all that completing costs.
    """

    def __init__(self, summaries: Iterable[RunSummary]) -> None:
        self._runs = list(summaries)
        self._counted: dict[str, list[tuple[str, int]]] = {}

    def of(self, key: Key) -> list[tuple[str, int]]:
        """Values and how many runs have them, the most frequent first."""
        found = self._counted.get(key.name)
        if found is None:
            counts = Counter(text for run in self._runs for text in set(key.texts(run)) if text)
            found = sorted(counts.items(), key=lambda pair: (-pair[1], len(pair[0]), pair[0]))
            self._counted[key.name] = found
        return found


def complete(text: str, cursor: int, runs: Iterable[RunSummary] | Occurring) -> list[Completion]:
    """The likeliest ways to go on at `cursor`, at most a dozen, the likeliest first."""
    occurring = runs if isinstance(runs, Occurring) else Occurring(runs)
    cursor = min(max(cursor, 0), len(text))
    term = next((term for term in terms_in(text) if term.start <= cursor <= term.end), None)
    if term is None:
        return [_key_completion(key, cursor, cursor) for key in KEYS.values()][:_MOST]
    key = key_named(term.key) if term.key else None
    if key is not None:
        found = _values(text, cursor, term, key, occurring)
    elif term.key:
        found = iter(())
    else:
        found = _words(text, cursor, term, occurring)
    return [completion for completion, _ in zip(found, range(_MOST), strict=False)]


def _words(text: str, cursor: int, term: Term, occurring: Occurring) -> Iterator[Completion]:
    """Keys that begin so, then values that do, with their keys."""
    start = term.start + term.negated
    typed = text[start:cursor].lstrip('"').casefold()
    for key in KEYS.values():
        if key.name.startswith(typed):
            yield _key_completion(key, start, term.end)
    if not typed:
        return
    for name in _FOUND_BY_VALUE:
        for value, count in occurring.of(KEYS[name]):
            if value.casefold().startswith(typed):
                yield Completion(f"{name}:{quoted(value)}", start, term.end, _runs(count))


def _values(text: str, cursor: int, term: Term, key: Key, occurring: Occurring) -> Iterator[Completion]:
    value = next((value for value in term.values if cursor <= value.end), term.values[-1])
    if cursor < value.start:
        return  # still in the key
    typed = text[value.start : cursor].lstrip('"').casefold()
    others = {other.text.casefold() for other in term.values if other is not value}
    known = [pair for pair in _suggested(key, occurring) if pair[0].casefold() not in others]
    starting = [pair for pair in known if pair[0].casefold().startswith(typed)]
    others_with_it = [pair for pair in known if pair not in starting and typed in pair[0].casefold()]
    containing = others_with_it if key.comparison is not Comparison.TIME else []
    for suggestion, hint in (*starting, *containing):
        yield _value_completion(suggestion, hint, value)


def _suggested(key: Key, occurring: Occurring) -> list[tuple[str, str]]:
    if key.comparison is Comparison.TIME:
        return list(_TIMES.items())
    if key.name in _WITHOUT_VALUES:
        return []
    found = occurring.of(key)
    if key.comparison is Comparison.KIND:
        counts = dict(found)
        found = [(kind, counts.get(kind, 0)) for kind in KINDS]
    return [(value, _runs(count)) for value, count in found]


def _key_completion(key: Key, start: int, end: int) -> Completion:
    return Completion(f"{key.name}:", start, end, key.hint)


def _value_completion(text: str, hint: str, value: Value) -> Completion:
    return Completion(quoted(text), value.start, value.end, hint)


def _runs(count: int) -> str:
    return f"{count:,} run" if count == 1 else f"{count:,} runs"
