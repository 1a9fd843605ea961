"""How a field of a sweep is drawn at random."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any, Protocol

from gym_gui.core.forms.checks import check_value
from gym_gui.core.forms.fields import FieldKind, FormField

# Enough for any step size, and short enough to be read in a name.
_SIGNIFICANT_DIGITS = 6


class SamplingRule(Protocol):
    """A way to draw the values of one field."""

    def draw(self, dice: random.Random, field: FormField | None) -> Any:
        """One value, of the field's kind when the field is known."""
        ...

    def problem(self, field: FormField | None) -> str:
        """Why the field cannot be drawn so, in words that follow its name; "" when it can."""
        ...


@dataclass(frozen=True, slots=True)
class Uniform:
    """Any number from `low` to `high`, all equally likely; whole ones for a field of whole numbers."""

    low: float
    high: float

    def draw(self, dice: random.Random, field: FormField | None) -> float:
        """One value."""
        if _is_whole(field):
            return dice.randint(math.ceil(self.low), math.floor(self.high))
        return _rounded(dice.uniform(self.low, self.high), self.low, self.high)

    def problem(self, field: FormField | None) -> str:
        """Why the field cannot be drawn so, or ""."""
        return _problem_of_range(self.low, self.high, field)


@dataclass(frozen=True, slots=True)
class LogUniform:
    """Any number from `low` to `high` above 0, all orders of magnitude equally likely."""

    low: float
    high: float

    def draw(self, dice: random.Random, field: FormField | None) -> float:
        """One value."""
        drawn = math.exp(dice.uniform(math.log(self.low), math.log(self.high)))
        if _is_whole(field):
            return min(max(round(drawn), math.ceil(self.low)), math.floor(self.high))
        return _rounded(drawn, self.low, self.high)

    def problem(self, field: FormField | None) -> str:
        """Why the field cannot be drawn so, or ""."""
        if not self.low > 0:
            return f"must be drawn from numbers above 0 to spread over magnitudes, got {self.low:g}"
        return _problem_of_range(self.low, self.high, field)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some values, all equally likely."""

    values: tuple[Any, ...]

    def draw(self, dice: random.Random, field: FormField | None) -> Any:
        """One value."""
        return dice.choice(self.values)

    def problem(self, field: FormField | None) -> str:
        """Why the field cannot be drawn so, or ""."""
        if not self.values:
            return "has no values to choose from"
        if field is None:
            return ""
        return next((text for text in (check_value(field, value) for value in self.values) if text), "")


def _problem_of_range(low: float, high: float, field: FormField | None) -> str:
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        return f"must be drawn from a lower to a higher number, got {low:g} to {high:g}"
    if field is None:
        return ""
    if field.multiple_of:
        return f"must be a multiple of {field.multiple_of:g}; list its values"
    if field.kind is FieldKind.INTEGER:
        if math.ceil(low) > math.floor(high):
            return f"has no whole number from {low:g} to {high:g}"
        return check_value(field, math.ceil(low)) or check_value(field, math.floor(high))
    if field.kind is not FieldKind.NUMBER:
        return f"is not a number, so it cannot be drawn from {low:g} to {high:g}; list its values"
    return check_value(field, float(low)) or check_value(field, float(high))


def _is_whole(field: FormField | None) -> bool:
    return field is not None and field.kind is FieldKind.INTEGER


def _rounded(value: float, low: float, high: float) -> float:
    return min(max(float(f"{value:.{_SIGNIFICANT_DIGITS}g}"), low), high)
