"""The configuration of a tabular run: what the form shows and what `--config` names."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator

from gym_gui.config.paths import check_run_id
from gym_gui.workers.tabular.choices import (
    Algorithm,
    EnvironmentName,
    EpsilonDecay,
    MonteCarloVisits,
    StepSize,
)

ADVANCED: dict[str, JsonValue] = {"advanced": True}
LONGEST_TRAINING = 100_000_000
LARGEST_SEED = 2**32 - 1
SETTLED_BY_THE_WORKER = frozenset(
    {"id", "render_mode", "max_episode_steps", "disable_env_checker", "autoreset", "vectorization_mode"}
)


EpisodeCount = Annotated[int, Field(ge=0, le=LONGEST_TRAINING)]


class TabularConfig(BaseModel):
    """One run of tabular reinforcement learning. Every field but `run_id` has a default that works."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    run_id: str = Field(description="Id of the run; names its directory. Filled in by the launcher.")
    algorithm: Algorithm = Field(
        default=Algorithm.Q_LEARNING,
        description="Q-learning and expected SARSA suit most tasks; SARSA learns the value of exploring as "
        "well; Monte Carlo learns from whole episodes only.",
    )
    environment: EnvironmentName = Field(
        default=EnvironmentName.FROZEN_LAKE_8X8,
        description="Gymnasium's toy-text environment to learn; its newest registered version is used.",
    )
    slippery: bool = Field(
        default=False,
        description="FrozenLake and CliffWalking: moves go astray two times in three.",
    )
    episodes: int = Field(
        default=40_000,
        ge=1,
        le=LONGEST_TRAINING,
        description="Training episodes, those before a resumed checkpoint included.",
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=LARGEST_SEED,
        description="The same seed gives the same run. Unset: drawn at random and written into the run's "
        "first event; when resuming, the seed of the checkpoint.",
    )
    learning_rate: float = Field(
        default=0.1, gt=0, le=1, description="Share of the way that an update moves a value to its target."
    )
    gamma: float = Field(
        default=0.99,
        ge=0,
        le=1,
        title="Discount (gamma)",
        description="Weight of a reward one step later; 1 counts all rewards alike.",
    )
    epsilon_start: float = Field(
        default=1.0, ge=0, le=1, description="Share of random actions in the first episode."
    )
    epsilon_end: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of random actions once exploration is over; not above its start.",
    )
    resume_from: Path | None = Field(
        default=None,
        title="Resume from checkpoint",
        description="A checkpoint (.npz) of this worker to go on from, made with the same algorithm and "
        "environment. A relative path is looked for in the working directory, then in the runs folder "
        "(RUN_ID/checkpoints/final.npz).",
    )
    env_id: str | None = Field(
        default=None,
        title="Other environment id",
        min_length=1,
        max_length=200,
        pattern=r"^([A-Za-z0-9_.-]+:)?([\w-]+/)?[\w.-]+$",
        description="Any registered Gymnasium id with discrete observations (or a tuple of them) and "
        "discrete actions; takes the place of the environment above.",
        json_schema_extra=ADVANCED,
    )
    env_options: dict[str, JsonValue] = Field(
        default_factory=dict,
        title="Environment options",
        description='Keyword arguments for the environment, as JSON: {"natural": true}.',
        json_schema_extra=ADVANCED,
    )
    epsilon_decay: EpsilonDecay = Field(
        default=EpsilonDecay.LINEAR,
        description="How epsilon gets from its start to its end; constant stays at the start.",
        json_schema_extra=ADVANCED,
    )
    exploration_fraction: float = Field(
        default=0.6,
        gt=0,
        le=1,
        description="Share of the episodes after which epsilon has reached its end.",
        json_schema_extra=ADVANCED,
    )
    step_size: StepSize = Field(
        default=StepSize.CONSTANT,
        description="constant uses the learning rate; visits uses 1 / visits, the average of all targets.",
        json_schema_extra=ADVANCED,
    )
    monte_carlo_visits: MonteCarloVisits = Field(
        default=MonteCarloVisits.FIRST,
        title="Monte Carlo visits",
        description="Monte Carlo only: whether the first or every visit in an episode is learned from.",
        json_schema_extra=ADVANCED,
    )
    initial_value: float | None = Field(
        default=None,
        ge=-1e6,
        le=1e6,
        description="Value of everything not tried yet; an optimistic one makes the agent try it. Unset: "
        "1 for FrozenLake, its best possible return, and 0 elsewhere.",
        json_schema_extra=ADVANCED,
    )
    max_episode_steps: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        title="Longest episode",
        description="Steps after which an episode is cut off. Unset: the environment's own limit, or 200.",
        json_schema_extra=ADVANCED,
    )
    eval_every: EpisodeCount | None = Field(
        default=None,
        title="Evaluate every",
        description="Episodes between evaluations of the greedy policy; 0 evaluates at the end only. Unset: "
        "a tenth of the episodes.",
        json_schema_extra=ADVANCED,
    )
    eval_episodes: int = Field(
        default=100,
        ge=0,
        le=100_000,
        title="Evaluation episodes",
        description="Episodes of an evaluation; 0 turns evaluation off.",
        json_schema_extra=ADVANCED,
    )
    checkpoint_every: EpisodeCount | None = Field(
        default=None,
        title="Checkpoint every",
        description="Episodes between checkpoints; 0 keeps the best and the final one only. Unset: "
        "a fifth of the episodes.",
        json_schema_extra=ADVANCED,
    )
    checkpoints_to_keep: int = Field(
        default=3,
        ge=1,
        le=1_000,
        description="How many of the periodic checkpoints stay, the newest ones; best and final always do.",
        json_schema_extra=ADVANCED,
    )
    scalar_every: int | None = Field(
        default=None,
        ge=1,
        le=LONGEST_TRAINING,
        title="TensorBoard every",
        description="Episodes between points of the TensorBoard curves. Unset: about 500 points a curve.",
        json_schema_extra=ADVANCED,
    )
    heartbeat_interval_s: float = Field(
        default=0.5,
        ge=0.05,
        le=30,
        title="Heartbeat interval (s)",
        description="Seconds between the heartbeats that carry progress and the learning curve.",
        json_schema_extra=ADVANCED,
    )
    save_plot: bool = Field(
        default=True,
        description="Draw the learned values and policy as a PNG at the end.",
        json_schema_extra=ADVANCED,
    )
    record_clip: bool = Field(
        default=True,
        description="Record an episode of the greedy policy as an animated GIF at the end.",
        json_schema_extra=ADVANCED,
    )

    @field_validator("run_id")
    @classmethod
    def _names_a_directory(cls, run_id: str) -> str:
        return check_run_id(run_id)

    @field_validator("slippery")
    @classmethod
    def _has_a_slippery_variant(cls, slippery: bool, info: ValidationInfo) -> bool:
        environment = info.data.get("environment")
        if slippery and environment is not None and not environment.can_be_slippery:
            raise ValueError(f"{environment.value} has no slippery variant; leave it off")
        return slippery

    @field_validator("epsilon_end")
    @classmethod
    def _is_not_above_its_start(cls, end: float, info: ValidationInfo) -> float:
        start = info.data.get("epsilon_start")
        if start is not None and end > start:
            raise ValueError(f"must not be above epsilon_start, which is {start}")
        return end

    @field_validator("env_id")
    @classmethod
    def _is_registered(cls, env_id: str | None, info: ValidationInfo) -> str | None:
        if env_id is None:
            return None
        if info.data.get("slippery"):
            raise ValueError('turn slippery off; here env_options does it: {"is_slippery": true}')
        from gym_gui.workers.tabular.environment_ids import check_registered

        check_registered(env_id)
        return env_id

    @field_validator("env_options")
    @classmethod
    def _are_free_to_set(cls, options: dict[str, JsonValue]) -> dict[str, JsonValue]:
        for name in options:
            if name in SETTLED_BY_THE_WORKER:
                raise ValueError(f"{name!r} is settled by the worker; take it out")
        return options

    def to_dict(self) -> dict[str, Any]:
        """The configuration as plain data, ready for JSON."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The configuration that plain data describes.

        Raises:
            pydantic.ValidationError: A `ValueError` that names each wrong field.
        """
        return cls.model_validate(data)

    def evaluation_interval(self) -> int:
        """Episodes between evaluations, 0 for at the end only."""
        return _or_share(self.eval_every, self.episodes, 10)

    def checkpoint_interval(self) -> int:
        """Episodes between periodic checkpoints, 0 for none."""
        return _or_share(self.checkpoint_every, self.episodes, 5)

    def scalar_interval(self) -> int:
        """Episodes between points of the TensorBoard curves."""
        return self.scalar_every or math.ceil(self.episodes / 500)


def _or_share(given: int | None, episodes: int, parts: int) -> int:
    return math.ceil(episodes / parts) if given is None else given
