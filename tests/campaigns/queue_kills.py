"""SIGKILL for the process that starts queued runs, at random and at every named failpoint.

Several times in each round, sometimes with a rival beside it, while short runs wait in the queue. In the
end one is left in peace: every run must then have been started exactly once, and have run to its end.
"""

from __future__ import annotations

import random
import signal
import sys
import time

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.launch import LaunchSpec, create_run
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.queue.runner import DONE, REFUSED
from gym_gui.core.runs.queue.status import runner_argv
from gym_gui.core.runs.record import ExitRecord
from gym_gui.core.runs.redaction import is_secret
from gym_gui.core.runs.summary import RunState
from tests.campaigns import truth
from tests.campaigns.field import WORKERS, Field, send, wait_for_exit, wait_until
from tests.campaigns.outcome import Outcome, Tally

NAME = "queue runner killed"
BAR = "every queued run started exactly once, none shown as over before it ran, never too many at once"
FAILPOINTS = ("queue_before_start", "queue_after_start", "queue_before_dropping", "queue_before_leaving")
_RUNS, _AT_ONCE = 6, 2
_WHOLE_LIFE_S = 0.9
_CONFIG = {"lines": 40, "pause": 0.01, "born": 1_000.0}
_MAY_BE_SEEN = frozenset({RunState.QUEUED, RunState.STARTING, RunState.RUNNING, RunState.STOPPING})


def play(field: Field, rounds: int) -> list[Outcome]:
    """Half of the kills at random moments, the others at the failpoints in turn."""
    tally = Tally()
    for what in ("runners killed", "second starts", "runs forgotten", "runs too many at once"):
        tally.count(what, 0)
    (field.home / "settings.toml").write_text(f"max_concurrent_runs = {_AT_ONCE}\nmin_free_disk_bytes = 0\n")
    for number in range(rounds):
        _Round(field, tally, number).play()
        tally.rounds += 1
    return [tally.outcome(NAME, BAR)]


class _Round:
    def __init__(self, field: Field, tally: Tally, number: int) -> None:
        self._field = field
        self._tally = tally
        self._number = number
        self._dice: random.Random = field.dice(NAME, number)
        self._queue = RunQueue(field.store)
        self._where = f"round {number}"

    def play(self) -> None:
        runs = [self._enqueue() for _ in range(_RUNS)]
        with self._field.burying():
            for kill in range(self._dice.randint(1, 4)):
                self._kill_one(
                    FAILPOINTS[(self._number + kill) % len(FAILPOINTS)] if (kill + self._number) % 2 else ""
                )
                self._look(runs)
            self._work_through()
            wait_until(lambda: all(run.exit_file.exists() for run in runs), f"the end of {self._where}")
        self._judge(runs)

    def _enqueue(self) -> RunDirectory:
        command = (sys.executable, "-S", str(WORKERS / "counting.py"))
        spec = LaunchSpec(worker_id="campaign", command=command, config=_CONFIG)
        environment = self._field.environment()
        plain = {name: value for name, value in environment.items() if not is_secret(name, value)}

        def join(run: RunDirectory) -> None:
            self._queue.join(run, plain, spec, 0)

        return create_run(self._field.store, spec, before_record=join)

    def _kill_one(self, point: str) -> None:
        runners = [self._start(MOSAIC_FAILPOINT=point) for _ in range(self._dice.choice((1, 1, 2)))]
        if not point:
            time.sleep(self._dice.uniform(0.0, _WHOLE_LIFE_S))
            for pid in runners:
                send(pid, signal.SIGKILL)
        codes = [wait_for_exit(pid, f"a runner in {self._where}") for pid in runners]
        self._tally.count("runners killed", codes.count(-signal.SIGKILL))
        right = {DONE, REFUSED, -signal.SIGKILL}
        self._tally.expect(right.issuperset(codes), self._where, f"runners ended with {codes}")

    def _look(self, runs: list[RunDirectory]) -> None:
        for run in runs:
            summary = watch_state(run)
            if summary.state not in _MAY_BE_SEEN and not run.exit_file.exists():
                self._tally.count("runs forgotten")
                self._tally.wrong(self._where, f"{run.run_id} shown as {summary.state}: {summary.evidence}")

    def _work_through(self) -> None:
        pid = self._start()
        code = wait_for_exit(pid, f"the last runner of {self._where}")
        self._tally.expect(code == DONE, self._where, f"the last runner ended with {code}")

    def _start(self, **additions: str) -> int:
        pid = osproc.spawn_detached(runner_argv(self._queue), self._field.environment(**additions))
        self._field.adopt_not(pid)
        return pid

    def _judge(self, runs: list[RunDirectory]) -> None:
        for run in runs:
            count = truth.starts(run)
            self._tally.count("second starts", max(count - 1, 0))
            if count != 1:
                self._tally.wrong(self._where, f"{run.run_id} was started {count} times")
            state = watch_state(run).state
            self._tally.expect(state is RunState.COMPLETED, self._where, f"{run.run_id} ended as {state}")
            problem = truth.wrong_output(run, to_the_end=True)
            self._tally.expect(not problem, self._where, problem)
        left = self._queue.files.waiting_ids() + self._queue.files.environment_ids()
        self._tally.expect(not left, self._where, f"left in the line: {left}")
        most = _most_at_once([read_record(run.exit_file, ExitRecord) for run in runs])
        self._tally.count("runs too many at once", max(most - _AT_ONCE, 0))
        self._tally.expect(most <= _AT_ONCE, self._where, f"{most} runs went at once")


def _most_at_once(ends: list[ExitRecord]) -> int:
    """How many of the runs were going at the same moment, at most."""
    moments = [(end.started or end.ended, 1) for end in ends] + [(end.ended, -1) for end in ends]
    going = most = 0
    for _, step in sorted(moments):
        going += step
        most = max(most, going)
    return most
