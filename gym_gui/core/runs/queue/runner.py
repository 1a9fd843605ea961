"""The process that starts queued runs: one for each queue, for as long as anything waits in it.

    python -m gym_gui.core.runs.queue.runner RUNS_FOLDER

It needs nobody: panels and command lines only see to it that there is one. It can be killed at any moment;
the next one finds everything in the files. Exit codes: 0 nothing waits any more, or the queue is held,
2 wrong usage, 3 refused because another one is at work.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.exclusive import BusyError
from gym_gui.core.runs.failpoints import die_if_asked_to
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.queue.queue import RunQueue
from gym_gui.core.runs.queue.record import RunnerRecord
from gym_gui.core.runs.queue.starting import QueueStarter
from gym_gui.core.runs.record import ProcessIdentity

DONE, FAILED, USAGE, REFUSED = range(4)

# The end of a run's supervisor makes room for the next run.
_AWAITED = (signal.SIGCHLD, signal.SIGTERM)
_LOOK_EVERY_S = 1.0
_LOOK_SOON_S = 0.1
# Someone looking whether the lock is held holds it for an instant.
_LOCK_TRIES = 40
_LOCK_PAUSE_S = 0.005


class QueueRunner:
    """Starts what waits, until nothing does."""

    def __init__(self, queue: RunQueue, environment: Mapping[str, str]) -> None:
        self._queue = queue
        self._environment = environment
        self._starter = QueueStarter(queue, environment)
        self._published: RunnerRecord | None = None
        self._lock = -1

    def run(self) -> int:
        """Works through the queue and returns the exit code of this process."""
        self._queue.files.make()
        lock = self._take_lock()
        if lock is None:
            print("queue: another process starts its runs already", file=sys.stderr)
            return REFUSED
        self._lock = lock
        while not self._leaves():
            self._publish()
            # A supervisor that was just started takes its run up in a moment.
            pause = _LOOK_SOON_S if self._starter.is_starting() else _LOOK_EVERY_S
            received = osproc.wait_for_signal(_AWAITED, pause)
            if received is not None and received.si_signo == signal.SIGTERM:
                break
        return DONE

    def _leaves(self) -> bool:
        """Starts what may be started; whether there is nothing left to do, the lock then being let go.

        Whoever joins or releases the queue looks for a runner afterwards, under the lock that this decision
        is made under: either the run is seen here, or they see that nobody is here.
        """
        waiting = self._starter.tidy()
        if waiting and self._queue.held() is None:
            self._starter.start_what_may_be(waiting)
            return False
        try:
            return self._let_go()
        except BusyError:
            return False  # somebody takes long to change the line; asked again at the next look

    def _let_go(self) -> bool:
        with self._queue.changing():
            if self._starter.is_starting() or (self._queue.waiting() and self._queue.held() is None):
                return False
            die_if_asked_to("queue_before_leaving", self._environment)
            self._queue.files.runner.unlink(missing_ok=True)
            os.close(self._lock)
        return True

    def _publish(self) -> None:
        """Says what it waits for, for those who look; that it cannot be said stops nothing."""
        me = osproc.look_at(os.getpid())
        if me is None:
            return
        seen = self._starter.seen
        record = RunnerRecord(
            runner=ProcessIdentity(me.pid, me.start_ticks, me.boot_id),
            running=seen.running,
            limit=seen.limit,
            waiting_for=seen.waiting_for,
            problems=dict(seen.problems),
        )
        if record == self._published:
            return
        try:
            write_json_atomically(self._queue.files.runner, record)
        except OSError:
            return  # a full disk, say: tried again at the next look
        self._published = record

    def _take_lock(self) -> int | None:
        for _ in range(_LOCK_TRIES):
            lock = osproc.take_lock(str(self._queue.files.runner_lock))
            if lock is not None:
                return lock
            time.sleep(_LOCK_PAUSE_S)
        return None


def main(arguments: list[str]) -> int:
    """Works through the queue of the runs in the folder that is the only argument; returns the exit code."""
    if len(arguments) != 1:
        print("usage: python -m gym_gui.core.runs.queue.runner RUNS_FOLDER", file=sys.stderr)
        return USAGE
    osproc.close_inherited_files()
    osproc.detach()
    osproc.block_signals(_AWAITED)
    folder = Path(os.path.abspath(arguments[0]))
    os.chdir("/")
    try:
        return QueueRunner(RunQueue(RunStore(folder)), os.environ).run()
    except Exception:  # noqa: BLE001  the boundary of this process: nobody sees its output, so the reason is kept
        return _give_up(folder)


def _give_up(runs_folder: Path) -> int:
    import traceback

    log = RunQueue(RunStore(runs_folder)).files.folder / "runner.log"
    try:
        log.write_text(traceback.format_exc(), encoding="utf-8")
    except OSError:
        traceback.print_exc()
    return FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
