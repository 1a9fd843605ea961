"""What an episode came to, and what the episodes of a run came to together."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gym_gui.workers.barlog.model.meter import Usage
from gym_gui.workers.barlog.progression import Score, overall, score
from gym_gui.workers.barlog.tasks import Task


class EpisodeResult(BaseModel):
    """A finished episode, as the checkpoint keeps it."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    task: str
    number: int = Field(ge=0, description="Which episode of the task, from 0.")
    seed: int = Field(ge=0)
    steps: int = Field(ge=0)
    episode_return: float
    progression: float = Field(ge=0, le=1)
    ended: str = Field(description="terminated, truncated or step_limit.")
    invalid_answers: int = Field(ge=0, description="Steps on which the fallback action was taken.")
    reasks: int = Field(ge=0)
    requests: int = Field(ge=0)
    input_tokens: int = Field(ge=0)
    output_tokens: int = Field(ge=0)
    estimated_tokens: bool = False
    seconds: float = Field(ge=0)
    trajectory: str | None = Field(default=None, description="Relative to the run directory.")

    @property
    def usage(self) -> Usage:
        """Requests and tokens of the episode."""
        return Usage(self.requests, self.input_tokens, self.output_tokens, self.estimated_tokens)


def summary(results: Sequence[EpisodeResult]) -> dict[str, Any]:
    """Scores by family and task, and over the families; empty without episodes."""
    if not results:
        return {}
    by_family: dict[str, list[EpisodeResult]] = {}
    for result in results:
        by_family.setdefault(Task.parse(result.task).family.value, []).append(result)
    scores = {family: _score(episodes) for family, episodes in by_family.items()}
    whole = overall(scores)
    return {
        "progression_percent": round(whole.percent, 4),
        "progression_standard_error": round(whole.standard_error, 4),
        "return_mean": statistics.fmean(result.episode_return for result in results),
        "length_mean": statistics.fmean(result.steps for result in results),
        "invalid_answers": sum(result.invalid_answers for result in results),
        "reasks": sum(result.reasks for result in results),
        "environments": {
            family: {**_described(scores[family], episodes), "tasks": _by_task(episodes)}
            for family, episodes in by_family.items()
        },
    }


def _by_task(episodes: Iterable[EpisodeResult]) -> dict[str, Any]:
    tasks: dict[str, list[EpisodeResult]] = {}
    for episode in episodes:
        tasks.setdefault(episode.task, []).append(episode)
    return {task: _described(_score(played), played) for task, played in tasks.items()}


def _described(found: Score, episodes: Sequence[EpisodeResult]) -> dict[str, Any]:
    return {
        "progression_percent": round(found.percent, 4),
        "standard_error": round(found.standard_error, 4),
        "episodes": found.episodes,
        "steps_mean": statistics.fmean(episode.steps for episode in episodes),
    }


def _score(episodes: Sequence[EpisodeResult]) -> Score:
    return score([episode.progression for episode in episodes])
