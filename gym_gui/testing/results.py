"""What a check found, and all of them together: plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check says: its status, why in a sentence, what it rests on, and how to mend it."""

    status: Status
    reason: str
    evidence: tuple[str, ...] = ()
    fix: str = ""


def passed(reason: str, *evidence: str) -> Verdict:
    """The worker does what the check asks for."""
    return Verdict(Status.PASSED, reason, evidence)


def failed(reason: str, *evidence: str, fix: str) -> Verdict:
    """The worker does not; `fix` says what to change."""
    return Verdict(Status.FAILED, reason, evidence, fix)


def skipped(reason: str, *, fix: str = "") -> Verdict:
    """It could not be looked at; `fix` says what would make it possible."""
    return Verdict(Status.SKIPPED, reason, (), fix)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check of one worker.

    Attributes:
        check: Id of the check, e.g. "lifecycle".
        title: What it asks for.
        point: The point of the contract's checklist it belongs to, 1 to 10.
        reason: Why it ended so, in a sentence.
        evidence: What was seen, a line or a few each.
        fix: How to mend it, "" when there is nothing to mend.
        seconds: How long it took.
    """

    check: str
    title: str
    point: int
    status: Status
    reason: str
    evidence: tuple[str, ...] = ()
    fix: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConformanceReport:
    """All checks of one worker.

    Attributes:
        worker_id: Name of its entry point.
        version: Of its distribution, "" when it says none.
        interpreter: The Python it was run with.
        command: How it was started, without `--config FILE`.
    """

    worker_id: str
    version: str
    interpreter: str
    command: tuple[str, ...]
    results: tuple[CheckResult, ...]

    @property
    def conforms(self) -> bool:
        """Whether no check failed; skipped ones are not counted against the worker."""
        return not self.failed

    @property
    def failed(self) -> tuple[CheckResult, ...]:
        """The checks that failed."""
        return self.with_status(Status.FAILED)

    def with_status(self, status: Status) -> tuple[CheckResult, ...]:
        """The checks that ended so."""
        return tuple(result for result in self.results if result.status is status)

    def __getitem__(self, check: str) -> CheckResult:
        """The result of the check with that id.

        Raises:
            KeyError: It was not among those asked for.
        """
        for result in self.results:
            if result.check == check:
                return result
        raise KeyError(check)

    def explain_failures(self) -> str:
        """What failed and how to mend it, as text for an assertion; "" when nothing failed."""
        return "\n\n".join(explain(result) for result in self.failed)


def explain(result: CheckResult) -> str:
    """The result as some lines of text."""
    lines = [f"{result.check}: {result.title}: {result.status}", f"  {result.reason}"]
    lines += [f"    {line}" for text in result.evidence for line in text.splitlines()]
    return "\n".join([*lines, f"  mend: {result.fix}"] if result.fix else lines)
