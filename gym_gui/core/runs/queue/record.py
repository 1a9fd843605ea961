"""The JSON records of the queue, typed; they lie beside the runs, in `<data>/trainer/queue/`."""

from __future__ import annotations

import msgspec

from gym_gui.core.runs.record import Moment, ProcessIdentity


class QueueEntry(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting/<run_id>.json`: a run's place in line.

    Attributes:
        queued: Unix seconds, when it joined.
        priority: Higher ones are started first.
        position: Among those of the same priority, lower ones are started first.
    """

    run_id: str
    queued: Moment
    priority: int = 0
    position: float = 0.0

    @property
    def rank(self) -> tuple[int, float, str]:
        """What the line is sorted by."""
        return -self.priority, self.position, self.run_id


class KeptEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """`environments/<run_id>.json`: the environment a queued run will be started with.

    Attributes:
        variables: Those of whoever queued it, without secrets.
        secrets: Names of the others.
        secrets_file: Where in memory their values are, "" when there is none.
        needed: Those of them that the launch itself gave, without which the run must not start.
    """

    variables: dict[str, str]
    secrets: tuple[str, ...] = ()
    secrets_file: str = ""
    needed: tuple[str, ...] = ()


class QueueHold(msgspec.Struct, frozen=True, kw_only=True):
    """`hold.json`: somebody holds the queue; nothing is started until it is released.

    Attributes:
        since: Unix seconds.
        by: Who, "anna (gym-gui, process 4711)".
        reason: Why, in their words; may be "".
    """

    since: Moment
    by: str = ""
    reason: str = ""


class RunnerRecord(msgspec.Struct, frozen=True, kw_only=True):
    """`runner.json`: what the process that starts queued runs last saw.

    Attributes:
        running: Runs that were going, whoever started them.
        limit: How many may go at once.
        waiting_for: Why it starts none just now, "" when it is about to.
        problems: Why a queued run cannot be started, by its id.
    """

    runner: ProcessIdentity
    running: int = 0
    limit: int = 1
    waiting_for: str = ""
    problems: dict[str, str] = {}
