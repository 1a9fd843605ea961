"""Coming back to many runs: how soon a fresh process knows how every one of them stands."""

from __future__ import annotations

import importlib.util
import json
import signal
import subprocess
import sys
import time

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.ids import new_run_id
from gym_gui.core.runs.summary import RunState
from tests.campaigns import truth
from tests.campaigns.field import PATIENCE_S, WORKERS, Field, send, wait_for_exit, wait_until
from tests.campaigns.open_panel import PanelProcess
from tests.campaigns.outcome import Outcome, Tally

NAME = "re-attached"
BAR = "the full truth <= 2 s for 1,000 finished runs and some live ones"
_LOOKS = 10
_LIVE = 8
_TRUE_S = 2.0


def play(field: Field, rounds: int) -> list[Outcome]:
    """Looks at `rounds` finished runs, as left by real ones, and live ones, some without a supervisor."""
    tally = Tally()
    tally.count("finished runs", rounds)
    expected = {run.run_id: state for run, state in _finished(field, rounds)}
    live = [_going(field, number) for number in range(_LIVE)]
    tally.count("live runs", len(live))
    tally.count("shown wrongly", 0)
    for number in range(_LOOKS if rounds >= _LOOKS else 1):
        _hold(field, tally, expected, live, f"look {number}", *_fresh_look(field))
        if importlib.util.find_spec("PySide6") is not None:
            _hold(field, tally, expected, live, f"panel {number}", *_panel(field))
        tally.rounds += 1
    return [tally.outcome(NAME, BAR)]


def _finished(field: Field, number: int) -> list[tuple[RunDirectory, RunState]]:
    """Copies of real runs that ended in each way, under names of their own."""
    models = [_completed(field), _failed(field), _lost(field)]
    finished = list(models)
    while len(finished) < number:
        model, state = models[len(finished) % len(models)]
        path = field.store.root / new_run_id()
        path.mkdir()
        for file in model.path.iterdir():
            content = file.read_bytes()
            (path / file.name).write_bytes(content.replace(model.run_id.encode(), path.name.encode()))
        finished.append((RunDirectory(path), state))
    return finished


def _completed(field: Field) -> tuple[RunDirectory, RunState]:
    run = field.create(WORKERS / "counting.py", {"lines": 200, "pause": 0.0, "born": 1_000.0})
    wait_for_exit(field.supervise(run), "a run")
    return run, RunState.COMPLETED


def _failed(field: Field) -> tuple[RunDirectory, RunState]:
    run = field.create(
        WORKERS / "dying.py", {"death": "exception", "error": "KeyError", "claims_completion": False}
    )
    (run.path / "go").touch()
    wait_for_exit(field.supervise(run), "a run")
    return run, RunState.FAILED


def _lost(field: Field) -> tuple[RunDirectory, RunState]:
    run = field.create(WORKERS / "counting.py", {"lines": 20, "pause": 0.0, "born": 1_000.0})
    wait_for_exit(field.supervise(run, MOSAIC_FAILPOINT="before_exit_record"), "a run")
    return run, RunState.LOST


def _going(field: Field, number: int) -> RunDirectory:
    run = field.create(WORKERS / "counting.py", {"lines": 100_000, "pause": 0.02, "born": 1_000.0})
    supervisor = field.supervise(run)
    wait_until(lambda: truth.starts(run), "a live run")
    if number % 2:
        send(supervisor, signal.SIGKILL)
        wait_for_exit(supervisor, "a supervisor")
    return run


def _fresh_look(field: Field) -> tuple[float, dict[str, str]]:
    began = time.monotonic()
    look = subprocess.run(
        [sys.executable, "-m", "tests.campaigns.look", str(field.store.root)],
        env=field.environment(), capture_output=True, timeout=PATIENCE_S, check=True,
    )  # fmt: skip
    return time.monotonic() - began, json.loads(look.stdout)["states"]


def _panel(field: Field) -> tuple[float, dict[str, str]]:
    with PanelProcess(field, []) as panel:
        shown = panel.await_listing()
        return time.monotonic() - panel.began, shown


def _hold(
    field: Field,
    tally: Tally,
    expected: dict[str, RunState],
    live: list[RunDirectory],
    where: str,
    seconds: float,
    shown: dict[str, str],
) -> None:
    tally.took(f"{where.split(maxsplit=1)[0]}, from the start of its process", seconds, _TRUE_S, where)
    wrong = [
        f"{run_id}: {shown.get(run_id)}" for run_id, state in expected.items() if shown.get(run_id) != state
    ]
    wrong += [
        f"{run.run_id}: {shown.get(run.run_id)}"
        for run in live
        if shown.get(run.run_id) not in truth.allowed_states(field, run)
    ]
    tally.count("shown wrongly", len(wrong))
    tally.expect(not wrong, where, f"shown wrongly: {wrong[:5]}")
