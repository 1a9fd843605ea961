"""One thing done to several runs in the background: what was done, and where it could not be, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, NamedTuple, TypeVar

from gym_gui.core.runs.directory import RunDirectory

_Result = TypeVar("_Result")
_AT_ONCE = 16
_MOST_REASONS_TOLD = 3


class Target(NamedTuple):
    """A run that something is done to, and what people call it."""

    run: RunDirectory
    label: str


class Refusal(NamedTuple):
    """Why something could not be done to a run."""

    target: Target
    reason: str


class Outcome(NamedTuple, Generic[_Result]):
    """What became of a batch, in its order."""

    done: list[tuple[Target, _Result]]
    refused: list[Refusal]

    @property
    def run_ids(self) -> list[str]:
        """Of the runs that it was done to."""
        return [target.run.run_id for target, _ in self.done]

    @property
    def reasons(self) -> str:
        """Why it could not be done to the others, a line each, the first few of them."""
        told = [f"{target.label}: {reason}" for target, reason in self.refused[:_MOST_REASONS_TOLD]]
        more = len(self.refused) - len(told)
        return "\n".join([*told, f"and {more:,} more"] if more else told)


def do_to_each(
    targets: Iterable[Target], act: Callable[[RunDirectory], _Result], errors: tuple[type[Exception], ...]
) -> Outcome[_Result]:
    """Does it to one run after the other; those that raise one of `errors` are refused, the rest goes on."""
    outcome: Outcome[_Result] = Outcome([], [])
    for target in targets:
        try:
            outcome.done.append((target, act(target.run)))
        except errors as error:
            outcome.refused.append(Refusal(target, str(error) or type(error).__name__))
    return outcome


def do_to_all_at_once(
    targets: Iterable[Target],
    act: Callable[[Target], _Result],
    errors: tuple[type[Exception], ...],
    told: Callable[[Target, _Result | None, str], None],
) -> Outcome[_Result]:
    """The same for what takes long and mostly waits, several at a time.

    Args:
        targets: The runs.
        act: What is done; called on threads of its own.
        errors: What is a refusal when it is raised.
        told: Called as each run is done, on its thread, with what came of it or why it was refused.
    """

    def one(target: Target) -> tuple[Target, _Result | None, str]:
        try:
            found = (target, act(target), "")
        except errors as error:
            refused: tuple[Target, _Result | None, str] = (target, None, str(error) or type(error).__name__)
            told(*refused)
            return refused
        told(*found)
        return found

    outcome: Outcome[_Result] = Outcome([], [])
    with ThreadPoolExecutor(_AT_ONCE, "run-batch") as pool:
        for target, result, reason in pool.map(one, targets):
            if result is None:
                outcome.refused.append(Refusal(target, reason))
            else:
                outcome.done.append((target, result))
    return outcome


def counted(targets: list[Target] | tuple[Target, ...] | int) -> str:
    """How many runs: "1 run", "3 runs"."""
    count = targets if isinstance(targets, int) else len(targets)
    return f"{count:,} run" if count == 1 else f"{count:,} runs"


def named(targets: list[Target] | tuple[Target, ...]) -> str:
    """The run by its name when it is one, else how many they are."""
    return targets[0].label if len(targets) == 1 else counted(targets)
