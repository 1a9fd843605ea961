"""The action in an answer."""

from __future__ import annotations

import json
import re

from gym_gui.workers.barlog.model.constraints import ACTION_MARK

_THINKING = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```(?:\w+\n)?|```")
_MARKED = re.compile(rf"\W*{re.escape(ACTION_MARK)}(.*)", re.IGNORECASE)
_AROUND = " \t\r\n\"'`*_.,;:!<>()[]"


def parse(answer: str, actions: tuple[str, ...]) -> str | None:
    """The action that the answer names: as all of it, after the mark, or in a JSON object; None for none.

    Nothing is guessed: an answer that only mentions an action on the way names none.
    """
    text = _FENCE.sub("", _THINKING.sub("", answer)).strip()
    return _named(_in_json(text), actions) or _named(_after_mark(text), actions) or _named(text, actions)


def only_mentioned(answer: str, actions: tuple[str, ...]) -> str | None:
    """The one action whose name occurs in the answer as words of its own; None for none or several."""
    text = _THINKING.sub("", answer).casefold()
    found = {a for a in actions if re.search(rf"(?<!\w){re.escape(a.casefold())}(?!\w)", text)}
    # "go forward" mentions "forward" as well, were there such an action: the longest counts.
    longest = [a for a in found if not any(a != b and a.casefold() in b.casefold() for b in found)]
    return longest[0] if len(longest) == 1 else None


def _named(text: str, actions: tuple[str, ...]) -> str | None:
    if not text:
        return None
    if text in actions:
        return text
    plain = _plain(text)
    matching = [action for action in actions if _plain(action) == plain]
    return matching[0] if len(matching) == 1 and plain else None


def _plain(text: str) -> str:
    return " ".join(text.strip(_AROUND).replace("_", " ").casefold().split())


def _after_mark(text: str) -> str:
    for line in reversed(text.splitlines()):
        marked = _MARKED.match(line)
        if marked:
            return marked.group(1)
    return ""


def _in_json(text: str) -> str:
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        return ""
    try:
        data = json.loads(text[start : end + 1])
    except (ValueError, RecursionError):
        return ""
    action = data.get("action") if isinstance(data, dict) else None
    return action if isinstance(action, str) else ""
