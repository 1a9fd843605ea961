"""`with emitter.run(...)`: started, then exactly one truthful last word; heartbeats of a loop; logging."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
from typing import Any

import pytest

from gym_gui.core.worker import TelemetryEmitter
from gym_gui.core.worker.telemetry import RunCancelled, started_event_of, terminal_event_of
from gym_gui.logging_config.log_constants import (
    LOG_WORKER_CLEANRL_RUNTIME_FAILED,
    LOG_WORKER_CLEANRL_RUNTIME_STARTED,
)


def events(sink: io.StringIO) -> list[tuple[str, dict[str, Any]]]:
    return [(line["event"], line["payload"]) for line in map(json.loads, sink.getvalue().splitlines())]


def test_a_block_that_ends_well() -> None:
    sink = io.StringIO()
    with TelemetryEmitter("well", sink=sink).run({"seed": 1}) as run:
        run.results["episodes"] = 3
    assert events(sink) == [("run_started", {"seed": 1}), ("run_completed", {"episodes": 3})]
    assert started_event_of("well")
    assert terminal_event_of("well") == "run_completed"


def test_an_error_is_told_with_type_message_and_traceback_and_goes_on() -> None:
    sink = io.StringIO()
    with pytest.raises(ValueError, match="bad lr"), TelemetryEmitter("r", sink=sink).run():
        raise ValueError("bad lr")
    name, payload = events(sink)[-1]
    assert name == "run_failed"
    assert payload["error"] == "bad lr"
    assert payload["error_type"] == "ValueError"
    assert "test_run_scope.py" in payload["traceback"]


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (KeyboardInterrupt(), "run_cancelled"),
        (SystemExit(0), "run_completed"),
        (SystemExit(None), "run_completed"),
        (SystemExit(3), "run_failed"),
        (SystemExit("usage"), "run_failed"),
        (MemoryError(), "run_failed"),
    ],
    ids=repr,
)
def test_how_other_ends_are_told(error: BaseException, name: str) -> None:
    sink = io.StringIO()
    with pytest.raises(type(error)), TelemetryEmitter("r", sink=sink).run():
        raise error
    assert [event for event, _ in events(sink)] == ["run_started", name]


def test_sigterm_cancels_and_the_old_handler_comes_back() -> None:
    sink = io.StringIO()
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(RunCancelled) as caught, TelemetryEmitter("r", sink=sink).run():
        os.kill(os.getpid(), signal.SIGTERM)
        raise AssertionError("the signal did not interrupt the block")
    assert caught.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is before
    name, payload = events(sink)[-1]
    assert (name, payload["reason"]) == ("run_cancelled", "SIGTERM")


def test_a_process_that_is_sent_sigterm_says_so_and_exits_143() -> None:
    script = (
        "from gym_gui.core.worker import TelemetryEmitter\nimport time\n"
        "with TelemetryEmitter('r').run({}):\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as p:
        assert p.stdout is not None and p.stderr is not None
        assert b"run_started" in p.stdout.readline()
        p.send_signal(signal.SIGTERM)
        assert b"run_cancelled" in p.stdout.readline()
        assert p.wait(20) == 143
        assert p.stderr.read() == b""


def test_a_last_word_of_the_block_is_not_repeated() -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter("r", sink=sink)
    with pytest.raises(RuntimeError), emitter.run():
        emitter.run_failed({"error": "mine"})
        raise RuntimeError("after")
    assert [event for event, _ in events(sink)] == ["run_started", "run_failed"]


def test_exc_info_fills_in_what_the_payload_leaves_out() -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter("r", sink=sink)
    try:
        raise KeyError("env")
    except KeyError as error:
        emitter.run_failed({"error": "my words"}, exc_info=error)
        emitter.run_failed(exc_info=True)
        emitter.run_failed({}, exc_info=sys.exc_info())
    payloads = [payload for _, payload in events(sink)]
    assert payloads[0]["error"] == "my words"
    assert [payload["error_type"] for payload in payloads] == ["KeyError"] * 3


class BrokenMapping(dict[str, int]):
    def __bool__(self) -> bool:
        raise RuntimeError("no truth")


class BrokenKeys:
    def keys(self) -> list[str]:
        raise RuntimeError("no keys")


@pytest.mark.parametrize(
    "payload",
    ["it broke", [1, 2], 7, {1, 2}, BrokenMapping(step=1), BrokenKeys()],
    ids=lambda p: type(p).__name__,
)
def test_a_failure_with_an_odd_payload_hides_no_error(
    payload: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter("r", sink=sink, logger=logging.getLogger("worker.test"))
    with caplog.at_level(logging.DEBUG, logger="worker.test"):
        emitter.run_failed(payload, exc_info=ValueError("boom"), constant=LOG_WORKER_CLEANRL_RUNTIME_FAILED)
        emitter.run_started(payload, constant=LOG_WORKER_CLEANRL_RUNTIME_STARTED)
    assert events(sink)[0][1]["error_type"] == "ValueError"
    assert [event for event, _ in events(sink)] == ["run_failed", "run_started"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "INFO"]


def test_a_loop_beats_when_due_and_only_then_asks_for_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("gym_gui.core.worker._run_scope.time.monotonic", lambda: clock[0])
    sink = io.StringIO()
    beat = TelemetryEmitter("r", sink=sink).heartbeat_every(30.0)
    asked = []

    def progress() -> dict[str, int]:
        asked.append(len(asked))
        return {"step": len(asked)}

    beats = []
    for now in (100.0, 101.0, 129.9, 130.0, 131.0, 175.0):
        clock[0] = now
        beats.append(beat(progress))
    assert beats == [True, False, False, True, False, True]
    assert [payload for _, payload in events(sink)] == [{"step": 1}, {"step": 2}, {"step": 3}]


def test_a_loop_shorter_than_the_interval_still_says_its_last_step() -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter("short", sink=sink)
    beat = emitter.heartbeat_every(30.0)
    with emitter.run() as run:
        for step in range(1, 101):
            beat(lambda: {"step": step, "total_steps": 100})  # noqa: B023 (as a training loop would)
        run.results["steps"] = step
    said = events(sink)
    assert [event for event, _ in said] == ["run_started", "heartbeat", "heartbeat", "run_completed"]
    assert [payload["step"] for event, payload in said if event == "heartbeat"] == [1, 100]
    assert beat.flush() is False, "what was said once is not said again"


@pytest.mark.parametrize("error", [ValueError("boom"), KeyboardInterrupt()], ids=["failed", "interrupted"])
def test_a_block_that_ends_badly_does_not_run_the_payload_of_a_heartbeat_again(error: BaseException) -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter("bad", sink=sink)
    beat = emitter.heartbeat_every(30.0)
    asked: list[int] = []

    def progress() -> dict[str, int]:
        asked.append(1)
        return {"step": len(asked)}

    with pytest.raises(type(error)), emitter.run():
        beat(progress)
        beat(progress)
        raise error
    assert asked == [1]
    assert [event for event, _ in events(sink)].count("heartbeat") == 1


def test_a_last_heartbeat_that_cannot_be_computed_costs_an_event_and_not_the_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter("emptied", sink=sink)
    beat = emitter.heartbeat_every(30.0)
    returns = [1.0]
    with emitter.run():
        beat(lambda: {"return_mean": sum(returns) / len(returns)})
        beat(lambda: {"return_mean": sum(returns) / len(returns)})
        returns.clear()
    assert [event for event, _ in events(sink)] == ["run_started", "heartbeat", "run_completed"]
    assert emitter.dropped == 1
    assert "the last heartbeat: ZeroDivisionError" in capsys.readouterr().err


def test_a_constant_is_logged_with_its_metadata(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("worker.test")
    emitter = TelemetryEmitter("r7", sink=io.StringIO(), logger=logger)
    with caplog.at_level(logging.DEBUG, logger="worker.test"):
        emitter.run_started({"algo": "ppo"}, constant=LOG_WORKER_CLEANRL_RUNTIME_STARTED)
    record = caplog.records[-1]
    assert record.levelno == logging.INFO
    assert record.__dict__["log_code"] == "LOG431"
    assert record.__dict__["component"] == "Worker"
    assert record.__dict__["subcomponent"] == "CleanRLRuntime"
    assert record.__dict__["tags"] == "cleanrl,worker,runtime,lifecycle"
    assert record.__dict__["extra"] == {"run_id": "r7", "algo": "ppo"}


def test_reserved_names_in_a_payload_do_not_break_logging(caplog: pytest.LogCaptureFixture) -> None:
    sink = io.StringIO()
    emitter = TelemetryEmitter("r", sink=sink, logger=logging.getLogger("worker.test"))
    payload = {"message": "m", "asctime": 1, "name": "n", "args": (1, 2), "exc_info": True, "msg": "%s %s"}
    with caplog.at_level(logging.DEBUG, logger="worker.test"):
        for event in ("run_started", "heartbeat", "run_completed"):
            getattr(emitter, event)(payload, constant=LOG_WORKER_CLEANRL_RUNTIME_STARTED)
    assert len(caplog.records) == 3
    assert emitter.dropped == 0
    assert len(events(sink)) == 3


def test_a_failure_is_logged_with_its_traceback(caplog: pytest.LogCaptureFixture) -> None:
    emitter = TelemetryEmitter("r", sink=io.StringIO(), logger=logging.getLogger("worker.test"))
    try:
        raise ValueError("boom")
    except ValueError as error:
        emitter.run_failed({"error": "boom"}, constant=LOG_WORKER_CLEANRL_RUNTIME_FAILED, exc_info=error)
    record = caplog.records[-1]
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None and record.exc_info[0] is ValueError


def test_a_logger_that_raises_harms_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    class Broken(logging.Logger):
        def isEnabledFor(self, level: int) -> bool:
            raise RuntimeError("broken logger")

    sink = io.StringIO()
    emitter = TelemetryEmitter("r", sink=sink, logger=Broken("b"))
    emitter.heartbeat({"step": 1}, constant=LOG_WORKER_CLEANRL_RUNTIME_STARTED)
    assert len(events(sink)) == 1


def test_no_logger_no_log(caplog: pytest.LogCaptureFixture) -> None:
    TelemetryEmitter("r", sink=io.StringIO()).run_started({}, constant=LOG_WORKER_CLEANRL_RUNTIME_STARTED)
    assert not caplog.records
