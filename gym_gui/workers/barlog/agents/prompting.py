"""The words a model is asked in."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

from gym_gui.workers.barlog.choices import AnswerForm
from gym_gui.workers.barlog.games.base import Demonstrated, Observation
from gym_gui.workers.barlog.model.constraints import ACTION_MARK

Message = dict[str, Any]


def instructions(rules: str, form: AnswerForm, *, thinks: bool, example: Sequence[Demonstrated] = ()) -> str:
    """The system message: the game's rules, the form of an answer, and an example where there is one."""
    parts = ["You play a game, one action at a time.", rules, _form_of_answers(form, thinks=thinks)]
    if example:
        parts.append("An expert played another episode of the game like this:")
        parts += [f"Observation:\n{step.text}\nAction: {step.action}" for step in example]
        parts.append("Now it is your turn, in a new episode.")
    return "\n\n".join(parts)


def asked(observation: Observation, picture: bytes | None, note: str = "") -> Message:
    """The user's message: the observation, what can be done now, and what was wrong before."""
    lines = [note] if note else []
    lines += [observation.text, "Actions: " + ", ".join(observation.actions)]
    text = "\n".join(lines)
    if picture is None:
        return {"role": "user", "content": text}
    address = "data:image/png;base64," + base64.b64encode(picture).decode("ascii")
    image = {"type": "image_url", "image_url": {"url": address}}
    return {"role": "user", "content": [{"type": "text", "text": text}, image]}


def without_picture(message: Message) -> Message:
    """The message with its words only."""
    content = message["content"]
    if isinstance(content, str):
        return message
    return {**message, "content": content[0]["text"]}


def answered(text: str) -> Message:
    """The model's own message of an earlier turn."""
    return {"role": "assistant", "content": text}


def corrected(answer: str, observation: Observation) -> list[Message]:
    """What asks again after an answer that names no valid action."""
    wish = "Name exactly one of these actions and nothing else: " + ", ".join(observation.actions)
    return [
        answered(answer or "(no answer)"),
        {"role": "user", "content": f"That is no valid action. {wish}"},
    ]


def defaulted(action: str) -> str:
    """What tells that an answer could not be used."""
    return f"Your last answer named no valid action, so {action!r} was done."


def _form_of_answers(form: AnswerForm, *, thinks: bool) -> str:
    if form is AnswerForm.JSON_SCHEMA:
        fields = '{"thought": "...", "action": "..."}' if thinks else '{"action": "..."}'
        return f"Answer with a JSON object: {fields}. The action is one of those listed."
    if thinks:
        return (
            "Think step by step about where you are and what helps most. Then end your answer with a line of "
            f"its own: {ACTION_MARK} followed by one of the actions listed."
        )
    return "Answer with exactly one of the actions listed, and nothing else."
