"""The terms of a query as tests of a run."""

from __future__ import annotations

import re
from collections.abc import Callable

from gym_gui.core.forms.names import nearest
from gym_gui.core.runs.query.keys import KINDS, Comparison, Key, Texts, started, words_of
from gym_gui.core.runs.query.moments import EXAMPLES, span_of
from gym_gui.core.runs.run_state import RunState
from gym_gui.core.runs.summary import RunSummary

Test = Callable[[RunSummary, float], bool]
_STARS = re.compile(r"\*+")
_NUMBERS = re.compile(r"(?P<sign>[<>]=?)?(?P<first>-?\d{1,30})(?:\.\.(?P<last>-?\d{1,30}))?")


class MeaninglessError(ValueError):
    """A value that its key can do nothing with; the message says what it takes."""


def word_test(word: str) -> Test:
    """Whether a run has the word in what it is known by, or is in the state of that name."""
    needle = word.casefold()
    return lambda summary, now: needle in words_of(summary) or summary.state == needle


def test_of(key: Key, typed: str, value: str, now: float) -> Test:
    """Whether a run is what `key` with one value says; `typed` is the key as it was typed.

    Raises:
        MeaninglessError: The value is none for this key.
    """
    if not value.strip():
        raise MeaninglessError(f"say what to look for after {typed}{':' if typed.isalpha() else ''}")
    match key.comparison:
        case Comparison.CONTAINS:
            return _text_test(key.texts, value, whole=False)
        case Comparison.WHOLE:
            return _text_test(key.texts, value, whole=True)
        case Comparison.STATE:
            return _state_test(value)
        case Comparison.NUMBER:
            return _number_test(key, value)
        case Comparison.KIND:
            return _kind_test(key.texts, value)
        case Comparison.TIME:
            return _time_test(key.name, value, now)


def _text_test(texts: Texts, value: str, *, whole: bool) -> Test:
    needle = value.casefold()
    if not needle.strip("*"):
        return lambda summary, now: any(texts(summary))
    if "*" in needle:
        pattern = re.compile(".*".join(map(re.escape, _STARS.split(needle))), re.DOTALL)
        return lambda summary, now: any(pattern.fullmatch(text.casefold()) for text in texts(summary))
    if whole:
        return lambda summary, now: any(needle == text.casefold() for text in texts(summary))
    return lambda summary, now: any(needle in text.casefold() for text in texts(summary))


def _state_test(value: str) -> Test:
    typed = value.casefold()
    states = frozenset(state for state in RunState if state.value.startswith(typed))
    if not states:
        raise MeaninglessError(_none_such("state", value, [state.value for state in RunState]))
    return lambda summary, now: summary.state in states


def _kind_test(texts: Texts, value: str) -> Test:
    typed = value.casefold()
    wanted = frozenset(kind for kind in KINDS if kind.startswith(typed))
    if not wanted:
        raise MeaninglessError(f"is: takes {', '.join(KINDS[:-1])} or {KINDS[-1]}, not {value!r:.60}")
    return lambda summary, now: not wanted.isdisjoint(texts(summary))


def _number_test(key: Key, value: str) -> Test:
    found = _NUMBERS.fullmatch(value.strip())
    if found is None or (found["sign"] and found["last"]):
        raise MeaninglessError(f"{key.name}: takes a whole number, or 1..5, or >3, not {value!r:.60}")
    first = int(found["first"])
    last = int(found["last"]) if found["last"] else first
    bounds: dict[str | None, Callable[[int], bool]] = {
        ">": lambda seed: seed > first,
        ">=": lambda seed: seed >= first,
        "<": lambda seed: seed < first,
        "<=": lambda seed: seed <= first,
        None: lambda seed: first <= seed <= last,
    }
    holds = bounds[found["sign"]]

    def test(summary: RunSummary, now: float) -> bool:
        seed = summary.record.seed if summary.record is not None else None
        return seed is not None and holds(seed)

    return test


def _time_test(key: str, value: str, now: float) -> Test:
    named = span_of(value, now)
    if named is None:
        raise MeaninglessError(f"{value!r:.60} is no time; write one like {EXAMPLES}")
    if key == "on" and named[0] == named[1]:
        raise MeaninglessError(f"on: takes a day, not {value!r:.60}; since:{value} is what came after it")
    holds = _TIMES[key]

    def test(summary: RunSummary, now: float) -> bool:
        moment, span = started(summary), span_of(value, now)
        return moment is not None and span is not None and holds(moment, *span)

    return test


_TIMES: dict[str, Callable[[float, float, float], bool]] = {
    "since": lambda moment, first, after: moment >= first,
    "after": lambda moment, first, after: moment >= after,
    "before": lambda moment, first, after: moment < first,
    "until": lambda moment, first, after: moment < max(after, first),
    "on": lambda moment, first, after: first <= moment < after,
}


def _none_such(what: str, value: str, known: list[str]) -> str:
    guess = nearest(value.casefold(), known)
    meant = f"did you mean {guess}?" if guess else f"there are {', '.join(known)}"
    return f"no {what} {value!r:.60}; {meant}"
