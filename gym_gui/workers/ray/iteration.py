"""One result of RLlib as plain numbers: what heartbeats, curves and trials share."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_OF_RUNNERS = (
    "episode_return_mean",
    "episode_return_min",
    "episode_return_max",
    "episode_len_mean",
)
_LEFT_OUT = ("num_trainable_parameters", "weights_seq_no", "module_train_batch_size_mean")
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Iteration:
    """A training iteration.

    Attributes:
        number: 1 for the first, counted on when resumed.
        step: Environment steps sampled since the very beginning.
        episodes: Episodes finished since the very beginning, as far as is known.
        returns: Mean, least, greatest episode return and mean length; what is known of them.
        agents: Mean return by agent, where there are several.
        losses: What the learners say, by policy and name.
        seconds: How long it took.
    """

    number: int
    step: int
    episodes: int
    seconds: float
    returns: dict[str, float] = field(default_factory=dict)
    agents: dict[str, float] = field(default_factory=dict)
    losses: dict[str, float] = field(default_factory=dict)

    @property
    def return_mean(self) -> float | None:
        """Mean return of recent episodes, None before one has finished."""
        return self.returns.get("episode_return_mean")

    def scalars(self) -> dict[str, float]:
        """All numbers by the names that RLlib's users know."""
        return {
            **{f"env_runners/{name}": value for name, value in self.returns.items()},
            **{f"env_runners/agent_return_mean/{name}": value for name, value in self.agents.items()},
            **{f"learners/{name}": value for name, value in self.losses.items()},
            "timers/iteration_s": self.seconds,
        }

    def progress(self) -> dict[str, Any]:
        """The part of a heartbeat that says how far it is and how well it does."""
        known: dict[str, Any] = {
            "step": self.step,
            "iteration": self.number,
            "episode": self.episodes,
            **self.returns,
        }
        if self.agents:
            known["agents"] = self.agents
        if self.losses:
            known["learners"] = self.losses
        return known


def iteration_of(result: Mapping[str, Any]) -> Iteration:
    """The numbers of a result of `Algorithm.train()`; what is missing or not finite is left out."""
    runners = _mapping(result.get("env_runners"))
    return Iteration(
        number=int(result.get("training_iteration") or 0),
        step=int(_finite(result.get("num_env_steps_sampled_lifetime")) or 0),
        episodes=int(_finite(runners.get("num_episodes_lifetime")) or 0),
        seconds=round(_finite(result.get("time_this_iter_s")) or 0.0, 4),
        returns={name: value for name in _OF_RUNNERS if (value := _finite(runners.get(name))) is not None},
        agents=_finite_ones(_mapping(runners.get("agent_episode_returns_mean"))),
        losses=dict(_losses(_mapping(result.get("learners")))),
    )


def _losses(learners: Mapping[str, Any], prefix: str = "", depth: int = 1) -> Iterator[tuple[str, float]]:
    for name, value in learners.items():
        if name in _LEFT_OUT or name == "__all_modules__":
            continue
        if isinstance(value, Mapping):
            if depth < _DEEPEST:
                yield from _losses(value, f"{prefix}{name}/", depth + 1)
            continue
        number = _finite(value)
        if number is not None:
            yield f"{prefix}{name}", number


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _finite_ones(values: Mapping[str, Any]) -> dict[str, float]:
    found = {str(name): _finite(value) for name, value in values.items()}
    # A single agent is "default_agent" there, whose return is the episode's.
    return {name: value for name, value in found.items() if value is not None and name != "default_agent"}


def _finite(value: object) -> float | None:
    """The number, None for what is none; RLlib gives numpy scalars, and NaN for what it does not know yet."""
    if value is None or isinstance(value, (str, bytes, Mapping)):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None
