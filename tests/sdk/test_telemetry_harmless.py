"""Telemetry never harms training: no exception, no block, one warning, a count of what was lost."""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from gym_gui.core.worker import TelemetryEmitter


class BrokenRepr:
    def __repr__(self) -> str:
        raise RuntimeError("no text for you")


class BrokenSink:
    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


def warnings_in(text: str) -> int:
    return text.count("gym_gui: telemetry of run")


def test_a_broken_repr_costs_its_value_only(capsys: pytest.CaptureFixture[str]) -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter("r", sink=sink)
    emitter.heartbeat({"step": 1, "odd": BrokenRepr()})
    emitter.heartbeat({"step": 2, "odd": BrokenRepr()})
    lines = [json.loads(line) for line in sink.getvalue().splitlines()]
    assert [line["payload"]["step"] for line in lines] == [1, 2]
    assert lines[0]["payload"]["odd"] == "<unprintable BrokenRepr>"
    assert emitter.dropped == 2
    assert warnings_in(capsys.readouterr().err) == 1


def test_a_sink_that_fails_is_counted_and_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    emitter = TelemetryEmitter("r", sink=BrokenSink())
    for step in range(5):
        emitter.heartbeat({"step": step})
    emitter.run_completed({})
    assert emitter.dropped == 6
    assert warnings_in(capsys.readouterr().err) == 1


def test_a_file_closed_before_the_first_event(tmp_path: Path) -> None:
    sink = (tmp_path / "out").open("ab", buffering=0)
    sink.close()
    emitter = TelemetryEmitter("r", sink=sink)
    emitter.heartbeat({})
    emitter.heartbeat({})
    assert emitter.dropped == 2


@pytest.mark.parametrize("buffering", [0, -1])
def test_a_file_closed_later_never_costs_another_file_its_content(tmp_path: Path, buffering: int) -> None:
    sink = (tmp_path / "out").open("ab", buffering=buffering)
    emitter = TelemetryEmitter("r", sink=sink)
    emitter.heartbeat({})
    sink.close()
    with (tmp_path / "checkpoint").open("wb") as checkpoint:  # gets the number of the closed descriptor
        emitter.heartbeat({})
        checkpoint.write(b"weights")
    assert (tmp_path / "checkpoint").read_bytes() == b"weights"
    assert (tmp_path / "out").read_bytes().count(b"\n") == 2


def test_an_emitter_gives_its_descriptor_back(tmp_path: Path) -> None:
    with (tmp_path / "out").open("ab", buffering=0) as sink:
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(50):
            TelemetryEmitter("r", sink=sink).heartbeat({})
        assert len(list(Path("/proc/self/fd").iterdir())) <= before + 1


def test_no_standard_output_and_no_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    emitter = TelemetryEmitter("r")
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    emitter.heartbeat({})
    assert emitter.dropped == 1


def test_a_reader_that_is_gone(capsys: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open(writing, "w") as sink:
        emitter = TelemetryEmitter("r", sink=sink)
        for step in range(3):
            emitter.heartbeat({"step": step})
        assert emitter.dropped == 3
    assert warnings_in(capsys.readouterr().err) == 1


def test_a_reader_that_does_not_read_never_blocks() -> None:
    reading, writing = os.pipe()
    with open(writing, "w") as sink:
        emitter = TelemetryEmitter("r", sink=sink)
        done = threading.Event()

        def flood() -> None:
            for step in range(5_000):
                emitter.heartbeat({"step": step, "pad": "x" * 200})
            done.set()

        thread = threading.Thread(target=flood)
        thread.start()
        assert done.wait(30), "an emitter waited for its reader"
        thread.join()
        lost = emitter.dropped
        assert 0 < lost < 5_000

        os.set_blocking(reading, False)
        received = b""
        for _ in range(200):
            emitter.heartbeat({"step": -1})
            try:
                received += os.read(reading, 1 << 20)
            except BlockingIOError:
                break
        os.close(reading)
    steps = [json.loads(line)["payload"]["step"] for line in received.decode().split("\n")[:-1]]
    kept = [step for step in steps if step >= 0]
    assert kept == sorted(kept)
    assert len(kept) > 64


def test_a_full_disk_tears_no_later_line(tmp_path: Path) -> None:
    """RLIMIT_FSIZE cuts a write short as a full disk does; when there is room again lines are whole again."""
    script = textwrap.dedent(
        """
        import resource, sys
        from gym_gui.core.worker import TelemetryEmitter
        sink = open(sys.argv[1], "ab", buffering=0)
        emitter = TelemetryEmitter("r", sink=sink)
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (250, hard))
        for step in range(10):
            emitter.heartbeat({"step": step})
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        emitter.heartbeat({"step": 99})
        print(emitter.dropped)
        """
    )
    out = tmp_path / "events"
    result = subprocess.run(
        [sys.executable, "-c", script, str(out)], capture_output=True, text=True, check=True
    )
    lines = out.read_text().splitlines()
    whole = [json.loads(line)["payload"]["step"] for line in lines if line.endswith("}}")]
    assert whole[-1] == 99
    assert int(result.stdout) == 10 - (len(whole) - 1)
    assert warnings_in(result.stderr) == 1
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_a_wrapper_around_standard_output_sees_every_line() -> None:
    class Tee(io.TextIOWrapper):
        seen: list[str] = []

        def write(self, text: str) -> int:
            self.seen.append(text)
            return len(text)

    with Tee(io.BytesIO()) as tee:
        TelemetryEmitter("r", sink=tee).heartbeat({})
        assert len(tee.seen) == 1


def test_printed_text_comes_before_the_event_that_follows_it(tmp_path: Path) -> None:
    script = (
        "from gym_gui.core.worker import TelemetryEmitter\n"
        "print('first', end=' ')\nTelemetryEmitter('r').heartbeat({})\nprint('last')"
    )
    with (tmp_path / "out").open("wb") as out:
        subprocess.run([sys.executable, "-c", script], stdout=out, check=True)
    lines = (tmp_path / "out").read_text().splitlines()
    assert lines[0].startswith('first {"event":"heartbeat"')
    assert lines[1] == "last"


def test_standard_output_is_the_one_of_the_moment(capsys: pytest.CaptureFixture[str]) -> None:
    import contextlib

    emitter = TelemetryEmitter("r")
    emitter.heartbeat({"where": "before"})
    other = io.StringIO()
    with contextlib.redirect_stdout(other):
        emitter.heartbeat({"where": "inside"})
    emitter.heartbeat({"where": "after"})
    assert "inside" in other.getvalue()
    out = capsys.readouterr().out
    assert "before" in out and "after" in out and "inside" not in out


def test_a_pipe_is_drained_at_exit_for_a_slow_reader() -> None:
    script = (
        "from gym_gui.core.worker import TelemetryEmitter\n"
        "e = TelemetryEmitter('r')\n"
        "for i in range(400): e.heartbeat({'step': i, 'pad': 'x' * 400})\n"
        "e.run_completed({})\n"
        "raise SystemExit(e.dropped)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert process.stdout is not None
    threading.Event().wait(0.5)  # the pipe is full by now, the rest waits in the queue
    data = process.stdout.read()
    process.stdout.close()
    assert process.wait() == 0
    lines = [json.loads(line) for line in data.splitlines()]
    assert len(lines) == 401
    assert lines[-1]["event"] == "run_completed"
