"""The configuration of a CleanRL run: what the form shows and what `--config` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError, field_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from gym_gui.config.paths import check_run_id
from gym_gui.workers.cleanrl.choices import Mode
from gym_gui.workers.cleanrl.offered import add_option_members, add_suggested_algorithms

ADVANCED: dict[str, JsonValue] = {"advanced": True}
LARGEST_SEED = 2**31 - 1


class CleanRLConfig(BaseModel):
    """One run of a CleanRL script. Every field but `run_id` has a default that works."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    run_id: str = Field(description="Id of the run; names its directory. Filled in by the launcher.")
    mode: Mode = Field(
        default=Mode.TRAIN,
        description="train runs the script; evaluate plays episodes with a model that a run has saved. "
        "CleanRL's scripts cannot continue a training from a model.",
    )
    algorithm: str = Field(
        default="ppo",
        pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$",
        description="Script of the installed CleanRL, or of the checkout named below: ppo, dqn, c51, "
        "ppo_continuous_action, ... Not used when a single file is named below.",
        json_schema_extra=add_suggested_algorithms,
    )
    script: Path | None = Field(
        default=None,
        title="Script or checkout",
        description="A Python file written in CleanRL's manner, or the folder of a CleanRL checkout. Unset: "
        "the installed package.",
    )
    env_id: str | None = Field(
        default=None,
        title="Environment id",
        min_length=1,
        max_length=200,
        pattern=r"^([A-Za-z0-9_.-]+:)?([\w.-]+/)*[\w.-]+$",
        description="Gymnasium id of the environment. Unset: the script's own default.",
    )
    total_timesteps: int | None = Field(
        default=None,
        ge=1,
        le=100_000_000_000,
        description="Environment steps to train for. Unset: the script's own default.",
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=LARGEST_SEED,
        description="Given to the script. Unset: drawn at random and written into the run's first event.",
    )
    script_args: dict[str, JsonValue] = Field(
        default_factory=dict,
        title="Script options",
        description='Options of the script, by name: {"num_envs": 4, "cuda": false}. They are checked '
        "against the script's source.",
        json_schema_extra=add_option_members,
    )
    save_model: bool = Field(
        default=False,
        description="Save the trained model as a checkpoint, where the script can. CleanRL's scripts then "
        "evaluate it with video, for which pygame and moviepy below 2 are needed.",
    )
    capture_video: bool = Field(
        default=False, description="Record episodes as video, where the environment can be drawn."
    )
    track: bool = Field(
        default=False,
        title="Weights & Biases",
        description="Report to Weights & Biases, offline: the files stay in the run directory. WANDB_MODE in "
        "the environment says otherwise.",
    )
    checkpoint: Path | None = Field(
        default=None,
        title="Model to evaluate",
        description="Evaluation only: a .cleanrl_model. A relative path is looked for in the working "
        "directory, then in the runs folder (RUN_ID/checkpoints/ppo.cleanrl_model).",
    )
    eval_episodes: int = Field(
        default=10, ge=1, le=10_000, title="Evaluation episodes", description="Evaluation only."
    )
    python: Path | None = Field(
        default=None,
        title="Python of the script",
        description="Interpreter that runs the script, for instance a checkout's own environment. Unset: the "
        "one this worker is installed in.",
        json_schema_extra=ADVANCED,
    )
    python_path: list[str] = Field(
        default_factory=list,
        max_length=20,
        title="Module folders",
        description="Folders in which the script finds modules before those installed.",
        json_schema_extra=ADVANCED,
    )
    heartbeat_interval_s: float = Field(
        default=1.0,
        ge=0.05,
        le=30,
        title="Heartbeat interval (s)",
        description="Seconds between the heartbeats that carry progress and the learning curve.",
        json_schema_extra=ADVANCED,
    )

    @field_validator("run_id")
    @classmethod
    def _names_a_directory(cls, run_id: str) -> str:
        return check_run_id(run_id)

    def to_dict(self) -> dict[str, Any]:
        """The configuration as plain data, ready for JSON."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """The configuration that plain data describes, checked against the script and its interpreter.

        Raises:
            pydantic.ValidationError: A `ValueError` that names each wrong field, options that the script
                does not have and packages that its interpreter lacks among them.
        """
        from gym_gui.workers.cleanrl.preparation import PreparationError, prepare

        config = cls.model_validate(data)
        try:
            prepare(config)
        except PreparationError as error:
            raise ValidationError.from_exception_data(
                cls.__name__, [_detail(place, message, data) for place, message in error.faults]
            ) from None
        return config


def _detail(place: str, message: str, data: dict[str, Any]) -> InitErrorDetails:
    kind = PydanticCustomError("cannot_run", "{reason}", {"reason": message})
    return InitErrorDetails(type=kind, loc=(place,), input=data.get(place))
