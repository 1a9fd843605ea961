"""Which environment overrides are secrets: they reach the worker, but are never written to disk."""

from __future__ import annotations

import re
from collections.abc import Mapping

from gym_gui.core.runs.environment import REDACTED

_SECRET_WORDS = frozenset(
    {"KEY", "KEYS", "TOKEN", "TOKENS", "SECRET", "SECRETS", "PASS", "PASSWORD", "PASSWD", "PASSPHRASE"}
    | {"CREDENTIAL", "CREDENTIALS", "AUTH", "AUTHORIZATION", "COOKIE", "PAT", "DSN"}
)
_SECRET_ENDINGS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD")
_USER_AND_PASSWORD_IN_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s@]*:[^/\s@]+@")


def is_secret(name: str, value: str = "") -> bool:
    """Whether a variable of this name, or with this value, is to be kept out of records.

    Judged by the words of the name (`WANDB_API_KEY`, `HF_TOKEN`) and by a password inside a URL.
    """
    words = re.split(r"[^A-Z0-9]+", name.upper())
    if any(word in _SECRET_WORDS or word.endswith(_SECRET_ENDINGS) for word in words):
        return True
    return _USER_AND_PASSWORD_IN_URL.search(value) is not None


def secrets_of(env: Mapping[str, str]) -> dict[str, str]:
    """The overrides that must travel outside the record."""
    return {name: value for name, value in env.items() if is_secret(name, value)}


def redacted(env: Mapping[str, str]) -> dict[str, str]:
    """The overrides as a record may hold them."""
    return {name: REDACTED if is_secret(name, value) else value for name, value in env.items()}
