"""EIO and ENOSPC at the n-th write, for every n, of everything that writes records."""

from __future__ import annotations

import errno
import itertools
import signal
import subprocess
import sys
from collections.abc import Callable

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.files import RecordError, read_record, write_json_atomically
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ExitRecord, Labels, RunRecord
from gym_gui.core.runs.summary import RunState
from tests.campaigns import truth
from tests.campaigns.faulty_disk import FROM_THEN_ON, ONCE, FaultyDisk
from tests.campaigns.field import WORKERS, Field, send, wait_for_exit, wait_until
from tests.campaigns.outcome import Outcome, Tally

NAME = "writes failing at every n"
BAR = "0 crashes, 0 lost acknowledged records"
_ERRORS = (errno.EIO, errno.ENOSPC)
_NOT_REACHED = 10
_CONFIG = {"lines": 3, "pause": 0.0, "born": 1_000.0}
Attempt = Callable[[Field, Tally, FaultyDisk, str], None]


def play(field: Field, rounds: int) -> list[Outcome]:
    """Every n for labels, launches and cancels in this process, and for at most `rounds` supervisors."""
    tally = Tally()
    for what in ("crashes", "acknowledged records lost"):
        tally.count(what, 0)
    for attempt in (_edit_labels, _launch, _cancel):
        for error, mode in _ways_to_fail(rounds):
            _fail_at_every_n(field, tally, attempt, error, mode)
    _supervise_at_every_n(field, tally, rounds)
    return [tally.outcome(NAME, BAR)]


def _ways_to_fail(rounds: int) -> list[tuple[int, str]]:
    """All of them, or two that have each error and each mode where few rounds are wanted."""
    ways = list(itertools.product(_ERRORS, (ONCE, FROM_THEN_ON)))
    return ways if rounds > len(ways) else [ways[0], ways[-1]]


def _fail_at_every_n(field: Field, tally: Tally, attempt: Attempt, error: int, mode: str) -> None:
    for fail_at in itertools.count(1):
        where = f"{attempt.__name__.strip('_')}, {errno.errorcode[error]} at write {fail_at} {mode}"
        disk = FaultyDisk(fail_at, error, mode)
        try:
            attempt(field, tally, disk, where)
        except Exception as crash:  # noqa: BLE001  whatever it is, it is what this campaign looks for
            tally.count("crashes")
            tally.wrong(where, f"{type(crash).__name__}: {crash}")
        tally.rounds += 1
        if not disk.has_failed:
            return


def _edit_labels(field: Field, tally: Tally, disk: FaultyDisk, where: str) -> None:
    run = field.create(WORKERS / "counting.py", _CONFIG, name="old")
    acknowledged = True
    try:
        with disk:
            write_json_atomically(run.labels_file, Labels(name="new", notes="n" * 300))
    except OSError:
        acknowledged = False
    name = read_record(run.labels_file, Labels).name
    _expect_kept(tally, where, name == "new" if acknowledged else name in ("old", "new"))
    if acknowledged:
        written, synced = disk.calls.index("replace"), ["fsync", "replace", "fsync of directory"]
        tally.expect(disk.calls[written - 1 :] == synced, where, f"acknowledged before synced: {disk.calls}")
    _expect_no_leftovers(tally, run, where)


def _launch(field: Field, tally: Tally, disk: FaultyDisk, where: str) -> None:
    before = set(field.store.run_ids())
    made: RunDirectory | None = None
    try:
        with disk:
            made = field.create(WORKERS / "counting.py", _CONFIG, name="wanted", tags=("x",))
    except OSError:
        pass_over = True
    else:
        pass_over = False
    new = set(field.store.run_ids()) - before
    if not pass_over:
        _expect_kept(tally, where, made is not None and new == {made.run_id})
    for run in map(field.store.open, new):
        # Whatever is listed is whole, acknowledged or not.
        read_record(run.record_file, RunRecord)
        _expect_kept(tally, where, read_record(run.labels_file, Labels).name == "wanted")
        _expect_kept(tally, where, b'"lines"' in run.config_file.read_bytes())
        _expect_no_leftovers(tally, run, where)


def _cancel(field: Field, tally: Tally, disk: FaultyDisk, where: str) -> None:
    run = field.create(WORKERS / "counting.py", {**_CONFIG, "lines": 100_000, "pause": 0.01})
    supervisor = field.supervise(run)
    wait_until(lambda: truth.starts(run), f"the worker in {where}")
    wait_until(lambda: b'"worker": {' in run.process_file.read_bytes(), f"the record in {where}")
    send(supervisor, signal.SIGKILL)
    wait_for_exit(supervisor, f"the supervisor in {where}")
    with disk:
        receipt = cancel_run(run, grace_s=1.0)
    left = field.survivors(run)
    tally.expect(receipt.left == 0 and not left, where, f"left {left}; receipt: {receipt.text}")
    if "exit.json could not be written" not in receipt.text:
        _expect_kept(tally, where, watch_state(run).state is RunState.CANCELLED)
    tally.expect(watch_state(run).state in (RunState.CANCELLED, RunState.LOST), where, "not shown as ended")
    _expect_no_leftovers(tally, run, where)


def _supervise_at_every_n(field: Field, tally: Tally, most: int) -> None:
    for error, mode in itertools.product(_ERRORS, (ONCE, FROM_THEN_ON)):
        for fail_at in range(1, most + 1):
            where = f"supervisor, {errno.errorcode[error]} at write {fail_at} {mode}"
            run = field.create(WORKERS / "counting.py", _CONFIG)
            words = [str(fail_at), str(error), mode, "gym_gui.core.runs.supervisor", str(run.path)]
            faulty = subprocess.run(
                [sys.executable, "-m", "tests.campaigns.faulty_disk", *words],
                env=field.environment(), capture_output=True, timeout=60, start_new_session=True,
            )  # fmt: skip
            reached = faulty.returncode < _NOT_REACHED
            _judge_supervised(field, tally, run, faulty.returncode % _NOT_REACHED, where)
            tally.rounds += 1
            if not reached:
                break


def _judge_supervised(field: Field, tally: Tally, run: RunDirectory, code: int, where: str) -> None:
    """0 is the supervisor's word that the end is recorded; anything but 0 and 1 is a crash."""
    failed = [name for name in ("supervisor.log",) if (run.path / name).exists()]
    if not tally.expect(code in (0, 1) and not failed, where, f"ended with {code} and left {failed}"):
        tally.count("crashes")
    left = field.survivors(run)
    tally.expect(not left, where, f"left behind: {left}")
    try:
        end = read_record(run.exit_file, ExitRecord)
    except (FileNotFoundError, RecordError) as error:
        _expect_kept(tally, where, code != 0, f"says that the end is recorded: {error}")
    else:
        began = truth.starts(run)
        tally.expect(began == (end.exit_code is not None), where, f"{began} starts, {end}")
    summary = watch_state(run)
    right = truth.allowed_states(field, run)
    tally.expect(summary.state in right, where, f"shown as {summary.state}: {summary.evidence}")
    tally.expect(not summary.problem, where, summary.problem)
    if truth.starts(run):
        problem = truth.wrong_output(run, to_the_end=True)
        tally.expect(not problem, where, problem)


def _expect_kept(tally: Tally, where: str, kept: bool, what: str = "an acknowledged record is lost") -> None:
    if not tally.expect(kept, where, what):
        tally.count("acknowledged records lost")


def _expect_no_leftovers(tally: Tally, run: RunDirectory, where: str) -> None:
    left = [path.name for path in run.path.glob(".*.tmp")]
    tally.expect(not left, where, f"left behind: {left}")
