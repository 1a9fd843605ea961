"""What can go wrong with a request, sorted by what helps."""

from __future__ import annotations


class ModelError(RuntimeError):
    """The endpoint gave no usable answer; the message says what it said and how to mend it."""


class PassingFault(ModelError):
    """A failure that may pass, so that the request is worth repeating.

    Attributes:
        retry_after_s: What the endpoint asked to wait, None when it did not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BudgetReachedError(Exception):
    """The run has spent what it may; the message says how much of what."""
