"""What agents make of answers, what they remember, and what they show the model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

pytest.importorskip("openai", reason="needs the extra barlog")

from gym_gui.workers.barlog.agents.model_agent import ModelAgent
from gym_gui.workers.barlog.agents.random_agent import RandomAgent
from gym_gui.workers.barlog.games.base import Demonstrated, Observation
from gym_gui.workers.barlog.model.meter import Usage
from gym_gui.workers.barlog.model.replies import Reply
from tests.workers.barlog.helpers import config

SEEN = Observation("You see a wall.", ("left", "right", "wait"), "wait")


class ScriptedModel:
    """Answers in turn and remembers what it was asked."""

    def __init__(self, *answers: str | Reply) -> None:
        self._answers = list(answers)
        self.asked: list[list[dict[str, Any]]] = []
        self.thinks: list[bool] = []

    def ask(self, messages: list[dict[str, Any]], actions: tuple[str, ...], *, thinks: bool) -> Reply:
        assert actions == SEEN.actions
        self.asked.append(messages)
        self.thinks.append(thinks)
        answer = self._answers.pop(0)
        return answer if isinstance(answer, Reply) else Reply(answer, "", "stop", Usage(1, 10, 2), 0.5)


def agent_of(model: ScriptedModel, example: Sequence[Demonstrated] = (), **fields: Any) -> ModelAgent:
    agent = ModelAgent(config(model="m", **fields), model, lambda: example)  # type: ignore[arg-type]
    agent.begin("Rules of the game.", 1)
    return agent


def test_naive_takes_the_fallback_counts_it_and_tells_the_model() -> None:
    model = ScriptedModel("I would rather dance", "left")
    agent = agent_of(model, algorithm="naive")
    first = agent.act(SEEN, None)
    assert (first.action, first.valid, first.answers) == ("wait", False, ("I would rather dance",))
    second = agent.act(SEEN, None)
    assert (second.action, second.valid) == ("left", True)
    assert "named no valid action" in model.asked[1][-1]["content"]


def test_naive_does_not_guess_from_a_mention() -> None:
    assert not agent_of(ScriptedModel("I turn left"), algorithm="naive").act(SEEN, None).valid


def test_robust_is_asked_again_and_all_of_it_is_counted() -> None:
    model = ScriptedModel("left or right?", "Hm, left or right.", "RIGHT!")
    decision = agent_of(model, algorithm="robust").act(SEEN, None)
    assert (decision.action, decision.valid, decision.reasks) == ("right", True, 2)
    assert decision.usage == Usage(3, 30, 6)
    assert decision.seconds == 1.5
    again = model.asked[1]
    assert again[-2] == {"role": "assistant", "content": "left or right?"}
    assert "no valid action" in again[-1]["content"]


def test_robust_takes_a_mention_and_gives_up_in_the_end() -> None:
    assert agent_of(ScriptedModel("I turn left now"), algorithm="robust").act(SEEN, None).action == "left"
    decision = agent_of(ScriptedModel("?", "?"), algorithm="robust", max_reasks=1).act(SEEN, None)
    assert (decision.action, decision.valid, decision.reasks) == ("wait", False, 1)


def test_a_refusal_names_no_action_even_when_it_mentions_one() -> None:
    refusal = Reply("", "I will not go left", "stop", Usage(1, 1, 1))
    decision = agent_of(ScriptedModel(refusal), algorithm="naive").act(SEEN, None)
    assert not decision.valid
    assert decision.answers == ("I will not go left",)


def test_chain_of_thought_reasons_and_ends_with_the_action() -> None:
    model = ScriptedModel("A wall is near.\nACTION: right")
    agent = agent_of(model, algorithm="chain_of_thought")
    assert agent.act(SEEN, None).action == "right"
    assert model.thinks == [True]
    assert "step by step" in model.asked[0][0]["content"]


def test_few_shot_shows_the_example() -> None:
    model = ScriptedModel("left")
    agent_of(model, [Demonstrated("A door.", "right")], algorithm="few_shot").act(SEEN, None)
    system = model.asked[0][0]["content"]
    assert "Observation:\nA door.\nAction: right" in system
    assert "Rules of the game." in system


def test_only_the_last_turns_are_remembered_and_none_of_another_episode() -> None:
    model = ScriptedModel(*["left"] * 7)
    agent = agent_of(model, algorithm="naive", max_history=2)
    for _ in range(6):
        agent.act(SEEN, None)
    assert len(model.asked[-1]) == 1 + 2 * 2 + 1
    agent.begin("Other rules.", 2)
    agent.act(SEEN, None)
    assert [message["role"] for message in model.asked[-1]] == ["system", "user"]


def test_without_history_only_the_present_is_shown() -> None:
    model = ScriptedModel("left", "left")
    agent = agent_of(model, algorithm="naive", max_history=0)
    agent.act(SEEN, None)
    agent.act(SEEN, None)
    assert len(model.asked[-1]) == 2


def test_pictures_go_as_data_and_only_the_newest() -> None:
    model = ScriptedModel("left", "left", "left")
    agent = agent_of(model, algorithm="naive", vision=True, max_image_history=2)
    for _ in range(3):
        agent.act(SEEN, b"\x89PNG")
    users = [m["content"] for m in model.asked[-1] if m["role"] == "user"]
    assert [isinstance(content, str) for content in users] == [True, False, False]
    assert users[-1][1]["image_url"]["url"] == "data:image/png;base64,iVBORw=="
    assert SEEN.text in users[0]


def test_chance_is_the_same_in_every_episode_of_a_seed() -> None:
    def choices(seed: int) -> list[str]:
        agent = RandomAgent()
        agent.begin("", seed)
        return [agent.act(SEEN, None).action for _ in range(20)]

    assert choices(1) == choices(1)
    assert choices(1) != choices(2)
    assert set(choices(1)) == set(SEEN.actions)
