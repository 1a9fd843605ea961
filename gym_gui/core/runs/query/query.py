"""A search over runs: `state:running,stalled env:lake -tag:old >2d "seed sweep"`.

Terms are separated by spaces, and all of them have to hold. `key:value` looks at one thing (`KEYS` names
them all), `key:a,b` at whether it is either, `-` before a term at whether it does not hold. `*` stands for
anything. `>`, `>=`, `<` and `<=` compare when a run started. Quotes keep spaces, commas and colons together.
Other words are looked for in name, id, worker, environment, algorithm, group and tags, or are a state.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from gym_gui.core.forms.names import nearest
from gym_gui.core.runs.query.keys import KEYS, MEANINGS, Comparison, Key, key_named
from gym_gui.core.runs.query.tests import MeaninglessError, Test, test_of, word_test
from gym_gui.core.runs.query.text import COMPARISONS, Term, Value, in_quotes, terms_in
from gym_gui.core.runs.summary import RunSummary

__all__ = ["Query", "QueryProblem", "parse_query"]

_LONGEST_TOLD = 40


@dataclass(frozen=True, slots=True)
class QueryProblem:
    """Why the text from `start` up to `end` is not understood; the query goes on as if it were not there."""

    start: int
    end: int
    message: str


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for among runs; made by `parse_query`, equal when the text is.

    Attributes:
        problems: What was not understood, in the order of the text. The rest holds all the same.
        asks_for_archived: Whether it says by `is:archived` that archived runs are wanted, or are not.
    """

    text: str
    problems: tuple[QueryProblem, ...] = field(default=(), compare=False)
    asks_for_archived: bool = field(default=False, compare=False)
    _tests: tuple[Test, ...] = field(default=(), compare=False, repr=False)

    @property
    def selects_all(self) -> bool:
        """Whether every run matches."""
        return not self._tests

    def matches(self, summary: RunSummary, now: float) -> bool:
        """Whether the run is looked for, at the Unix time `now`; ask about many runs with the same one."""
        return all(test(summary, now) for test in self._tests)


def parse_query(text: str) -> Query:
    """The query that was typed; never raises, whatever was: `problems` says what is not understood."""
    tests: list[Test] = []
    problems: list[QueryProblem] = []
    asks_for_archived = False
    for term in terms_in(text):
        test = _test(term, text[term.start : term.end], problems)
        if test is not None:
            tests.append(_negated(test) if term.negated else test)
            asks_for_archived = asks_for_archived or _is_about_archived(term)
    return Query(text, tuple(problems), asks_for_archived, tuple(tests))


def _test(term: Term, typed: str, problems: list[QueryProblem]) -> Test | None:
    """Whether any of the term's values holds; None when none of them means anything."""
    if not term.key:
        word = term.values[0].text
        is_half_typed = not word.strip() or (word == "-" and term.end - term.start == 1)
        return None if is_half_typed else word_test(word)
    key = key_named(term.key)
    if key is None:
        problems.append(QueryProblem(term.start, term.end, _no_such_key(term, typed)))
        return None
    understood = [_value_test(key, term.key, value, problems) for value in term.values]
    tests = [test for test in understood if test is not None]
    return _any_of(tests) if tests else None


def _value_test(key: Key, typed: str, value: Value, problems: list[QueryProblem]) -> Test | None:
    try:
        return test_of(key, typed, value.text, time.time())
    except MeaninglessError as error:
        problems.append(QueryProblem(value.start, value.end, str(error)))
        return None


def _any_of(tests: list[Test]) -> Test:
    if len(tests) == 1:
        return tests[0]
    return lambda summary, now: any(test(summary, now) for test in tests)


def _negated(test: Callable[[RunSummary, float], bool]) -> Test:
    return lambda summary, now: not test(summary, now)


def _is_about_archived(term: Term) -> bool:
    key = key_named(term.key)
    if key is None or key.comparison is not Comparison.KIND:
        return False
    return any(value.text and "archived".startswith(value.text.casefold()) for value in term.values)


def _no_such_key(term: Term, typed: str) -> str:
    """What was taken for a key, which was meant, and how to look for the text as it stands."""
    known = [*KEYS, *(name for name in MEANINGS if name not in COMPARISONS)]
    guess = nearest(term.key, known)
    values = ",".join(value.text for value in term.values)
    meant = f"Did you mean {guess}:?" if guess else f"The keys are {', '.join(KEYS)}."
    name, _, _ = typed.removeprefix("-" if term.negated else "").partition(":")
    whole = in_quotes(_shortened(f"{name}:{values}"))
    return f"There is no key {_shortened(name)!r}. {meant} To find the text itself, put it in quotes: {whole}"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_TOLD else f"{text[:_LONGEST_TOLD]}…"
