"""Cancelling runs whose processes try to outlive it, with a supervisor and with the supervisor killed."""

from __future__ import annotations

import random
import signal
import time
from contextlib import nullcontext
from pathlib import Path

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from tests.campaigns.field import GRACE_S, Field, send, wait_for_exit, wait_until
from tests.campaigns.outcome import Outcome, Tally

NAME = "trees cancelled"
BAR = f"0 survivors <= grace ({GRACE_S:g} s) + 2 s"
_FAMILIES = Path(__file__).parents[1] / "runs" / "workers"
# What the campaign calls it, the script that plays it, its shape there, who leaves a note when it is up.
SHAPES = (
    ("plain child", "family.py", "plain child", ("worker", "child")),
    ("ignores SIGTERM", "family.py", "ignores SIGTERM", ("worker", "child")),
    ("setsid", "family.py", "setsid grandchild", ("worker", "child")),
    ("double fork", "family.py", "double fork", ("worker", "child")),
    ("stopped", "family.py", "frozen", ("worker",)),
    ("fork storm", "storm.py", "", ("worker",)),
)


def play(field: Field, rounds: int) -> list[Outcome]:
    """Each shape in turn, `rounds` in all with a supervisor and a third as many without one."""
    with_supervisor, without = Tally(), Tally()
    for number in range(rounds):
        _play_round(field, with_supervisor, number, killed_first=False)
    for number in range(-(-rounds // 3)):
        _play_round(field, without, number, killed_first=True)
    return [with_supervisor.outcome(NAME, BAR), without.outcome(f"{NAME}, supervisor killed first", BAR)]


def _play_round(field: Field, tally: Tally, number: int, *, killed_first: bool) -> None:
    title, script, shape, roles = SHAPES[number % len(SHAPES)]
    dice: random.Random = field.dice(NAME, number)
    where = f"round {number} ({title})"
    tally.count("survivors", 0)
    run = field.create(_FAMILIES / script, {"shape": shape})
    supervisor = field.supervise(run)
    for role in roles:
        wait_until((run.path / f"pid.{role}").exists, f"{role} of {where}")
    time.sleep(dice.uniform(0.0, 0.1))
    if killed_first:
        send(supervisor, signal.SIGKILL)
        wait_for_exit(supervisor, f"the supervisor of {where}")
    began = time.monotonic()
    with field.burying() if killed_first else nullcontext():
        receipt = cancel_run(run, grace_s=GRACE_S)
    if not killed_first:
        tally.expect(wait_for_exit(supervisor, f"the supervisor of {where}") == 0, where, "no clean end")
    survivors = field.survivors(run)
    tally.took("from cancel to none alive", time.monotonic() - began, GRACE_S + 2.0, where)
    if survivors:
        tally.count("survivors", len(survivors))
        tally.wrong(where, f"survivors {survivors}; receipt: {receipt.text}")
        field.end_everything()
    tally.expect(receipt.left == 0, where, f"receipt: {receipt.text}")
    tally.expect(receipt.found >= len(roles), where, f"receipt names too few: {receipt.text}")
    state = watch_state(run).state
    tally.expect(state is RunState.CANCELLED, where, f"shown as {state}")
    tally.rounds += 1
