"""An environment as the algorithms see it: states and actions are small integers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gymnasium
from gymnasium.wrappers import OrderEnforcing, PassiveEnvChecker, TimeLimit

from gym_gui.workers.tabular.choices import EnvironmentName
from gym_gui.workers.tabular.config import TabularConfig
from gym_gui.workers.tabular.encoding import action_numbers, state_encoder
from gym_gui.workers.tabular.environment_ids import env_id_of

LARGEST_TABLE = 4_000_000
STEPS_WHERE_THE_ENVIRONMENT_SETS_NO_LIMIT = 200

Environment = gymnasium.Env[Any, Any]
Transition = tuple[int, float, bool, bool]


class UnsuitableEnvironmentError(ValueError):
    """The environment cannot be made, or has no table of action values; the message names the field."""


@dataclass(frozen=True, slots=True)
class TaskDescription:
    """What identifies a task: two runs with equal descriptions can share a table.

    Attributes:
        env_id: Id in Gymnasium's registry.
        name: The id without namespace and version.
        options: Keyword arguments the environment was made with.
        standard: Whether it is one of Gymnasium's toy-text environments without options of the user's own.
    """

    env_id: str
    name: str
    options: dict[str, Any]
    n_states: int
    n_actions: int
    max_steps: int
    standard: bool


class Task:
    """An environment with its observations and actions as integers from 0.

    Attributes:
        env: The environment itself, without Gymnasium's checking and time-limit wrappers:
            the training loop keeps to their rules and they cost as much as the environment.
    """

    def __init__(self, config: TabularConfig, *, render_mode: str | None = None) -> None:
        env_id = env_id_of(config.environment, config.env_id)
        options = _options(config)
        made = _made(env_id, options, config, render_mode)
        try:
            self._encode, n_states = state_encoder(made.observation_space)
            self._first_action, n_actions = action_numbers(made.action_space)
            if n_states * n_actions > LARGEST_TABLE:
                raise ValueError(
                    f"has {n_states:,} states and {n_actions:,} actions, over the limit of "
                    f"{LARGEST_TABLE:,} values in a table; choose a smaller one"
                )
        except ValueError as error:
            made.close()
            raise UnsuitableEnvironmentError(f"{_field(config)}: {env_id} {error}") from None
        spec = made.spec
        own_limit = spec.max_episode_steps if spec is not None else None
        self.description = TaskDescription(
            env_id=spec.id if spec is not None else env_id,
            name=spec.name if spec is not None and spec.namespace is None else env_id,
            options=options,
            n_states=n_states,
            n_actions=n_actions,
            max_steps=config.max_episode_steps or own_limit or STEPS_WHERE_THE_ENVIRONMENT_SETS_NO_LIMIT,
            standard=config.env_id is None and not config.env_options,
        )
        self.reward_threshold = spec.reward_threshold if spec is not None else None
        self.env = _without_checks(made)
        self._step = self.env.step

    def reset(self, seed: int | None = None) -> int:
        """The first state of a new episode; a seed starts the environment's random numbers over."""
        observation, _ = self.env.reset(seed=seed)
        return self._encode(observation)

    def step(self, action: int) -> Transition:
        """Next state, reward, whether the episode reached its end, and whether it was cut off."""
        observation, reward, terminated, truncated, _ = self._step(action + self._first_action)
        return self._encode(observation), float(reward), bool(terminated), bool(truncated)

    def random_state(self) -> dict[str, Any]:
        """The state of the environment's random numbers, ready for JSON."""
        return dict(self.env.unwrapped.np_random.bit_generator.state)

    def restore_random_state(self, state: dict[str, Any]) -> None:
        """Goes on with the random numbers that `random_state` described.

        Raises:
            ValueError: The state is of another kind of generator, or damaged.
        """
        self.reset(seed=0)  # gives the environment a generator to set the state of
        try:
            self.env.unwrapped.np_random.bit_generator.state = state
        except (TypeError, KeyError, AttributeError) as error:
            raise ValueError(f"not a state of the environment's random numbers: {error}") from error

    def close(self) -> None:
        """Lets go of what the environment holds."""
        self.env.close()


def _field(config: TabularConfig) -> str:
    return "env_id" if config.env_id else "environment"


def _options(config: TabularConfig) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if config.env_id is None:
        if config.environment in (EnvironmentName.FROZEN_LAKE_8X8, EnvironmentName.FROZEN_LAKE_4X4):
            options["is_slippery"] = config.slippery
        elif config.slippery:
            options["is_slippery"] = True
    options |= config.env_options
    if options.get("map_name", "") is None and options.get("desc") is None:
        # FrozenLake draws a map each time it is made, so evaluation and resumed runs would be elsewhere.
        raise UnsuitableEnvironmentError(
            "env_options: a map drawn at random is another one each time; "
            'give its rows, {"desc": ["SF", "HG"]}'
        )
    return options


def _made(
    env_id: str, options: dict[str, Any], config: TabularConfig, render_mode: str | None
) -> Environment:
    # An environment without pictures need not take the argument, so it is only given for a picture.
    arguments = options if render_mode is None else {**options, "render_mode": render_mode}
    try:
        return gymnasium.make(env_id, disable_env_checker=True, **arguments)
    except Exception as error:  # boundary: the constructor of any registered environment runs here
        field = _field(config)
        if options and isinstance(error, (TypeError, ValueError, KeyError)):
            field = "slippery" if config.slippery and not config.env_options else f"{field}, env_options"
        given = f" with {options}" if options else ""
        raise UnsuitableEnvironmentError(
            f"{field}: {env_id} cannot be made{given}: {type(error).__name__}: {error}"
        ) from error


def _without_checks(env: Environment) -> Environment:
    while isinstance(env, (TimeLimit, OrderEnforcing, PassiveEnvChecker)):
        env = env.env
    return env
