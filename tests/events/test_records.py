"""Which log record a line is, or belongs to."""

from __future__ import annotations

import io
import logging
from pathlib import Path

from gym_gui.core.events.log import EventLog
from gym_gui.core.events.records import RecordIndex, RecordSort
from gym_gui.logging_config import log_constants
from gym_gui.logging_config.helpers import log_constant
from gym_gui.logging_config.logger import FORMAT, PlaceFormatter
from gym_gui.logging_config.model import LogConstant


def index_of(path: Path) -> RecordIndex:
    log = EventLog(path)
    log.advance()
    records = RecordIndex(log, lambda position: position, log.__len__)
    while not records.is_done:
        records.advance(0.0)
    return records


def test_what_our_own_logger_writes_is_understood(tmp_path: Path) -> None:
    constant = next(value for value in vars(log_constants).values() if isinstance(value, LogConstant))
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(PlaceFormatter(FORMAT))
    logger = logging.Logger("a.worker", logging.DEBUG)
    logger.addHandler(handler)
    log_constant(logger, constant, message="detail")
    logger.error("without a code")
    path = tmp_path / "stderr.log"
    path.write_text("before any\n" + stream.getvalue() + "  more of it\n")
    records = index_of(path)
    said, plain, more = (records.sort_at(n) for n in (1, 2, 3))
    assert records.sort_at(0) == RecordSort()
    assert said.code == constant.code and said.component.startswith(constant.component)
    assert plain == RecordSort("ERROR") and more == plain
    assert records.first_error == 2


def test_a_bare_traceback_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "stderr.log"
    path.write_text("fine\n\x1b[31mTraceback (most recent call last):\n  File\nValueError: x\n")
    assert index_of(path).first_error == 1
    path.write_text("fine\nTerrors: none\n")
    assert index_of(path).first_error is None


def test_endless_sorts_do_not_fill_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "stderr.log"
    path.write_text("".join(f"2026-11-23 14:00:00,000 INFO     x [part {n}]: y\n" for n in range(6_000)))
    records = index_of(path)
    assert len(records.sorts) <= 5_001
    assert records.sort_at(5_999).level in ("INFO", "")
