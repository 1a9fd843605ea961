from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from gym_gui.core.runs.directory import RunStore
from gym_gui.services.run_tail import RunTail
from gym_gui.ui.runs.events_model import EventColumn, EventsModel, Kinds
from gym_gui.ui.runs.events_view import EventsView
from gym_gui.ui.runs.output_model import OutputModel, OutputSource, as_shown
from gym_gui.ui.runs.output_view import OutputView
from gym_gui.ui.runs.payload_words import payload_summary, pretty
from gym_gui.ui.theme import Theme
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


def test_lines_are_shown_as_a_terminal_leaves_them() -> None:
    assert as_shown("\x1b]0;title\x07text\x1b[1;32m!\x1b[0m") == "text!"
    assert as_shown("a\tb") == "a   b"
    assert as_shown("bell\x07 null\x00") == "bell null"
    assert as_shown("windows\r") == "windows"
    long = as_shown("x" * 10_000)
    assert len(long) < 4_100
    assert long.endswith("6,000 more characters")


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
