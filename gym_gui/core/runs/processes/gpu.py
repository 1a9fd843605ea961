"""What a run's processes use of graphics cards, asked of `nvidia-smi`. Standard library only.

The question is put to a process of its own, and its answer taken when it is there: whoever asks never waits.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Mapping

from gym_gui.core import nvidia_smi
from gym_gui.core.runs.processes import osproc

# Asking may take this share of a core: a slow driver is asked less often.
_MOST_CPU_SHARE = 0.004
_LONGEST_PAUSE_S = 600.0
_LARGEST_ANSWER = 64 * 1024
_END_TRIES = 50
_END_PAUSE_S = 0.005


class GpuSampler:
    """Keeps the latest answer, and asks again when it is time to.

    Attributes:
        asking: The pid of the process that has been asked, None without one; it is no part of the run.
    """

    def __init__(self, environment: Mapping[str, str], interval_s: float) -> None:
        self.asking: int | None = None
        self._environment = environment
        self._program = nvidia_smi.find_program(environment)
        self._interval_s = interval_s
        self._question = 0
        self._answer_end: int | None = None
        self._misses = 0
        self._next = 0.0
        self._uses: dict[int, tuple[int, float | None]] | None = None
        self._was_used = False

    def look(self, pids: Iterable[int]) -> tuple[int, float | None] | None:
        """Bytes and percent of one card that these processes used when last asked; asks again.

        None when it is not known, and as long as the run has used no card.
        """
        if self._program is None:
            return None
        now = time.monotonic()
        if self.asking is not None:
            self._end_asked()
            self._miss(now)
        elif now >= self._next:
            self._ask(self._program, now)
        return self._used_by(pids)

    def take_ended(self, pid: int, status: int, cpu_seconds: float) -> bool:
        """Takes the answer if the child that ended is the one that was asked; False if it is another."""
        if pid != self.asking:
            return False
        self.asking = None
        if self._answer_end is None:
            return True  # it was ended for taking too long, which was a miss already
        uses = nvidia_smi.processes_of(self._read_answer()) if status == 0 else None
        now = time.monotonic()
        if uses is None:
            self._miss(now)
            return True
        self._uses, self._misses = uses, 0
        # A little early counts as in time, or rounding would leave out every other sample.
        self._next = now + max(0.5 * self._interval_s, cpu_seconds / _MOST_CPU_SHARE)
        return True

    def close(self) -> None:
        """Ends the process that has been asked, if there is one, and waits a moment for it to be gone."""
        self._program = None
        for _ in range(_END_TRIES):
            if self.asking is None:
                return
            self._end_asked()
            if os.waitpid(self.asking, os.WNOHANG)[0]:
                self.asking = None
                return
            time.sleep(_END_PAUSE_S)

    def _used_by(self, pids: Iterable[int]) -> tuple[int, float | None] | None:
        if self._uses is None:
            return None
        found = [self._uses[pid] for pid in pids if pid in self._uses]
        self._was_used = self._was_used or bool(found)
        if not self._was_used:
            return None  # a run without a card, or processes that the driver knows by other pids
        busy = [percent for _, percent in found if percent is not None]
        is_told = bool(busy) or (not found and self._question == 0)
        return sum(used for used, _ in found), sum(busy) if is_told else None

    def _ask(self, program: str, now: float) -> None:
        try:
            answer_end, telling_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            self._miss(now)
            return
        os.set_blocking(telling_end, True)
        try:
            self.asking = osproc.spawn_asked(
                (program, *nvidia_smi.ASK_PROCESSES[self._question]), self._environment, telling_end
            )
            self._answer_end = answer_end
        except OSError:
            os.close(answer_end)
            self._miss(now)
        finally:
            os.close(telling_end)

    def _read_answer(self) -> str:
        answer_end, self._answer_end = self._answer_end, None
        if answer_end is None:
            return ""
        try:
            return os.read(answer_end, _LARGEST_ANSWER).decode("utf-8", "replace")
        except BlockingIOError:
            return ""  # it said nothing and left somebody behind who could
        finally:
            os.close(answer_end)

    def _miss(self, now: float) -> None:
        self._uses = None
        self._question = (self._question + 1) % len(nvidia_smi.ASK_PROCESSES)
        self._misses += 1
        self._next = now + min(0.5 * self._interval_s * 2 ** min(self._misses, 20), _LONGEST_PAUSE_S)

    def _end_asked(self) -> None:
        """Kills who is asked, and whom that one started; it is a child that was not waited for yet."""
        if self._answer_end is not None:
            os.close(self._answer_end)
            self._answer_end = None
        if self.asking is not None:
            try:
                os.killpg(self.asking, signal.SIGKILL)
            except ProcessLookupError:
                return  # it has ended of itself and its status is about to be taken
