"""The model asked through a server that answers well, badly, late, or not at all."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from email.utils import formatdate
from typing import Any

import pytest

from tests.workers.barlog.helpers import KEY, asking, config
from tests.workers.barlog.server import Answer, ScriptedServer, failed, said, serving

pytest.importorskip("openai", reason="needs the extra barlog")

from gym_gui.workers.barlog.endpoint import Secret
from gym_gui.workers.barlog.model.chat import ChatModel
from gym_gui.workers.barlog.model.errors import BudgetReachedError, ModelError
from gym_gui.workers.barlog.model.meter import Meter, Prices
from gym_gui.workers.barlog.model.replies import LONGEST_ANSWER, Reply

ACTIONS = ("left", "right")


@contextmanager
def model_of(server: ScriptedServer, **fields: Any) -> Iterator[tuple[ChatModel, Meter]]:
    made = config(**asking(server.url, **fields))
    prices = Prices(made.input_price, made.output_price)
    meter = Meter(prices, budget=made.budget, token_budget=made.token_budget)
    with closing(ChatModel(made, Secret(KEY), meter, logging.getLogger("barlog-test"))) as model:
        yield model, meter


def ask(model: ChatModel) -> Reply:
    return model.ask([{"role": "user", "content": "where to?"}], ACTIONS, thinks=False)


def test_an_answer_its_tokens_and_its_cost() -> None:
    with serving(said("left")) as server, model_of(server, input_price=2, output_price=10) as (model, meter):
        assert ask(model).text == "left"
        assert (meter.used.requests, meter.used.input_tokens, meter.used.output_tokens) == (1, 100, 10)
        assert meter.cost == pytest.approx((100 * 2 + 10 * 10) / 1e6)
        assert not meter.used.estimated
        assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_tokens_that_nobody_counted_are_estimated_and_called_so() -> None:
    with serving(said("left", usage=False)) as server, model_of(server) as (model, meter):
        ask(model)
        assert meter.used.estimated
        assert (meter.used.input_tokens, meter.used.output_tokens) == (3, 1)


@pytest.mark.parametrize(
    "first",
    [
        failed(500, "down"),
        failed(503, "overloaded"),
        failed(429, "slow down", retry_after="0"),
        Answer(body=b"<html>not json"),
        Answer(body=b'{"choices": []}'),
        Answer(body=b'{"choices": [{"message": null}]}'),
        Answer(body=b"[]"),
        Answer(body=b""),
        Answer(body=b"\xff\xfe\x00"),
        Answer(body=b"[" * 100_000),
        Answer(hang_up=True),
        Answer(body=b"x" * (9 * 2**20)),
        Answer(body=b'{"choices": [', promised=1000),
    ],
    ids=[
        "500",
        "503",
        "429",
        "html",
        "no-choices",
        "no-message",
        "list",
        "empty",
        "bytes",
        "deep",
        "hung-up",
        "huge",
        "cut",
    ],
)
def test_what_may_pass_is_asked_again(first: Answer) -> None:
    with serving(first, said("right")) as server, model_of(server) as (model, meter):
        assert ask(model).text == "right"
        assert len(server.requests) == 2
        assert meter.used.requests == 1


def test_an_answer_that_does_not_come_is_given_up_and_asked_again() -> None:
    slow = said("left")
    slow.hold_s = 20
    with serving(slow, said("right")) as server, model_of(server, request_timeout_s=0.3) as (model, _):
        assert ask(model).text == "right"


def test_an_answer_that_only_trickles_is_given_up_too() -> None:
    dripping = said("left")
    dripping.drip_s = 0.1  # each byte comes in time, the whole would take half a minute
    with serving(dripping, said("right")) as server, model_of(server, request_timeout_s=0.5) as (model, _):
        assert ask(model).text == "right"


def test_an_answer_that_stops_in_the_middle_is_given_up_too() -> None:
    stalled = Answer(body=b'{"choices": [', promised=1000, stall_s=20)
    with serving(stalled, said("right")) as server, model_of(server, request_timeout_s=0.3) as (model, _):
        assert ask(model).text == "right"


def test_what_retry_after_asks_for_is_waited(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    in_ninety_seconds = formatdate(time.time() + 90, usegmt=True)
    answers = (
        failed(429, "a", retry_after="7"),
        failed(429, "b", retry_after=in_ninety_seconds),
        said("left"),
    )
    with serving(*answers) as server, model_of(server) as (model, _):
        ask(model)
    assert waited[0] == 7
    assert 80 < waited[1] <= 90


def test_without_retry_after_the_wait_doubles_up_to_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    patient = {"max_retries": 8, "retry_delay_s": 1.0}
    with (
        serving(failed(500, "down")) as server,
        model_of(server, **patient) as (model, _),
        pytest.raises(ModelError),
    ):
        ask(model)
    assert waited == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_wait_beyond_reason_ends_the_run_and_says_so() -> None:
    with serving(failed(429, "daily limit", retry_after="86400")) as server, model_of(server) as (model, _):
        with pytest.raises(ModelError, match="86,400 s, so resume the run later"):
            ask(model)
        assert len(server.requests) == 1


def test_after_the_last_retry_the_last_failure_is_told() -> None:
    with serving(failed(500, "the disk is full")) as server, model_of(server, max_retries=2) as (model, _):
        with pytest.raises(ModelError, match=r"no answer after 3 attempts.*the disk is full"):
            ask(model)
        assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (failed(400, "too long", "context_length_exceeded"), "max_history"),
        (failed(403, "no"), "api_key_env"),
        (failed(404, "no such model"), "check model"),
        (failed(429, "pay first", "insufficient_quota"), "used up"),
    ],
)
def test_what_will_not_pass_is_not_asked_again(answer: Answer, words: str) -> None:
    with serving(answer) as server, model_of(server) as (model, _):
        with pytest.raises(ModelError, match=words):
            ask(model)
        assert len(server.requests) == 1


def test_a_wrong_key_is_told_without_the_key() -> None:
    with (
        serving(said("left"), key="another") as server,
        model_of(server) as (model, _),
        pytest.raises(ModelError, match="api_key_env") as caught,
    ):
        ask(model)
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None
    assert "<redacted>" in str(caught.value)


def test_a_key_in_an_answer_is_taken_out() -> None:
    with serving(said(f"your key is {KEY}")) as server, model_of(server) as (model, _):
        assert ask(model).text == "your key is <redacted>"


def test_a_refusal_is_no_failure() -> None:
    with serving(said(None, refusal="I cannot play")) as server, model_of(server) as (model, _):
        reply = ask(model)
        assert (reply.text, reply.refusal) == ("", "I cannot play")
    with serving(said("", finish="content_filter")) as server, model_of(server) as (model, _):
        assert "content filter" in ask(model).refusal


def test_an_endless_answer_is_cut() -> None:
    with serving(said("a" * 3_000_000)) as server, model_of(server) as (model, _):
        assert len(ask(model).text) == LONGEST_ANSWER


def test_nobody_there() -> None:
    with serving(said("left")) as server:
        url = server.url
    made = config(**asking(url, max_retries=1))
    meter = Meter(Prices(0, 0), budget=None, token_budget=None)
    with (
        closing(ChatModel(made, Secret(KEY), meter, logging.getLogger("t"))) as model,
        pytest.raises(ModelError, match=r"no connection to .*is the server up\?"),
    ):
        ask(model)


def test_the_budget_is_checked_before_each_request() -> None:
    spending = {"budget": 0.0005, "input_price": 2, "output_price": 10}  # an answer costs 0.0003
    with serving(said("left")) as server, model_of(server, **spending) as (model, meter):
        ask(model)
        ask(model)
        with pytest.raises(BudgetReachedError, match=r"0\.0006 spent"):
            ask(model)
        assert len(server.requests) == 2
        assert meter.cost == pytest.approx(0.0006)


def test_the_token_budget_counts_both_ways() -> None:
    with serving(said("left")) as server, model_of(server, token_budget=110) as (model, _):
        ask(model)
        with pytest.raises(BudgetReachedError, match="110 used"):
            ask(model)


def test_requests_are_spaced(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    with serving(said("left")) as server, model_of(server, requests_per_minute=6) as (model, _):
        ask(model)
        assert not waited
        ask(model)
    assert 9 < waited[0] <= 10


def test_what_is_sent() -> None:
    sent = {"temperature": 0.5, "max_output_tokens": 33, "extra_fields": {"top_p": 0.9}}
    with serving(said("left")) as server, model_of(server, **sent) as (model, _):
        ask(model)
    (request,) = server.requests
    assert request["model"] == "small-model"
    assert request["temperature"] == 0.5
    assert request["max_tokens"] == 33
    assert request["top_p"] == 0.9
    assert "grammar" not in request


def test_the_endpoint_can_be_held_to_the_actions() -> None:
    with serving(said("left")) as server:
        with model_of(server, answer_form="grammar") as (model, _):
            ask(model)
        with model_of(server, answer_form="json_schema", token_limit_field="max_completion_tokens") as (
            model,
            _,
        ):
            model.ask([{"role": "user", "content": "x"}], ACTIONS, thinks=True)
    grammar, schema = server.requests
    assert grammar["grammar"] == 'root ::= "left" | "right"'
    described = schema["response_format"]["json_schema"]["schema"]
    assert list(described["properties"]) == ["thought", "action"]
    assert described["properties"]["action"]["enum"] == ["left", "right"]
    assert "max_completion_tokens" in schema
    assert "max_tokens" not in schema
