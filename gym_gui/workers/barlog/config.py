"""The configuration of a BARLOG run: what the form shows and what `--config` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator

from gym_gui.config.paths import check_run_id
from gym_gui.workers.barlog.choices import AgentKind, AnswerForm, TokenLimitField
from gym_gui.workers.barlog.endpoint import check_address, check_extra_fields
from gym_gui.workers.barlog.tasks import Task, expand

ADVANCED: dict[str, JsonValue] = {"advanced": True}
LARGEST_SEED = 2**32 - 1


class BarlogConfig(BaseModel):
    """One evaluation of an agent. Every field but `run_id` has a default that works, and costs nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    run_id: str = Field(description="Id of the run; names its directory. Filled in by the launcher.")
    environment: str = Field(
        default="babyai/GoToLocal",
        title="Games",
        min_length=1,
        max_length=5_000,
        description="What is played, separated by commas: family/task, or a family for all its tasks. "
        "Families: babyai, crafter, textworld, minihack, nethack. Each needs its own packages.",
    )
    episodes_per_task: int = Field(
        default=10, ge=1, le=100_000, description="Episodes of each task, resumed ones included."
    )
    algorithm: AgentKind = Field(
        default=AgentKind.RANDOM,
        title="Agent",
        description="random needs no model. naive answers at once, chain_of_thought reasons first, few_shot "
        "is shown a played episode, robust is asked again when its answer names no valid action.",
    )
    model: str = Field(
        default="",
        max_length=300,
        validate_default=True,
        description="The model's name as the endpoint lists it. Not for random.",
    )
    base_url: str = Field(
        default="https://api.openai.com/v1",
        max_length=2_000,
        description="Address of an OpenAI-compatible API, usually ending in /v1.",
    )
    api_key_env: str = Field(
        default="OPENAI_API_KEY",
        title="Variable with the API key",
        max_length=100,
        pattern=r"^([A-Za-z_][A-Za-z0-9_]*)?$",
        description="Name of the environment variable that holds the key. The key itself is never written "
        "anywhere. Empty: no key is sent.",
    )
    seed: int | None = Field(
        default=None,
        ge=0,
        le=LARGEST_SEED,
        description="The same seed gives the same episodes. Unset: drawn at random and written into the "
        "run's first event; when resuming, the seed of the run gone on from.",
    )
    vision: bool = Field(
        default=False, description="Show the model a picture of each observation as well (needs a VLM)."
    )
    answer_form: AnswerForm = Field(
        default=AnswerForm.FREE,
        description="free trusts the model; grammar (llama.cpp servers) and json_schema (OpenAI and others) "
        "have the endpoint admit nothing but a valid action.",
    )
    resume_from: Path | None = Field(
        default=None,
        title="Resume from",
        description="The checkpoints/episodes.jsonl of an earlier run; its finished episodes are not played "
        "again. A relative path is looked for in the working directory, then in the runs folder.",
    )
    input_price: float = Field(
        default=0.0, ge=0, le=1e6, title="Price of a million input tokens", description="For the cost meter."
    )
    output_price: float = Field(
        default=0.0, ge=0, le=1e6, title="Price of a million output tokens", description="For the cost meter."
    )
    budget: float | None = Field(
        default=None,
        gt=0,
        le=1e6,
        description="Cost at which the run stops in good order, in the currency of the prices below.",
    )
    token_budget: int | None = Field(
        default=None,
        ge=1,
        le=10**12,
        description="Tokens, in and out together, at which the run stops in good order.",
        json_schema_extra=ADVANCED,
    )
    max_steps: int | None = Field(
        default=None,
        ge=1,
        le=1_000_000,
        title="Longest episode",
        description="Steps after which an episode is cut off. Unset: the game's own limit in BALROG.",
        json_schema_extra=ADVANCED,
    )
    temperature: float | None = Field(
        default=None,
        ge=0,
        le=2,
        description="Sampling temperature. Unset: the endpoint's default.",
        json_schema_extra=ADVANCED,
    )
    max_output_tokens: int = Field(
        default=1024,
        ge=1,
        le=1_000_000,
        description="Longest answer, reasoning included.",
        json_schema_extra=ADVANCED,
    )
    token_limit_field: TokenLimitField = Field(
        default=TokenLimitField.MAX_TOKENS,
        description="The request field the limit goes into; OpenAI's reasoning models take only "
        "max_completion_tokens.",
        json_schema_extra=ADVANCED,
    )
    extra_fields: dict[str, JsonValue] = Field(
        default_factory=dict,
        title="Extra request fields",
        description='Sent with each request, as JSON: {"top_p": 0.9, "reasoning_effort": "low"}.',
        json_schema_extra=ADVANCED,
    )
    max_history: int = Field(
        default=16,
        ge=0,
        le=10_000,
        title="Turns remembered",
        description="Earlier observations and answers shown to the model.",
        json_schema_extra=ADVANCED,
    )
    max_image_history: int = Field(
        default=1,
        ge=1,
        le=100,
        title="Pictures shown",
        description="With vision: the newest pictures sent, the present one included.",
        json_schema_extra=ADVANCED,
    )
    max_reasks: int = Field(
        default=2,
        ge=0,
        le=20,
        title="Questions again",
        description="robust only: how often it is asked again before the game's fallback action is taken.",
        json_schema_extra=ADVANCED,
    )
    example_file: Path | None = Field(
        default=None,
        title="Example episode",
        description="few_shot only: a trajectory (.jsonl) of this worker to show. Unset: BabyAI's own bot "
        "and TextWorld's own solution play one; the other games have none.",
        json_schema_extra=ADVANCED,
    )
    example_steps: int = Field(
        default=12,
        ge=1,
        le=1_000,
        description="few_shot only: how many steps of the example are shown.",
        json_schema_extra=ADVANCED,
    )
    request_timeout_s: float = Field(
        default=60.0,
        gt=0,
        le=3_600,
        title="Request timeout (s)",
        description="Seconds after which an unanswered request is given up and tried again.",
        json_schema_extra=ADVANCED,
    )
    max_retries: int = Field(
        default=5,
        ge=0,
        le=100,
        description="Times a request is repeated after a failure that may pass (overload, timeout, 5xx).",
        json_schema_extra=ADVANCED,
    )
    retry_delay_s: float = Field(
        default=1.0,
        ge=0,
        le=60,
        title="First retry after (s)",
        description="Doubles each time, up to a minute; what Retry-After asks for comes first.",
        json_schema_extra=ADVANCED,
    )
    requests_per_minute: float = Field(
        default=0,
        ge=0,
        le=100_000,
        description="Most requests in a minute, evenly spaced; 0 sets no limit.",
        json_schema_extra=ADVANCED,
    )
    save_images: bool = Field(
        default=False,
        description="With vision: keep the pictures that the model saw.",
        json_schema_extra=ADVANCED,
    )
    step_events: bool = Field(
        default=True, description="Print a line of telemetry for each step.", json_schema_extra=ADVANCED
    )
    heartbeat_interval_s: float = Field(
        default=1.0,
        ge=0.05,
        le=30,
        title="Heartbeat interval (s)",
        description="Seconds between the heartbeats that carry progress and curves.",
        json_schema_extra=ADVANCED,
    )

    @field_validator("run_id")
    @classmethod
    def _names_a_directory(cls, run_id: str) -> str:
        return check_run_id(run_id)

    @field_validator("environment")
    @classmethod
    def _names_tasks(cls, environment: str) -> str:
        if not expand(_split(environment)):
            raise ValueError("names no task; write family/task, e.g. babyai/GoToLocal")
        return environment

    @field_validator("model")
    @classmethod
    def _is_named_where_needed(cls, model: str, info: ValidationInfo) -> str:
        agent = info.data.get("algorithm")
        if agent is not None and agent.asks_a_model and not model.strip():
            raise ValueError(f"the agent {agent.value} needs one; name a model that the endpoint lists")
        return model.strip()

    @field_validator("budget")
    @classmethod
    def _can_be_spent(cls, budget: float | None, info: ValidationInfo) -> float | None:
        if budget is not None and not (info.data.get("input_price") or info.data.get("output_price")):
            raise ValueError("nothing is spent without a price; set input_price and output_price")
        return budget

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        return check_address(address)

    @field_validator("extra_fields")
    @classmethod
    def _are_free_to_set(cls, fields: dict[str, JsonValue]) -> dict[str, JsonValue]:
        return check_extra_fields(fields)

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

    @property
    def agent(self) -> AgentKind:
        """The agent; the field is called as the panel's column is."""
        return self.algorithm

    def all_tasks(self) -> tuple[Task, ...]:
        """The tasks to play, families written out."""
        return expand(_split(self.environment))

    def total_episodes(self) -> int:
        """Episodes of the whole run."""
        return len(self.all_tasks()) * self.episodes_per_task


def _split(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]
