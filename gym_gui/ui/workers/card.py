"""A worker on a card: what it is, what it can do, and Launch, or what is wrong and how to mend it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gym_gui.core.probing.model import ProbedWorker, ProbeFailure
from gym_gui.ui.desktop import Desktop
from gym_gui.ui.theme import Theme
from gym_gui.ui.widgets.buttons import space_icon
from gym_gui.ui.widgets.command_field import CommandField
from gym_gui.ui.widgets.flow import FlowLayout
from gym_gui.ui.widgets.fold import Fold
from gym_gui.ui.widgets.labels import ElidedLabel, PlainLabel
from gym_gui.ui.widgets.placeholders import Banner
from gym_gui.ui.wording import plain_tip
from gym_gui.ui.workers.badges import Badge, badge_groups
from gym_gui.ui.workers.machine import this_machine
from gym_gui.ui.workers.model import why_not_launchable

_TRACEBACK_LINES = 10
_LONGEST_BADGE = 32  # characters; the tool tip has all of it
_SCRIPTS = ("script", "script of a run")


class WorkerCard(QFrame):
    """Emits `launch_wanted` with the worker's id and interpreter, `remove_wanted` with a script's name."""

    launch_wanted = Signal(str, str)
    remove_wanted = Signal(str)

    def __init__(
        self, theme: Theme, desktop: Desktop, worker: ProbedWorker, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._theme = theme
        self._desktop = desktop
        self.worker = worker
        self.setAccessibleName(worker.worker_id)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 14, 16, 14)
        self._layout.setSpacing(8)
        self._layout.addLayout(self._head())
        self._add_description()
        if worker.failure is not None:
            self._add_failure(worker.failure)
        elif worker.missing:
            self._add_missing()
        if worker.capabilities is not None:
            self._layout.addLayout(self._badges())
        self._layout.addStretch(1)

    def _head(self) -> QHBoxLayout:
        worker, metadata = self.worker, self.worker.metadata
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(ElidedLabel(_one_line(metadata.name if metadata else worker.worker_id), "heading"))
        version = (metadata.version if metadata else "") or worker.version
        if version:
            head.addWidget(ElidedLabel(_one_line(version), "muted"))
        if worker.environment:
            home = Badge(f"in {worker.environment}", f"Runs with {worker.interpreter}", "info")
            head.addWidget(_badge(home), 0, Qt.AlignmentFlag.AlignVCenter)
        if worker.launch_kind in _SCRIPTS:
            kind = Badge("script", "A plain Python file, not a package")
            head.addWidget(_badge(kind), 0, Qt.AlignmentFlag.AlignVCenter)
        if worker.failure is not None:
            broken = _badge(Badge("broken", "It could not be loaded", "danger"))
            head.addWidget(broken, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch(1)
        if worker.launch_kind == "script":
            head.addWidget(self._remove_button())
        self.launch = QPushButton("Launch")
        self.launch.setProperty("role", "primary")
        self._theme.bind_icon(self.launch, "play", "accent_text")
        space_icon(self.launch)
        reason = why_not_launchable(worker)
        self.launch.setEnabled(not reason)
        self.launch.setToolTip(plain_tip(reason or f"Start a run of {worker.worker_id}"))
        self.launch.setAccessibleDescription(reason)
        self.launch.clicked.connect(lambda: self.launch_wanted.emit(worker.worker_id, worker.interpreter))
        head.addWidget(self.launch)
        return head

    def _remove_button(self) -> QPushButton:
        self.remove = QPushButton("Remove")
        self.remove.setProperty("role", "quiet")
        self.remove.setToolTip("Take the script off the list; nothing of it is deleted")
        self.remove.setAccessibleName(f"Remove {self.worker.worker_id}")
        self.remove.clicked.connect(lambda: self.remove_wanted.emit(self.worker.worker_id))
        return self.remove

    def _add_description(self) -> None:
        metadata = self.worker.metadata
        if metadata is not None and metadata.description:
            self._layout.addWidget(PlainLabel(metadata.description, wrap=True))
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(PlainLabel(_origin(self.worker), "small", wrap=True), 1)
        if metadata is not None and metadata.homepage:
            home = QPushButton("Homepage")
            home.setProperty("role", "quiet")
            home.setToolTip(plain_tip(metadata.homepage))
            home.clicked.connect(lambda: self._desktop.open_link(metadata.homepage))
            line.addWidget(home, 0, Qt.AlignmentFlag.AlignTop)
        self._layout.addLayout(line)

    def _add_failure(self, failure: ProbeFailure) -> None:
        self._layout.addWidget(Banner(self._theme, "danger", f"{failure.error_type}: {failure.message}"))
        if failure.hint:
            self._layout.addWidget(PlainLabel(failure.hint, wrap=True, selectable=True))
        if failure.traceback:
            text = QPlainTextEdit(failure.traceback, readOnly=True)
            text.setProperty("role", "preview")
            text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
            text.setMinimumHeight(text.fontMetrics().lineSpacing() * _TRACEBACK_LINES)
            self._layout.addWidget(Fold(self._theme, "Traceback", text))

    def _add_missing(self) -> None:
        missing = ", ".join(self.worker.missing)
        self._layout.addWidget(Banner(self._theme, "warning", f"Not installed in its environment: {missing}"))
        if self.worker.mend:
            field = CommandField(self._theme, self._desktop, "Install command", self.worker.mend)
            self._layout.addWidget(field)

    def _badges(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        groups = badge_groups(self.worker.capabilities, this_machine()) if self.worker.capabilities else ()
        for row, group in enumerate(groups):
            grid.addWidget(PlainLabel(group.caption, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
            flow = FlowLayout(gap=5)
            for badge in dict.fromkeys(group.badges):
                flow.addWidget(_badge(badge))
            grid.addLayout(flow, row, 1)
        return grid


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _badge(badge: Badge) -> PlainLabel:
    text = _one_line(badge.text)
    is_long = len(text) > _LONGEST_BADGE
    label = PlainLabel(f"{text[:_LONGEST_BADGE]}…" if is_long else text, "badge")
    label.setProperty("tone", badge.tone)
    label.setToolTip(plain_tip(badge.tip))
    return label


def _origin(worker: ProbedWorker) -> str:
    """Who made it, what it wraps, where it comes from, in one line."""
    metadata = worker.metadata
    parts = [worker.worker_id]
    if metadata is not None:
        upstream = " ".join(part for part in (metadata.upstream_library, metadata.upstream_version) if part)
        parts += [metadata.author, f"wraps {upstream}" if upstream else "", metadata.license]
    parts.append(worker.distribution or worker.entry_point)
    return "  ·  ".join(part for part in parts if part)
