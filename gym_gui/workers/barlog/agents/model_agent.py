"""Agents that ask a language model: naive, chain of thought, few-shot, robust."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

from gym_gui.workers.barlog.agents import prompting
from gym_gui.workers.barlog.agents.base import Decision
from gym_gui.workers.barlog.agents.parsing import only_mentioned, parse
from gym_gui.workers.barlog.choices import AgentKind
from gym_gui.workers.barlog.config import BarlogConfig
from gym_gui.workers.barlog.games.base import Demonstrated, Observation
from gym_gui.workers.barlog.model.chat import ChatModel, Message
from gym_gui.workers.barlog.model.meter import Usage
from gym_gui.workers.barlog.model.replies import Reply

# Reasoning is for the present choice; of earlier ones the action is what matters.
_LONGEST_REMEMBERED = 2_000


class ModelAgent:
    """Asks the model for each action, with the last turns as its memory.

    Args:
        config: Which kind of agent, and how much it remembers.
        model: What is asked.
        examples: Gives the example episode of the game at hand, for few-shot.
    """

    def __init__(
        self, config: BarlogConfig, model: ChatModel, examples: Callable[[], Sequence[Demonstrated]]
    ) -> None:
        self._config = config
        self._model = model
        self._examples = examples
        self._thinks = config.agent is AgentKind.CHAIN_OF_THOUGHT
        self._robust = config.agent is AgentKind.ROBUST
        self._turns: deque[tuple[Message, Message]] = deque(maxlen=config.max_history)
        self._system: Message = {}
        self._note = ""

    def begin(self, rules: str, seed: int) -> None:
        """Forgets the episode before."""
        del seed
        example = self._examples() if self._config.agent is AgentKind.FEW_SHOT else ()
        text = prompting.instructions(rules, self._config.answer_form, thinks=self._thinks, example=example)
        self._system = {"role": "system", "content": text}
        self._turns.clear()
        self._note = ""

    def act(self, observation: Observation, picture: bytes | None) -> Decision:
        """The action the model names, or the game's fallback when it names none.

        Raises:
            ModelError: The endpoint gives no answer.
            BudgetReachedError: Nothing more may be spent.
        """
        question = prompting.asked(observation, picture, self._note)
        messages = [self._system, *self._remembered(), question]
        answers: list[str] = []
        usage, seconds = Usage(), 0.0
        action: str | None = None
        while action is None and len(answers) <= (self._config.max_reasks if self._robust else 0):
            reply = self._model.ask(messages, observation.actions, thinks=self._thinks)
            usage, seconds = usage + reply.usage, seconds + reply.seconds
            answers.append(reply.text or reply.refusal)
            action = self._understood(reply, observation)
            messages = [*messages, *prompting.corrected(answers[-1][:_LONGEST_REMEMBERED], observation)]
        chosen = observation.fallback if action is None else action
        self._note = prompting.defaulted(chosen) if action is None else ""
        self._remember(question, answers[-1] if action is not None else chosen)
        return Decision(chosen, action is not None, tuple(answers), usage, seconds)

    def _understood(self, reply: Reply, observation: Observation) -> str | None:
        if reply.refusal:
            return None
        named = parse(reply.text, observation.actions)
        if named is None and self._robust:
            return only_mentioned(reply.text, observation.actions)
        return named

    def _remember(self, question: Message, answer: str) -> None:
        self._turns.append((question, prompting.answered(answer[-_LONGEST_REMEMBERED:])))

    def _remembered(self) -> list[Message]:
        """The last turns; pictures of all but the newest are left out."""
        kept = self._config.max_image_history - 1  # the present one counts
        messages: list[Message] = []
        for number, (question, answer) in enumerate(self._turns):
            shows_picture = number >= len(self._turns) - kept
            messages += [question if shows_picture else prompting.without_picture(question), answer]
        return messages
