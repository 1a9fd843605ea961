"""All the episodes of a run: what is left to play, what is said about it, what it came to."""

from __future__ import annotations

import logging
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from gym_gui.core.worker import TelemetryEmitter
from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_BARLOG_AGENT_CREATED,
    LOG_WORKER_BARLOG_DEBUG,
    LOG_WORKER_BARLOG_ENV_CREATED,
    LOG_WORKER_BARLOG_EPISODE_AUTO_RESET,
    LOG_WORKER_BARLOG_EPISODE_COMPLETED,
    LOG_WORKER_BARLOG_EPISODE_STARTED,
    LOG_WORKER_BARLOG_EPISODE_TELEMETRY,
)
from gym_gui.workers.barlog.agents.base import Agent
from gym_gui.workers.barlog.agents.examples import played_example, read_example
from gym_gui.workers.barlog.agents.random_agent import RandomAgent
from gym_gui.workers.barlog.choices import AgentKind
from gym_gui.workers.barlog.config import BarlogConfig
from gym_gui.workers.barlog.games.base import Demonstrated, Game
from gym_gui.workers.barlog.games.catalogue import make_game
from gym_gui.workers.barlog.ledger import Ledger
from gym_gui.workers.barlog.lines import TelemetryLines
from gym_gui.workers.barlog.model.meter import Meter
from gym_gui.workers.barlog.player import Player
from gym_gui.workers.barlog.results import EpisodeResult, summary
from gym_gui.workers.barlog.tasks import Task
from gym_gui.workers.tabular.seeds import seed_for


class Evaluation:
    """Plays what the ledger does not hold yet.

    Args:
        config: What to play and how.
        model: What agents ask, None for the random one.
        ledger: Keeps finished episodes, earlier ones included.
        checkpoint: The ledger's path in events.
    """

    def __init__(
        self,
        config: BarlogConfig,
        model: Any,
        *,
        seed: int,
        ledger: Ledger,
        checkpoint: str,
        meter: Meter,
        emitter: TelemetryEmitter,
        logger: logging.Logger,
    ) -> None:
        self._config = config
        self._seed = seed
        self._ledger = ledger
        self._checkpoint = checkpoint
        self._meter = meter
        self._emitter = emitter
        self._logger = logger
        self._lines = TelemetryLines(config.run_id)
        self._game: Game | None = None
        self._task: Task | None = None
        self._steps_before = sum(result.steps for result in ledger.results)
        self._began = time.monotonic()
        self._beat = emitter.heartbeat_every(config.heartbeat_interval_s, constant=LOG_WORKER_BARLOG_DEBUG)
        agent = self._agent(model)
        self._player = Player(config, agent, logger=logger, lines=self._lines, after_step=self._after_step)
        made = {"agent": config.agent.value, "model": config.model}
        log_constant(logger, LOG_WORKER_BARLOG_AGENT_CREATED, message=config.agent.value, extra=made)

    def play_all(self) -> None:
        """Plays the episodes that are left, task by task.

        Raises:
            GameError: A task cannot be played.
            ModelError: The endpoint gave no answer.
            BudgetReachedError: Nothing more may be spent.
        """
        done = {(result.task, result.number) for result in self._ledger.results}
        for task in self._config.all_tasks():
            left = [n for n in range(self._config.episodes_per_task) if (str(task), n) not in done]
            if not left:
                continue
            with closing(make_game(task, self._config.max_steps)) as game:
                self._task, self._game = task, game
                log_constant(self._logger, LOG_WORKER_BARLOG_ENV_CREATED, message=task)
                for order, number in enumerate(left):
                    self._play(game, task, number, again=order > 0)

    def heartbeat(self) -> dict[str, Any]:
        """The payload of a heartbeat between episodes."""
        return self._progress(0)

    def _play(self, game: Game, task: Task, number: int, *, again: bool) -> None:
        seed = seed_for(self._seed, str(task), number)
        index = len(self._ledger.results)
        facts = {"task": str(task), "episode_index": index, "number": number, "seed": seed}
        if again:
            log_constant(
                self._logger, LOG_WORKER_BARLOG_EPISODE_AUTO_RESET, message=f"seed {seed}", extra=facts
            )
        log_constant(self._logger, LOG_WORKER_BARLOG_EPISODE_STARTED, message=f"{task} {number}", extra=facts)
        result = self._player.play(game, task, number, seed, index)
        self._ledger.add(result, self._meter.used)
        self._steps_before += result.steps
        came_to = f"{task} {number}: progression {result.progression:.3f} in {result.steps} steps"
        log_constant(self._logger, LOG_WORKER_BARLOG_EPISODE_COMPLETED, message=came_to, extra=facts)
        self._say(result, index)

    def _say(self, result: EpisodeResult, index: int) -> None:
        told = result.model_dump(exclude={"steps"})
        cost = self._meter.cost_of(result.usage)
        self._lines.write("episode", episode_index=index, episode_length=result.steps, cost=cost, **told)
        log_constant(
            self._logger, LOG_WORKER_BARLOG_EPISODE_TELEMETRY, extra={"episode_index": index, **told}
        )
        saved = {"path": self._checkpoint, "episode": index + 1, "step": self._steps_before}
        self._emitter.checkpoint_saved(saved)
        self._beat(lambda: self._progress(0))

    def _after_step(self, steps: int) -> None:
        self._beat(lambda: self._progress(steps))

    def _progress(self, steps_of_episode: int) -> dict[str, Any]:
        results, used = self._ledger.results, self._meter.used
        told: dict[str, Any] = {
            "step": self._steps_before + steps_of_episode,
            "episode": len(results),
            "total_episodes": self._config.total_episodes(),
            "episode_step": steps_of_episode,
            "elapsed_s": round(time.monotonic() - self._began, 3),
        }
        if self._task is not None:
            told["task"] = str(self._task)
        if results:
            told["return_mean"] = statistics.fmean(r.episode_return for r in results)
            told["progression_percent"] = summary(results)["progression_percent"]
            told["episode_return"] = results[-1].episode_return
            told["episode_length"] = results[-1].steps
        if self._config.agent.asks_a_model:
            told |= {
                "requests": used.requests,
                "input_tokens": used.input_tokens,
                "output_tokens": used.output_tokens,
                "cost": self._meter.cost,
            }
        return told

    def _agent(self, model: Any) -> Agent:
        if self._config.agent is AgentKind.RANDOM:
            return RandomAgent()
        from gym_gui.workers.barlog.agents.model_agent import ModelAgent

        examples = self._examples()
        return ModelAgent(self._config, model, lambda: next(examples))

    def _examples(self) -> Iterator[list[Demonstrated]]:
        """The example for the game at hand, each time it is asked for; made once for each task."""
        made: dict[str, list[Demonstrated]] = {}
        config = self._config
        while True:
            if self._game is None or self._task is None:
                raise RuntimeError("an example was asked for before there was a game")
            key = str(self._task)
            if key not in made:
                made[key] = list(
                    read_example(config.example_file, config.example_steps)
                    if config.example_file is not None
                    else played_example(self._game, self._task, self._seed, config.example_steps)
                )
            yield made[key]
