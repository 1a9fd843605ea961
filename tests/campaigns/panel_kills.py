"""SIGKILL for the panel at random moments, while it starts, lists, launches and watches live runs."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
import time
from typing import Any

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.summary import RunState
from tests.campaigns import truth
from tests.campaigns.field import PATIENCE_S, Field, wait_until
from tests.campaigns.open_panel import PanelProcess
from tests.campaigns.outcome import Outcome, Tally, skipped

NAME = "panel killed"
BAR = "0 runs lost, 0 bytes of output lost, list right <= 2 s after reopening"
_LIVE_RUNS, _LIVE_RUNS_IN_SHORT = 10, 3
_LONGEST_LINES = 900
_RIGHT_S = 2.0
_PAUSE_S = 0.02
_PANEL_START_S = 1.0
_AFTER_LISTING_S = 0.6
_SHARE_KILLED_WHILE_STARTING = 0.25


def play(field: Field, rounds: int) -> list[Outcome]:
    """As many panels as rounds, each killed; then every run is awaited and its output compared."""
    if importlib.util.find_spec("PySide6") is None:
        return [skipped(NAME, BAR, "PySide6 is not installed")]
    tally = Tally()
    for what in ("runs lost", "outputs with a byte missing"):
        tally.count(what, 0)
    launched: set[str] = set()
    live_runs = _LIVE_RUNS if rounds >= _LIVE_RUNS else _LIVE_RUNS_IN_SHORT
    longest = min(_LONGEST_LINES, 110 + 20 * rounds)
    for number in range(rounds):
        _Round(field, tally, number, launched).play(live_runs, longest)
        tally.rounds += 1
    _see_all_to_their_end(field, tally, launched)
    return [tally.outcome(NAME, BAR)]


class _Round:
    def __init__(self, field: Field, tally: Tally, number: int, launched: set[str]) -> None:
        self._field = field
        self._tally = tally
        self._launched = launched
        self._dice: random.Random = field.dice(NAME, number)
        self._where = f"round {number}"

    def play(self, live_runs: int, longest: int) -> None:
        with PanelProcess(self._field, self._configs(live_runs, longest)) as panel:
            if self._dice.random() < _SHARE_KILLED_WHILE_STARTING:
                time.sleep(self._dice.uniform(0.0, _PANEL_START_S))
            else:
                shown = panel.await_listing()
                self._tally.took("panel's list", time.monotonic() - panel.began, _RIGHT_S, self._where)
                self._compare(shown, "the panel")
                time.sleep(self._dice.uniform(0.0, _AFTER_LISTING_S))
            self._launched |= panel.kill()
        self._field.orphans()  # buries what has ended of those that fell to us with earlier panels
        self._look_afresh()

    def _configs(self, live_runs: int, longest: int) -> list[dict[str, Any]]:
        """What to launch so that there are as many live runs again."""
        live = sum(1 for run in _runs(self._field) if _is_going(self._field, run))
        return [
            {"lines": self._dice.randrange(100, longest), "pause": _PAUSE_S, "born": 1_000.0}
            for _ in range(live_runs - live)
        ]

    def _look_afresh(self) -> None:
        began = time.monotonic()
        look = subprocess.run(
            [sys.executable, "-m", "tests.campaigns.look", str(self._field.store.root)],
            env=self._field.environment(), capture_output=True, timeout=PATIENCE_S,
        )  # fmt: skip
        self._tally.took("fresh look", time.monotonic() - began, _RIGHT_S, self._where)
        if self._tally.expect(look.returncode == 0, self._where, f"the look failed: {look.stderr.decode()}"):
            self._compare(json.loads(look.stdout)["states"], "a fresh process")

    def _compare(self, shown: dict[str, str], who: str) -> None:
        """Holds a list against the truth; a run that differs may just have changed."""
        for run_id in self._launched - shown.keys():
            self._tally.count("runs lost")
            self._tally.wrong(self._where, f"{who} does not list {run_id}")
        for run in _runs(self._field):
            state = shown.get(run.run_id)
            if state is None or RunState(state) in truth.allowed_states(self._field, run):
                continue
            if not _may_have_changed_since(run, state):
                self._tally.wrong(self._where, f"{who} shows {run.run_id} as {state}")


def _see_all_to_their_end(field: Field, tally: Tally, launched: set[str]) -> None:
    runs = _runs(field)
    wait_until(lambda: not any(_is_going(field, run) for run in runs), "the end of all runs", 120.0)
    for run in runs:
        if not run.process_file.exists():
            # The panel was killed between writing its record and starting it, and had not said "launched".
            tally.count("written but not yet started when the panel was killed")
            tally.expect(run.run_id not in launched, run.run_id, "was said to be launched and never started")
            continue
        tally.count("runs seen to their end")
        state = truth.see(field, run).state
        if not tally.expect(state is RunState.COMPLETED, run.run_id, f"ended as {state}"):
            tally.count("runs lost")
        problem = truth.wrong_output(run, to_the_end=True)
        if not tally.expect(not problem, run.run_id, problem):
            tally.count("outputs with a byte missing")


def _runs(field: Field) -> list[RunDirectory]:
    return [RunDirectory(path) for path in sorted(field.store.root.glob("*")) if (path / "run.json").exists()]


def _is_going(field: Field, run: RunDirectory) -> bool:
    return not run.exit_file.exists() and bool(field.processes(run))


def _may_have_changed_since(run: RunDirectory, state: str) -> bool:
    """Whether the run has since been taken up, or has ended; either may happen between two looks."""
    changed = [file.stat().st_mtime for file in (run.process_file, run.exit_file) if file.exists()]
    return not RunState(state).is_over and bool(changed) and time.time() - max(changed) < _RIGHT_S
