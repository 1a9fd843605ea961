"""What a metric is called and where it comes from, as the tree, the charts and the export name it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from gym_gui.core.artifacts.scalars.model import Kind, SeriesKey


class Source(StrEnum):
    """Where a metric was found."""

    OUTPUT = "output"
    EVENT_FILES = "event files"

    @property
    def label(self) -> str:
        """In a word or two, for a badge."""
        return "Reported" if self is Source.OUTPUT else "TensorBoard"

    @property
    def explanation(self) -> str:
        """In a sentence, for a tool tip."""
        return (
            "From the run's output: heartbeats, step and episode events"
            if self is Source.OUTPUT
            else "From the run's TensorBoard event files"
        )


@dataclass(frozen=True, slots=True, order=True)
class MetricKey:
    """A metric of a run; the same in every run that reports it."""

    name: str
    source: Source
    kind: Kind = Kind.SCALAR


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """A metric that a run has.

    Attributes:
        count: Points, images, texts or histograms that count.
        superseded: How many more were replaced when the run was resumed.
        series: Which of the event files' series it is; None for what was reported.
    """

    key: MetricKey
    count: int
    superseded: int = 0
    series: SeriesKey | None = None

    @property
    def name(self) -> str:
        """What it is called, parts of the name between slashes."""
        return self.key.name


class Across(StrEnum):
    """What curves are drawn over."""

    STEP = "step"
    TIME = "time"
    EPISODE = "episode"

    @property
    def label(self) -> str:
        """What the axis says."""
        return {"step": "Step", "time": "Time", "episode": "Episode"}[self.value]


def preferred_first(keys: list[MetricKey]) -> list[MetricKey]:
    """What people look at first comes first: returns, then lengths and losses, then the rest by name."""

    def rank(key: MetricKey) -> tuple[int, bool, str, str]:
        name = key.name.casefold()
        place = next((i for i, word in enumerate(_FIRST) if word in name), len(_FIRST))
        return (place, "eval" in name, name, key.source)

    return sorted(keys, key=rank)


_FIRST = ("return_mean", "mean_return", "episodic_return", "episode_return", "return", "reward", "loss")
