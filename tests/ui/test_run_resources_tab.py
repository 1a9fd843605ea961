from __future__ import annotations

import json
import math
from array import array
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.processes.resources import ResourceCurve
from gym_gui.core.runs.summary import RunState
from gym_gui.services.notifier import Notifier
from gym_gui.services.resource_watch import ResourceWatch
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui.runs.resources.axes import round_step, span_step, span_text
from gym_gui.ui.runs.resources.series import CPU, figures_of, last_part, nearest
from gym_gui.ui.runs.resources.view import ResourcesView
from gym_gui.ui.theme import Theme, ThemeChoice
from gym_gui.ui.widgets.labels import PlainLabel
from tests.panel_helpers import ENDLESS, finish, make_run, start_tabular, wait_for


def curve(*samples: tuple[float, float, float, float]) -> ResourceCurve:
    columns = zip(*samples, strict=True)
    return ResourceCurve(*(array("d", column) for column in columns))


def write_samples(run: RunDirectory, count: int, *, start: float = 1_000.0, first: int = 0) -> None:
    """Append samples as the supervisor would."""
    with run.resources_file.open("a") as file:
        for n in range(first, first + count):
            line = {
                "time": start + 5 * n,
                "cpu_percent": 10.0 * n,
                "rss_bytes": 1e6 * (n + 1),
                "processes": 2,
            }
            file.write(json.dumps(line) + "\n")


class Bench:
    def __init__(self, theme: Theme, notifier: Notifier) -> None:
        self.tasks = TaskRunner(notifier)
        self.watch = ResourceWatch(self.tasks)
        self.view = ResourcesView(theme, self.watch)

    def show(self, run: RunDirectory) -> None:
        self.view.show_run(watch_state(run))
        wait_for(lambda: self.tasks.pending == 0)


@pytest.fixture
def bench(theme: Theme, notifier: Notifier, qtbot: QtBot) -> Iterator[Bench]:
    made = Bench(theme, notifier)
    qtbot.addWidget(made.view)
    made.view.resize(900, 500)
    made.view.show()
    yield made
    made.tasks.close(5_000)


def test_samples_are_drawn_and_the_latest_named(bench: Bench, store: RunStore) -> None:
    run = make_run(store)
    write_samples(run, 12)
    bench.show(run)
    figures = bench.view.figures
    assert figures.figure("CPU") == "110 %"
    assert figures.figure("Memory") == "12.0 MB"
    assert figures.figure("Most memory") == "12.0 MB"
    assert figures.figure("Processes") == "2"
    assert [chart.value.text() for chart in bench.view.charts] == ["110 %", "12.0 MB", "2"]
    xs, ys = bench.view.charts[1]._curve.getOriginalDataset()
    assert list(xs) == [5.0 * n for n in range(12)]
    assert list(ys) == [1e6 * (n + 1) for n in range(12)]


def test_new_samples_are_read_when_the_file_has_grown(bench: Bench, store: RunStore) -> None:
    run = make_run(store)
    write_samples(run, 3)
    bench.show(run)
    told: list[int] = []
    bench.watch.changed.connect(lambda: told.append(1))
    bench.show(run)
    assert told == [], "nothing new, nothing read"
    write_samples(run, 2, first=3)
    bench.show(run)
    assert bench.view.figures.figure("CPU") == "40 %"


def test_the_value_under_the_pointer_is_named_in_every_chart(bench: Bench, store: RunStore) -> None:
    run = make_run(store)
    write_samples(run, 12)
    bench.show(run)
    cpu, memory, processes = bench.view.charts
    box = cpu.plot.getPlotItem().getViewBox()
    middle = box.mapViewToScene(QPointF(26.0, 50.0))
    cpu.plot.scene().sigMouseMoved.emit(middle)
    assert cpu.value.text() == "50 %  at 25 s"
    assert memory.value.text() == "6.0 MB  at 25 s"
    assert processes._marker.isVisible()
    QApplication.sendEvent(cpu.plot, QEvent(QEvent.Type.Leave))
    assert memory.value.text() == "12.0 MB"
    assert not processes._marker.isVisible()


def test_only_the_last_minutes_when_those_are_wanted(bench: Bench, store: RunStore) -> None:
    run = make_run(store)
    write_samples(run, 200)
    bench.show(run)
    box = bench.view.charts[2].plot.getPlotItem().getViewBox()
    assert box.viewRange()[0][0] <= 0.0
    bench.view.range.setCurrentIndex(2)
    bench.view.range.activated.emit(2)
    left, right = box.viewRange()[0]
    assert left == pytest.approx(995 - 300, abs=10), "the charts move together"
    assert right == pytest.approx(995, abs=10)


def test_no_samples_are_said_to_be_none_yet_or_none_ever(bench: Bench, store: RunStore) -> None:
    run = make_run(store)
    bench.show(run)
    assert bench.view.empty.title.text() == "No samples yet"
    finish(run)
    bench.show(run)
    assert bench.view.empty.title.text() == "Nothing was recorded"
    run.resources_file.write_bytes(b"\x00not json\n{}\n")
    bench.show(run)
    assert bench.view.empty.isVisible()


def test_another_run_does_not_show_the_former_ones_samples(bench: Bench, store: RunStore) -> None:
    first, second = make_run(store), make_run(store)
    write_samples(first, 5)
    bench.show(first)
    bench.view.show_run(watch_state(second))
    assert bench.view.empty.isVisible()
    wait_for(lambda: bench.tasks.pending == 0)
    assert bench.view.empty.title.text() == "No samples yet"


def test_the_charts_follow_the_theme(bench: Bench, store: RunStore, theme: Theme) -> None:
    run = make_run(store)
    write_samples(run, 5)
    bench.show(run)
    theme.choose(ThemeChoice.DARK)
    assert bench.view.charts[0].plot.backgroundBrush().color() == theme.colour("surface")


def test_a_real_run_is_sampled_and_shown(bench: Bench, store: RunStore) -> None:
    run = start_tabular(store, ENDLESS)
    wait_for(lambda: watch_state(run).state is RunState.RUNNING)
    wait_for(lambda: run.resources_file.exists() and run.resources_file.stat().st_size > 0)
    bench.show(run)
    assert bench.view.figures.figure("Processes") == "1"
    assert bench.view.figures.figure("CPU") == "not measured", "the first sample has none before it"
    wait_for(lambda: len(run.resources_file.read_text().splitlines()) > 1, "the second sample")
    bench.show(run)
    assert bench.view.figures.figure("CPU").endswith(" %")


def test_cpu_of_a_first_sample_is_not_known() -> None:
    used = curve((1.0, 0.0, 5.0, 1.0), (6.0, 80.0, 7.0, 1.0), (11.0, 40.0, 6.0, 2.0))
    assert math.isnan(CPU.values(used)[0])
    assert list(CPU.values(used)[1:]) == [80.0, 40.0]
    figures = figures_of(used)
    assert figures is not None
    assert figures.mean_cpu_percent == 60.0
    assert figures.peak_rss_bytes == 7.0
    assert figures_of(ResourceCurve()) is None


def test_the_last_part_of_a_curve() -> None:
    used = curve(*((60.0 * n, 1.0, 1.0, 1.0) for n in range(100)))
    assert list(last_part(used, 10).times) == [60.0 * n for n in range(89, 100)]
    assert len(last_part(ResourceCurve(), 10)) == 0


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, unique=True), st.floats(-1e9, 1e9))
def test_nearest_is_nearest(positions: list[float], wanted: float) -> None:
    positions.sort()
    found = nearest(positions, wanted)
    assert found is not None
    assert abs(positions[found] - wanted) == min(abs(position - wanted) for position in positions)


@given(st.floats(0.5, 1e8), st.floats(1, 3_000))
def test_ticks_have_room_and_round_places(span: float, pixels: float) -> None:
    for step, room in ((span_step(span, pixels), 90.0), (round_step(span, pixels, 25.0), 25.0)):
        assert step * pixels / span >= room * 0.999


@pytest.mark.parametrize(
    ("seconds", "spacing", "words"),
    [
        (30, 10, "30 s"),
        (90, 30, "90 s"),
        (600, 300, "10 min"),
        (7_200, 3_600, "2 h"),
        (86_400, 86_400, "1 d"),
    ],
)
def test_times_are_worded_in_the_unit_of_their_distance(seconds: float, spacing: float, words: str) -> None:
    assert span_text(seconds, spacing) == words


def write_gpu_samples(run: RunDirectory, *uses: dict[str, float]) -> None:
    with run.resources_file.open("w") as file:
        for n, use in enumerate(uses):
            line = {"time": 1_000.0 + 5 * n, "cpu_percent": 10.0, "rss_bytes": 1e6, "processes": 1, **use}
            file.write(json.dumps(line) + "\n")


def test_a_run_that_uses_a_card_shows_it_with_gaps(bench: Bench, store: RunStore) -> None:
    run = make_run(store)
    use = {"gpu_memory_bytes": 6e9, "gpu_percent": 80.0}
    write_gpu_samples(
        run, {}, use, {"gpu_memory_bytes": "junk"}, {"gpu_memory_bytes": 2e9, "gpu_percent": -3}
    )
    bench.show(run)
    view = bench.view
    titles = ["CPU over time", "Memory over time", "GPU over time", "GPU memory over time"]
    assert [chart.plot.accessibleName() for chart in view.charts] == [*titles, "Processes over time"]
    assert (view.figures.figure("GPU"), view.figures.figure("GPU memory")) == ("not measured", "2.0 GB")
    assert view.figures.figure("Most GPU memory") == "6.0 GB"
    assert [chart.value.text() for chart in view.charts[2:4]] == ["not measured", "2.0 GB"]
    view.charts[0].pointed.emit(5.0)
    assert [chart.value.text() for chart in view.charts[2:4]] == ["80 %  at 5.0 s", "6.0 GB  at 5.0 s"]


def test_a_run_without_a_card_says_nothing_of_cards(bench: Bench, store: RunStore) -> None:
    used, unused = make_run(store), make_run(store)
    write_gpu_samples(used, {"gpu_memory_bytes": 1e9}, {"gpu_memory_bytes": 1e9})
    write_gpu_samples(unused, {}, {})
    bench.show(used)
    assert len(bench.view.charts) == 4, "no curve of what this driver does not tell"
    bench.show(unused)
    assert len(bench.view.charts) == 3
    assert not any(
        "GPU" in label.text() for label in bench.view.findChildren(PlainLabel) if label.isVisible()
    )
    bench.show(used)
    assert [chart.isVisible() for chart in bench.view.charts] == [True] * 4
