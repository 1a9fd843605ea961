"""A real tensorboard on runs of one's choice, on this machine only, that never outlives the panel."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QObject, QProcess, Signal

from gym_gui.services.tasks import TaskRunner

_GUARD = "gym_gui.services.tensorboard_guard"
# Its page thins every curve to 1,000 points unless told otherwise.
_OPTIONS = ["--samples_per_plugin=scalars=50000,images=100"]
_LONGEST_NAME = 150
_LONGEST_LINE = 64 * 1024


class TensorBoardPhase(StrEnum):
    """Where it stands."""

    OFF = "off"
    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TensorBoardState:
    """What there is to show of it.

    Attributes:
        url: Where it answers, once it is ready; always on 127.0.0.1.
        runs: The names of the runs it shows.
        problem: Why it failed, in a sentence.
        output: The end of what it printed, when it failed; plain text.
    """

    phase: TensorBoardPhase = TensorBoardPhase.OFF
    url: str = ""
    runs: tuple[str, ...] = ()
    problem: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class _Wish:
    runs: Mapping[str, Path]
    interpreter: str


class TensorBoardServer(QObject):
    """At most one tensorboard at a time. `changed` gives the new `TensorBoardState`."""

    changed = Signal(object)

    def __init__(self, tasks: TaskRunner, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._state = TensorBoardState()
        self._process: QProcess | None = None
        self._next: _Wish | None = None
        self._attempt = 0
        self._line = b""

    @property
    def state(self) -> TensorBoardState:
        """How it stands now."""
        return self._state

    def open(self, runs: Mapping[str, Path], interpreter: str = "") -> None:
        """Start it on these directories; one that shows others is ended first.

        Args:
            runs: Directories above event files, by the names to show. Names may hold anything.
            interpreter: Python of the runs' environment, in case the panel's has no tensorboard.
        """
        wish = _Wish(dict(runs), interpreter)
        self._attempt += 1
        if self._process is not None:
            self._next = wish
            self._ask_to_stop()
            return
        self._set(TensorBoardState(TensorBoardPhase.STARTING, runs=tuple(runs)))
        attempt = self._attempt
        self._tasks.start(
            "Starting TensorBoard",
            lambda: _order(wish),
            owner=self,
            done=lambda line: self._start(attempt, line),
            failed=lambda error: self._fail(attempt, error),
        )

    def stop(self) -> None:
        """End it with everything it started; `changed` tells when that is done."""
        self._attempt += 1
        self._next = None
        if self._process is not None:
            self._ask_to_stop()
        else:
            self._set(TensorBoardState())

    def close(self, wait_ms: int = 8_000) -> bool:
        """End it and wait until that is done; True when nothing is left. For the end of the panel."""
        self.stop()
        process = self._process
        return process is None or process.waitForFinished(wait_ms)

    def _start(self, attempt: int, order: bytes) -> None:
        if attempt != self._attempt:
            return
        process = QProcess(self)
        self._process, self._line = process, b""
        process.setProgram(sys.executable)
        process.setArguments(["-P", "-m", _GUARD])
        process.setProcessChannelMode(QProcess.ProcessChannelMode.ForwardedErrorChannel)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        process.start()
        process.write(order)

    def _ask_to_stop(self) -> None:
        if self._process is not None:
            runs = self._state.runs
            self._set(TensorBoardState(TensorBoardPhase.STOPPING, runs=runs))
            self._process.closeWriteChannel()

    def _read(self) -> None:
        if self._process is None:
            return
        self._line += bytes(self._process.readAllStandardOutput().data())
        *lines, self._line = self._line.split(b"\n")
        self._line = self._line[-_LONGEST_LINE:]
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        if self._state.phase is TensorBoardPhase.STOPPING:
            return
        try:
            told = json.loads(line)
        except ValueError:
            return
        if told["phase"] == "ready":
            self._set(TensorBoardState(TensorBoardPhase.READY, told["url"], self._state.runs))
        else:
            runs = self._state.runs
            self._set(TensorBoardState(TensorBoardPhase.FAILED, "", runs, told["problem"], told["output"]))

    def _finished(self) -> None:
        self._read()
        if self._process is not None:
            self._process.deleteLater()
        self._process = None
        wish, self._next = self._next, None
        if wish is not None:
            self.open(wish.runs, wish.interpreter)
        elif self._state.phase is TensorBoardPhase.STOPPING:
            self._set(TensorBoardState())
        elif self._state.phase is not TensorBoardPhase.FAILED:
            self._set(
                TensorBoardState(
                    TensorBoardPhase.FAILED,
                    runs=self._state.runs,
                    problem="the process that watches it ended",
                )
            )

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart and self._process is not None:
            self._fail(self._attempt, OSError(self._process.errorString()))
            self._process.deleteLater()
            self._process = None

    def _fail(self, attempt: int, error: Exception) -> None:
        if attempt == self._attempt:
            # A setting that cannot be used, or nothing to start: those say all there is to say.
            known = isinstance(error, (ValueError, OSError))
            problem = str(error) if known else f"{type(error).__name__}: {error}"
            self._set(TensorBoardState(TensorBoardPhase.FAILED, runs=self._state.runs, problem=problem))

    def _set(self, state: TensorBoardState) -> None:
        if state != self._state:
            self._state = state
            self.changed.emit(state)


def _order(wish: _Wish) -> bytes:
    """The line for the guard. Folders that all event files of a run are in become no part of its name."""
    from gym_gui.config.paths import cache_root
    from gym_gui.core.artifacts.scalars.finding import EventFileFinder
    from gym_gui.core.artifacts.scalars.names import common_folder
    from gym_gui.services.tensorboard_command import tensorboard_command
    from gym_gui.services.tensorboard_guard import Order

    command = tensorboard_command(wish.interpreter)
    runs: dict[str, str] = {}
    for name, directory in wish.runs.items():
        finder = EventFileFinder(directory)
        files = finder.look()
        root = finder.root if finder.root.is_dir() else finder.root.parent
        runs[_link_name(name, runs)] = str(root / common_folder([file.folder for file in files]))
    return Order(command, runs, str(cache_root() / "tensorboard"), _OPTIONS).as_line()


def _link_name(name: str, taken: Mapping[str, str]) -> str:
    """`name` as a file name that is not taken: tensorboard shows it."""
    plain = re.sub(r"[/\\\x00-\x1f]", "_", name).strip().lstrip(".")[:_LONGEST_NAME] or "run"
    plain = plain.encode("utf-8", "replace")[:_LONGEST_NAME].decode("utf-8", "ignore")
    unique, number = plain, 1
    while unique in taken:
        number += 1
        unique = f"{plain} ({number})"
    return unique
