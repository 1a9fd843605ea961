from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.core.events.lines import parse_line
from gym_gui.core.runs.directory import RunStore
from gym_gui.services.run_tail import RunTail
from gym_gui.ui import ansi_colours
from gym_gui.ui.runs.events.model import EventColumn, EventsModel, Kinds
from gym_gui.ui.runs.events.payload_model import PayloadModel
from gym_gui.ui.runs.events.payload_pane import PayloadPane
from gym_gui.ui.runs.events.payload_words import payload_summary, pretty
from gym_gui.ui.runs.events.view import EventsView
from gym_gui.ui.runs.moments import moment_in
from gym_gui.ui.runs.output.model import OutputFilter, OutputModel, OutputSource
from gym_gui.ui.runs.output.view import OutputView
from gym_gui.ui.theme import Theme
from gym_gui.ui.tokens import DARK, LIGHT, Tokens, contrast
from tests.panel_helpers import make_run, spin, wait_for, write_events

DISPLAY = int(Qt.ItemDataRole.DisplayRole)
FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


def texts(model: OutputModel) -> list[str]:
    return [str(model.data(model.index(row, 0), DISPLAY)) for row in range(model.rowCount())]


def test_events_arrive_in_ranges(store: RunStore, tail: RunTail, qtmodeltester: ModelTester) -> None:
    run = make_run(store)
    model = EventsModel(tail)
    tester = QAbstractItemModelTester(model, FATAL)
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _, first, last: inserted.append((first, last)))
    write_events(run, [("run_started", {"algo": "ppo"}), *[("heartbeat", {"step": n}) for n in range(500)]])
    tail.follow(run)
    wait_for(lambda: model.rowCount() == 501)
    write_events(run, [("run_completed", {})])
    wait_for(lambda: model.rowCount() == 502)
    assert inserted[-1] == (501, 501)
    assert len(inserted) < 20
    assert model.data(model.index(0, EventColumn.EVENT), DISPLAY) == "run_started"
    assert model.data(model.index(0, EventColumn.PAYLOAD), DISPLAY) == "algo ppo"
    assert str(model.data(model.index(0, EventColumn.TIME), DISPLAY)).endswith(".000")
    qtmodeltester.check(model, force_py=True)
    tester.deleteLater()


def test_events_of_one_name_can_be_had(store: RunStore, tail: RunTail) -> None:
    run = make_run(store)
    model = EventsModel(tail)
    tester = QAbstractItemModelTester(model, FATAL)
    write_events(
        run, [("heartbeat", {"step": 1}), ("checkpoint_saved", {"path": "a"}), ("heartbeat", {"step": 2})]
    )
    tail.follow(run)
    wait_for(lambda: model.rowCount() == 3)
    model.show_only("heartbeat")
    assert model.rowCount() == 2
    write_events(run, [("checkpoint_saved", {"path": "b"}), ("heartbeat", {"step": 3})])
    wait_for(lambda: model.rowCount() == 3)
    line = model.line_at(2)
    assert line is not None
    assert line.payload == {"step": 3}
    model.show_only(Kinds.ALL)
    assert model.rowCount() == 5
    tester.deleteLater()


def test_another_run_replaces_the_events(store: RunStore, tail: RunTail) -> None:
    first, second = make_run(store), make_run(store)
    write_events(first, [("heartbeat", {"step": 1})] * 5)
    write_events(second, [("run_failed", {"error": "boom"})])
    model = EventsModel(tail)
    tail.follow(first)
    wait_for(lambda: model.rowCount() == 5)
    tail.follow(second)
    wait_for(lambda: model.rowCount() == 1)
    assert model.data(model.index(0, EventColumn.PAYLOAD), DISPLAY) == "error boom"


def test_output_is_shown_without_or_with_events_or_from_stderr(
    store: RunStore, tail: RunTail, qtmodeltester: ModelTester
) -> None:
    run = make_run(store)
    run.stdout_file.write_text("hello\n")
    write_events(run, [("heartbeat", {})])
    with run.stdout_file.open("a") as file:
        file.write("world\n")
    run.stderr_file.write_text("warning: \x1b[31mred\x1b[0m\n 10%\r 50%\r100%\n")
    model = OutputModel(tail)
    tester = QAbstractItemModelTester(model, FATAL)
    tail.follow(run)
    wait_for(lambda: model.rowCount() == 2)
    assert texts(model) == ["hello", "world"]
    model.show_source(OutputSource.EVERYTHING)
    assert model.rowCount() == 3
    model.show_source(OutputSource.STDERR)
    assert texts(model) == ["warning: red", "100%"]
    with run.stderr_file.open("a") as file:
        file.write("more\n")
    wait_for(lambda: model.rowCount() == 3)
    qtmodeltester.check(model, force_py=True)
    tester.deleteLater()


def test_a_payload_fits_on_a_line() -> None:
    payload = {
        "zeta": 1.25,
        "error": "out of\nmemory",
        "losses": {"a": 1, "b": 2},
        "xs": [1],
        "flag": True,
        "none": None,
    }
    assert payload_summary(payload) == (
        "error out of memory   zeta 1.25   losses {2 fields}   xs [1 item]   flag true   none null"
    )
    many = payload_summary({f"key{n}": n for n in range(1_000)})
    assert many.endswith("…")
    assert len(many) < 500
    assert len(payload_summary({"text": "y" * 10_000, "big": 10**5_000})) < 200


def test_a_payload_is_cut_where_it_is_endless() -> None:
    assert pretty({"a": [1]}) == '{\n  "a": [\n    1\n  ]\n}'
    assert len(pretty({"a": "x" * 1_000_000})) < 210_000


def test_the_events_tab_filters_and_shows_payloads(
    store: RunStore, tail: RunTail, theme: Theme, qtbot: QtBot
) -> None:
    view = EventsView(theme, tail)
    qtbot.addWidget(view)
    view.resize(800, 400)
    view.show()
    run = make_run(store)
    write_events(
        run, [("run_started", {"algo": "<b>ppo</b>"}), *[("heartbeat", {"step": n}) for n in range(200)]]
    )
    tail.follow(run)
    wait_for(lambda: view.model.rowCount() == 201)
    assert view.table.following
    assert view.table.verticalScrollBar().value() == view.table.verticalScrollBar().maximum()
    view.table.selectRow(0)
    payload = view.payload.model
    assert payload.data(payload.index(0, 1), DISPLAY) == "<b>ppo</b>"
    assert not view.follow.isChecked(), "looking at a row ends following"
    view.choose("run_started")
    assert view.model.rowCount() == 1
    assert view.count.text() == "1 of 201 events"


def test_the_output_tab_follows_until_someone_scrolls(
    store: RunStore, tail: RunTail, theme: Theme, qtbot: QtBot
) -> None:
    view = OutputView(theme, tail)
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    run = make_run(store)
    run.stdout_file.write_text("".join(f"line {n}\n" for n in range(300)))
    tail.follow(run)
    wait_for(lambda: view.model.rowCount() == 300)
    bar = view.table.verticalScrollBar()
    assert bar.value() == bar.maximum()
    bar.triggerAction(bar.SliderAction.SliderToMinimum)
    assert not view.follow.isChecked()
    with run.stdout_file.open("a") as file:
        file.write("x" * 500 + "\n")
    wait_for(lambda: view.model.rowCount() == 301)
    assert bar.value() == 0
    view.follow.setChecked(True)
    assert bar.value() == bar.maximum()
    spin(0.02)
    assert view.table.columnWidth(0) > view.table.fontMetrics().horizontalAdvance("x" * 500)


def test_the_output_tab_turns_to_stderr(store: RunStore, tail: RunTail, theme: Theme, qtbot: QtBot) -> None:
    view = OutputView(theme, tail)
    qtbot.addWidget(view)
    run = make_run(store)
    run.stderr_file.write_text("Traceback\n")
    tail.follow(run)
    view.show_source(OutputSource.STDERR)
    wait_for(lambda: texts(view.model) == ["Traceback"])
    assert view.source.currentText() == "stderr"


def output_of(store: RunStore, tail: RunTail, stdout: str = "", stderr: str = "") -> OutputModel:
    run = make_run(store)
    run.stdout_file.write_text(stdout)
    run.stderr_file.write_text(stderr)
    model = OutputModel(tail)
    tail.follow(run)
    wait_for(lambda: tail.stderr is not None and not tail.is_busy)
    wait_for(lambda: all(records.is_done for records in model.lines.records.values()))
    return model


RECORDS = """\
2026-11-23 14:00:01,123 INFO     a.b [Worker/One]: LOG400 started
2026-11-23 14:00:02,123 WARNING  a.b [Worker/Two]: LOG412 odd
2026-11-23 14:00:03,123 ERROR    a.b [Worker/One]: LOG420 failed
Traceback (most recent call last):
  File "x"
2026-11-23 14:00:04,123 INFO     a.b [Worker/One]: LOG400 goes on
"""


def test_output_is_filtered_by_what_its_log_records_say(
    store: RunStore, tail: RunTail, qtmodeltester: ModelTester
) -> None:
    model = output_of(store, tail, stderr=RECORDS)
    tester = QAbstractItemModelTester(model, FATAL)
    model.show_source(OutputSource.STDERR)
    wait_for(lambda: model.first_error_row() == 2)
    model.show_only(OutputFilter(least_level="WARNING"))
    wait_for(lambda: model.rowCount() == 4)
    assert [text.split()[0] for text in texts(model)][2:] == ["Traceback", "File"]
    assert model.first_error_row() == 1
    model.show_only(OutputFilter(component="Worker/One", code="LOG400"))
    wait_for(lambda: model.rowCount() == 2)
    assert tail.run is not None
    with tail.run.stderr_file.open("a") as file:
        file.write(
            "belongs to the last\n2026-11-23 14:00:05,123 DEBUG    a.b [Worker/One]: LOG401 not this\n"
        )
    wait_for(lambda: model.rowCount() == 3)
    assert texts(model)[-1] == "belongs to the last"
    model.show_only(OutputFilter())
    assert model.rowCount() == 8
    qtmodeltester.check(model, force_py=True)
    tester.deleteLater()


def test_output_is_searched_forwards_and_backwards(store: RunStore, tail: RunTail) -> None:
    model = output_of(store, tail, stdout="Loss 1\nnone\n\x1b[31mlo\x1b[0mss 2\nold loss\rnew\nlast loss\n")
    model.search("loss")
    wait_for(lambda: not model.is_searching and model.matches == 3)
    assert [model.match_row(row) for row in (-1, 0, 2, 4)] == [0, 2, 4, 0]
    assert model.match_row(0, forward=False) == 4
    assert [model.match_number(row) for row in range(5)] == [1, 0, 2, 0, 3]
    model.search("Loss")
    wait_for(lambda: not model.is_searching and model.matches == 1)
    model.search("")
    assert model.matches == 0 and model.match_row(0) is None


def test_both_outputs_stand_as_they_came(store: RunStore, tail: RunTail, qtmodeltester: ModelTester) -> None:
    model = output_of(store, tail, stdout="out 1\n", stderr="err 1\n")
    tester = QAbstractItemModelTester(model, FATAL)
    model.show_source(OutputSource.BOTH)
    assert texts(model) == ["out 1", "err 1"] and model.lines.seen_before == 2
    assert tail.run is not None
    for file, text in (
        (tail.run.stderr_file, "err 2"),
        (tail.run.stdout_file, "out 2"),
        (tail.run.stderr_file, "err 3"),
    ):
        count = model.rowCount()
        with file.open("a") as stream:
            stream.write(text + "\n")
        wait_for(lambda count=count: model.rowCount() == count + 1)
    assert texts(model)[2:] == ["err 2", "out 2", "err 3"]
    model.search("2")
    wait_for(lambda: model.matches == 2)
    assert [model.match_row(row) for row in (0, 2)] == [2, 3]
    assert model.data(model.index(2, 0), int(Qt.ItemDataRole.ToolTipRole)) == "stderr, line 2"
    qtmodeltester.check(model, force_py=True)
    tester.deleteLater()


def test_a_line_without_end_is_cut_and_its_length_said(store: RunStore, tail: RunTail) -> None:
    model = output_of(
        store, tail, stdout="x" * 3_000_000 + "\n" + "y" * 5_000 + "\n" + "bar 1%\r" * 20_000 + "bar 99%\n"
    )
    first, second, bar = texts(model)
    assert first.endswith("x … [line of 3.0 MB, cut here]") and len(first) < 4_100
    assert second.endswith("[1,000 more characters]")
    assert bar == "bar 99%"


def test_the_line_being_written_is_shown(store: RunStore, tail: RunTail, theme: Theme, qtbot: QtBot) -> None:
    view = OutputView(theme, tail)
    qtbot.addWidget(view)
    run = make_run(store)
    run.stderr_file.write_text("start\n")
    tail.follow(run)
    view.show_source(OutputSource.STDERR)
    with run.stderr_file.open("a") as file:
        file.write(" 10%|#\r 42%|####")
    wait_for(lambda: view.unfinished.text() == " 42%|####")
    with run.stderr_file.open("a") as file:
        file.write("\r100%\n")
    wait_for(lambda: texts(view.model) == ["start", "100%"])
    assert view.unfinished.isHidden()


def test_wrapped_lines_are_as_high_as_they_need(
    store: RunStore, tail: RunTail, theme: Theme, qtbot: QtBot
) -> None:
    view = OutputView(theme, tail)
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    run = make_run(store)
    run.stdout_file.write_text("short\n" + "word " * 100 + "\n\U0001f600 \x1b[31mred\x1b[0m\n")
    tail.follow(run)
    wait_for(lambda: view.model.rowCount() == 3)
    spin()
    high = view.table.rowHeight(0)
    view.bar.wrap.setChecked(True)
    assert view.table.rowHeight(1) > 5 * high and view.table.rowHeight(0) == high
    view.bar.wrap.setChecked(False)
    assert view.table.rowHeight(1) == high


def test_the_output_tab_finds_filters_and_saves(
    store: RunStore, tail: RunTail, theme: Theme, qtbot: QtBot, tmp_path: Path
) -> None:
    view = OutputView(theme, tail)
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    run = make_run(store)
    run.stderr_file.write_text("\x1b[1mfirst\x1b[0m\n" + RECORDS)
    tail.follow(run)
    view.show_source(OutputSource.STDERR)
    wait_for(lambda: view.records.isVisible() and view.records.component.count() == 3)
    view.bar.field.setText("log4")
    wait_for(lambda: view.bar.found.text() == "4 matches")
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Return)
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Return)
    assert view.table.currentIndex().row() == 2 and view.bar.found.text() == "2 of 4"
    qtbot.keyClick(view.bar.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert view.bar.found.text() == "1 of 4"
    view.bar.first_error.click()
    assert view.table.currentIndex().row() == 3 and not view.follow.isChecked()
    view.save_to(tmp_path / "saved.log")
    wait_for(lambda: view.note.text().startswith("Saved"))
    assert (tmp_path / "saved.log").read_bytes() == run.stderr_file.read_bytes()
    view.save_to(tmp_path)
    assert "could not be saved" in view.note.text().lower()
    view.records.level.setCurrentIndex(3)
    view.records.level.activated.emit(3)
    wait_for(lambda: view.model.rowCount() == 3)
    assert view.records.count.text() == "3 of 7 lines"


def test_events_are_searched_and_found_by_time(
    store: RunStore, tail: RunTail, theme: Theme, qtbot: QtBot
) -> None:
    view = EventsView(theme, tail)
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    run = make_run(store)
    write_events(run, [("heartbeat", {"step": n}) for n in range(100)])
    write_events(run, [("checkpoint_saved", {"path": "Best.pt"})], start=1_100.0)
    with run.stdout_file.open("a") as file:
        file.write('{"event": "heartbeat", "run_i\n')
    tail.follow(run)
    wait_for(lambda: view.model.rowCount() == 101)
    view.jump.setText("+1m")
    qtbot.keyClick(view.jump, Qt.Key.Key_Return)
    assert view.table.currentIndex().row() == 60
    view.jump.setText("some day")
    qtbot.keyClick(view.jump, Qt.Key.Key_Return)
    assert view.jump.property("invalid") is True
    view.search.setText("best")
    wait_for(lambda: view.model.rowCount() == 1)
    assert view.count.text() == "1 of 101 events"
    write_events(run, [("checkpoint_saved", {"path": "best 2"})], start=1_101.0)
    wait_for(lambda: view.model.rowCount() == 2)
    view.search.clear()
    view.choose(Kinds.NO_HEARTBEATS)
    wait_for(lambda: view.model.rowCount() == 2)
    view.choose(Kinds.TORN)
    wait_for(lambda: view.model.rowCount() == 1)
    assert view.model.data(view.model.index(0, EventColumn.EVENT), DISPLAY) == "unreadable"
    view.choose(Kinds.ALL)
    view.table.selectRow(0)
    view.table.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == run.stdout_file.read_text().splitlines()[0]


def test_what_came_meanwhile_is_counted_until_it_is_looked_at(
    store: RunStore, tail: RunTail, theme: Theme, qtbot: QtBot
) -> None:
    view = EventsView(theme, tail)
    qtbot.addWidget(view)
    view.resize(900, 400)
    view.show()
    run = make_run(store)
    write_events(run, [("heartbeat", {"step": n}) for n in range(100)])
    tail.follow(run)
    wait_for(lambda: view.model.rowCount() == 100)
    view.table.selectRow(3)
    write_events(run, [("heartbeat", {"step": n}) for n in range(7)])
    wait_for(lambda: view.table.newer.text() == "↓ 7 new")
    assert view.table.newer.isVisible()
    view.table.newer.click()
    assert view.table.following and view.table.newer.isHidden()


def test_a_payload_is_a_tree(qtmodeltester: ModelTester) -> None:
    model = PayloadModel()
    payload = {
        "loss": 0.5,
        'a "key"': {"deep": [1, {"x": "<b>"}]},
        "many": list(range(1_000)),
        "text": "y" * 500,
    }
    model.show_payload(payload)
    tester = QAbstractItemModelTester(model, FATAL)
    # It would fetch more while it is told of new rows, and take that for a fault of the model.
    tester.setUseFetchMore(False)
    assert model.rowCount() == 4
    inside = model.index(1, 0)
    model.fetchMore(inside)
    deep = model.index(0, 0, inside)
    model.fetchMore(deep)
    last = model.index(1, 0, deep)
    model.fetchMore(last)
    leaf = model.index(0, 1, last)
    assert model.path(leaf) == 'payload["a \\"key\\""]["deep"][1]["x"]'
    assert (model.value(leaf), model.data(leaf, DISPLAY)) == ("<b>", "<b>")
    many = model.index(2, 0)
    while model.canFetchMore(many):
        model.fetchMore(many)
    assert model.rowCount(many) == 1_000
    assert len(str(model.data(model.index(3, 1), DISPLAY))) < 200
    qtmodeltester.check(model, force_py=True)
    model.show_payload(None)
    assert model.rowCount() == 0
    tester.deleteLater()


def test_a_failure_opens_with_its_traceback(qtbot: QtBot) -> None:
    pane = PayloadPane()
    qtbot.addWidget(pane)
    raw = b'{"event":"run_failed","payload":{"error":"x","traceback":"Traceback\\n  <b>File</b>"}}'
    pane.show_line(parse_line(raw, 4))
    assert pane.full.toPlainText() == "Traceback\n  <b>File</b>"
    pane.tree.setFocus()
    pane.tree.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == "Traceback\n  <b>File</b>"
    pane.tree.actions()[1].trigger()
    assert QGuiApplication.clipboard().text() == 'payload["traceback"]'
    pane.show_line(parse_line(b'{"event": "cut', 5))
    assert pane.head.text() == "Unreadable line" and pane.full.toPlainText() == '{"event": "cut'


@pytest.mark.parametrize("tokens", [LIGHT, DARK])
def test_every_terminal_colour_can_be_read(tokens: Tokens) -> None:
    for paper_colour in (None, *range(0, 256, 5)):
        behind = ansi_colours.paper(paper_colour, tokens)
        for colour in (None, *range(256), (0, 0, 0), (255, 255, 255), (128, 128, 128)):
            assert contrast(ansi_colours.ink(colour, behind, tokens), behind) >= 4.5


def test_moments_as_people_type_them() -> None:
    last = datetime(2026, 11, 23, 14, 30).timestamp()
    first = last - 7_200
    assert moment_in("+90s", first, last) == first + 90
    assert moment_in("+1.5h", first, last) == first + 5_400
    assert moment_in("14:05", first, last) == datetime(2026, 11, 23, 14, 5).timestamp()
    assert moment_in("15:00:30", first, last) == datetime(2026, 11, 22, 15, 0, 30).timestamp()
    assert moment_in("2026-11-20 08:00", first, last) == datetime(2026, 11, 20, 8).timestamp()
    assert moment_in("noon", first, last) is None
