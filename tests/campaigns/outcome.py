"""What a campaign has shown: what went wrong, how long things took, and whether the bar was met."""

from __future__ import annotations

import statistics
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Outcome:
    """One row of the table.

    Attributes:
        wrong: Every broken promise, with the round it was seen in; empty when all were kept.
        slow: Times that were over their bar.
        skipped: Why it could not be played, "" when it was.
    """

    campaign: str
    bar: str
    rounds: int
    measured: str
    wrong: tuple[str, ...] = ()
    slow: tuple[str, ...] = ()
    skipped: str = ""

    @property
    def met(self) -> bool:
        """Whether the bar was met."""
        return not (self.wrong or self.slow or self.skipped)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return asdict(self)


@dataclass(slots=True)
class _Times:
    bar_s: float
    seconds: list[float] = field(default_factory=list)


class Tally:
    """Collects what the rounds of one campaign show."""

    def __init__(self) -> None:
        self.rounds = 0
        self.wrongs: list[str] = []
        self.counts: dict[str, int] = {}
        self._slow: list[str] = []
        self._times: dict[str, _Times] = {}

    def count(self, what: str, number: int = 1) -> None:
        """Adds to a count that the table shows; 0 makes it appear."""
        self.counts[what] = self.counts.get(what, 0) + number

    def wrong(self, where: object, what: str) -> None:
        """Notes a broken promise."""
        self.wrongs.append(f"{where}: {what}")

    def expect(self, holds: object, where: object, what: str) -> bool:
        """Notes a broken promise unless `holds`; whether it did."""
        if not holds:
            self.wrong(where, what)
        return bool(holds)

    def took(self, what: str, seconds: float, bar_s: float, where: object) -> None:
        """Notes how long something took."""
        self._times.setdefault(what, _Times(bar_s)).seconds.append(seconds)
        if seconds > bar_s:
            self._slow.append(f"{where}: {what}: {seconds:.2f} s, bar {bar_s:g} s")

    def outcome(self, campaign: str, bar: str) -> Outcome:
        """The row of the table."""
        facts = [f"{number} {what}" for what, number in self.counts.items()]
        facts += [_spread(what, times) for what, times in self._times.items()]
        return Outcome(campaign, bar, self.rounds, "; ".join(facts), tuple(self.wrongs), tuple(self._slow))


def _spread(what: str, times: _Times) -> str:
    ordered = sorted(times.seconds)
    nearly_all = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    middle = statistics.median(ordered)
    return (
        f"{what} {middle * 1000:.0f} ms median, {nearly_all * 1000:.0f} p99, {ordered[-1] * 1000:.0f} at most"
    )


def skipped(campaign: str, bar: str, why: str) -> Outcome:
    """The row of a campaign that cannot be played here."""
    return Outcome(campaign, bar, 0, f"not played: {why}", skipped=why)
