"""Request fields that have the endpoint admit nothing but a valid action."""

from __future__ import annotations

import json
from typing import Any

from gym_gui.workers.barlog.choices import AnswerForm

ACTION_MARK = "ACTION:"
_LONGEST_THOUGHT = 600


def constraint(form: AnswerForm, actions: tuple[str, ...], *, thinks: bool) -> dict[str, Any]:
    """The fields for a request.

    Args:
        form: How the endpoint is held to it.
        actions: The valid ones.
        thinks: Whether reasoning comes before the action.
    """
    if form is AnswerForm.GRAMMAR:
        return {"grammar": _grammar(actions, thinks=thinks)}
    if form is AnswerForm.JSON_SCHEMA:
        schema = {"name": "move", "strict": True, "schema": _schema(actions, thinks=thinks)}
        return {"response_format": {"type": "json_schema", "json_schema": schema}}
    return {}


def _grammar(actions: tuple[str, ...], *, thinks: bool) -> str:
    """GBNF, as llama.cpp reads it."""
    choice = " | ".join(_quoted(action) for action in actions)
    if not thinks:
        return f"root ::= {choice}"
    return (
        f'root ::= thought "\\n{ACTION_MARK} " action\n'
        f"thought ::= [^\\n]{{1,{_LONGEST_THOUGHT}}}\n"
        f"action ::= {choice}"
    )


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _schema(actions: tuple[str, ...], *, thinks: bool) -> dict[str, Any]:
    # Reasoning first: properties are written in this order, and what comes after the choice is no reasoning.
    properties: dict[str, Any] = {"thought": {"type": "string"}} if thinks else {}
    properties["action"] = {"type": "string", "enum": list(actions)}
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
