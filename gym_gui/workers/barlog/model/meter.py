"""How many tokens a run took and what they cost."""

from __future__ import annotations

from dataclasses import dataclass

from gym_gui.workers.barlog.model.errors import BudgetReachedError

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens and requests of something.

    Attributes:
        estimated: Whether the endpoint did not say for all of it, and text was counted instead.
    """

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = False

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.requests + other.requests,
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.estimated or other.estimated,
        )

    def __sub__(self, other: Usage) -> Usage:
        return Usage(
            self.requests - other.requests,
            self.input_tokens - other.input_tokens,
            self.output_tokens - other.output_tokens,
            self.estimated,
        )


@dataclass(frozen=True, slots=True)
class Prices:
    """What a million tokens cost, in a currency of the user's."""

    input: float
    output: float

    def of(self, usage: Usage) -> float:
        """What the usage costs."""
        return (usage.input_tokens * self.input + usage.output_tokens * self.output) / _MILLION


NOTHING_USED = Usage()


class Meter:
    """Counts what a run takes, earlier runs it goes on from included, and ends it at its budget.

    Attributes:
        used: All so far.
    """

    def __init__(self, prices: Prices, *, budget: float | None, token_budget: int | None) -> None:
        self.used = NOTHING_USED
        self._prices = prices
        self._budget = budget
        self._token_budget = token_budget

    @property
    def cost(self) -> float:
        """What all so far costs."""
        return self._prices.of(self.used)

    def cost_of(self, usage: Usage) -> float:
        """What a part of it costs."""
        return self._prices.of(usage)

    def add(self, usage: Usage) -> None:
        """Counts an answer."""
        self.used += usage

    def check(self) -> None:
        """Returns while there is something left to spend.

        Raises:
            BudgetReachedError: There is not.
        """
        if self._budget is not None and self.cost >= self._budget:
            raise BudgetReachedError(f"budget of {self._budget:g} reached: {self.cost:.6g} spent")
        tokens = self.used.input_tokens + self.used.output_tokens
        if self._token_budget is not None and tokens >= self._token_budget:
            raise BudgetReachedError(f"token budget of {self._token_budget:,} reached: {tokens:,} used")
