"""Ten thousand runs in the table of the panel: listed, searched at every keystroke, kept up to date."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

from benchmarks.measure import Figure, Spread, paired_ratio, seconds
from gym_gui.core.runs.record import Labels, RunRecord
from gym_gui.core.runs.summary import RunState, RunSummary

RUNS = 10_000
PORTION = 2_500
ROUNDS = 9
TRIES = 3
ENVIRONMENTS = ("FrozenLake4x4", "Taxi", "CliffWalking", "CartPole-v1", "LunarLander-v3")
TYPED = "state:failed env:lake -tag:tag1 >1d seed"


def measure() -> list[Figure]:
    """The model under a table on screen, with groups; a plain list of texts as the peer."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    summaries = [_summary(number) for number in range(RUNS)]
    figures = [_listing(app, summaries), _searching(app, summaries), _keeping_up(app, summaries)]
    del os.environ["QT_QPA_PLATFORM"]
    return figures


def _table(app: object) -> tuple[object, object]:
    from PySide6.QtWidgets import QApplication

    from gym_gui.config.paths import resources_root
    from gym_gui.ui.runs.table.model import RunsModel
    from gym_gui.ui.runs.table.table import RunsTable
    from gym_gui.ui.theme import Theme

    assert isinstance(app, QApplication)
    model = RunsModel()
    model.group_runs(True)
    table = RunsTable(Theme(app, resources_root()), model, list)
    table.resize(1100, 700)
    table.show()
    return model, table


def _listing(app: object, summaries: list[RunSummary]) -> Figure:
    from PySide6.QtCore import QCoreApplication, QStringListModel
    from PySide6.QtWidgets import QListView

    from gym_gui.ui.runs.table.model import RunsModel

    taken: list[float] = []

    def ours() -> float:
        model, table = _table(app)
        assert isinstance(model, RunsModel)

        def list_all() -> None:
            for start in range(0, RUNS, PORTION):
                model.take(summaries[start : start + PORTION])
            QCoreApplication.processEvents()

        taken.append(seconds(list_all))
        assert model.order.matching == RUNS
        table.deleteLater()  # type: ignore[attr-defined]
        return taken[-1]

    def peer() -> float:
        view = QListView()
        view.resize(1100, 700)
        view.show()
        names = [summary.labels.name for summary in summaries]

        def list_all() -> None:
            view.setModel(QStringListModel(names, view))
            QCoreApplication.processEvents()

        took = seconds(list_all)
        view.deleteLater()
        return took

    ratio, spread = paired_ratio(ours, peer, ROUNDS), Spread.of(taken)
    return Figure(
        f"{RUNS:,} runs put into the table and painted",
        "a QListView of their names",
        spread.median,
        "s",
        "<= 1",
        spread.median <= 1.0,
        f"{spread:.3f}; {ratio.median:.1f} x the peer",
    )


def _searching(app: object, summaries: list[RunSummary]) -> Figure:
    from PySide6.QtCore import QCoreApplication

    from gym_gui.core.runs.query.completion import complete
    from gym_gui.ui.runs.table.model import RunsModel

    model, table = _table(app)
    assert isinstance(model, RunsModel)
    model.take(summaries)
    QCoreApplication.processEvents()

    def keystroke(text: str) -> float:
        def search() -> None:
            model.search(text)
            complete(text, len(text), model.order.summaries())
            QCoreApplication.processEvents()

        return seconds(search)

    typed = [TYPED[:length] for length in range(1, len(TYPED) + 1)]
    passes = [[keystroke(text) for text in [*typed, *reversed(typed), ""]] for _ in range(TRIES)]
    each = Spread.of([min(times) for times in zip(*passes, strict=True)])
    table.deleteLater()  # type: ignore[attr-defined]
    return Figure(
        f"search of {RUNS:,} runs per keystroke: query, completion, rows, paint",
        "none",
        each.greatest * 1000,
        "ms",
        "<= 100",
        each.greatest <= 0.1,
        f"the slowest, each the best of {TRIES}; median {each.median * 1000:.0f} ms",
    )


def _keeping_up(app: object, summaries: list[RunSummary]) -> Figure:
    from PySide6.QtCore import QCoreApplication

    from gym_gui.ui.runs.table.model import RunsModel

    model, table = _table(app)
    assert isinstance(model, RunsModel)
    model.take(summaries)
    QCoreApplication.processEvents()
    live = summaries[-50:]

    steps = iter(range(1_000_000))

    def changed() -> float:
        step = float(next(steps))
        batch = [dataclasses.replace(summary, returns=(step,)) for summary in live]

        def take() -> None:
            model.take(batch)
            QCoreApplication.processEvents()

        return seconds(take)

    def repainted() -> float:
        def repaint() -> None:
            table.viewport().update()  # type: ignore[attr-defined]
            QCoreApplication.processEvents()

        return seconds(repaint)

    ratio = paired_ratio(changed, repainted, ROUNDS * 5)
    table.deleteLater()  # type: ignore[attr-defined]
    return Figure(
        f"50 of {RUNS:,} runs changed, those in view among them",
        "painting the rows in view once more",
        ratio.median,
        "of its time",
        "<= 1.5",
        ratio.median <= 1.5,
        f"{ratio:.2f}",
    )


def _summary(number: int) -> RunSummary:
    run_id = f"01J{number:023d}"
    moment = 1_790_000_000.0 + number
    record = RunRecord(
        run_id=run_id,
        worker_id="bench",
        argv=("true",),
        cwd="/",
        created=moment,
        seed=number % 5,
        algorithm="ppo",
        environment=ENVIRONMENTS[number % len(ENVIRONMENTS)],
        group=f"sweep {number // 5}" if number % 2_000 < 1_000 else None,
    )
    return RunSummary(
        run_id,
        Path("/runs") / run_id,
        RunState.FAILED if number % 3 == 0 else RunState.COMPLETED,
        record=record,
        labels=Labels(name=f"run {number}", tags=(f"tag{number % 3}",)),
        started=moment,
        ended=moment + 60,
        returns=tuple(float(value % 17) for value in range(number % 40)),
    )
