"""The environment of a run: made once to look at it, and named so that RLlib can make it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from gym_gui.workers.ray.choices import Algorithm, EnvironmentSource
from gym_gui.workers.ray.config import RayConfig


class UnsuitableEnvironmentError(ValueError):
    """The environment cannot be made, or the algorithm cannot learn it; the message names the field."""


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    """What is known of an environment before training.

    Attributes:
        agents: Names of its agents, none where there is only one.
        spaces: Observation and action space as text, for people.
    """

    agents: tuple[str, ...]
    spaces: dict[str, str]


def look_at(config: RayConfig) -> EnvironmentFacts:
    """What the environment turns out to be; it is made for that, and closed again.

    Raises:
        UnsuitableEnvironmentError: It cannot be made, or does not suit the algorithm.
    """
    try:
        if config.env_source is EnvironmentSource.PETTINGZOO:
            return _look_at_several(config)
        return _look_at_one(config)
    except UnsuitableEnvironmentError:
        raise
    except Exception as error:  # boundary: the constructor of anybody's environment runs here
        field = "env_id, env_options" if config.env_options else "env_id"
        raise UnsuitableEnvironmentError(
            f"{field}: {config.env_id} cannot be made: {type(error).__name__}: {error}"
        ) from error


def multi_agent_maker(config: RayConfig) -> Callable[..., Any]:
    """What makes RLlib's view of the PettingZoo environment, here and in Ray's processes."""
    env_id, options = config.env_id, dict(config.env_options)

    def make(_context: Any = None) -> Any:
        from ray.rllib.env.wrappers.pettingzoo_env import ParallelPettingZooEnv, PettingZooEnv

        module = pettingzoo_module(env_id)
        if hasattr(module, "parallel_env"):
            return ParallelPettingZooEnv(module.parallel_env(**options))
        return PettingZooEnv(module.env(**options))

    return make


def pettingzoo_module(env_id: str) -> Any:
    """The module that `env_id` names: PettingZoo's own where it has one, else any.

    Raises:
        ImportError: There is none, or something it needs is missing.
        AttributeError: It has neither parallel_env nor env.
    """
    name = env_id.replace("/", ".")
    try:
        module = importlib.import_module(f"pettingzoo.{name}")
    except ModuleNotFoundError as error:
        if error.name is None or not f"pettingzoo.{name}".startswith(error.name):
            raise
        module = importlib.import_module(name)
    if not hasattr(module, "parallel_env") and not hasattr(module, "env"):
        raise AttributeError(f"the module {module.__name__} has neither parallel_env() nor env()")
    return module


def _look_at_one(config: RayConfig) -> EnvironmentFacts:
    import gymnasium

    options: dict[str, Any] = dict(config.env_options)
    with closing(gymnasium.make(config.env_id, **options)) as env:
        _check_actions(config, env.action_space)
        return EnvironmentFacts(
            (), {"observation": str(env.observation_space)[:300], "action": str(env.action_space)[:300]}
        )


def _look_at_several(config: RayConfig) -> EnvironmentFacts:
    module = pettingzoo_module(config.env_id)
    make = module.parallel_env if hasattr(module, "parallel_env") else module.env
    with closing(make(**config.env_options)) as env:
        agents = tuple(env.possible_agents)
        actions = {agent: env.action_space(agent) for agent in agents}
        for space in actions.values():
            _check_actions(config, space)
        observations = {agent: env.observation_space(agent) for agent in agents}
        return EnvironmentFacts(
            tuple(map(str, agents)),
            {"observation": str(observations)[:300], "action": str(actions)[:300]},
        )


def _check_actions(config: RayConfig, space: Any) -> None:
    from gymnasium.spaces import Box, Discrete

    if config.algorithm is Algorithm.DQN and not isinstance(space, Discrete):
        raise UnsuitableEnvironmentError(
            f"algorithm: DQN needs discrete actions and {config.env_id} has {space}; take PPO or SAC"
        )
    if config.algorithm is Algorithm.SAC and not isinstance(space, Box):
        raise UnsuitableEnvironmentError(
            f"algorithm: SAC needs continuous actions and {config.env_id} has {space}; take PPO or DQN"
        )
