"""SIGKILL for the supervisor, at random and at every named failpoint.

After each, two rivals try to take the run over at once: the worker must never be started twice, and a run
that nobody had taken up yet must still be taken up. Then the run is cancelled, or left to end by itself.
"""

from __future__ import annotations

import random
import signal
import time

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.supervisor import REFUSED
from tests.campaigns import truth
from tests.campaigns.field import GRACE_S, WORKERS, Field, send, wait_for_exit, wait_until
from tests.campaigns.outcome import Outcome, Tally

NAME = "supervisor killed"
BAR = "never two copies, never forgotten, right state <= 5 s, 0 untracked processes"
FAILPOINTS = ("before_spawn", "after_spawn_before_record", "after_record", "before_exit_record")
_RIGHT_S = 5.0
# A supervisor of a counting worker takes this long from its start to its end.
_WHOLE_LIFE_S = 0.6
_SHARE_KILLED_WHILE_STOPPING = 0.25
_STOPPING_S = 0.03
# What cancel misses must not end by itself before that is seen.
_LINES_OF_A_LONG_RUN = 400
_LINES, _PAUSE_S = 30, 0.008


def play(field: Field, rounds: int) -> list[Outcome]:
    """Half of the rounds at random moments, the others at the failpoints in turn."""
    tally = Tally()
    for what in ("second copies", "runs forgotten", "processes untracked", "bytes of output lost"):
        tally.count(what, 0)
    for number in range(rounds):
        point = FAILPOINTS[number // 2 % len(FAILPOINTS)] if number % 2 else ""
        _Round(field, tally, number, point).play()
        tally.rounds += 1
    return [tally.outcome(NAME, BAR)]


class _Round:
    def __init__(self, field: Field, tally: Tally, number: int, point: str) -> None:
        self._field = field
        self._tally = tally
        self._dice: random.Random = field.dice(NAME, number)
        self._point = point
        self._where = f"round {number} ({point or 'random'})"
        self._was_asked = False

    def play(self) -> None:
        is_cancelled = self._dice.random() < 0.5
        lines = _LINES_OF_A_LONG_RUN if is_cancelled else _LINES
        run = self._field.create(
            WORKERS / "counting.py", {"lines": lines, "pause": _PAUSE_S, "born": 1_000.0}
        )
        self._kill_supervisor(run)
        self._see_state(run, "state after the kill")
        if self._dice.random() < 0.5:
            self._challenge(run, rivals=2)
        if is_cancelled:
            self._cancel(run)
        else:
            self._let_end(run)
        copies = max(truth.starts(run) - 1, 0)
        if copies:
            self._tally.count("second copies", copies)
            self._tally.wrong(self._where, f"the worker was started {copies + 1} times")
        if run.run_id not in self._field.store.run_ids():
            self._tally.count("runs forgotten")
            self._tally.wrong(self._where, "the run is not listed")

    def _kill_supervisor(self, run: RunDirectory) -> None:
        supervisor = self._field.supervise(run, MOSAIC_FAILPOINT=self._point)
        if not self._point:
            time.sleep(self._dice.uniform(0.0, _WHOLE_LIFE_S))
            if self._dice.random() < _SHARE_KILLED_WHILE_STOPPING:
                self._was_asked = send(supervisor, signal.SIGTERM)
                time.sleep(self._dice.uniform(0.0, _STOPPING_S))
            send(supervisor, signal.SIGKILL)
        code = wait_for_exit(supervisor, f"the supervisor of {self._where}")
        if self._point:
            self._tally.expect(
                code == -signal.SIGKILL, self._where, f"not killed there but ended with {code}"
            )
        self._tally.count("ended before the kill", code == 0)

    def _see_state(self, run: RunDirectory, what: str) -> None:
        sight = truth.see(self._field, run)
        self._tally.took(what, sight.seconds, _RIGHT_S, self._where)
        if not self._tally.expect(not sight.denials, self._where, f"{what}: alive and shown as over"):
            self._tally.count("runs forgotten")

    def _challenge(self, run: RunDirectory, rivals: int) -> None:
        """Starts supervisors where one has been; at most one may take the run, and only if none had."""
        # One that was asked to stop before it had started anything leaves only the end.
        was_taken = run.process_file.exists() or run.exit_file.exists()
        pids = [self._field.supervise(run) for _ in range(rivals)]
        codes = [wait_for_exit(pid, f"a rival in {self._where}") for pid in pids]
        taken = sum(code != REFUSED for code in codes)
        expected = 0 if was_taken else 1
        self._tally.expect(
            taken == expected, self._where, f"rivals ended with {codes}, taken before: {was_taken}"
        )
        self._see_state(run, "state after rivals")

    def _cancel(self, run: RunDirectory) -> None:
        receipt = cancel_run(run, grace_s=GRACE_S)
        self._count_untracked(self._field.survivors(run), "cancel")
        self._tally.expect(receipt.left == 0, self._where, f"receipt: {receipt.text}")
        self._see_state(run, "state after cancel")
        self._check_output(run, to_the_end=False)

    def _let_end(self, run: RunDirectory) -> None:
        # A program that is being loaded has no environment to be found by, but it has fallen to us.
        field = self._field
        wait_until(lambda: not field.processes(run) and not field.orphans(), f"the end of {self._where}")
        self._see_state(run, "state after the end")
        if not run.process_file.exists() and not run.exit_file.exists():
            self._challenge(run, rivals=1)
        self._check_output(run, to_the_end=truth.starts(run) > 0 and not self._was_asked)
        self._count_untracked(self._field.survivors(run), "the end")

    def _count_untracked(self, left: list[int], after: str) -> None:
        if left:
            self._tally.count("processes untracked", len(left))
            self._tally.wrong(self._where, f"left after {after}: {left}")

    def _check_output(self, run: RunDirectory, *, to_the_end: bool) -> None:
        problem = truth.wrong_output(run, to_the_end=to_the_end)
        if problem:
            self._tally.count("bytes of output lost")
            self._tally.wrong(self._where, problem)
