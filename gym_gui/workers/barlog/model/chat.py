"""The model as agents ask it: paced, repeated where that helps, metered, logged."""

from __future__ import annotations

import dataclasses
import logging
import time
from typing import Any

from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_BARLOG_DEBUG,
    LOG_WORKER_BARLOG_LLM_ERROR,
    LOG_WORKER_BARLOG_LLM_REQUEST,
    LOG_WORKER_BARLOG_LLM_RESPONSE,
)
from gym_gui.workers.barlog.config import BarlogConfig
from gym_gui.workers.barlog.endpoint import Secret
from gym_gui.workers.barlog.model.connection import Connection
from gym_gui.workers.barlog.model.constraints import constraint
from gym_gui.workers.barlog.model.errors import ModelError, PassingFault
from gym_gui.workers.barlog.model.meter import Meter
from gym_gui.workers.barlog.model.pace import Pace
from gym_gui.workers.barlog.model.replies import Reply, read_reply
from gym_gui.workers.barlog.model.waiting import LONGEST_WAIT_ASKED_FOR_S, delay_before

Message = dict[str, Any]


class ChatModel:
    """One model of one endpoint.

    Args:
        config: Which model, and how requests are made.
        key: The endpoint's key.
        meter: Counts what answers take.
        logger: Where requests, answers and failures are logged.
    """

    def __init__(self, config: BarlogConfig, key: Secret, meter: Meter, logger: logging.Logger) -> None:
        self._config = config
        self._key = key
        self._meter = meter
        self._logger = logger
        self._connection = Connection(config, key)
        self._pace = Pace(config.requests_per_minute)

    def ask(self, messages: list[Message], actions: tuple[str, ...], *, thinks: bool) -> Reply:
        """The model's reply.

        Args:
            messages: The conversation.
            actions: The valid ones, which the endpoint is held to where the configuration says so.
            thinks: Whether the answer is to reason first.

        Raises:
            ModelError: There is none, after all the repetitions allowed.
            BudgetReachedError: Nothing more may be spent.
        """
        request = self._request(messages, actions, thinks=thinks)
        attempt = 0
        while True:
            self._meter.check()
            attempt += 1
            try:
                return self._asked_once(request, messages, attempt)
            except PassingFault as fault:
                self._wait_before_repeating(fault, attempt)
            except ModelError as error:
                log_constant(self._logger, LOG_WORKER_BARLOG_LLM_ERROR, message=error)
                raise

    def close(self) -> None:
        """Lets go of the connection."""
        self._connection.close()

    def _request(self, messages: list[Message], actions: tuple[str, ...], *, thinks: bool) -> dict[str, Any]:
        config = self._config
        extra = {**config.extra_fields, **constraint(config.answer_form, actions, thinks=thinks)}
        request: dict[str, Any] = {"model": config.model, "messages": messages, "extra_body": extra}
        request[config.token_limit_field.value] = config.max_output_tokens
        if config.temperature is not None:
            request["temperature"] = config.temperature
        return request

    def _asked_once(self, request: dict[str, Any], messages: list[Message], attempt: int) -> Reply:
        waited = self._pace.wait()
        if waited:
            log_constant(self._logger, LOG_WORKER_BARLOG_DEBUG, message=f"rate limit: waited {waited:.2f} s")
        sent = {"model": self._config.model, "messages": len(messages), "attempt": attempt}
        log_constant(self._logger, LOG_WORKER_BARLOG_LLM_REQUEST, extra=sent)
        began = time.monotonic()
        body = self._connection.complete(request)
        reply = read_reply(body, _text_of(messages))
        reply = dataclasses.replace(
            reply,
            text=self._key.taken_out_of(reply.text),
            refusal=self._key.taken_out_of(reply.refusal),
            seconds=time.monotonic() - began,
        )
        self._meter.add(reply.usage)
        received = {
            "finish_reason": reply.finish_reason,
            "input_tokens": reply.usage.input_tokens,
            "output_tokens": reply.usage.output_tokens,
            "seconds": round(reply.seconds, 3),
        }
        log_constant(self._logger, LOG_WORKER_BARLOG_LLM_RESPONSE, extra=received)
        return reply

    def _wait_before_repeating(self, fault: PassingFault, attempt: int) -> None:
        told = self._key.taken_out_of(str(fault))
        log_constant(self._logger, LOG_WORKER_BARLOG_LLM_ERROR, message=f"attempt {attempt}: {told}")
        if attempt > self._config.max_retries:
            raise ModelError(f"no answer after {attempt} attempts; the last: {told}") from None
        delay = delay_before(attempt, self._config.retry_delay_s, fault.retry_after_s)
        if delay > LONGEST_WAIT_ASKED_FOR_S:
            raise ModelError(f"{told}; it asks to wait {delay:,.0f} s, so resume the run later") from None
        log_constant(self._logger, LOG_WORKER_BARLOG_DEBUG, message=f"asking again in {delay:.2f} s")
        time.sleep(delay)


def _text_of(messages: list[Message]) -> str:
    """The words of a conversation; pictures count for nothing here."""
    return "".join(_words(message["content"]) for message in messages)


def _words(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content)
