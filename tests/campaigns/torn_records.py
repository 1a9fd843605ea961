"""Records torn at every byte: cut there, or with the rest as zeros, as power cuts leave files."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from gym_gui.core.runs.why.causes import explain_end
from tests.campaigns.field import WORKERS, Field, wait_for_exit
from tests.campaigns.outcome import Outcome, Tally

NAME = "records torn at every byte"
BAR = "0 crashes, 0 lost acknowledged records"
RECORDS = ("exit.json", "run.json", "labels.json", "process.json", "config.json", "tree.json")
_CONFIG = {"lines": 3, "pause": 0.0, "born": 1_000.0}
# A supervisor that is started on a torn order takes a moment, so not every tear is tried with one.
_ORDERS_TRIED = 40


@dataclass(frozen=True, slots=True)
class _Tear:
    record: str
    at: int
    content: bytes
    filled: str

    def __str__(self) -> str:
        return f"{self.record} torn at byte {self.at}, {self.filled}"


def play(field: Field, rounds: int) -> list[Outcome]:
    """At most `rounds` tears of each record of a finished run, evenly spread; supervisors on torn orders."""
    tally = Tally()
    for what in ("crashes", "records lost beside the torn one"):
        tally.count(what, 0)
    run = _finished_run(field)
    whole = {name: (run.path / name).read_bytes() for name in RECORDS}
    for name in RECORDS:
        for tear in _tears(name, whole[name], rounds):
            _look_at_torn(tally, run, tear)
            _restore(run, whole)
            tally.rounds += 1
    for tear in _tears("run.json", whole["run.json"], min(rounds, _ORDERS_TRIED)):
        _start_torn(field, tally, tear)
        tally.rounds += 1
    return [tally.outcome(NAME, BAR)]


def _finished_run(field: Field) -> RunDirectory:
    run = field.create(WORKERS / "counting.py", _CONFIG, name="kept", tags=("a", "b"))
    wait_for_exit(field.supervise(run), "a short run")
    if not (run.path / "tree.json").exists():
        tree = {"directory": str(run.path), "boot_id": "of another time", "processes": [[2, 3], [4, 5]]}
        (run.path / "tree.json").write_text(json.dumps(tree))
    return run


def _tears(name: str, content: bytes, most: int) -> Iterator[_Tear]:
    """From nothing of it to all but the last byte that matters."""
    length = len(content.rstrip())
    step = max(-(-length // most), 1)
    for at in range(0, length, step):
        yield _Tear(name, at, content[:at], "cut")
        yield _Tear(name, at, content[:at].ljust(len(content), b"\0"), "zeros after it")


def _restore(run: RunDirectory, whole: dict[str, bytes]) -> None:
    for name, content in whole.items():
        (run.path / name).write_bytes(content)


def _look_at_torn(tally: Tally, run: RunDirectory, tear: _Tear) -> None:
    (run.path / tear.record).write_bytes(tear.content)
    try:
        summary = watch_state(run)
        explain_end(run)
        receipt = cancel_run(run, grace_s=0.0)
        after = watch_state(run)
    except Exception as error:  # noqa: BLE001  whatever it is, it is what this campaign looks for
        tally.count("crashes")
        tally.wrong(tear, f"{type(error).__name__}: {error}")
        return
    expected = {RunState.LOST} if tear.record == "exit.json" else {RunState.COMPLETED}
    tally.expect(summary.state in expected, tear, f"shown as {summary.state}: {summary.evidence}")
    tally.expect(receipt.found == 0, tear, f"receipt: {receipt.text}")
    tally.expect(after.state in expected, tear, f"after cancel shown as {after.state}: {after.evidence}")
    if tear.record in ("exit.json", "run.json", "labels.json", "process.json"):
        tally.expect(tear.record in summary.problem, tear, f"the problem is not told: {summary.problem!r}")
    others = {"run.json": summary.record, "exit.json": summary.exit, "labels.json": summary.labels.name}
    lost = [name for name, value in others.items() if name != tear.record and not value]
    tally.count("records lost beside the torn one", len(lost))
    tally.expect(not lost, tear, f"not shown any more: {lost}")


def _start_torn(field: Field, tally: Tally, tear: _Tear) -> None:
    run = field.create(WORKERS / "counting.py", _CONFIG)
    run.record_file.write_bytes(tear.content)
    code = wait_for_exit(field.supervise(run), f"a supervisor on {tear}")
    time_out = time.time()
    summary = watch_state(run)
    tally.expect(code == 0, tear, f"the supervisor ended with {code}")
    tally.expect(not (run.path / "starts").exists(), tear, "the worker was started all the same")
    told = summary.exit is not None and "run.json" in summary.exit.detail and summary.exit.ended <= time_out
    tally.expect(summary.state is RunState.FAILED and told, tear, f"{summary.state}: {summary.evidence}")
