"""`python -m benchmarks.ingest_child PART PATH`: one way of taking output in, in a process of its own.

Prints one JSON object with what was measured.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

TURNS, TURN_S, SETTLING_S = 10, 2.0, 0.7
APPENDED, APPENDINGS = 500, 15
RUNS, EVENTS_A_SECOND = 50, 1_000


def asyncio_lines(path: str) -> dict[str, float]:
    """A pipe read line by line by asyncio."""

    async def read() -> int:
        process = await asyncio.create_subprocess_exec("cat", path, stdout=subprocess.PIPE)
        assert process.stdout is not None
        count = 0
        async for _ in process.stdout:
            count += 1
        await process.wait()
        return count

    start = time.perf_counter()
    count = asyncio.run(read())
    return {"rate": count / (time.perf_counter() - start)}


def typed_decode(path: str) -> dict[str, float]:
    """Each line decoded into an envelope whose payload stays raw; the whole file is in memory already."""
    import msgspec

    fields = [("event", str), ("run_id", str), ("timestamp", float), ("payload", msgspec.Raw)]
    decode = msgspec.json.Decoder(msgspec.defstruct("Envelope", fields)).decode
    lines = Path(path).read_bytes().splitlines()
    start = time.perf_counter()
    decoded = [decode(line) for line in lines]
    return {"rate": len(decoded) / (time.perf_counter() - start)}


def qprocess(path: str) -> dict[str, float]:
    """A pipe read by QProcess, each line decoded as it arrives."""
    from PySide6.QtCore import QCoreApplication, QProcess

    app = QCoreApplication([])
    process = QProcess()
    decoded: list[object] = []
    rest = b""

    def take() -> None:
        nonlocal rest
        *lines, rest = (rest + process.readAllStandardOutput().data()).split(b"\n")
        decoded.extend(json.loads(line.decode()) for line in lines)

    process.readyReadStandardOutput.connect(take)
    process.finished.connect(app.quit)
    start = time.perf_counter()
    process.start("cat", [path])
    app.exec()
    take()
    return {"rate": len(decoded) / (time.perf_counter() - start)}


class Gaps:
    """How long the event loop was away, seen by a timer that would fire every 2 ms."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer(interval=2, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        if self._last:
            self.gaps.append((now - self._last) * 1000)
        self._last = now

    def during(self, wait: Callable[[], object]) -> float:
        """The 99th percentile of the gaps while `wait` runs the event loop, in milliseconds."""
        self.gaps.clear()
        self._last = 0.0
        self._timer.start()
        wait()
        self._timer.stop()
        return statistics.quantiles(self.gaps, n=100)[98] if len(self.gaps) > 100 else max(self.gaps)


def _until(condition: Callable[[], bool]) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    timer = QTimer(interval=1)
    timer.timeout.connect(lambda: loop.quit() if condition() else None)
    timer.start()
    loop.exec()


def _wait(seconds: float) -> None:
    end = time.perf_counter() + seconds
    _until(lambda: time.perf_counter() >= end)


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6


def panel_tail(path: str) -> dict[str, float]:
    """A live run of the panel: the Events tab and the learning curve on screen, then 500 rows more."""
    from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

    from gym_gui.config.paths import resources_root
    from gym_gui.core.runs.directory import RunDirectory
    from gym_gui.services.run_tail import RunTail
    from gym_gui.ui.runs.events.view import EventsView
    from gym_gui.ui.runs.overview.curve_pane import CurvePane
    from gym_gui.ui.theme import Theme

    app = QApplication([])
    theme, tail = Theme(app, resources_root()), RunTail()
    window = QWidget()
    window.resize(1280, 800)
    events, curve = EventsView(theme, tail), CurvePane(theme, tail)
    layout = QHBoxLayout(window)
    layout.addWidget(events, 2)
    layout.addWidget(curve, 1)
    window.show()
    whole, small = Path(path), Path(path).with_name("small")
    small.mkdir(exist_ok=True)
    (small / "stdout.log").write_bytes(whole.joinpath("stdout.log").read_bytes()[:200_000])
    tail.follow(RunDirectory(small))
    _until(lambda: len(tail.events) > 0 and not tail.is_busy)
    gaps = Gaps()
    idle = gaps.during(lambda: _wait(3.0))
    count = whole.joinpath("stdout.log").read_bytes().count(b"\n")
    before = _resident()
    start = time.perf_counter()
    tail.follow(RunDirectory(whole))
    busy = gaps.during(lambda: _until(lambda: events.model.rowCount() == count))
    shown = time.perf_counter() - start
    _until(lambda: not tail.is_busy)
    drawn = time.perf_counter() - start
    after = _resident()
    return {
        "rate": count / shown,
        "drawn": count / drawn,
        "idle": idle,
        "busy": busy,
        "memory": after - before,
        "appended": _append(whole / "stdout.log", tail, events),
    }


def _append(file: Path, tail: object, events: object) -> float:
    from gym_gui.services.run_tail import RunTail
    from gym_gui.ui.runs.events.view import EventsView

    assert isinstance(tail, RunTail) and isinstance(events, EventsView) and tail.stdout is not None
    line = file.open("rb").readline()
    tail.stop()
    size = file.stat().st_size
    times = []
    for _ in range(APPENDINGS):
        with file.open("ab") as stream:
            stream.write(line * APPENDED)
        start = time.perf_counter()
        tail.stdout.advance()
        while tail.events.take_from(tail.stdout):
            pass
        tail.published.emit()
        events.table.viewport().repaint()
        times.append((time.perf_counter() - start) * 1000)
    os.truncate(file, size)
    return statistics.median(times)


def panel_of_runs(path: str) -> dict[str, list[float]]:
    """The whole panel over 50 runs that print 1,000 events a second each, one of them open.

    Turns of that take turns with turns in which the runs stand still, so that what else the machine does
    falls on both.
    """
    from PySide6.QtWidgets import QApplication

    from gym_gui.app import Panel

    app = QApplication([])
    panel = Panel(app)
    panel.window.resize(1280, 800)
    panel.open()
    _until(lambda: panel.furnished and len(panel.watch.summaries()) == RUNS)
    panel.navigation.show_run(panel.watch.summaries()[0].run_id)
    detail = panel.navigation.runs.detail
    assert detail is not None
    detail.tabs.setCurrentIndex(1)
    gaps = Gaps()
    writer = subprocess.Popen([sys.executable, "-m", "benchmarks.ingest_child", "write", path])
    _wait(2.0)
    idle, busy = [], []
    for _ in range(TURNS):
        writer.send_signal(signal.SIGSTOP)
        _wait(SETTLING_S)
        idle.append(gaps.during(lambda: _wait(TURN_S)))
        writer.send_signal(signal.SIGCONT)
        _wait(SETTLING_S)
        busy.append(gaps.during(lambda: _wait(TURN_S)))
    assert writer.poll() is None
    writer.kill()
    writer.wait()
    panel.window.close()
    panel.close()
    return {"idle": idle, "busy": busy, "lines": [float(len(panel.tail.events))]}


def write(path: str) -> dict[str, float]:
    """Appends to the output of every run until it is killed."""
    files = [os.open(run / "stdout.log", os.O_WRONLY | os.O_APPEND) for run in sorted(Path(path).iterdir())]
    a_turn, sent = 20, 0
    due = time.monotonic()
    while True:
        now = time.time()
        for number, file in enumerate(files):
            os.write(file, b"".join(heartbeat(sent + n, now, f"run{number}") for n in range(a_turn)))
        sent += a_turn
        # What it is late by, having been stopped, is not made up for.
        due = max(due + a_turn / EVENTS_A_SECOND, time.monotonic())
        time.sleep(max(due - time.monotonic(), 0.0))


def heartbeat(number: int, when: float, run_id: str) -> bytes:
    """An event of about 150 bytes, as a worker prints it."""
    payload = {"step": number, "episode": number // 10, "return_mean": number % 997 / 7}
    event = {"event": "heartbeat", "run_id": run_id, "timestamp": when, "payload": payload}
    return json.dumps(event, separators=(",", ":")).encode() + b"\n"


PARTS: dict[str, Callable[[str], Mapping[str, object]]] = {
    "asyncio": asyncio_lines,
    "decode": typed_decode,
    "qprocess": qprocess,
    "tail": panel_tail,
    "runs": panel_of_runs,
    "write": write,
}

if __name__ == "__main__":
    print(json.dumps(PARTS[sys.argv[1]](sys.argv[2])))
