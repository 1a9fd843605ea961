"""Records that name processes which are not the run's: nothing may be signalled on their word.

Canaries stand for foreign processes. Each case names one of them wrongly, as a supervisor, as a worker, as
both, or as any process of the run's tree, and then everything is done to the run that could send a signal.

A canary is also named truly in every word, where it shows by itself that it belongs elsewhere: as a
supervisor, which it is not, and as a worker where its environment names another run. A process that shows
nothing of itself and is named truly is taken for the run's: so one that wiped its environment is found.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.freeze import continue_run, freeze_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.summary import RunState
from tests.campaigns.canary import Canary
from tests.campaigns.field import WORKERS, Field
from tests.campaigns.outcome import Outcome, Tally

NAME = "forged identities"
BAR = "0 signals to a foreign process"
_CHANGE_CANARIES_EVERY = 100
TRUE = "true of another's process"
Identity = dict[str, Any]
Forgery = Callable[[Identity, random.Random], Identity]


def _with(field: str, value: Callable[[Identity, random.Random], Any]) -> Forgery:
    return lambda true, dice: {**true, field: value(true, dice)}


def _neighbour(true: Identity, dice: random.Random) -> Identity:
    """The pid before or after, unless that one started in the same tick: then it would be named truly.

    Two processes that are started one after the other do share pid + 1 and the 10 ms of a clock tick
    now and then.
    """
    step = dice.choice([-1, 1])
    forged = {**true, "pid": true["pid"] + step}
    while (there := osproc.look_at(forged["pid"])) and there.start_ticks == true["start_ticks"]:
        forged["pid"] += step
    return forged


# Every wrong way to name a process. What is not changed is true.
FORGERIES: dict[str, Forgery] = {
    "started a tick earlier": _with("start_ticks", lambda true, dice: true["start_ticks"] - 1),
    "started a tick later": _with("start_ticks", lambda true, dice: true["start_ticks"] + 1),
    "any other start": _with(
        "start_ticks", lambda true, dice: true["start_ticks"] + dice.randrange(2, 1 << 40)
    ),
    "start 0": _with("start_ticks", lambda true, dice: 0),
    "negative start": _with("start_ticks", lambda true, dice: -true["start_ticks"]),
    "no start": lambda true, dice: {name: value for name, value in true.items() if name != "start_ticks"},
    "start as text": _with("start_ticks", lambda true, dice: str(true["start_ticks"])),
    "start as a fraction": _with("start_ticks", lambda true, dice: true["start_ticks"] + 0.5),
    "no boot": lambda true, dice: {name: value for name, value in true.items() if name != "boot_id"},
    "empty boot": _with("boot_id", lambda true, dice: ""),
    "boot null": _with("boot_id", lambda true, dice: None),
    "another boot": _with("boot_id", lambda true, dice: f"{dice.getrandbits(128):032x}"),
    "boot in capitals": _with("boot_id", lambda true, dice: true["boot_id"].upper() + " "),
    "boot cut short": _with("boot_id", lambda true, dice: true["boot_id"][: dice.randrange(1, 35)]),
    "its process group": _with("pid", lambda true, dice: -true["pid"]),
    "pid 0": _with("pid", lambda true, dice: 0),
    "pid -1": _with("pid", lambda true, dice: -1),
    "pid as text": _with("pid", lambda true, dice: str(true["pid"])),
    "pid as a fraction": _with("pid", lambda true, dice: true["pid"] + 0.0),
    "pid true": _with("pid", lambda true, dice: True),
    "pid past 32 bits": _with("pid", lambda true, dice: true["pid"] + (1 << 32)),
    "pid past 64 bits": _with("pid", lambda true, dice: true["pid"] + (1 << 64)),
    "pid of a neighbour": _neighbour,
    "pid null": _with("pid", lambda true, dice: None),
    TRUE: lambda true, dice: dict(true),
}
ROLES = ("worker", "supervisor", "both", "tree")


def play(field: Field, rounds: int) -> list[Outcome]:
    """So many forged records; the canaries are dismissed, heard and replaced every hundred."""
    tally = Tally()
    tally.count("signals to a foreign process", 0)
    for first in range(0, rounds, _CHANGE_CANARIES_EVERY):
        numbers = range(first, min(first + _CHANGE_CANARIES_EVERY, rounds))
        _play_with_fresh_canaries(field, tally, numbers)
    return [tally.outcome(NAME, BAR)]


def _play_with_fresh_canaries(field: Field, tally: Tally, numbers: range) -> None:
    run = field.create(WORKERS / "counting.py", {})
    other = field.create(WORKERS / "counting.py", {})
    canaries = _canaries(field, run, other)
    try:
        for number in numbers:
            _play_case(field, tally, run, canaries, number)
            tally.rounds += 1
            if any(canary.harm() for canary in canaries):
                _hear(tally, canaries, f"case {number}")
                canaries = _canaries(field, run, other)
    finally:
        _hear(tally, canaries, f"up to case {numbers[-1]}")


def _hear(tally: Tally, canaries: list[Canary], where: str) -> None:
    """Dismisses the canaries and counts what they were sent."""
    for canary in canaries:
        sung = canary.dismiss()
        if sung:
            tally.count("signals to a foreign process", len(sung))
            tally.wrong(where, f"{canary.title} was sent {', '.join(sung)}")


def _canaries(field: Field, run: RunDirectory, other: RunDirectory) -> list[Canary]:
    its_worker = {"RUN_ID": other.run_id, "MOSAIC_RUN_ID": other.run_id, "MOSAIC_RUN_DIR": str(other.path)}
    namesake = {"MOSAIC_RUN_ID": run.run_id, "MOSAIC_RUN_DIR": str(other.path)}
    return [
        Canary(field, "a process of no run"),
        Canary(field, "another run's worker", **its_worker),
        Canary(field, "the worker of a copied run", **namesake),
        Canary(field, "an editor that has another run's directory open", str(other.path)),
        Canary(field, "a tool that is given a file", "notes.txt"),
    ]


def _play_case(field: Field, tally: Tally, run: RunDirectory, canaries: list[Canary], number: int) -> None:
    dice = field.dice(NAME, number)
    forgery = list(FORGERIES)[number % len(FORGERIES)]
    role = ROLES[(number + number // len(FORGERIES)) % len(ROLES)]
    canary = canaries[(number + number // len(FORGERIES)) % len(canaries)]
    where = f"case {number} ({forgery}, as {role}, of {canary.title})"
    true = {"pid": canary.me.pid, "start_ticks": canary.me.start_ticks, "boot_id": canary.me.boot_id}
    forged = FORGERIES[forgery](true, dice)
    if forgery == TRUE and role != "supervisor" and not canary.names_another_run:
        role = "supervisor"
    _write_records(run, forged, role)
    try:
        shown = watch_state(run)
        tally.expect(shown.state is RunState.LOST, where, f"shown as {shown.state}: {shown.evidence}")
        freeze_run(run)
        continue_run(run)
        cancel_run(run, grace_s=0.1)
        watch_state(run)
    except Exception as error:  # noqa: BLE001  whatever it is, it is what this campaign looks for
        tally.wrong(where, f"{type(error).__name__}: {error}")
    for witness in canaries:
        harm = witness.harm()
        if harm:
            tally.count("signals to a foreign process")
            tally.wrong(where, f"{witness.title} {harm}")


def _write_records(run: RunDirectory, forged: Identity, role: str) -> None:
    nobody = {"pid": 2, "start_ticks": 1, "boot_id": osproc.boot_id()}
    record = {
        "supervisor": forged if role in ("supervisor", "both") else nobody,
        "worker": forged if role in ("worker", "both") else None,
        "started": 1_000.0,
        "stop_requested": None,
    }
    tree = {
        "directory": str(run.path),
        "boot_id": forged.get("boot_id"),
        "processes": [[forged.get("pid"), forged.get("start_ticks")]] if role == "tree" else [],
    }
    run.process_file.write_text(json.dumps(record))
    (run.path / "tree.json").write_text(json.dumps(tree))
    run.exit_file.unlink(missing_ok=True)
