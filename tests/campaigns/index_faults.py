"""The index torn at every byte, and failing at every n: the list stays that of the directories."""

from __future__ import annotations

import errno
import itertools
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass

from gym_gui.core.runs.index import RunCatalogue, RunIndex, is_settled, stamps_of
from gym_gui.core.runs.observe import watch_state
from tests.campaigns import reattach
from tests.campaigns.faulty_disk import FROM_THEN_ON, ONCE
from tests.campaigns.faulty_sqlite import READS, WRITES, FaultySqlite, UnreachableError
from tests.campaigns.field import Field, wait_until
from tests.campaigns.outcome import Outcome, Tally, skipped

TORN, FAILING = "index torn at every byte", "index failing at every n"
BAR = "0 crashes, 0 lost records, the list equal to that of the directories"
_COMPANIONS = ("-wal", "-shm", "-journal", ".unusable")
# What was set aside is rebuilt by whoever looks next; the one after that must find it whole.
_LISTINGS_UNTIL_WHOLE = 3


def play(field: Field, rounds: int) -> list[Outcome]:
    """At most `rounds` tears of each kind, evenly spread, and failures at no more than `rounds` n."""
    case = _Case(field)
    return [_tear(case, rounds), _fail(case, rounds)]


class _Case:
    """Runs that ended in different ways, and what their directories say of them."""

    def __init__(self, field: Field) -> None:
        self.store = field.store
        self.index = RunIndex(field.store.index_file)
        self.runs = [reattach._completed(field)[0], reattach._failed(field)[0]]
        for run in self.runs:
            wait_until(lambda run=run: stamps_of(str(run.path)).are_unmistakable(time.time()), "files of old")
        self.truth = {run.run_id: watch_state(run) for run in self.runs}
        assert all(map(is_settled, self.truth.values()))

    def clear(self) -> None:
        """No index."""
        for ending in ("", *_COMPANIONS):
            self.index.path.with_name(f"{self.index.path.name}{ending}").unlink(missing_ok=True)

    def put(self, database: bytes, wal: bytes = b"") -> None:
        """This index, as a machine that went down may have left it."""
        self.clear()
        self.index.path.write_bytes(database)
        if wal:
            self.index.path.with_name(f"{self.index.path.name}-wal").write_bytes(wal)

    def known(self) -> set[str]:
        """The runs that the index knows."""
        return set(self.index.load(self.store.root, self.store.run_ids()))

    def hold(self, tally: Tally, where: object) -> None:
        """Lists the runs and compares."""
        try:
            catalogue = RunCatalogue(self.store, self.index)
            listed = {summary.run_id: summary for summary in catalogue}
            catalogue.remember()
        except Exception as crash:  # noqa: BLE001  whatever it is, it is what this campaign looks for
            tally.count("crashes")
            tally.wrong(where, f"{type(crash).__name__}: {crash}")
            return
        lost = [run_id for run_id in self.truth if run_id not in listed]
        tally.count("records lost", len(lost))
        tally.expect(not lost, where, f"not listed: {lost}")
        wrong = [run_id for run_id, summary in listed.items() if summary != self.truth[run_id]]
        tally.count("runs shown wrongly", len(wrong))
        tally.expect(not wrong, where, f"shown wrongly: {[listed[run_id] for run_id in wrong]}")

    def hold_and_mend(self, tally: Tally, where: object) -> None:
        """As `hold`; and the index has to be whole again soon."""
        tally.count("times that less was believed", int(self.known() != self.truth.keys()))
        self.hold(tally, where)
        for _ in range(_LISTINGS_UNTIL_WHOLE):
            if self.known() == self.truth.keys():
                break
            self.hold(tally, where)
        tally.expect(self.known() == self.truth.keys(), where, f"not rebuilt: {self.known()} is known")


def _tally() -> Tally:
    tally = Tally()
    for what in ("crashes", "records lost", "runs shown wrongly", "times that less was believed"):
        tally.count(what, 0)
    return tally


@dataclass(frozen=True, slots=True)
class _Tear:
    file: str
    at: int
    how: str
    content: bytes

    def __str__(self) -> str:
        return f"{self.file} {self.how} at byte {self.at}"


def _tear(case: _Case, most: int) -> Outcome:
    tally = _tally()
    case.clear()
    case.hold_and_mend(tally, "whole")
    database = case.index.path.read_bytes()
    for tear in _tears("database", database, most):
        case.put(tear.content)
        case.hold_and_mend(tally, tear)
        tally.rounds += 1
    case.clear()
    before, wal = _with_unfinished_wal(case)
    for tear in _tears("write-ahead log", wal, most):
        case.put(before, tear.content)
        case.hold_and_mend(tally, tear)
        tally.rounds += 1
    case.clear()
    return tally.outcome(TORN, BAR)


def _tears(file: str, content: bytes, most: int) -> Iterator[_Tear]:
    for at in range(0, len(content), max(-(-len(content) // most), 1)):
        yield _Tear(file, at, "cut", content[:at])
        yield _Tear(file, at, "zeros after it", content[:at].ljust(len(content), b"\0"))
        yield _Tear(file, at, "bits turned", content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])


def _with_unfinished_wal(case: _Case) -> tuple[bytes, bytes]:
    """The two files while somebody else still reads, so that nothing has been moved over."""
    case.clear()
    case.index.save([], present=[])
    reader = sqlite3.connect(case.index.path, isolation_level=None)
    try:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM runs").fetchone()
        case.hold(_tally(), "a listing while another reads")
        wal = case.index.path.with_name(f"{case.index.path.name}-wal").read_bytes()
        return case.index.path.read_bytes(), wal
    finally:
        reader.close()


def _fail(case: _Case, most: int) -> Outcome:
    tally = _tally()
    case.clear()
    case.hold_and_mend(tally, "whole")
    whole = case.index.path.read_bytes()
    case.index.save([], present=[])
    empty = case.index.path.read_bytes()
    faults = [(WRITES, errno.EIO), (WRITES, errno.ENOSPC), (READS, errno.EIO)]
    try:
        for (names, error), mode in itertools.product(faults, (ONCE, FROM_THEN_ON)):
            for name, content in (("none", None), ("empty", empty), ("whole", whole)):
                for fail_at in range(1, most + 1):
                    case.clear() if content is None else case.put(content)
                    kind = "write" if names is WRITES else "read"
                    where = f"index {name}, {errno.errorcode[error]} at {kind} {fail_at} {mode}"
                    with FaultySqlite(names, fail_at, error, mode) as disk:
                        case.hold(tally, where)
                    case.hold_and_mend(tally, where)
                    tally.rounds += 1
                    if not disk.has_failed:
                        break
    except UnreachableError as reason:
        return skipped(FAILING, BAR, str(reason))
    finally:
        case.clear()
    return tally.outcome(FAILING, BAR)
