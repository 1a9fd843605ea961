from __future__ import annotations

from pathlib import Path

import pytest

from gym_gui.core.events.log import EventLog
from gym_gui.services.event_index import EventIndex


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
