"""The configuration of a Ray run: what the form shows and what `--config` names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator

from gym_gui.config.paths import check_run_id
from gym_gui.workers.ray.choices import Algorithm, EnvironmentSource, Mode, PolicySharing, Search

ADVANCED: dict[str, JsonValue] = {"advanced": True}
LONGEST_TRAINING = 10_000_000_000
LARGEST_SEED = 2**31 - 1  # what environments and torch both take, with room for one seed per runner
_GYMNASIUM_ID = re.compile(r"([A-Za-z0-9_.-]+:)?([\w-]+/)?[\w.-]+")
_MODULE = re.compile(r"[A-Za-z_]\w*([./][A-Za-z_]\w*)*")
_ADDRESS = re.compile(r"auto|[A-Za-z0-9_.-]+:\d{1,5}|\[[0-9A-Fa-f:]+\]:\d{1,5}")
SETTLED_ELSEWHERE = {
    "env": "env_id",
    "seed": "seed",
    "lr": "learning_rate",
    "gamma": "gamma",
    "train_batch_size_per_learner": "train_batch_size",
    "num_env_runners": "num_env_runners",
}

Steps = Annotated[int, Field(ge=0, le=LONGEST_TRAINING)]
LayerWidth = Annotated[int, Field(ge=1, le=8192)]


class RayConfig(BaseModel):
    """One run on Ray. Every field but `run_id` has a default that works."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    run_id: str = Field(description="Id of the run; names its directory. Filled in by the launcher.")
    mode: Mode = Field(
        default=Mode.TRAIN,
        description="train: one training. tune: a search over options, one training per trial.",
    )
    algorithm: Algorithm = Field(
        default=Algorithm.PPO,
        description="PPO suits most tasks; DQN needs discrete actions; SAC is for continuous ones; IMPALA "
        "and APPO sample while they learn, so give them runners.",
    )
    env_source: EnvironmentSource = Field(
        default=EnvironmentSource.GYMNASIUM,
        title="Environments of",
        description="gymnasium for one agent, pettingzoo for several.",
    )
    env_id: str = Field(
        default="CartPole-v1",
        title="Environment",
        min_length=1,
        max_length=200,
        description="Gymnasium: a registered id, with its module where that has to be imported first "
        "(my_envs:Maze-v0). PettingZoo: classic/rps_v2, or any module with parallel_env() or env().",
    )
    total_timesteps: int = Field(
        default=100_000,
        ge=1,
        le=LONGEST_TRAINING,
        title="Environment steps",
        description="Steps to train for, those before a resumed checkpoint included; in a search, per trial. "
        "Training ends with the iteration that reaches them.",
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=LARGEST_SEED,
        description="Unset: drawn at random and written into the run's first event. The same seed gives the "
        "same curve with 0 runners; several runners finish in an order of their own.",
    )
    learning_rate: float | None = Field(
        default=None, gt=0, le=1, description="Step size of the optimiser. Unset: the algorithm's own."
    )
    gamma: float = Field(
        default=0.99,
        ge=0,
        le=1,
        title="Discount (gamma)",
        description="Weight of a reward one step later; 1 counts all rewards alike.",
    )
    train_batch_size: int | None = Field(
        default=None,
        ge=1,
        le=10_000_000,
        description="Steps learned from at once: those of an iteration for PPO, of a draw from the replay "
        "buffer for DQN and SAC. Unset: the algorithm's own (PPO 4,000).",
    )
    num_env_runners: int = Field(
        default=0,
        ge=0,
        le=1024,
        title="Runners",
        description="Processes that sample the environment; 0 samples in the worker itself. Each takes a CPU "
        "and about 400 MB.",
    )
    resume_from: Path | None = Field(
        default=None,
        title="Resume from checkpoint",
        description="A checkpoint directory of this worker, or of RLlib, to go on from; same algorithm and "
        "environment. RLlib unpickles it: only take checkpoints you trust. A relative path is looked for in "
        "the working directory, then in the runs folder.",
    )
    search: Search = Field(
        default=Search.RANDOM,
        description="Tune only. grid: every combination. random: draws. asha: draws, and ends the worse "
        "trials early.",
    )
    search_space: dict[str, JsonValue] = Field(
        default_factory=dict,
        validate_default=True,
        description='Tune only, options to values: {"lr": [0.001, 0.0001]} tries or draws one of a list, '
        '{"lr": {"loguniform": [1e-5, 1e-2]}} draws; also uniform, randint, quniform. '
        "Names are those of RLlib's training().",
    )
    num_trials: int = Field(
        default=4,
        ge=1,
        le=10_000,
        title="Trials",
        description="Tune only: how many draws; a grid is tried once, whatever this says.",
    )
    num_envs_per_env_runner: int = Field(
        default=1,
        ge=1,
        le=1024,
        title="Environments per runner",
        description="Copies of the environment that a runner steps together.",
        json_schema_extra=ADVANCED,
    )
    env_options: dict[str, JsonValue] = Field(
        default_factory=dict,
        title="Environment options",
        description='Keyword arguments for the environment, as JSON: {"max_cycles": 25}.',
        json_schema_extra=ADVANCED,
    )
    policy_sharing: PolicySharing = Field(
        default=PolicySharing.SHARED,
        title="Policies of several agents",
        description="shared: one policy for all. independent: each agent learns its own.",
        json_schema_extra=ADVANCED,
    )
    hidden_layers: list[LayerWidth] = Field(
        default_factory=list,
        max_length=16,
        title="Hidden layers",
        description="Widths of the fully connected layers, [64, 64]. Empty: RLlib's own ([256, 256]).",
        json_schema_extra=ADVANCED,
    )
    algorithm_options: dict[str, JsonValue] = Field(
        default_factory=dict,
        description="Further keyword arguments of RLlib's training(), as JSON: "
        '{"num_epochs": 10, "entropy_coeff": 0.01}.',
        json_schema_extra=ADVANCED,
    )
    stop_at_return: float | None = Field(
        default=None,
        ge=-1e9,
        le=1e9,
        title="Good enough at",
        description="Mean episode return at which training ends before its steps are used up.",
        json_schema_extra=ADVANCED,
    )
    checkpoint_every: Steps | None = Field(
        default=None,
        title="Checkpoint every",
        description="Environment steps between checkpoints; 0 keeps the final one only. Unset: a tenth of "
        "the steps. A search keeps each trial's last.",
        json_schema_extra=ADVANCED,
    )
    checkpoints_to_keep: int = Field(
        default=3,
        ge=1,
        le=1_000,
        description="How many of the periodic checkpoints stay, the newest ones; the final one always does.",
        json_schema_extra=ADVANCED,
    )
    max_concurrent_trials: int = Field(
        default=0,
        ge=0,
        le=1_000,
        title="Trials at once",
        description="Tune only; 0: as many as there are CPUs for.",
        json_schema_extra=ADVANCED,
    )
    asha_grace_steps: int | None = Field(
        default=None,
        ge=1,
        le=LONGEST_TRAINING,
        title="ASHA: steps before the first cut",
        description="Environment steps that every trial gets. Unset: a tenth of the steps.",
        json_schema_extra=ADVANCED,
    )
    asha_reduction_factor: int = Field(
        default=3,
        ge=2,
        le=16,
        title="ASHA: one in how many goes on",
        description="Of the trials that reach a cut, this share goes on: 3 keeps the best third.",
        json_schema_extra=ADVANCED,
    )
    address: str | None = Field(
        default=None,
        title="Ray cluster",
        max_length=300,
        description="host:port of a running cluster to join, or auto for one on this machine; it is left "
        "running. Unset: a cluster of its own, which ends with the run.",
        json_schema_extra=ADVANCED,
    )
    num_cpus: int | None = Field(
        default=None,
        ge=1,
        le=4096,
        title="CPUs of its own cluster",
        description="Unset: those of the machine.",
        json_schema_extra=ADVANCED,
    )
    num_gpus: float = Field(
        default=0,
        ge=0,
        le=64,
        title="GPUs per learner",
        description="Share of a GPU to learn on; 0 learns on the CPU.",
        json_schema_extra=ADVANCED,
    )
    object_store_mb: int = Field(
        default=200,
        ge=80,
        le=1_000_000,
        title="Object store (MB)",
        description="Shared memory of its own cluster.",
        json_schema_extra=ADVANCED,
    )
    min_iteration_s: float = Field(
        default=1.0,
        ge=0.1,
        le=600,
        title="Length of an iteration (s)",
        description="IMPALA and APPO only, which have no iterations of their own.",
        json_schema_extra=ADVANCED,
    )
    tensorboard: bool = Field(
        default=True, description="Write the curves as TensorBoard scalars.", json_schema_extra=ADVANCED
    )
    wandb: bool = Field(
        default=False,
        title="Weights & Biases",
        description="Report there as well; offline, in the run directory, without WANDB_MODE or a key.",
        json_schema_extra=ADVANCED,
    )
    wandb_project: str = Field(
        default="mosaic-ray",
        min_length=1,
        max_length=128,
        title="W&B project",
        description="Name of the project there.",
        json_schema_extra=ADVANCED,
    )

    @field_validator("run_id")
    @classmethod
    def _names_a_directory(cls, run_id: str) -> str:
        return check_run_id(run_id)

    @field_validator("env_id")
    @classmethod
    def _is_an_id(cls, env_id: str, info: ValidationInfo) -> str:
        if info.data.get("env_source") is EnvironmentSource.PETTINGZOO:
            if not _MODULE.fullmatch(env_id):
                raise ValueError(f"{env_id!r} names no module; PettingZoo's are named like classic/rps_v2")
        elif not _GYMNASIUM_ID.fullmatch(env_id):
            raise ValueError(f"{env_id!r} is no Gymnasium id; they look like CartPole-v1 or my_envs:Maze-v0")
        return env_id

    @field_validator("resume_from")
    @classmethod
    def _belongs_to_a_training(cls, path: Path | None, info: ValidationInfo) -> Path | None:
        if path is not None and info.data.get("mode") is Mode.TUNE:
            raise ValueError(
                "a search starts anew; set mode to train to go on from the checkpoint of a trial"
            )
        return path

    @field_validator("search_space")
    @classmethod
    def _can_be_searched(cls, space: dict[str, JsonValue], info: ValidationInfo) -> dict[str, JsonValue]:
        from gym_gui.workers.ray.search_space import check_space

        if info.data.get("mode") is Mode.TUNE:
            check_space(space, info.data.get("search", Search.RANDOM))
        return space

    @field_validator("algorithm_options")
    @classmethod
    def _have_no_field_of_their_own(cls, options: dict[str, JsonValue]) -> dict[str, JsonValue]:
        for name in options:
            if name in SETTLED_ELSEWHERE:
                raise ValueError(f"{name!r} has a field of its own: set {SETTLED_ELSEWHERE[name]}")
        return options

    @field_validator("address")
    @classmethod
    def _is_an_address(cls, address: str | None) -> str | None:
        if address is not None and not _ADDRESS.fullmatch(address):
            raise ValueError(f"{address!r} is no address; give host:port (10.0.0.5:6379), or auto")
        return address

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

    def checkpoint_interval(self) -> int:
        """Environment steps between periodic checkpoints, 0 for none."""
        return _or_tenth(self.checkpoint_every, self.total_timesteps)

    def asha_grace(self) -> int:
        """Environment steps that ASHA gives every trial."""
        return min(_or_tenth(self.asha_grace_steps, self.total_timesteps), self.total_timesteps)


def _or_tenth(given: int | None, steps: int) -> int:
    return max(steps // 10, 1) if given is None else given
