"""Which action an answer names, and that nothing is guessed."""

from __future__ import annotations

import pytest

from gym_gui.workers.barlog.agents.parsing import only_mentioned, parse

ACTIONS = ("turn left", "turn right", "go forward", "pick up", "toggle")


@pytest.mark.parametrize(
    "answer",
    [
        "go forward",
        " Go Forward.\n",
        "**go forward**",
        '"go forward"',
        "go_forward",
        "```\ngo forward\n```",
        "<think>perhaps turn left?</think>go forward",
        "First I see a wall.\nACTION: go forward",
        "ACTION: turn left is tempting, but no.\nAction: Go forward",
        "**ACTION:** go forward",
        '{"thought": "turn left?", "action": "go forward"}',
        'Sure:\n```json\n{"action": "go forward"}\n```',
    ],
)
def test_an_answer_that_names_an_action(answer: str) -> None:
    assert parse(answer, ACTIONS) == "go forward"


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "   ",
        "I would go forward",
        "fly",
        "go forward, then turn left",
        "ACTION: fly",
        '{"action": 3}',
        '{"action": "fly"}',
        "{broken",
        "<think>go forward",
        "[" * 5000,
        "{" * 5000 + "}" * 5000,
    ],
)
def test_an_answer_that_names_none(answer: str) -> None:
    assert parse(answer, ACTIONS) is None


def test_case_tells_commands_apart_where_they_differ_by_it_alone() -> None:
    assert parse("D", ("d", "D")) == "D"
    assert parse(" D ", ("d", "D")) == "D"


def test_a_mention_counts_when_it_is_the_only_one() -> None:
    assert only_mentioned("I think I should go forward now", ACTIONS) == "go forward"
    assert only_mentioned("turn left or turn right", ACTIONS) is None
    assert only_mentioned("untoggled", ACTIONS) is None


def test_the_longest_of_overlapping_names_is_meant() -> None:
    assert only_mentioned("let us go far north", ("north", "far north")) == "far north"
