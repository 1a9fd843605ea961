"""One episode after another: observe, decide, act, and say so."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_BARLOG_ACTION_DEFAULTED,
    LOG_WORKER_BARLOG_ACTION_SELECTED,
    LOG_WORKER_BARLOG_STEP_TELEMETRY,
)
from gym_gui.workers.barlog.agents.base import Agent, Decision
from gym_gui.workers.barlog.config import BarlogConfig
from gym_gui.workers.barlog.games.base import Game, Observation, Outcome
from gym_gui.workers.barlog.lines import TelemetryLines
from gym_gui.workers.barlog.model.meter import NOTHING_USED, Usage
from gym_gui.workers.barlog.results import EpisodeResult
from gym_gui.workers.barlog.tasks import Task
from gym_gui.workers.barlog.trajectory import LONGEST_ANSWER_KEPT, Trajectory


@dataclass(slots=True)
class Tally:
    """What has been counted in the episode under way."""

    steps: int = 0
    total: float = 0.0
    invalid: int = 0
    reasks: int = 0
    usage: Usage = NOTHING_USED


class Player:
    """Plays the episodes of a run.

    Args:
        after_step: Called after each step with the steps of the episode so far.
    """

    def __init__(
        self,
        config: BarlogConfig,
        agent: Agent,
        *,
        logger: logging.Logger,
        lines: TelemetryLines,
        after_step: Callable[[int], None],
    ) -> None:
        self._config = config
        self._agent = agent
        self._logger = logger
        self._lines = lines
        self._after_step = after_step

    def play(self, game: Game, task: Task, number: int, seed: int, index: int) -> EpisodeResult:
        """What the episode came to.

        Args:
            game: The game of the task.
            task: The task.
            number: Which episode of the task, from 0.
            seed: The episode's seed.
            index: Which episode of the run, from 0.

        Raises:
            ModelError: The endpoint gave no answer.
            BudgetReachedError: Nothing more may be spent.
        """
        began = time.monotonic()
        self._agent.begin(game.rules, seed)
        tally = Tally()
        observation = game.reset(seed)
        with Trajectory(self._config.run_id, str(task), number) as trajectory:
            trajectory.write("start", task=str(task), number=number, seed=seed, **self._setting(game))
            ended = ""
            while not ended:
                picture = game.picture() if self._config.vision else None
                decision = self._agent.act(observation, picture)
                outcome = game.step(decision.action)
                _count(tally, decision, outcome)
                ended = _end_of(outcome, tally.steps, game.max_steps)
                turn = self._turn(decision, outcome, tally.steps)
                shown = self._kept(trajectory, tally.steps, picture)
                said = {"observation": observation.text, "answers": _cut(decision.answers), **shown}
                trajectory.write("turn", **said, **turn)
                self._say(turn, index, observation)
                observation = outcome.observation
                self._after_step(tally.steps)
            result = _result(
                tally,
                game,
                task=task,
                number=number,
                seed=seed,
                ended=ended,
                trajectory=trajectory.name,
                began=began,
            )
            trajectory.write("end", observation=observation.text, **result.model_dump())
        return result

    def _setting(self, game: Game) -> dict[str, Any]:
        config = self._config
        return {
            "agent": config.agent.value,
            "model": config.model if config.agent.asks_a_model else None,
            "rules": game.rules,
            "max_steps": game.max_steps,
            "reproducible": game.reproducible,
        }

    def _turn(self, decision: Decision, outcome: Outcome, step: int) -> dict[str, Any]:
        return {
            "step_index": step,
            "action": decision.action,
            "valid_answer": decision.valid,
            "reasks": decision.reasks,
            "reward": outcome.reward,
            "terminated": outcome.terminated,
            "truncated": outcome.truncated,
            "input_tokens": decision.usage.input_tokens,
            "output_tokens": decision.usage.output_tokens,
            "model_seconds": round(decision.seconds, 3),
        }

    def _kept(self, trajectory: Trajectory, step: int, picture: bytes | None) -> dict[str, str]:
        if picture is None or not self._config.save_images:
            return {}
        return {"picture": trajectory.save_picture(step, picture)}

    def _say(self, turn: dict[str, Any], index: int, observation: Observation) -> None:
        log_constant(self._logger, LOG_WORKER_BARLOG_ACTION_SELECTED, message=turn["action"], extra=turn)
        if not turn["valid_answer"]:
            log_constant(self._logger, LOG_WORKER_BARLOG_ACTION_DEFAULTED, message=observation.fallback)
        if self._config.step_events:
            self._lines.write("step", episode_index=index, **turn)
            log_constant(
                self._logger, LOG_WORKER_BARLOG_STEP_TELEMETRY, extra={"episode_index": index, **turn}
            )


def _count(tally: Tally, decision: Decision, outcome: Outcome) -> None:
    tally.steps += 1
    tally.total += outcome.reward
    tally.invalid += not decision.valid
    tally.reasks += decision.reasks
    tally.usage += decision.usage


def _end_of(outcome: Outcome, steps: int, limit: int) -> str:
    if outcome.terminated:
        return "terminated"
    if steps >= limit:
        return "step_limit"
    return "truncated" if outcome.truncated else ""


def _cut(answers: tuple[str, ...]) -> list[str]:
    return [answer[:LONGEST_ANSWER_KEPT] for answer in answers]


def _result(
    tally: Tally, game: Game, *, task: Task, number: int, seed: int, ended: str, trajectory: str, began: float
) -> EpisodeResult:
    return EpisodeResult(
        task=str(task),
        number=number,
        seed=seed,
        steps=tally.steps,
        episode_return=tally.total,
        progression=min(max(game.progression(), 0.0), 1.0),
        ended=ended,
        invalid_answers=tally.invalid,
        reasks=tally.reasks,
        requests=tally.usage.requests,
        input_tokens=tally.usage.input_tokens,
        output_tokens=tally.usage.output_tokens,
        estimated_tokens=tally.usage.estimated,
        seconds=round(time.monotonic() - began, 3),
        trajectory=trajectory,
    )
