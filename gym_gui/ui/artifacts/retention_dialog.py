"""Cleaning up checkpoints: which stay is chosen, what would go is shown, and only then is it moved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.artifacts.checkpoints.listing import CheckpointRow
from gym_gui.core.artifacts.disk_retention import RetentionPlan, default_metric, plan_retention
from gym_gui.core.artifacts.disk_trash import TrashEntry, apply_retention, restore
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.artifacts.plain_table import Cell, Column, PlainTable
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import Banner

_WIDTH, _HEIGHT = 118, 28
_COLUMNS = (Column("Checkpoint", 38), Column("", 10), Column("Frees", 12, True), Column("Why", 44))
_ABOUT = (
    "Best and final checkpoints always stay, and so does the newest. What goes is moved to the run's own "
    "trash, from where it can be put back. Its space comes free when the trash is emptied."
)
_MOST_SKIPPED = 5


class RetentionDialog(QDialog):
    """Shows the plan anew with every choice. `moved` says that it was carried out or taken back."""

    moved = Signal()
    trash_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        tasks: TaskRunner,
        run_dir: Path,
        rows: Sequence[CheckpointRow],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._run_dir = run_dir
        self._rows = tuple(rows)
        self._asked = 0
        self._entry: TrashEntry | None = None
        self.plan: RetentionPlan | None = None
        self.keep_last = QSpinBox(minimum=1, maximum=10_000, value=3)
        self.keep_best = QSpinBox(minimum=0, maximum=10_000, value=1)
        self.best_by = QComboBox()
        self.lower_is_better = QCheckBox("Lower is better")
        self.keep_listed = QCheckBox("Keep what the manifest lists")
        self.said = PlainLabel("", "strong", wrap=True)
        self.table = PlainTable(theme, "Checkpoints that go and stay", _COLUMNS)
        self.outcome = Banner(theme, "success")
        self.undo = self.outcome.add_button("Undo")
        self.to_trash = self.outcome.add_button("Open trash…")
        self.move_button = QPushButton("Move to trash")
        self.close_button = QPushButton("Cancel")
        self._build()
        self._connect()
        self._replan()

    def _build(self) -> None:
        self.setWindowTitle("Clean up checkpoints")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(characters(self, _WIDTH), lines(self, _HEIGHT))
        metrics = sorted({name for row in self._rows for name in row.metrics})
        self.best_by.addItems(metrics)
        self.best_by.setCurrentText(default_metric(self._rows))
        has_metrics = bool(metrics)
        for part in (self.best_by, self.keep_best, self.lower_is_better):
            part.setEnabled(has_metrics)
        if not has_metrics:
            self.best_by.addItem("no metrics reported")
        self.keep_listed.setChecked(True)
        self.outcome.hide()
        self.keep_last.setAccessibleName("How many of the newest stay")
        self.keep_best.setAccessibleName("How many of the best stay")
        self.best_by.setAccessibleName("Best by")
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(8)
        grid.addWidget(PlainLabel("Keep the last"), 0, 0)
        grid.addWidget(self.keep_last, 0, 1)
        best: tuple[QWidget, ...] = (
            PlainLabel("and the best"),
            self.keep_best,
            PlainLabel("by"),
            self.best_by,
            self.lower_is_better,
        )
        for column, widget in enumerate(best):
            grid.addWidget(widget, 1, column)
        grid.addWidget(self.keep_listed, 2, 0, 1, 4)
        grid.setColumnStretch(5, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        self.move_button.setProperty("role", "danger")
        self.move_button.setAutoDefault(False)
        self.close_button.setDefault(True)
        buttons.addWidget(self.move_button)
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        layout.addWidget(PlainLabel(_ABOUT, "muted", wrap=True))
        layout.addLayout(grid)
        layout.addWidget(self.said)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.outcome)
        layout.addLayout(buttons)

    def _connect(self) -> None:
        self.keep_last.valueChanged.connect(lambda _: self._replan())
        self.keep_best.valueChanged.connect(lambda _: self._replan())
        self.best_by.currentIndexChanged.connect(lambda _: self._replan())
        self.lower_is_better.toggled.connect(lambda _: self._replan())
        self.keep_listed.toggled.connect(lambda _: self._replan())
        self.move_button.clicked.connect(self._move)
        self.close_button.clicked.connect(self.reject)
        self.undo.clicked.connect(self._undo)
        self.to_trash.clicked.connect(self._leave_for_trash)

    def _replan(self) -> None:
        self._asked += 1
        asked = self._asked
        last, best = self.keep_last.value(), self.keep_best.value()
        metric = self.best_by.currentText() if self.best_by.isEnabled() else ""
        lower, listed = self.lower_is_better.isChecked(), self.keep_listed.isChecked()
        run_dir, rows = self._run_dir, self._rows
        self.move_button.setEnabled(False)
        self._tasks.start(
            "Planning what stays",
            lambda: plan_retention(
                run_dir,
                rows,
                keep_last=last,
                keep_best=best,
                metric=metric,
                lower_is_better=lower,
                keep_listed=listed,
            ),
            owner=self,
            done=lambda plan: self._show(asked, plan),
        )

    def _show(self, asked: int, plan: RetentionPlan) -> None:
        if asked != self._asked or self._entry is not None:
            return
        self.plan = plan
        rows = [
            (Cell(g.relative), Cell("goes", 0, "warning"), Cell(wording.size(g.freed), g.freed), Cell(""))
            for g in plan.going
        ]
        rows += [
            (
                Cell(k.row.label, ink="text_muted"),
                Cell("stays", 1, "success"),
                Cell(""),
                Cell(", ".join(why.value for why in k.why), ink="text_muted"),
            )
            for k in plan.kept
        ]
        self.table.show_rows(rows)
        going = wording.plural(len(plan.going), "checkpoint")
        freed = wording.size(plan.freed)
        self.said.setText(
            f"{going} would go, {len(plan.kept):,} stay. {freed} come free once the trash is emptied."
            if plan.going
            else "Nothing would go."
        )
        self.move_button.setText(f"Move {len(plan.going):,} to trash" if plan.going else "Move to trash")
        self.move_button.setEnabled(bool(plan.going))

    def _move(self) -> None:
        plan = self.plan
        if plan is None:
            return
        self._allow(False)
        self._tasks.start(
            "Moving checkpoints to the trash",
            lambda: apply_retention(plan),
            owner=self,
            done=self._tell_moved,
            failed=self._tell_failure,
        )

    def _tell_moved(self, entry: TrashEntry) -> None:
        self._entry = entry
        said = f"{wording.plural(len(entry.paths), 'checkpoint')} moved to the trash."
        self._tell("warning" if entry.skipped else "success", said, entry.skipped)
        self.undo.setVisible(bool(entry.paths))
        self.close_button.setText("Close")
        self.moved.emit()

    def _undo(self) -> None:
        entry = self._entry
        if entry is None:
            return
        self.undo.setEnabled(False)
        self._tasks.start(
            "Putting checkpoints back",
            lambda: restore(self._run_dir, entry.name),
            owner=self,
            done=self._tell_restored,
            failed=self._tell_failure,
        )

    def _tell_restored(self, entry: TrashEntry) -> None:
        self._entry = None
        said = f"{wording.plural(len(entry.paths), 'checkpoint')} back where it was."
        self._tell("warning" if entry.skipped else "success", said, entry.skipped)
        self.undo.hide()
        self.undo.setEnabled(True)
        self._allow(True)
        self.moved.emit()
        self._replan()

    def _tell_failure(self, error: Exception) -> None:
        self._tell("danger", str(error), ())
        self.undo.hide()
        self._allow(True)
        self.moved.emit()
        self._replan()

    def _tell(self, tone: str, said: str, skipped: tuple[str, ...]) -> None:
        shown = list(skipped[:_MOST_SKIPPED])
        if len(skipped) > _MOST_SKIPPED:
            shown.append(f"and {len(skipped) - _MOST_SKIPPED:,} more")
        left = ["Left where it is:", *shown] if shown else []
        self.outcome.say(tone, "\n".join([said, *left]))
        self.to_trash.setVisible(tone != "danger")
        self.outcome.show()

    def _allow(self, allowed: bool) -> None:
        has_metrics = allowed and bool(default_metric(self._rows) or any(row.metrics for row in self._rows))
        always: tuple[QWidget, ...] = (self.keep_last, self.keep_listed, self.move_button)
        best: tuple[QWidget, ...] = (self.keep_best, self.best_by, self.lower_is_better)
        for part in always:
            part.setEnabled(allowed)
        for part in best:
            part.setEnabled(has_metrics)

    def _leave_for_trash(self) -> None:
        self.accept()
        self.trash_wanted.emit()
