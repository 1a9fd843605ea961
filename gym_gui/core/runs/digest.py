"""What a run's output says about it: last events, progress, recent returns, rhythm."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import Any

from gym_gui.core.events.lines import LineKind, LogLine, parse_line
from gym_gui.core.events.metrics import EPISODE_FIELDS, STEP_FIELDS
from gym_gui.core.events.numbers import first_number
from gym_gui.core.runs.rhythm import Rhythm
from gym_gui.core.runs.summary import Progress

LAST_WORDS = frozenset({"run_started", "run_completed", "run_failed", "run_cancelled"})
FAREWELLS = LAST_WORDS - {"run_started"}
LAST_WORD = re.compile(rb'"run_(?:started|completed|failed|cancelled)"')

_TOTAL_STEP_FIELDS = ("total_steps", "total_timesteps", "max_steps")
_TOTAL_EPISODE_FIELDS = ("total_episodes", "num_episodes")
_TOTAL_FIELD_SET = frozenset(_TOTAL_STEP_FIELDS + _TOTAL_EPISODE_FIELDS)
_POSITION_FIELD_SET = frozenset((*STEP_FIELDS, *EPISODE_FIELDS, "progress"))
# The first of these that a run reports is its curve of returns.
RETURN_FIELDS = (
    "return_mean",
    "mean_return",
    "episode_return_mean",  # RLlib
    "episode_reward_mean",
    "ep_rew_mean",  # Stable-Baselines3
    "mean_reward",
    "episode_return",
    "episodic_return",
    "reward",
)
_RETURN_FIELD_SET = frozenset(RETURN_FIELDS)
_REMEMBERED_RETURNS = 32
# Of many lines at once the newest are decoded, and of the others those that may end a run.
_MOST_DECODED = 96
_MOST_LAST_WORDS = 16
_LARGEST_CLOCK_ERROR_S = 60.0


class RunDigest:
    """Fed with lines of standard output, oldest first; holds what a list row shows.

    Attributes:
        last_word: The last `run_...` event's name, "" before the first.
        failure: The payload of the last `run_failed`.
        has_events: Whether any lifecycle event came.
        has_output: Whether any line came.
    """

    def __init__(self) -> None:
        self.rhythm = Rhythm()
        self.last_word = ""
        self.last_event: str | None = None
        self.last_event_time: float | None = None
        self.heartbeat_time: float | None = None
        self.run_started_time: float | None = None
        self.failure: Mapping[str, Any] | None = None
        self.has_events = False
        self.has_output = False
        self._done: dict[str, float] = {}
        self._totals: dict[str, float] = {}
        self._fraction: float | None = None
        self._returns: dict[str, deque[float]] = {}

    def feed(self, lines: list[bytes], arrived: float) -> None:
        """Takes lines that were in the file at the Unix time `arrived`."""
        self.has_output = self.has_output or bool(lines)
        is_progress = False
        for raw in _worth_decoding(lines):
            line = parse_line(raw, 0)
            # A clock may jump, and a worker may write any number: no sign lies far in the future.
            said = arrived if line.timestamp is None else line.timestamp
            moment = min(said, arrived + _LARGEST_CLOCK_ERROR_S)
            if line.payload is None:
                is_progress = True
            elif self._take(line, moment):
                self.rhythm.note(moment)
        if is_progress or len(lines) > _MOST_DECODED:
            self.rhythm.note(arrived)

    def expect_totals(self, config: Mapping[str, Any]) -> None:
        """Takes from the run's configuration how far it is to go; what the worker says itself counts more."""
        self._totals = {**_totals_in(config), **self._totals}

    @property
    def progress(self) -> Progress | None:
        """How far the run is, by steps if it counts them, else by episodes."""
        for unit in ("step", "episode"):
            if unit in self._done and unit in self._totals:
                return Progress(self._done[unit], self._totals[unit], unit)
        if self._fraction is not None:
            return Progress(100.0 * self._fraction, 100.0, "percent")
        for unit, done in self._done.items():
            return Progress(done, None, unit)
        return None

    @property
    def returns(self) -> tuple[float, ...]:
        """The most recent returns, oldest first."""
        curves = [self._returns[name] for name in RETURN_FIELDS if name in self._returns]
        long_enough = [curve for curve in curves if len(curve) > 1]
        return tuple(next(iter(long_enough or curves), ()))

    def _take(self, line: LogLine, moment: float) -> bool:
        """Takes an event and says whether it is a sign of progress."""
        payload = line.payload or {}
        moved = self._note_position(payload)
        if line.kind is not LineKind.STEP:
            self._note_return(payload)
        if line.kind is not LineKind.EVENT:
            return True
        self.has_events = True
        self.last_event, self.last_event_time = line.event, moment
        if line.event == "heartbeat":
            self.heartbeat_time = moment
            return moved  # a heartbeat alone proves a process, not progress
        if line.event in LAST_WORDS:
            self._note_last_word(line)
        return True

    def _note_last_word(self, line: LogLine) -> None:
        self.last_word = line.event
        if line.event == "run_started":
            self.run_started_time = self.last_event_time
        elif line.event == "run_failed":
            self.failure = line.payload

    def _note_position(self, payload: Mapping[str, Any]) -> bool:
        if not _TOTAL_FIELD_SET.isdisjoint(payload):
            self._totals.update(_totals_in(payload))
        if _POSITION_FIELD_SET.isdisjoint(payload):
            return False
        before = (self._done.get("step"), self._done.get("episode"), self._fraction)
        for unit, fields in (("step", STEP_FIELDS), ("episode", EPISODE_FIELDS)):
            done = first_number(payload, fields)
            if done is not None:
                self._done[unit] = done
        fraction = first_number(payload, ("progress",))
        if fraction is not None and 0.0 <= fraction <= 1.0:
            self._fraction = fraction
        return before != (self._done.get("step"), self._done.get("episode"), self._fraction)

    def _note_return(self, payload: Mapping[str, Any]) -> None:
        for name in payload.keys() & _RETURN_FIELD_SET:
            value = first_number(payload, (name,))
            if value is not None:
                self._returns.setdefault(name, deque(maxlen=_REMEMBERED_RETURNS)).append(value)


def _totals_in(payload: Mapping[str, Any]) -> dict[str, float]:
    found = {
        "step": first_number(payload, _TOTAL_STEP_FIELDS),
        "episode": first_number(payload, _TOTAL_EPISODE_FIELDS),
    }
    return {unit: total for unit, total in found.items() if total is not None and total > 0}


def _worth_decoding(lines: list[bytes]) -> list[bytes]:
    if len(lines) <= _MOST_DECODED:
        return lines
    newest = lines[-_MOST_DECODED:]
    older = lines[:-_MOST_DECODED]
    # Hardly ever is there one at all, which a single search tells.
    if LAST_WORD.search(b"\n".join(older)) is None:
        return newest
    others = (line for line in reversed(older) if LAST_WORD.search(line))
    words = [line for line, _ in zip(others, range(_MOST_LAST_WORDS), strict=False)]
    return words[::-1] + newest
