"""One request to the endpoint through OpenAI's client, its failures sorted."""

from __future__ import annotations

import logging
from typing import Any

import openai

from gym_gui.workers.barlog.config import BarlogConfig
from gym_gui.workers.barlog.endpoint import Secret
from gym_gui.workers.barlog.model.errors import ModelError, PassingFault
from gym_gui.workers.barlog.model.replies import read_body
from gym_gui.workers.barlog.model.waiting import retry_after_s

_WORTH_REPEATING = frozenset({408, 409, 425, 429})
_LONGEST_TOLD = 600
_MENDS = {
    400: "the request does not suit the model; see max_history, vision, answer_form and extra_fields",
    401: "the key is not accepted; check the variable that api_key_env names",
    403: "the key may not use this; check the variable that api_key_env names, and the model",
    404: "there is no such model or address; check model and base_url",
    413: "the request is too large; lower max_history or max_image_history",
    422: "the request does not suit the model; see answer_form and extra_fields",
}


class Connection:
    """The endpoint of a run. Whatever it raises is free of the key.

    Args:
        config: Where it is and how long to wait for it.
        key: What opens it.
    """

    def __init__(self, config: BarlogConfig, key: Secret) -> None:
        self._key = key
        self._address = config.base_url
        self._timeout_s = config.request_timeout_s
        _quieten_the_transport()
        self._client = openai.OpenAI(
            base_url=config.base_url,
            api_key=key.reveal(),
            timeout=config.request_timeout_s,
            max_retries=0,  # the worker repeats requests itself, so that it can say so
        )

    def complete(self, request: dict[str, Any]) -> bytes:
        """The bytes of the chat completion.

        Raises:
            PassingFault: It failed in a way that may pass.
            ModelError: It failed for good.
        """
        try:
            create = self._client.chat.completions.with_streaming_response.create
            with create(**request) as response:
                return read_body(response.iter_bytes(), self._timeout_s)
        except Exception as error:
            if not _is_of_the_transport(error):
                raise
            # Not chained: the client's exceptions carry the request with its headers.
            raise self._sorted(error) from None

    def models(self) -> list[str] | None:
        """The models the endpoint lists, None when it has no such list.

        Raises:
            ModelError: It cannot be reached or does not accept the key.
        """
        try:
            with self._client.models.with_streaming_response.list() as response:
                body = read_body(response.iter_bytes(), self._timeout_s)
        except openai.NotFoundError:
            return None
        except Exception as error:
            if not _is_of_the_transport(error):
                raise
            raise self._sorted(error) from None
        return _names(body)

    def close(self) -> None:
        """Lets go of the open connections."""
        self._client.close()

    def _sorted(self, error: Exception) -> ModelError:
        if isinstance(error, openai.APIStatusError):
            return self._refused(error)
        said = self._key.taken_out_of(str(error.__cause__ or error))[:_LONGEST_TOLD]
        if isinstance(error, openai.APITimeoutError) or "Timeout" in type(error).__name__:
            return PassingFault(f"{self._address} did not answer within {self._timeout_s:g} s")
        if isinstance(error, openai.APIConnectionError) or not isinstance(error, openai.OpenAIError):
            return PassingFault(f"no connection to {self._address}: {said}; is the server up?")
        return ModelError(f"{self._address}: {type(error).__name__}: {said}")

    def _refused(self, error: openai.APIStatusError) -> ModelError:
        code = error.status_code
        said = self._key.taken_out_of(str(error.message))[:_LONGEST_TOLD]
        told = f"{self._address} answered {code}: {said}"
        # An exhausted account is told by the code of an overload, but waiting does not fill it.
        if error.code == "insufficient_quota":
            return ModelError(f"{told}; the account is used up")
        if code in _WORTH_REPEATING or code >= 500:
            return PassingFault(told, retry_after_s(error.response.headers))
        return ModelError(f"{told}; {_MENDS.get(code, 'check base_url')}")


def _quieten_the_transport() -> None:
    """Keeps one line per request out of the log, unless debug messages are wanted; ours say it already."""
    for name in ("httpx", "httpx2"):
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() == logging.INFO:
            logger.setLevel(logging.WARNING)


def _is_of_the_transport(error: Exception) -> bool:
    """Whether the client raised it, or the HTTP library below it, which depends on the client's version."""
    library = type(error).__module__.partition(".")[0]
    return isinstance(error, openai.OpenAIError) or library.startswith("httpx")


def _names(body: bytes) -> list[str] | None:
    import json

    try:
        listed = json.loads(body)["data"]
        return [str(entry["id"]) for entry in listed]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
