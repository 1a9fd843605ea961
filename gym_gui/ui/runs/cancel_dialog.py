"""Cancelling a run, seen: its processes before the question, the progress of the stop, the receipt."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.runs.cancel import CancelReceipt
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.services.process_watch import ProcessLook, ProcessWatch
from gym_gui.services.run_actions import RunActions
from gym_gui.services.tasks import TaskRunner
from gym_gui.ui import wording
from gym_gui.ui.runs.resources.process_table import ProcessTable
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.widgets.metrics import characters, lines
from gym_gui.ui.widgets.placeholders import Banner

_WIDTH_IN_CHARACTERS = 104
_TABLE_LINES = 11
_QUESTION = (
    "The worker is asked to stop and may save what it has. Whatever has not ended after the time it is given "
    "is killed. The run's files stay."
)
_STOPPING = (
    "Every process was asked to end; what does not is killed when its time is up. "
    "This goes on when you hide the window; the receipt then comes as a notice."
)
_NOTHING_ALIVE = "Nothing of it is alive at the moment. Cancelling marks it as cancelled unless it is over."


class CancelDialog(QDialog):
    """Asks before it cancels, stays while the run is being ended, and shows the receipt.

    The safe answer has the focus. Closing the window leaves the run as it is, or the stop going on.
    """

    confirmed = Signal()

    def __init__(
        self,
        *,
        theme: Theme,
        tasks: TaskRunner,
        actions: RunActions,
        run: RunDirectory,
        label: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._run_id = run.run_id
        self._label = label
        self._at_most = 0
        self._alive = 0
        self._is_stopping = False
        self.heading = PlainLabel(f"Cancel run {label}?", "heading", wrap=True)
        self.text = PlainLabel(_QUESTION, "muted", wrap=True)
        self.table = ProcessTable()
        self.total = PlainLabel("Looking at its processes…", "muted")
        self.progress = QProgressBar()
        self.receipt = ReceiptGrid()
        self.problem = Banner(theme, "danger")
        self.stop = QPushButton("Cancel run")
        self.keep = QPushButton("Keep running")
        self._watch = ProcessWatch(tasks, run, self)
        self._build()
        self._watch.looked.connect(self._take_look)
        self._watch.failed.connect(self._show_problem)
        actions.cancel_receipt.connect(self._take_receipt)
        actions.cancel_failed.connect(self._take_failure)
        self.stop.clicked.connect(self._begin)
        self.keep.clicked.connect(self.reject)
        self.finished.connect(self._watch.stop)
        self._watch.start()

    def _build(self) -> None:
        self.setWindowTitle("Cancel run")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(characters(self, _WIDTH_IN_CHARACTERS))
        self.table.setMinimumHeight(lines(self, _TABLE_LINES))
        self.problem.hide()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Processes ended")
        self.progress.hide()
        self.stop.setProperty("role", "danger")
        self.stop.setAutoDefault(False)
        self.keep.setDefault(True)
        self._place = QStackedWidget()
        self._place.addWidget(self.table)
        self._place.addWidget(self.receipt)
        buttons = QHBoxLayout()
        buttons.addWidget(self.total)
        buttons.addStretch(1)
        buttons.addWidget(self.stop)
        buttons.addWidget(self.keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(10)
        for part in (self.heading, self.text, self.problem):
            layout.addWidget(part)
        layout.addWidget(self._place, 1)
        layout.addWidget(self.progress)
        layout.addLayout(buttons)
        self.keep.setFocus()

    def _take_look(self, look: ProcessLook) -> None:
        self.problem.hide()
        self.table.processes.show_look(look)
        self._alive = look.to_end
        if self._is_stopping:
            self._show_left(look.to_end)
        elif look.processes:
            count = wording.plural(len(look.processes), "process", "processes")
            self.total.setText(f"{count}, {wording.size(look.rss_bytes)} of memory")
        else:
            self.total.setText(_NOTHING_ALIVE)

    def _show_left(self, left: int) -> None:
        self._at_most = max(self._at_most, left)
        self.progress.setRange(0, self._at_most)
        self.progress.setValue(self._at_most - left)
        self.total.setText(f"Stopping, {left:,} left" if left else "Stopping, the end is being recorded")

    def _show_problem(self, problem: str) -> None:
        self.problem.say("danger", f"Its processes cannot be shown: {problem}")
        self.problem.show()

    def _begin(self) -> None:
        self._is_stopping = True
        self._at_most = self._alive
        self.heading.setText(f"Stopping {self._label}")
        self.text.setText(_STOPPING)
        self.total.setText("Stopping")
        self.stop.hide()
        self.keep.setText("Hide")
        self.progress.setRange(0, 0)
        self.progress.show()
        self.confirmed.emit()
        self._actions.cancel(self._run_id, self._label)

    def _take_receipt(self, run_id: str, receipt: CancelReceipt) -> None:
        if run_id != self._run_id:
            return
        self._end(f"{self._label} cancelled" if not receipt.left else f"{self._label}: something is left")
        self.text.setText(f"{receipt.text[:1].upper()}{receipt.text[1:]}.")
        self.receipt.show_receipt(receipt)
        self._place.setCurrentWidget(self.receipt)
        # Behind the receipt the table would keep its room.
        self._place.removeWidget(self.table)
        self.table.hide()
        QTimer.singleShot(0, self, self._take_no_more_room_than_needed)

    def _take_no_more_room_than_needed(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def _take_failure(self, run_id: str, problem: str) -> None:
        if run_id != self._run_id:
            return
        self._end(f"{self._label} could not be cancelled")
        self.text.setText("Its processes may still be running. Try again, or end them with gym-gui cancel.")
        self.problem.say("danger", problem)
        self.problem.show()

    def _end(self, heading: str) -> None:
        self._is_stopping = False
        self._watch.stop()
        self.heading.setText(heading)
        self.total.setText("")
        self.progress.hide()
        self.stop.hide()
        self.keep.setText("Close")
        self.keep.setFocus()


class ReceiptGrid(QWidget):
    """A receipt as four numbers with their names."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: dict[str, PlainLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 4)
        grid.setHorizontalSpacing(36)
        grid.setVerticalSpacing(0)
        for column, name in enumerate(("found", "ended by SIGTERM", "ended by SIGKILL", "left")):
            number = PlainLabel("", "title")
            number.setAccessibleName(name)
            self._numbers[name] = number
            grid.addWidget(number, 0, column)
            grid.addWidget(PlainLabel(name, "muted"), 1, column)
        grid.setColumnStretch(4, 1)
        grid.setRowStretch(2, 1)

    def show_receipt(self, receipt: CancelReceipt) -> None:
        """Show the numbers of this receipt."""
        numbers = (receipt.found, receipt.ended_by_term, receipt.ended_by_kill, receipt.left)
        for label, number in zip(self._numbers.values(), numbers, strict=True):
            label.setText(f"{number:,}")

    def number(self, name: str) -> str:
        """The number shown under this name."""
        return self._numbers[name].text()
