from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from gym_gui.core.runs.directory import RunStore
from gym_gui.services.run_tail import RunTail
from tests.panel_helpers import make_run, spin, wait_for, write_events


@pytest.fixture
def tail(qapp: object) -> Iterator[RunTail]:
    follower = RunTail()
    yield follower
    follower.stop()


def beats(first: int, count: int) -> list[tuple[str, dict[str, float]]]:
    return [("heartbeat", {"step": n, "return_mean": n / 10}) for n in range(first, first + count)]


def test_what_is_there_is_read_and_published(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    write_events(run, [("run_started", {}), *beats(0, 5)])
    run.stderr_file.write_text("a warning\n")
    tail.follow(run)
    wait_for(lambda: len(tail.events) == 6 and tail.stderr is not None and len(tail.stderr) == 1)
    series = tail.metrics.series("return_mean")
    assert list(series.ys) == [0.0, 0.1, 0.2, 0.3, 0.4]
    assert series.x_name == "step"


def test_what_is_appended_is_published_without_starting_over(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    write_events(run, beats(0, 3))
    tail.follow(run)
    wait_for(lambda: len(tail.events) == 3)
    restarts: list[None] = []
    tail.restarted.connect(lambda: restarts.append(None))
    write_events(run, beats(3, 4))
    wait_for(lambda: len(tail.events) == 7)
    assert restarts == []


def test_many_lines_are_published_in_few_batches(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    write_events(run, beats(0, 20_000))
    published: list[int] = []
    tail.published.connect(lambda: published.append(len(tail.events)))
    tail.follow(run)
    wait_for(lambda: published and published[-1] == 20_000)
    assert published == sorted(published)


def test_another_run_starts_over(store: RunStore, tail: RunTail) -> None:
    first, second = make_run(store), make_run(store)
    write_events(first, beats(0, 3))
    write_events(second, [("run_started", {})])
    tail.follow(first)
    wait_for(lambda: len(tail.events) == 3)
    tail.follow(second)
    wait_for(lambda: tail.events.names() == ("run_started",))
    assert tail.metrics.names() == []


def test_a_replaced_file_starts_over(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    write_events(run, beats(0, 10))
    tail.follow(run)
    wait_for(lambda: len(tail.events) == 10)
    run.stdout_file.unlink()
    write_events(run, [("run_started", {})])
    wait_for(lambda: tail.events.names() == ("run_started",) and len(tail.events) == 1)


def test_the_unfinished_last_line_counts_once_the_run_is_over(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    run.stdout_file.write_text("first\nTraceback without a newline")
    tail.follow(run)
    wait_for(lambda: len(tail.events.output_lines) == 1)
    tail.settle(True)
    wait_for(lambda: len(tail.events.output_lines) == 2)


def test_following_the_same_run_again_changes_nothing(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    write_events(run, beats(0, 3))
    tail.follow(run)
    wait_for(lambda: len(tail.events) == 3)
    events = tail.events
    tail.follow(store.open(run.run_id))
    spin(0.05)
    assert tail.events is events


def test_following_nothing_is_quiet(store: RunStore, tail: RunTail) -> None:
    tail.follow(make_run(store))
    tail.follow(None)
    assert tail.stdout is None
    assert len(tail.events) == 0


def test_metrics_are_found_among_text_and_events_of_any_size(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    with run.stdout_file.open("w") as file:
        for n in range(50):
            file.write(f"epoch {n}\n" * (n % 3))
            payload = {"step": n, "loss": n / 2} | ({"note": "x" * 300_000} if n == 7 else {})
            file.write(json.dumps({"event": "heartbeat", "timestamp": 1.0 + n, "payload": payload}) + "\n")
            file.write(json.dumps({"type": "episode", "episode": n, "score": n}) + "\n")
        file.write('{"event": "heartbeat", "pay\n')
    tail.follow(run)
    wait_for(lambda: len(tail.events) == 100 and not tail.is_busy)
    series = tail.metrics.series("loss")
    assert list(series.xs) == list(range(50)) and list(series.ys) == [n / 2 for n in range(50)]
    assert list(tail.metrics.series("score").ys) == list(range(50))
    assert [tail.events.count_of(name) for name in ("heartbeat", "episode")] == [50, 50]
    assert len(tail.events.output_lines) == 50 and len(tail.events.torn_lines) == 1


def test_a_line_that_only_grows_is_published(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    tail.follow(run)
    published: list[int] = []
    tail.published.connect(lambda: published.append(1))
    run.stderr_file.write_text(" 10%|#")
    wait_for(lambda: published)
    assert tail.stderr is not None and tail.stderr.unfinished(100) == b" 10%|#"
