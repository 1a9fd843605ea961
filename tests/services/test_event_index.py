from __future__ import annotations

from pathlib import Path

import pytest

from gym_gui.core.events.log import EventLog
from gym_gui.services.event_index import OTHER, EventIndex


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "stdout.log"


def _index(path: Path, *lines: bytes) -> EventIndex:
    with path.open("ab") as file:
        file.writelines(line + b"\n" for line in lines)
    log = EventLog(path)
    log.advance()
    index = EventIndex()
    while index.take_from(log):
        pass
    return index


BEAT = b'{"event": "heartbeat", "run_id": "r", "timestamp": 1, "payload": {}}'
START = b'{"event": "run_started", "run_id": "r", "timestamp": 1, "payload": {}}'


def test_events_and_output_are_told_apart(path: Path) -> None:
    index = _index(path, b"hello", START, b"epoch 1", BEAT, BEAT)
    assert len(index) == 3
    assert [index.line_number(row) for row in range(3)] == [1, 3, 4]
    assert list(index.output_lines) == [0, 2]
    assert index.names() == ("run_started", "heartbeat")


def test_rows_of_one_name_can_be_asked_for_from_a_row_on(path: Path) -> None:
    index = _index(path, BEAT, START, BEAT, BEAT)
    assert list(index.rows_named(["heartbeat"])) == [0, 2, 3]
    assert list(index.rows_named(["heartbeat"], 2)) == [2, 3]
    assert list(index.rows_named(["unheard of"])) == []
    assert index.name(1) == "run_started"


def test_step_telemetry_counts_as_an_event(path: Path) -> None:
    index = _index(path, b'{"type": "step", "reward": 1.0}', b'{"event_type": "episode", "return": 2}')
    assert index.names() == ("step", "episode")


def test_lines_that_were_meant_as_events_are_told(path: Path) -> None:
    index = _index(path, b"hello", b'{"event": "heart', BEAT, b"{'event': 1}", b"bye")
    assert list(index.torn_lines) == [1, 3]
    assert list(index.output_lines) == [0, 1, 3, 4]


def test_endless_names_share_a_place(path: Path) -> None:
    index = _index(path, *(b'{"event": "name %d"}' % n for n in range(1_200)))
    assert len(index) == 1_200
    assert index.names()[-1] == OTHER and index.count_of(OTHER) == 200
    assert index.name(5) == "name 5" and index.name(1_150) == OTHER
    assert len(index.rows_named([OTHER])) == 200


def test_a_line_beyond_any_event_is_output_without_being_read(path: Path) -> None:
    index = _index(
        path, BEAT, b"x" * (5 * 1024 * 1024), b'{"event": "long", "a": "' + b"y" * 300_000 + b'"}', BEAT
    )
    assert index.names() == ("heartbeat", "long") and list(index.output_lines) == [1]
    assert (index.row_of(2), index.row_of(1), index.rows_before(3)) == (1, None, 2)
