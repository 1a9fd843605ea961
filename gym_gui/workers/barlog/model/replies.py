"""An endpoint's reply, read with suspicion: it can be anything."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gym_gui.workers.barlog.model.errors import PassingFault
from gym_gui.workers.barlog.model.meter import Usage

LARGEST_REPLY = 8 * 2**20
LONGEST_ANSWER = 100_000
_CHARACTERS_PER_TOKEN = 4
_MOST_TOKENS = 10**9


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model answered.

    Attributes:
        text: The answer, "" when there was none; cut to 100,000 characters.
        refusal: What it said when it refused, else "".
        finish_reason: Why it stopped, as the endpoint has it.
    """

    text: str
    refusal: str
    finish_reason: str
    usage: Usage
    seconds: float = 0.0


def read_body(chunks: Iterable[bytes], timeout_s: float) -> bytes:
    """The reply's bytes.

    Raises:
        PassingFault: They are too many, or take too long to come.
    """
    began, parts, size = time.monotonic(), list[bytes](), 0
    for chunk in chunks:
        parts.append(chunk)
        size += len(chunk)
        if size > LARGEST_REPLY:
            raise PassingFault(f"the reply is larger than {LARGEST_REPLY // 2**20} MiB")
        if time.monotonic() - began > timeout_s:
            raise PassingFault(f"the reply did not end within {timeout_s:g} s")
    return b"".join(parts)


def read_reply(body: bytes, asked: str) -> Reply:
    """The reply in the bytes of a chat completion.

    Args:
        body: The bytes.
        asked: The text sent, for an estimate where the endpoint does not count tokens.

    Raises:
        PassingFault: They are no chat completion, or one without choices.
    """
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PassingFault(f"the reply is no JSON ({type(error).__name__}): {_start_of(body)}") from None
    choices = data.get("choices") if isinstance(data, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise PassingFault(f"the reply holds no choices: {_start_of(body)}")
    message = choices[0].get("message")
    if not isinstance(message, dict):
        raise PassingFault(f"the reply's first choice holds no message: {_start_of(body)}")
    text = _text(message.get("content"))
    refusal = _text(message.get("refusal"))
    reason = choices[0].get("finish_reason")
    if reason == "content_filter" and not refusal:
        refusal = "the endpoint's content filter held the answer back"
    return Reply(
        text[:LONGEST_ANSWER],
        refusal[:LONGEST_ANSWER],
        reason[:100] if isinstance(reason, str) else "",
        _usage(data.get("usage"), asked, text),
    )


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):  # parts, as some endpoints answer
        return "".join(part["text"] for part in content if _is_text_part(part))
    return ""


def _is_text_part(part: Any) -> bool:
    return isinstance(part, dict) and isinstance(part.get("text"), str)


def _usage(stated: Any, asked: str, answered: str) -> Usage:
    counts = stated if isinstance(stated, Mapping) else {}
    given, taken = counts.get("prompt_tokens"), counts.get("completion_tokens")
    return Usage(
        requests=1,
        input_tokens=_count(given, asked),
        output_tokens=_count(taken, answered),
        estimated=not (_is_count(given) and _is_count(taken)),
    )


def _count(stated: Any, text: str) -> int:
    return int(stated) if _is_count(stated) else _estimated(text)


def _is_count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= _MOST_TOKENS


def _estimated(text: str) -> int:
    return -(-len(text) // _CHARACTERS_PER_TOKEN)


def _start_of(body: bytes) -> str:
    return repr(body[:200].decode("utf-8", "replace"))
