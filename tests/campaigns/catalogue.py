"""The campaigns there are, and how long each is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.campaigns import (
    deaths,
    failing_writes,
    forgeries,
    index_faults,
    panel_kills,
    queue_kills,
    reattach,
    supervisor_kills,
    torn_records,
    tree_cancels,
    weather,
)
from tests.campaigns.field import Field
from tests.campaigns.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign.

    Attributes:
        play: Plays so many rounds on a field and says what it has shown.
        full: Rounds at full length.
        short: Rounds of the short form.
    """

    name: str
    play: Callable[[Field, int], list[Outcome]]
    full: int
    short: int


CAMPAIGNS = (
    Campaign("panel-kills", panel_kills.play, 200, 3),
    Campaign("supervisor-kills", supervisor_kills.play, 400, 12),
    Campaign("queue-kills", queue_kills.play, 100, 3),
    Campaign("tree-cancels", tree_cancels.play, 300, 6),
    Campaign("deaths", deaths.play, 200, 10),
    Campaign("forgeries", forgeries.play, 1000, 50),
    Campaign("torn-records", torn_records.play, 100_000, 8),
    Campaign("failing-writes", failing_writes.play, 100_000, 3),
    Campaign("index", index_faults.play, 100_000, 5),
    Campaign("weather", weather.play, 1000, 2),
    Campaign("reattach", reattach.play, 1000, 9),
)
