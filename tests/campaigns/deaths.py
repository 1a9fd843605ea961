"""Ways to die: each must be seen as an end within two seconds, for the right reason, and never as success."""

from __future__ import annotations

import os
import select
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.why.causes import explain_end
from tests.campaigns.field import PATIENCE_S, WORKERS, Field, HangError, wait_for_exit, wait_until
from tests.campaigns.kinds_of_death import DEATHS, Death
from tests.campaigns.limits import small_disk, small_memory
from tests.campaigns.outcome import Outcome, Tally

NAME = "deaths"
BAR = "terminal state <= 2 s, right class >= 99 %, never completed"
_OVER_S = 2.0
_RIGHT_SHARE = 0.99


def play(field: Field, rounds: int) -> list[Outcome]:
    """The deaths in turn; one that needs a limit which this machine refuses is counted as not tried."""
    tally = Tally()
    tally.count("shown as completed", 0)
    unexplained: list[str] = []
    for number in range(rounds):
        death = DEATHS[number % len(DEATHS)]
        where = f"round {number} ({death.title})"
        with ExitStack() as limits:
            config = {**death.configure(field.dice(NAME, number)), "death": death.title}
            if _limit(field, death, config, limits):
                unexplained += _play_round(field, tally, death, config, where)
            else:
                tally.count(f"not tried: {death.title}")
    right = 1.0 - len(unexplained) / max(tally.rounds, 1)
    tally.count(f"of {tally.rounds} explained wrongly ({right:.1%} right)", len(unexplained))
    if right < _RIGHT_SHARE:
        tally.wrongs += unexplained
    return [tally.outcome(NAME, BAR)]


def _limit(field: Field, death: Death, config: dict[str, Any], limits: ExitStack) -> bool:
    """Makes the limit that a death needs; whether it could be made."""
    if death.needs == "memory":
        group = limits.enter_context(small_memory())
        config["cgroup"] = str(group)
        return group is not None
    if death.needs == "disk":
        disk = limits.enter_context(small_disk(field.home / "disk", "1m"))
        config["disk"] = str(disk)
        return disk is not None
    if death.needs == "run disk":
        return limits.enter_context(small_disk(field.store.root, "2m")) is not None
    return True


def _play_round(field: Field, tally: Tally, death: Death, config: dict[str, Any], where: str) -> list[str]:
    run = field.create(WORKERS / "dying.py", config)
    supervisor = field.supervise(run)
    worker = int(wait_until(lambda: _text(run, "ready"), f"the worker of {where}"))
    if death.needs == "memory":
        for pid in (supervisor, worker):
            Path(config["cgroup"], "cgroup.procs").write_text(str(pid))
    died = _let_die(run, worker, where)
    summary = watch_state(run)
    while not summary.state.is_over:
        if time.monotonic() - died > PATIENCE_S:
            raise HangError(f"{where}: still shown as {summary.state}: {summary.evidence}")
        time.sleep(0.005)
        summary = watch_state(run)
    tally.took("seen as over", time.monotonic() - died, _OVER_S, where)
    if not tally.expect(summary.state is not RunState.COMPLETED, where, f"completed: {summary.evidence}"):
        tally.count("shown as completed")
    tally.expect(summary.state is RunState.FAILED, where, f"shown as {summary.state}: {summary.evidence}")
    wait_for_exit(supervisor, f"the supervisor of {where}")
    tally.rounds += 1
    end = explain_end(run)
    if summary.exit is not None and death.explains(end, summary.exit, config):
        return []
    return [f"{where}: explained as {end.cause}, {end.sentence!r}, {end.first_line!r}; {config}"]


def _let_die(run: RunDirectory, worker: int, where: str) -> float:
    """The moment at which the worker was dead."""
    pinned = os.pidfd_open(worker)
    try:
        (run.path / "go").touch()
        if not select.select([pinned], [], [], PATIENCE_S)[0]:
            raise HangError(f"{where}: does not die")
        return time.monotonic()
    finally:
        os.close(pinned)


def _text(run: RunDirectory, name: str) -> str:
    path = run.path / name
    return path.read_text() if path.exists() else ""
