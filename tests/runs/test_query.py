"""The search language: what each term selects, what is said of what is not understood, what completes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gym_gui.core.runs.query.completion import Occurring, complete
from gym_gui.core.runs.query.keys import KEYS
from gym_gui.core.runs.query.moments import span_of
from gym_gui.core.runs.query.query import parse_query
from gym_gui.core.runs.query.text import quoted, terms_in
from gym_gui.core.runs.record import Labels, RunRecord
from gym_gui.core.runs.summary import RunState, RunSummary

NOW = time.mktime((2026, 11, 23, 15, 0, 0, 0, 0, -1))
HOUR, DAY = 3600.0, 86400.0


def run(run_id: str, state: RunState = RunState.COMPLETED, **values: Any) -> RunSummary:
    labels = Labels(**{name: values.pop(name) for name in ("name", "tags", "archived") if name in values})
    started = values.pop("started", None)
    record = RunRecord(
        **{"run_id": run_id, "worker_id": "w", "argv": (), "cwd": "/", "created": 1000.0, **values}
    )
    return RunSummary(run_id, Path("/runs") / run_id, state, record=record, labels=labels, started=started)


RUNS = (
    run("01AAA", RunState.RUNNING, worker_id="cleanrl", environment="CartPole-v1", algorithm="PPO", seed=1,
        name="baseline", tags=("best", "paper draft"), group="sweep-1", started=NOW - HOUR),
    run("01BBB", RunState.FAILED, worker_id="tabular", environment="FrozenLake4x4", algorithm="q_learning",
        seed=12, name="Größe, 2", tags=("bestiary",), group="sweep-10", started=NOW - 3 * DAY),
    run("01CCC", RunState.COMPLETED, worker_id="rllib_worker", worker_type="ray", environment="Lake of Fire",
        seed=-3, name='say "hi"', archived=True, started=NOW - 40 * DAY),
    RunSummary("01DDD", Path("/runs/01DDD"), RunState.LOST),
    run("01EEE", RunState.STALLED, worker_id="tabular", name="a:b", created=NOW - 60, tags=("old",)),
)  # fmt: skip
ALL = "ABCDE"


def found(text: str) -> str:
    query = parse_query(text)
    return "".join(summary.run_id[-1] for summary in RUNS if query.matches(summary, NOW))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ALL),
        ("   ", ALL),
        ("worker:tabular", "BE"),
        ("worker:RAY", "C"),
        ("worker:cleanrl,tabular", "ABE"),
        ("state:running", "A"),
        ("state:running,stalled", "AE"),
        ("state:STA", "E"),
        ("env:lake", "BC"),
        ('env:"lake of"', "C"),
        ("env:CartPole-v1 algo:ppo", "A"),
        ("environment:cart algorithm:PPO status:run", "A"),
        ("seed:1", "A"),
        ("seed:-3", "C"),
        ("seed:1..12", "AB"),
        ("seed:>1", "B"),
        ("seed:<=1", "AC"),
        ("seed:1,12", "AB"),
        ("tag:best", "A"),
        ("tag:best*", "AB"),
        ('tag:"paper draft"', "A"),
        ("tag:best tag:paper*", "A"),
        ("tag:*", "ABE"),
        ("-tag:*", "CD"),
        ("group:sweep-1", "A"),
        ("group:sweep-*", "AB"),
        ("name:grö", "B"),
        ('name:"größe, 2"', "B"),
        (r'name:"say \"hi\""', "C"),
        ("name:*2", "B"),
        ("id:01b", "B"),
        ("is:archived", "C"),
        ("-is:archived", "ABDE"),
        ("is:live", "AE"),
        ("is:over", "BCD"),
        ("lake", "BC"),
        ("LAKE tab", "B"),
        ("-lake", "ADE"),
        ("failed", "B"),
        ("fail", ""),
        ('"a:b"', "E"),
        ('-"a:b" state:stalled', ""),
        ('"paper draft"', "A"),
        ("paper draft", "A"),
        ("sweep-1", "AB"),
        ("-worker:tabular,cleanrl", "CD"),
        ("-state:completed -state:lost", "ABE"),
        ('name:"say', "C"),
        ("-", ALL),
        ("- -", ALL),
        (">2d", "AE"),
        ("> 2d", "AE"),
        ("<2d", "BC"),
        ("-<2d", "ADE"),
        ("since:today", "AE"),
        ("on:2026-11-20", "B"),
        ("on:2026-11", "ABE"),
        (">=2026-11-20", "ABE"),
        (">2026-11-20", "AE"),
        ("<=2026-11-20", "BC"),
        ("<2026-11-20", "C"),
        ("after:2026-11-20 before:2026-11-23", ""),
        ("since:2026-11-20 until:yesterday", "B"),
        ("since:2026-11-23T14:00", "AE"),
        ("since:14:30", "E"),
        ("since:2026-11-23T14:00:00", "AE"),
        (">90min", "AE"),
        (">1.5m", "E"),
        (">6w", "ABCE"),
    ],
)  # fmt: skip
def test_a_query_selects(text: str, expected: str) -> None:
    assert parse_query(text).problems == ()
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "at", "says"),
    [
        ("stat:running", (0, 12), "There is no key 'stat'. Did you mean state:? "),
        ("tag:best xyz:1", (9, 14), "There is no key 'xyz'. The keys are state, worker"),
        ("state:runing", (6, 12), "no state 'runing'; did you mean running?"),
        ("state:", (6, 6), "say what to look for after state:"),
        (">", (1, 1), "say what to look for after >"),
        ("tag:a,,b", (6, 6), "say what to look for after tag:"),
        ("seed:x", (5, 6), "seed: takes a whole number"),
        ("seed:>1..2", (5, 10), "seed: takes a whole number"),
        (">2026-13-01", (1, 11), "'2026-13-01' is no time; write one like"),
        ("since:2026-02-29", (6, 16), "is no time"),
        ("since:25:00", (6, 11), "is no time"),
        ("on:2d", (3, 5), "on: takes a day"),
        ("is:blue", (3, 7), "is: takes live, waiting, over or archived"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_told_with_its_place(text: str, at: tuple[int, int], says: str) -> None:
    (problem,) = parse_query(text).problems
    assert (problem.start, problem.end) == at
    assert says in problem.message


def test_what_is_not_understood_hides_nothing_while_it_is_typed() -> None:
    assert found("state:") == found("since:2026-1-") == found("xyz:1") == ALL
    assert found("state:running,nonsense") == "A"
    assert found("tag:best state:nonsense") == "A"


def test_a_query_says_whether_archived_runs_are_its_matter() -> None:
    assert parse_query("is:archived").asks_for_archived
    assert parse_query("-is:arch").asks_for_archived
    assert not parse_query("is:live archived").asks_for_archived


def test_queries_are_equal_when_their_texts_are() -> None:
    assert parse_query("tag:a >2d") == parse_query("tag:a >2d") != parse_query("tag:a")
    assert parse_query("  ").selects_all and not parse_query("a").selects_all


def test_relative_times_move_with_the_clock() -> None:
    query = parse_query(">2h")
    assert query.matches(RUNS[0], NOW)
    assert not query.matches(RUNS[0], NOW + 2 * HOUR)
    today = parse_query("on:today")
    assert today.matches(RUNS[0], NOW) and not today.matches(RUNS[0], NOW + DAY)


@pytest.mark.parametrize(
    ("text", "days"), [("2024", 366), ("2024-02", 29), ("2023-02", 28), ("2026-11-23", 1)]
)
def test_a_span_is_as_long_as_the_calendar_has_it(
    text: str, days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    span_of.cache_clear()
    try:
        span = span_of(text, NOW)
    finally:
        monkeypatch.undo()
        time.tzset()
        span_of.cache_clear()
    assert span is not None
    assert span[1] - span[0] == days * DAY


def test_a_day_on_which_clocks_change_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    span_of.cache_clear()
    try:
        short, long = span_of("2026-03-29", NOW), span_of("2026-10-25", NOW)
        if time.tzname[0] != "CET":
            pytest.skip("this system has no time zones")
    finally:
        monkeypatch.undo()
        time.tzset()
        span_of.cache_clear()
    assert short is not None and short[1] - short[0] == 23 * HOUR
    assert long is not None and long[1] - long[0] == 25 * HOUR


pieces = st.sampled_from(
    [*'abst:,"\\-<>=*.0159 \t\n', "state:", "since:", "tag:", "seed:", "2026-", "is:", ">2d", "10:00"]
)
typed = st.lists(pieces).map("".join)


@given(typed | st.text())
def test_no_text_raises_and_every_problem_has_its_place(text: str) -> None:
    query = parse_query(text)
    for problem in query.problems:
        assert 0 <= problem.start <= problem.end <= len(text)
        assert problem.message
    for summary in RUNS:
        assert query.matches(summary, NOW) in (True, False)
    for cursor in range(-1, len(text) + 2):
        for completion in complete(text, cursor, RUNS):
            after, at = completion.applied_to(text)
            assert completion.text in after and at <= len(after)


@given(typed)
def test_terms_cover_all_but_the_spaces_between(text: str) -> None:
    end = 0
    for term in terms_in(text):
        assert not text[end : term.start].strip()
        assert term.start < term.end
        end = term.end
    assert not text[end:].strip()


@given(st.text(min_size=1))
def test_a_quoted_value_is_read_back(value: str) -> None:
    (term,) = terms_in(f"name:{quoted(value)}")
    assert [read.text for read in term.values] == [value]
    (word,) = terms_in(quoted(value))
    assert ":" in value or word.values[0].text == value


def texts(text: str, cursor: int | None = None) -> list[str]:
    return [c.text for c in complete(text, len(text) if cursor is None else cursor, RUNS)]


def test_an_empty_search_is_completed_by_keys() -> None:
    assert texts("")[:3] == ["state:", "worker:", "env:"]
    assert texts("tag:best ")[:1] == ["state:"]


def test_a_beginning_is_completed_by_keys_then_values_with_their_keys() -> None:
    assert texts("st") == ["state:", "state:stalled"]
    assert texts("-wo") == ["worker:"]
    assert texts("froz") == ["env:FrozenLake4x4"]
    assert texts("lake") == ['env:"Lake of Fire"']
    assert texts("zzz") == []


def test_values_are_those_that_occur_the_most_frequent_first() -> None:
    (first, *_) = complete("worker:", 7, RUNS)
    assert (first.text, first.hint) == ("tabular", "2 runs")
    assert texts("env:LAKE") == ['"Lake of Fire"', "FrozenLake4x4"]
    assert texts("tag:paper") == ['"paper draft"']
    assert texts("state:r") == ["running"]
    assert texts("seed:1") == ["1", "12"]
    assert texts("is:") == ["live", "waiting", "over", "archived"]
    assert texts("name:") == texts("id:") == texts("nokey:") == []


def test_lists_and_times_are_completed_too() -> None:
    assert "tabular" not in texts("worker:tabular,")
    assert texts("worker:tabular,cl") == ["cleanrl"]
    assert texts(">t") == texts("since:t") == ["today"]
    assert texts("on:y") == ["yesterday"]


def test_what_is_under_the_cursor_is_replaced_and_nothing_else() -> None:
    text = "tag:best worker:ta,cleanrl -lake"
    (completion,) = complete(text, text.index("ta,") + 2, RUNS)
    assert completion.applied_to(text) == (
        "tag:best worker:tabular,cleanrl -lake",
        len("tag:best worker:tabular"),
    )
    (key,) = complete("-gro", 4, RUNS)[:1]
    assert key.applied_to("-gro") == ("-group:", 7)


def test_every_completion_of_a_value_finds_a_run() -> None:
    for name in KEYS:
        for completion in complete(f"{name}:", len(name) + 1, RUNS):
            query = parse_query(completion.applied_to(f"{name}:")[0])
            if name != "on":
                assert query.problems == (), completion
            if completion.hint.endswith(("run", "runs")) and not completion.hint.startswith("0 "):
                assert any(query.matches(summary, NOW) for summary in RUNS), completion


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("stat:running", '"stat:running"'),
        ("-Xyz:a,b", '"Xyz:a,b"'),
        ('xyz:"a b"', '"xyz:a b"'),
        ("http://x", '"http://x"'),
    ],
)
def test_what_is_no_key_is_told_with_the_way_to_find_it_as_text(text: str, quoted: str) -> None:
    (problem,) = parse_query(text).problems
    assert problem.message.endswith(f"To find the text itself, put it in quotes: {quoted}")
    assert parse_query(quoted).problems == (), "and that is understood"


def test_a_key_of_any_length_is_told_in_few_words() -> None:
    (problem,) = parse_query(f"{'x' * 5000}:1").problems
    assert len(problem.message) < 300


def test_values_are_counted_once_for_many_keystrokes() -> None:
    asked: list[str] = []

    class Counted(list[RunSummary]):
        def __iter__(self) -> Iterator[RunSummary]:
            asked.append("all")
            return super().__iter__()

    occurring = Occurring(Counted(RUNS))
    typed = [complete(text, len(text), occurring) for text in ("la", "lak", "lake", "env:", "env:l")]
    assert asked == ["all"]
    assert typed == [complete(text, len(text), RUNS) for text in ("la", "lak", "lake", "env:", "env:l")]
