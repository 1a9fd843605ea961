"""What a run waits for that has not begun, stands still or is being ended: a heading and a few sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gym_gui.constants import WORKER_STARTUP_TIMEOUT_S
from gym_gui.core.runs.queue.status import QueueStatus, held_text
from gym_gui.core.runs.summary import RunSummary
from gym_gui.ui import wording
from gym_gui.ui.runs.table.columns import started

if TYPE_CHECKING:
    from gym_gui.core.runs.stopping import Stopping

_LIMIT = "(Settings: Runs at the same time)"
_ORDER = "A higher priority goes first, and then who queued first, unless moved."


@dataclass(frozen=True, slots=True)
class Standing:
    """A heading, and what there is to say below it, a line each."""

    heading: str
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def queued_words(
    run_id: str, status: QueueStatus, seconds_left: Sequence[float | None], now: float
) -> Standing:
    """Where in the line the run stands, what it waits for, and when it may start.

    Args:
        run_id: The run.
        status: The queue.
        seconds_left: Of each run that is going, how long it will take yet; None where there is no telling.
        now: Unix seconds.
    """
    line = [entry.run_id for entry in status.waiting]
    if run_id not in line:
        return Standing("Queued", ("Its place in line is not known yet.",))
    place, count = line.index(run_id) + 1, len(line)
    entry = status.waiting[place - 1]
    priority = f" with priority {entry.priority}" if entry.priority else ""
    age = wording.age(now - entry.queued)
    since = f"Queued {'just now' if age == 'now' else age}{priority}." if entry.queued else ""
    heading = "Queued: next in line" if place == 1 else f"Queued: {place:,} of {count:,} in line"
    ahead = [other for other in line[: place - 1] if other not in status.problems]
    own_problem = status.problems.get(run_id, "")
    if own_problem:
        why = (f"It cannot be started: {own_problem}.", "Those behind it in line go first meanwhile.")
    else:
        why = (_obstacle(status, now), _when(status, len(ahead), seconds_left))
    order = f"{since} {_ORDER}" if count > 1 else since
    return Standing(heading, tuple(filter(None, (*why, order.strip()))))


def starting_words(summary: RunSummary, now: float) -> Standing:
    """How long it has been starting, and how long that may last."""
    since = started(summary)
    heading = "Starting" if since is None else f"Starting for {wording.coarse(now - since)}"
    patience = wording.coarse(WORKER_STARTUP_TIMEOUT_S)
    if summary.started is None:
        return Standing(heading, (f"If no supervisor takes it up within {patience}, it counts as lost.",))
    return Standing(
        heading,
        (
            "The worker is loading what it needs. It counts as running from its first output on, or after "
            f"{patience} without any.",
        ),
    )


def paused_words(is_known: bool, since: float | None, now: float) -> Standing:
    """Since when it stands still, what that means and how it goes on."""
    if since is not None:
        heading = f"Frozen since {wording.clock_short(since, now)} ({wording.age(now - since)})"
    else:
        heading = "Frozen, since when is not recorded" if is_known else "Frozen"
    return Standing(
        heading,
        (
            "Its processes stand still where they are. Their memory, files and devices stay held.",
            "Continue lets them go on from there, here or by gym-gui continue; Cancel ends them.",
        ),
    )


def stopping_words(stopping: Stopping | None, now: float) -> Standing:
    """Who asked for the end, what is left, and when that is killed."""
    if stopping is None:
        return Standing("Being ended", ())
    left = stopping.left
    heading = (
        f"Being ended: {wording.plural(left, 'process', 'processes')} left"
        if left
        else "Being ended: its end is being recorded"
    )
    return Standing(heading, tuple(filter(None, (_asked(stopping, now), _forced(stopping, now)))))


def _obstacle(status: QueueStatus, now: float) -> str:
    """Why nothing is started just now."""
    if status.hold is not None:
        since = f", since {wording.age(now - status.hold.since)}" if status.hold.since else ""
        since = since.removesuffix(" ago")
        return f"The queue is {held_text(status.hold)}{since}. Nothing is started until it is released."
    if not status.is_tended:
        return "Nothing starts queued runs at this moment; the panel sees to that within seconds."
    if _is_full(status):
        going = f"{status.running:,} {'run is' if status.running == 1 else 'runs are'} going"
        return f"{going}, and no more than {status.limit:,} may {_LIMIT}."
    text = status.waiting_for
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _is_full(status: QueueStatus) -> bool:
    """Whether as many are going as may."""
    return status.running is not None and status.limit is not None and status.running >= status.limit


def _when(status: QueueStatus, ahead: int, seconds_left: Sequence[float | None]) -> str:
    """When its turn comes, as far as that can be told."""
    before = f"the {wording.plural(ahead, 'run')} before it" if ahead else ""
    if status.hold is not None or not status.is_tended:
        return f"Its turn comes after {before}." if before else ""
    if status.running is None or status.limit is None:
        return ""
    ends = status.running - status.limit + ahead + 1
    if status.running < status.limit and status.waiting_for:
        return f"It may start once that is mended{f', after {before}' if before else ''}."
    if ends <= 0:
        return f"It is about to be started{f', after {before}' if before else ''}."
    those = "those before it among them" if ends > status.running else ""
    so_many = "a run ends" if ends == 1 else f"{ends:,} runs have ended"
    told = ", ".join(filter(None, (f"It may start when {so_many}", those)))
    return f"{told}{_by_the_pace(ends, status.running, seconds_left)}."


def _by_the_pace(ends: int, running: int, seconds_left: Sequence[float | None]) -> str:
    """How long so many ends take at most, by those that are going; others may only make it sooner."""
    if ends > running:
        return ""
    known = sorted(seconds for seconds in seconds_left if seconds is not None)
    if len(known) < ends:
        return "; those that go do not tell how long they take" if not known else ""
    return f": at their pace so far within about {wording.coarse(known[ends - 1])}"


def _asked(stopping: Stopping, now: float) -> str:
    if stopping.asked is None:
        return "The worker has ended; what it left running is ended after it." if stopping.left else ""
    by = f" by {stopping.by}" if stopping.by else ""
    age = wording.age(now - stopping.asked)
    return f"Asked to stop {'just now' if age == 'now' else age}{by}."


def _forced(stopping: Stopping, now: float) -> str:
    """Until when it may end by itself, or why nobody forces it."""
    if not stopping.left:
        return ""
    if stopping.is_recorded:
        return "What is left could not be ended: it is stuck in the system, or another user's."
    if not stopping.is_supervised:
        if stopping.is_held:
            return "Its supervisor is gone; another process is ending what is left."
        return "Its supervisor is gone, so nobody ends what is left: Cancel does."
    if stopping.killed_from is None:
        return _unasked(stopping.grace_s)
    seconds = stopping.killed_from - now
    if seconds > 0:
        until = wording.clock_short(stopping.killed_from, now)
        return (
            f"It may save what it has until {until}, {wording.coarse(seconds)} from now. "
            "What is left then is killed."
        )
    return f"Its {wording.coarse(stopping.grace_s or 0)} are over: what is left is being killed."


def _unasked(grace_s: float | None) -> str:
    within = f"after {wording.coarse(grace_s)} at most" if grace_s is not None else "after its time"
    return f"What has not ended {within} is killed."
