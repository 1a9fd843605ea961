"""BALROG's progression: what an episode is worth, and means with standard errors.

An episode's progression is between 0 and 1: done or not (BabyAI, MiniHack), the share of achievements
(Crafter) or points (TextWorld), or for NetHack how likely people who came as far won. A family's score
is the mean over its episodes, in percent; its standard error is the population standard deviation over
the root of the episodes, which is 0 for a single one. The run's score is the mean over the families,
each counting alike, and its standard error follows from theirs.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# Percent of human games that were won after the level had been reached, from the BALROG paper's table
# (arXiv 2411.13543), which counts the start of a game as nothing.
# Depth of the dungeon, from the second level on.
_PERCENT_BY_DEPTH = (
    *(1.54, 1.75, 2.12, 2.65, 3.54, 4.85, 6.96, 9.77, 12.56, 16.13, 20.61, 25.66, 29.25, 30.88),
    *(32.49, 34.01, 35.26, 36.55, 37.90, 39.29, 40.83, 42.58, 44.52, 46.64, 50.68, 55.44, 60.16, 64.65),
    *(69.13, 71.01, 71.76, 72.32, 72.84, 73.28, 73.69, 74.21, 74.71, 75.37, 76.10, 76.74, 77.25, 77.72),
    *(78.13, 78.59, 78.90, 79.30, 79.67, 80.18, 80.68),
)
# Experience level, from the second on.
_PERCENT_BY_EXPERIENCE = (
    *(1.85, 2.08, 2.42, 2.91, 3.69, 5.08, 7.45, 11.70, 17.91, 25.48, 33.26, 41.44, 49.40, 57.79, 62.61),
    *(65.63, 68.10, 70.15, 71.74, 72.87, 73.71, 74.43, 75.13, 75.86, 76.42, 77.03, 77.60, 77.83, 78.05),
)


@dataclass(frozen=True, slots=True)
class Score:
    """Progression of some episodes.

    Attributes:
        percent: Mean progression, 0 to 100.
        standard_error: Of that mean, in the same unit.
        episodes: How many episodes it is the mean of.
    """

    percent: float
    standard_error: float
    episodes: int


def nethack_progression(depth: int, experience_level: int) -> float:
    """What the deepest level and the highest experience level reached are worth, 0 to 1."""
    return max(_looked_up(_PERCENT_BY_DEPTH, depth), _looked_up(_PERCENT_BY_EXPERIENCE, experience_level))


def score(progressions: Sequence[float]) -> Score:
    """The score of a family's or a task's episodes.

    Raises:
        ValueError: There are none.
    """
    if not progressions:
        raise ValueError("no episodes to score")
    error = statistics.pstdev(progressions) / math.sqrt(len(progressions))
    return Score(100 * statistics.fmean(progressions), 100 * error, len(progressions))


def overall(scores: Mapping[str, Score]) -> Score:
    """The score over families, each counting alike however many episodes it has.

    Raises:
        ValueError: There are none.
    """
    if not scores:
        raise ValueError("no scores to average")
    parts = scores.values()
    error = math.sqrt(sum(part.standard_error**2 for part in parts)) / len(scores)
    return Score(_mean(part.percent for part in parts), error, sum(part.episodes for part in parts))


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(values)


def _looked_up(percents: tuple[float, ...], level: int) -> float:
    if level < 2:
        return 0.0
    return percents[min(level - 2, len(percents) - 1)] / 100
