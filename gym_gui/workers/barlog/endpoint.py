"""Where requests go, with which key, and how that key is kept out of everything written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_address
from typing import TypeVar
from urllib.parse import urlsplit

Value = TypeVar("Value")

REDACTED = "<redacted>"
_NO_KEY = "no-key"
_SHORTEST_KEY = 6
_SECRET_WORDS = ("key", "token", "secret", "password", "authorization")
_HARMLESS = frozenset({"max_tokens", "max_completion_tokens", "min_tokens", "stop_token_ids", "token"})
_SETTLED_BY_THE_WORKER = frozenset({"model", "messages", "stream", "n", "grammar", "response_format"})


class EndpointError(ValueError):
    """The endpoint cannot be used as configured; the message names the field and the mend."""


def check_address(address: str) -> str:
    """The address itself, without a slash at its end.

    Raises:
        ValueError: It is no http address, or carries a name and password.
    """
    try:
        parts = urlsplit(address.strip())
        _ = parts.port
    except ValueError as error:
        raise ValueError(f"not an address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must begin with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not carry a password; put it into the variable that api_key_env names")
    if parts.query or parts.fragment:
        raise ValueError("must end with its path; a key does not belong into an address")
    return address.strip().rstrip("/")


def check_extra_fields(fields: dict[str, Value]) -> dict[str, Value]:
    """The fields themselves.

    Raises:
        ValueError: One is settled by the worker, or looks like a secret, which would be written down.
    """
    for name in fields:
        if name in _SETTLED_BY_THE_WORKER:
            raise ValueError(f"{name!r} is settled by the worker; take it out (answer_form sets grammars)")
        if name not in _HARMLESS and any(word in name.lower().replace("-", "_") for word in _SECRET_WORDS):
            raise ValueError(f"{name!r} looks like a secret; keys go into the variable of api_key_env")
    return fields


class Secret:
    """An API key that shows itself to nobody but the client it is handed to.

    Args:
        value: The key, "" when there is none.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def __repr__(self) -> str:
        return REDACTED if self._value else "Secret('')"

    def reveal(self) -> str:
        """The key as the client wants it: never empty."""
        return self._value or _NO_KEY

    def taken_out_of(self, text: str) -> str:
        """The text with the key, should somebody have echoed it, replaced."""
        # Servers that want no key are given "x" or "none", which are words, not secrets.
        return text.replace(self._value, REDACTED) if len(self._value) >= _SHORTEST_KEY else text


def key_from(variable: str, base_url: str, environment: Mapping[str, str] | None = None) -> Secret:
    """The key that the variable holds.

    Raises:
        EndpointError: There is none and the endpoint is elsewhere, or it cannot be a key.
    """
    if not variable:
        return Secret("")
    value = (os.environ if environment is None else environment).get(variable, "").strip()
    if not value and not _is_here(base_url):
        raise EndpointError(
            f"api_key_env: the environment variable {variable} is not set; set it to the key of {base_url}, "
            "or leave api_key_env empty for an endpoint that wants none"
        )
    if not value.isascii() or not value.isprintable():
        raise EndpointError(f"api_key_env: {variable} holds characters that no key has; copy the key anew")
    return Secret(value)


def _is_here(base_url: str) -> bool:
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
