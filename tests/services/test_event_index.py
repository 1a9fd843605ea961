from __future__ import annotations

from gym_gui.core.events.lines import parse_line
from gym_gui.services.event_index import EventIndex


def _index(*lines: bytes) -> EventIndex:
    index = EventIndex()
    for number, raw in enumerate(lines):
        index.feed(parse_line(raw, number))
    return index


BEAT = b'{"event": "heartbeat", "run_id": "r", "timestamp": 1, "payload": {}}'
START = b'{"event": "run_started", "run_id": "r", "timestamp": 1, "payload": {}}'


def test_events_and_output_are_told_apart() -> None:
    index = _index(b"hello", START, b"epoch 1", BEAT, BEAT)
    assert len(index) == 3
    assert [index.line_number(row) for row in range(3)] == [1, 3, 4]
    assert list(index.output_lines) == [0, 2]
    assert index.names() == ("run_started", "heartbeat")


def test_rows_of_one_name_can_be_asked_for_from_a_row_on() -> None:
    index = _index(BEAT, START, BEAT, BEAT)
    assert list(index.rows_named("heartbeat")) == [0, 2, 3]
    assert list(index.rows_named("heartbeat", 2)) == [2, 3]
    assert list(index.rows_named("unheard of")) == []
    assert index.name(1) == "run_started"


def test_step_telemetry_counts_as_an_event() -> None:
    index = _index(b'{"type": "step", "reward": 1.0}', b'{"event_type": "episode", "return": 2}')
    assert index.names() == ("step", "episode")
